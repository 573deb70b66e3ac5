"""Clusters: planted ones are found, and their table equals plain loops over their states."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline import clusters, distances, expected, neighbours, project
from stateline.pipeline.clusters import Answers, by_size, cluster_places, memberships
from stateline.pipeline.numerics.characteristic_words import characteristic_words
from stateline.pipeline.numerics.cluster_table import cluster_table, middle, parent_of
from stateline.pipeline.run.artefacts import CLUSTER_FACTS, map_arrays
from stateline.pipeline.run.tables import Inputs
from stateline.store.schema import (
    CHARACTERISTIC_WORDS,
    CLUSTER_LEVELS,
    cluster_columns,
    polars_schema,
)
from tests.pipeline.extracted import ROWS, write_extracted
from tests.synthetic_evidence import most_common, over_represented

CENTRES = [(0, 0), (1, 0), (30, 0), (31, 0), (0, 30), (1, 30)]
EACH = 100


def blobs(each: int = EACH, seed: int = 0) -> np.ndarray:
    """Three pairs of neighbouring crowds, float32 (6 * each, 2)."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(at, 0.08, (each, 2)) for at in CENTRES]).astype(np.float32)


def test_planted_crowds_are_found_one_by_one_where_clusters_may_be_small() -> None:
    member, sizes = cluster_places(blobs())
    assert member.shape == (6 * EACH, CLUSTER_LEVELS)
    assert sizes == sorted(sizes, reverse=True)
    for level in range(CLUSTER_LEVELS):
        for crowd in range(6):
            inside = member[crowd * EACH : (crowd + 1) * EACH, level]
            inside = set(inside[inside >= 0].tolist())
            others = np.delete(member[:, level], np.s_[crowd * EACH : (crowd + 1) * EACH])
            assert inside and not inside & set(others.tolist()), (level, crowd)


def test_no_cluster_is_smaller_than_its_level_allows() -> None:
    member, sizes = cluster_places(np.random.default_rng(1).normal(size=(900, 2)))
    for level, size in enumerate(sizes):
        count = np.bincount(member[member[:, level] >= 0, level])
        assert (count >= size).all()
    assert member[:, -1].max() > 2


def test_clusters_are_the_same_on_every_run() -> None:
    places = np.random.default_rng(5).normal(size=(2000, 2)).astype(np.float32)
    first, _ = cluster_places(places)
    for _ in range(3):
        np.testing.assert_array_equal(cluster_places(places)[0], first)


@pytest.mark.parametrize("count", [1, 2, 9, 10, 40, 300])
def test_states_in_one_place_or_too_few_of_them_break_nothing(count: int) -> None:
    member, _ = cluster_places(np.zeros((count, 2), dtype=np.float32))
    assert member.shape == (count, CLUSTER_LEVELS)
    assert ((member == -1) | (member == 0)).all()


def test_many_states_in_one_place_among_others_are_a_crowd_like_any() -> None:
    # Many sequences begin with the same word, hence with the same state.
    places = np.concatenate([blobs(), np.full((EACH, 2), 60, dtype=np.float32)])
    member, _ = cluster_places(places)
    assert len(set(member[-EACH:, -1].tolist())) == 1 and member[-1, -1] >= 0


def test_a_placed_state_joins_the_cluster_of_the_nearest_fitted_one() -> None:
    places = blobs()
    fitted = np.random.default_rng(2).random(len(places)) < 0.7
    member, _ = memberships(places, fitted, None)
    base = np.flatnonzero(fitted)
    for row in np.flatnonzero(~fitted):
        near = base[((places[base] - places[row]) ** 2).sum(axis=1).argmin()]
        assert member[row].tolist() == member[near].tolist()


def test_clusters_are_numbered_from_the_largest_on() -> None:
    label = np.array([2, 2, 0, 1, 1, 1, -1, 2, 2])
    np.testing.assert_array_equal(by_size(label), [0, 0, 2, 1, 1, 1, -1, 0, 0])
    np.testing.assert_array_equal(by_size(np.array([-1, -1])), [-1, -1])


def test_a_label_stands_at_a_state_near_the_middle() -> None:
    places = np.array([[0, 0], [1, 0], [10, 0], [1.5, 1]], dtype=np.float32)
    np.testing.assert_array_equal(middle(places), [1, 0])


@pytest.mark.parametrize(
    ("coarser", "parent"),
    [([0, 0, 1], 0), ([0, 1], -1), ([-1, -1, 2], -1), ([3, -1, 3], 3), ([-1], -1)],
)
def test_a_parent_holds_more_than_half_of_the_states(coarser: list[int], parent: int) -> None:
    assert parent_of(np.array(coarser)) == parent


@dataclass
class Steps:
    """Made-up steps of 9 sequences and 4 classes."""

    rows: int
    special: tuple[str, ...] = ("[unknown]",)
    sequence: np.ndarray = field(init=False)
    label: np.ndarray = field(init=False)
    predicted: np.ndarray = field(init=False)
    token: pl.Series | None = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(6)
        self.sequence = np.sort(rng.integers(0, 9, self.rows))
        self.label = rng.integers(0, 4, 9)[self.sequence]
        self.predicted = rng.integers(0, 4, self.rows)
        words = ["the", "good", "bad", "dull", "[unknown]"]
        self.token = pl.Series(rng.choice(words, self.rows))


