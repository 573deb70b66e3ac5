"""Stretched segments and clusters are held by the check, one number at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from stateline.store.checks.placing import check_placing
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import open_run
from stateline.store.table import SlicedTable
from tests.store.damage import change_manifest, change_table, put

PLACES, CLUSTERS = "projections/lstm-tsne.parquet", "clusters/lstm-tsne.parquet"


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


def more(amount: float) -> Callable:
    """Add to a number."""
    return lambda value: value + amount


def least(table: pl.DataFrame) -> pl.DataFrame:
    """A table without its last row."""
    return table.head(-1)


CASES = {
    "a longer segment": (PLACES, lambda t: put(t, 3, stretch=more(1e-3)), "stretch ="),
    "a segment less": (PLACES, lambda t: put(t, 3, stretch=None), "stretch ="),
    "a first segment": (PLACES, lambda t: put(t, 0, stretch=0.0), "stretch = None, got 0.0"),
    "a place moved": (PLACES, lambda t: put(t, 3, x=more(0.5)), "segment_scale"),
    "a state elsewhere": (
        PLACES,
        lambda t: put(t, 3, cluster=[0, -1, -1]),
        "as computed from",
    ),
    "a cluster that is none": (PLACES, lambda t: put(t, 3, cluster=[-2, 0, 0]), "-1 for none"),
    "a cluster too much": (PLACES, lambda t: put(t, 3, cluster=[0, 0, 9]), "that the states are"),
    "a cluster null": (PLACES, lambda t: put(t, 3, cluster=None), "cluster never null"),
    "a cluster less": (CLUSTERS, least, "the 10 that the states are in"),
    "another order": (CLUSTERS, lambda t: t.reverse(), "sorted by level and cluster"),
    "states": (CLUSTERS, lambda t: put(t, 0, states=more(1)), "states as computed from its states"),
    "sequences": (CLUSTERS, lambda t: put(t, 1, sequences=more(1)), "sequences as computed from"),
    "parent": (CLUSTERS, lambda t: put(t, 3, parent=lambda p: 1 - p), "parent as computed from"),
    "parent of a coarse one": (CLUSTERS, lambda t: put(t, 0, parent=0), "parent as computed from"),
    "label": (CLUSTERS, lambda t: put(t, 0, label=lambda c: (c + 1) % 4), "label as computed from"),
    "purity": (
        CLUSTERS,
        lambda t: put(t, 0, purity=more(1e-3)),
        "purity as computed from",
    ),
    "predicted": (CLUSTERS, lambda t: put(t, 0, predicted=lambda c: (c + 1) % 4), "predicted as"),
    "accuracy": (CLUSTERS, lambda t: put(t, 2, accuracy=more(1e-3)), "accuracy as computed from"),
    "a label elsewhere": (CLUSTERS, lambda t: put(t, 2, y=more(1e-3)), "place of one of its"),
    "a word that chance brings": (CLUSTERS, lambda t: put(t, 2, words=["the"]), "words [], got"),
    "a null": (CLUSTERS, lambda t: put(t, 2, words=None), "words is null"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_changed_number_of_a_map_is_found(copy: Path, case: str) -> None:
    table, damage, expected = CASES[case]
    change_table(copy, table, damage)
    with pytest.raises(StatelineError) as caught:
        check_run(copy)
    assert expected in str(caught.value)


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_whichever_block_holds_it(copy: Path, case: str, monkeypatch) -> None:
    for module in ("maps", "clusters"):
        monkeypatch.setattr(
            f"stateline.store.checks.{module}.BLOCK_STEPS", 1
        )  # a sequence at a time
    test_a_changed_number_of_a_map_is_found(copy, case)


def test_a_fault_is_named_by_its_row_of_the_whole_table(copy: Path, monkeypatch) -> None:
    monkeypatch.setattr("stateline.store.checks.maps.BLOCK_STEPS", 1)
    change_table(copy, PLACES, lambda t: put(t, 16, stretch=more(1e-3)))
    row = pl.read_parquet(copy / PLACES).row(16, named=True)
    place = rf"sequence {row['sequence_id']}, t {row['t']} \(row 16\)"
    with pytest.raises(StatelineError, match=place):
        check_run(copy)


def test_a_placed_state_lies_at_the_median_of_its_nearest_fitted_ones(copy: Path) -> None:
    def checked() -> int:
        run = open_run(copy)
        entry = run.projection("lstm-tsne")
        return check_placing(run, entry, SlicedTable(copy / PLACES, run.columns[PLACES]))

    placed = pl.read_parquet(copy / PLACES).filter(~pl.col("fitted")).height
    assert checked() == placed > 0
    change_table(copy, PLACES, lambda t: put(t, t.height - 1, x=more(1e-3)))
    with pytest.raises(StatelineError, match="the median of its nearest fitted states: "):
        checked()


MANIFEST_CASES = {
    "another scale": ({"segment_scale": 0.5}, "lstm-tsne: segment_scale; expected"),
    "no scale": ({"segment_scale": None}, "lstm-tsne: segment_scale; expected"),
    "a level less": ({"cluster_sizes": [1, 1]}, "3 sizes, coarse to fine, got 2"),
    "larger clusters": ({"cluster_sizes": [99, 1, 1]}, "states not below cluster_sizes"),
}


@pytest.mark.parametrize("case", MANIFEST_CASES)
def test_what_the_manifest_says_of_a_map_is_checked(copy: Path, case: str) -> None:
    said, expected = MANIFEST_CASES[case]
    change_manifest(copy, lambda m: m["projections"][1].update(said))
    with pytest.raises(StatelineError) as caught:
        check_run(copy)
    assert expected in str(caught.value)


def test_clusters_are_numbered_from_the_largest_on(copy: Path) -> None:
    exchange = {0: 4, 4: 0}  # of the finest level

    def places(table: pl.DataFrame) -> pl.DataFrame:
        levels = [[a, b, exchange.get(c, c)] for a, b, c in table["cluster"].to_list()]
        return table.with_columns(pl.Series("cluster", levels, dtype=table.schema["cluster"]))

    def clusters(table: pl.DataFrame) -> pl.DataFrame:
        finest = table["states"].filter(table["level"] == 2)
        assert finest[0] > finest[4]
        changed = pl.when(pl.col("level") == 2).then(pl.col("cluster").replace(exchange))
        named = table.with_columns(cluster=changed.otherwise("cluster"))
        return named.cast(table.schema).sort("level", "cluster")

    change_table(copy, PLACES, places)
    change_table(copy, CLUSTERS, clusters)
    with pytest.raises(StatelineError, match="numbered from the largest on"):
        check_run(copy)


def test_a_map_without_segments_has_no_scale(copy: Path) -> None:
    # All states in one place: no segment has a length, so none is longer than another.
    for method, number in (("pca", 0), ("tsne", 1)):
        change_manifest(
            copy, lambda m, number=number: m["projections"][number].update(segment_scale=None)
        )
        change_table(
            copy,
            f"projections/lstm-{method}.parquet",
            lambda t: t.with_columns(
                pl.lit(0, dtype=pl.Float32).alias("x"),
                pl.lit(0, dtype=pl.Float32).alias("y"),
                pl.lit(None, dtype=pl.Float32).alias("stretch"),
            ),
        )
        change_table(
            copy,
            f"clusters/lstm-{method}.parquet",
            lambda t: t.with_columns(x=t["x"] * 0, y=t["y"] * 0),
        )
    assert "maps: lstm-tsne, 0 segments and 10 clusters" in check_run(copy).lines()


def test_a_layer_that_reads_from_the_end_moved_between_two_steps_at_the_first(
    layers: Path,
) -> None:
    table = "projections/bidirectional-backward-pca.parquet"
    change_table(layers, table, lambda t: put(t, 2, stretch=more(1e-3)))
    with pytest.raises(StatelineError, match="sequence 0, t 2"):
        check_run(layers)