def test_the_table_equals_plain_loops_over_the_states_of_each_cluster() -> None:
    rng = np.random.default_rng(8)
    rows = 60
    steps, places = Steps(rows), rng.normal(size=(rows, 2)).astype(np.float32)
    member = np.stack([by_size(rng.integers(-1, n, rows)) for n in (2, 3, 7)], axis=1)
    table = cluster_table(places, member, steps)
    assert table.schema == polars_schema(cluster_columns())
    assert table.rows() == table.sort("level", "cluster").rows()
    assert table.height == 2 + 3 + 7
    for row in table.iter_rows(named=True):
        level, cluster = row["level"], row["cluster"]
        inside = [i for i in range(rows) if member[i, level] == cluster]
        coarser = Counter(member[i, level - 1] for i in inside) if level else {}
        parents = [c for c, n in coarser.items() if c >= 0 and n > len(inside) / 2]
        label = most_common(steps.label[inside])
        assert row["parent"] == (parents[0] if parents else -1)
        assert row["states"] == len(inside)
        assert row["sequences"] == len({steps.sequence[i] for i in inside})
        assert row["label"] == label
        assert row["purity"] == pytest.approx(
            sum(steps.label[i] == label for i in inside) / len(inside)
        )
        assert row["predicted"] == most_common(steps.predicted[inside])
        right = [steps.label[i] == steps.predicted[i] for i in inside]
        assert row["accuracy"] == pytest.approx(sum(right) / len(inside))
        assert [row["x"], row["y"]] in places[inside].tolist()


@dataclass
class Planted(Steps):
    """Steps of 60 sequences, of which the first cluster reads `good` far more often than others."""

    cluster: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        rng = np.random.default_rng(4)
        self.sequence = np.sort(rng.integers(0, 60, self.rows))
        self.cluster = rng.integers(-1, 3, self.rows)
        token = self.token.to_list()
        for row in range(self.rows):
            if self.cluster[row] == 0 and rng.random() < 0.4:
                token[row] = "good"
        self.token = pl.Series(token)

    def found(self) -> list[tuple]:
        """Cluster, word, sequences and q of its characteristic words."""
        words = characteristic_words(self.cluster, self.sequence, self.token, self.special)
        return words.rows()


def test_characteristic_words_equal_a_plain_loop() -> None:
    steps = Planted(900)
    wanted = over_represented(steps.cluster, steps.sequence, steps.token.to_list())
    found = steps.found()
    assert [row[:3] for row in found] == [
        (each, word, count) for each in sorted(wanted) for _, word, count, _ in wanted[each]
    ]
    assert [row[3] for row in found] == pytest.approx(
        [q for each in sorted(wanted) for *_, q in wanted[each]]
    )
    assert [row[:2] for row in found] == [(0, "good")]


def test_a_word_that_few_sequences_repeat_characterises_no_cluster() -> None:
    steps = Planted(900)
    # Four sequences say `marla` at all of their steps, which make a cluster of their own.
    often = np.isin(steps.sequence, [3, 17, 30, 44])
    steps.cluster = np.where(often, 3, steps.cluster)
    steps.token = pl.Series(np.where(often, "marla", steps.token.to_list()))
    assert often.sum() > 40 and "marla" not in [word for _, word, _, _ in steps.found()]
    # A fifth one makes it a finding.
    often |= steps.sequence == 51
    steps.cluster = np.where(often, 3, steps.cluster)
    steps.token = pl.Series(np.where(often, "marla", steps.token.to_list()))
    assert (3, "marla", 5) in [row[:3] for row in steps.found()]


def test_words_that_are_shuffled_characterise_no_cluster() -> None:
    listed, steps = 0, Planted(900)
    rng = np.random.default_rng(0)
    for _ in range(100):
        steps.token = steps.token.gather(rng.permutation(len(steps.token)))
        listed += bool(steps.found())
    assert listed <= 5


def test_a_cluster_has_its_surest_words_only_and_a_series_has_none() -> None:
    steps = Steps(600)
    steps.sequence = np.arange(600) // 10
    steps.token = pl.Series([f"word{i % 10}" if i < 200 else "other" for i in range(600)])
    cluster = np.where(np.arange(600) < 200, 0, -1)
    places = np.random.default_rng(0).normal(size=(600, 2)).astype(np.float32)
    levels = np.stack([cluster] * CLUSTER_LEVELS, axis=1)
    table = cluster_table(places, levels, steps)
    assert table["words"].to_list() == [[f"word{i}" for i in range(8)]] * CLUSTER_LEVELS
    assert table["word_sequences"].to_list() == [[20] * 8] * CLUSTER_LEVELS
    assert len(table["words"][0]) == CHARACTERISTIC_WORDS
    steps.token = None
    table = cluster_table(places, levels, steps)
    for name in ("words", "word_sequences", "word_q"):
        assert table[name].to_list() == [[]] * CLUSTER_LEVELS


@pytest.mark.parametrize("kind", ["text", "series"])
def test_the_stage_leaves_clusters_and_stretch_of_every_map(tmp_path: Path, kind: str) -> None:
    method = "linear" if kind == "text" else "prefix"
    paths = write_extracted(tmp_path, kind=kind, method=method)
    for stage in (expected, distances, neighbours):
        stage.work(paths)
    project.run(paths, "pca")
    clusters.run(paths, "pca")
    facts = paths.read_json("clusters-pca", CLUSTER_FACTS)
    assert list(facts) == ["lstm.h", "lstm.c"]
    for state, name in (("h", "lstm-pca"), ("c", "lstm-c-pca")):
        made = np.load(paths.need("clusters-pca", map_arrays("lstm", state)))
        assert made["cluster"].shape == (ROWS, CLUSTER_LEVELS)
        assert made["stretch"].shape == (ROWS,)
        table = pl.read_parquet(paths.need("clusters-pca", f"clusters/{name}.parquet"))
        assert table.schema == polars_schema(cluster_columns())
        assert facts[f"lstm.{state}"]["segment_scale"] > 0
    answers = Answers(Inputs(paths))
    assert (answers.token is None) == (kind == "series")
    assert answers.special == (["[padding]", "[unknown]"] if kind == "text" else [])
