"""Each number of a layer's units, contexts and responses is held by the check, one at a time."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from tests.store.damage import change_manifest, change_table, put
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL

pytestmark = pytest.mark.slow

FORWARD, BACKWARD = (each.id for each in BIDIRECTIONAL)
UNITS, CONTEXTS, RESPONSES = (
    f"{table}/{BACKWARD}.parquet" for table in ("units", "contexts", "responses")
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run in which words occur often and there are more sequences than contexts."""
    folder = tmp_path_factory.mktemp("units")
    synthetic_run(folder, "many", sequences=30, max_steps=25, units=3, layers=BIDIRECTIONAL,
                  projections=("pca",), default="pca")  # fmt: skip
    return folder


@pytest.fixture
def many(store: Path, tmp_path: Path) -> Path:
    """A copy of the run to damage."""
    return Path(shutil.copytree(store / "many", tmp_path / "many"))


def plus(amount: float) -> Callable[[object], object]:
    """Add to a number, or to the first entry of a vector."""
    return lambda v: [v[0] + amount, *v[1:]] if isinstance(v, list) else v + amount


def swap(table: pl.DataFrame) -> pl.DataFrame:
    """Rows 2 and 3 change places."""
    return table[[0, 1, 3, 2, *range(4, table.height)]]


def move_down(table: pl.DataFrame) -> pl.DataFrame:
    """The values of ranks 2 and 3 of the first unit change places, ranks stay."""
    ranks = table.select("unit", "high", "rank")
    return pl.concat([ranks, swap(table.drop(ranks.columns))], how="horizontal")


def repeated(table: pl.DataFrame) -> pl.DataFrame:
    """The second context once more in the place of the third."""
    rows = table.with_row_index().with_columns(
        index=pl.when(pl.col("index") == 2).then(1).otherwise("index")
    )
    there = table[rows["index"].to_list()]
    return there.with_columns(table["rank"])


CASES = {
    "the numbers of units": (UNITS, lambda t: t[[1, 0]], "unit; expected 0 to 1 in order"),
    "a mean": (UNITS, lambda t: put(t, 1, mean=plus(1e-3)), "unit 1; expected mean ="),
    "a deviation": (UNITS, lambda t: put(t, 1, sd=plus(1e-3)), "unit 1; expected sd ="),
    "the lowest": (UNITS, lambda t: put(t, 0, low=plus(-1e-3)), "unit 0; expected low ="),
    "the highest": (UNITS, lambda t: put(t, 0, high=plus(1e-3)), "unit 0; expected high ="),
    "not a number": (UNITS, lambda t: put(t, 0, mean=math.nan), "unit 0; expected"),
    "a weight where none is": (
        UNITS, lambda t: put(t, 0, weight=[0.5] * 4), "weight; expected null: no linear readout",
    ),
    "a unit's group lost": (UNITS, lambda t: put(t, 0, cluster=None), "cluster null where"),
    "a group left out": (
        UNITS, lambda t: put(t, 1, cluster=3), "numbered from 0 without a gap",
    ),
    "groups the other way": (
        UNITS, lambda t: t.with_columns(cluster=pl.lit(1, pl.UInt32)), "the most first",
    ),
    "a stability beyond": (UNITS, lambda t: put(t, 0, stability=1.5), "stability; expected 0 to 1"),
    "a stability lost": (UNITS, lambda t: put(t, 0, stability=None), "stability null where"),
    "a word's stability": (RESPONSES, lambda t: put(t, 0, stability=-0.1), "expected 0 to 1"),
    "contexts out of order": (CONTEXTS, swap, "ranks 0 to 19 at both ends of each unit"),
    "a weaker context first": (CONTEXTS, move_down, "expected the strongest first"),
    "a context left out": (CONTEXTS, lambda t: t.head(79), "ranks 0 to 19"),
    "a value": (CONTEXTS, lambda t: put(t, 19, value=plus(-1e-3)), "value is h of the unit there"),
    "another step": (CONTEXTS, lambda t: put(t, 0, t=lambda t: 1 if t == 0 else 0), "value is h"),
    "a step beyond": (CONTEXTS, lambda t: put(t, 5, t=25), "a step of a stored sequence"),
    "a sequence beyond": (CONTEXTS, lambda t: put(t, 5, sequence_id=30), "a step of a stored"),
    "a sequence twice": (CONTEXTS, repeated, "each sequence once at either end"),
    "a count": (RESPONSES, lambda t: put(t, 3, count=plus(1)), "expected count ="),
    "a response": (RESPONSES, lambda t: put(t, 3, response=plus(1e-3)), "expected response ="),
    "responses out of order": (RESPONSES, swap, "sorted by count times length"),
    "a response left out": (RESPONSES, lambda t: t.slice(1), "1 left out"),
    "a response twice": (RESPONSES, lambda t: t[[0, 0, *range(1, t.height)]], "a word that occurs"),
    "a word that is none": (RESPONSES, lambda t: put(t, 0, phrase="gold"), "got 'gold'"),
    "a null response": (RESPONSES, lambda t: put(t, 0, phrase=None), "phrase is null"),
}  # fmt: skip


def test_the_run_holds_as_it_is(many: Path) -> None:
    lines = [line for line in check_run(many).lines() if line.startswith("units: ")]
    assert [line.split(",")[0] for line in lines] == [f"units: {FORWARD}", f"units: {BACKWARD}"]


@pytest.mark.parametrize("case", CASES)
def test_a_changed_number_is_refused(many: Path, case: str) -> None:
    table, change, line = CASES[case]
    change_table(many, table, change)
    with pytest.raises(StatelineError) as caught:
        check_run(many)
    assert line in str(caught.value) and table in str(caught.value), caught.value
    assert "make run RUN=many" in str(caught.value)


def test_a_context_that_is_not_the_strongest_of_its_sequence_is_refused(many: Path) -> None:
    hidden = pl.read_parquet(many / f"hidden/{BACKWARD}.parquet")

    def weaker(table: pl.DataFrame) -> pl.DataFrame:
        row = table.row(19, named=True)
        of_sequence = hidden.filter(pl.col("sequence_id") == row["sequence_id"])
        values = [h[0] for h in of_sequence["h"]]
        t = values.index(min(values))
        assert values[t] < row["value"]
        return put(table, 19, t=t, value=values[t])

    change_table(many, CONTEXTS, weaker)
    with pytest.raises(StatelineError, match="the strongest step of its sequence"):
        check_run(many)


def test_a_stronger_sequence_that_is_left_out_is_refused(many: Path) -> None:
    hidden = pl.read_parquet(many / f"hidden/{BACKWARD}.parquet")

    def without_first(table: pl.DataFrame) -> pl.DataFrame:
        listed = table.head(20)["sequence_id"].to_list()
        best = (
            hidden.with_columns(value=pl.col("h").arr.get(0))
            .sort("value", descending=True)
            .unique("sequence_id", keep="first", maintain_order=True)
            .filter(~pl.col("sequence_id").is_in(listed))
            .row(0, named=True)
        )
        last = {"sequence_id": best["sequence_id"], "t": best["t"], "value": best["value"]}
        moved = table.head(20).slice(1).with_columns(rank=pl.col("rank") - 1)
        end = put(table.slice(19, 1), 0, **last)
        return pl.concat([moved, end, table.slice(20)])

    change_table(many, CONTEXTS, without_first)
    with pytest.raises(StatelineError, match="unit 0; expected no stronger sequence left out"):
        check_run(many)


def test_weights_are_those_of_the_manifest(many: Path) -> None:
    table = f"units/{FORWARD}.parquet"
    change_table(many, table, lambda t: put(t, 1, weight=plus(0.01)))
    with pytest.raises(StatelineError, match="unit 1; expected weight = .* as the manifest's"):
        check_run(many)


def test_a_weight_that_is_missing_is_refused(many: Path) -> None:
    change_table(many, f"units/{FORWARD}.parquet", lambda t: put(t, 0, weight=None))
    with pytest.raises(StatelineError, match="unit 0; expected weight = "):
        check_run(many)


def test_an_index_that_the_manifest_promises_must_be_there(many: Path) -> None:
    change_manifest(many, lambda manifest: manifest["layers"][0].update(index=True))
    with pytest.raises(StatelineError, match=f"{FORWARD}.usearch"):
        check_run(many)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (None, "expected runs and their agreement, got null"),
        ({"runs": 0, "agreement": 0.5}, "expected runs and their agreement"),
        ({"runs": 200, "agreement": 1.5}, "expected runs and their agreement"),
    ],
)
def test_groups_say_how_far_they_agree(many: Path, said: dict | None, line: str) -> None:
    change_manifest(many, lambda manifest: manifest["layers"][0].update(unit_groups=said))
    with pytest.raises(StatelineError, match=f"layers, {FORWARD}: unit_groups; {line}"):
        check_run(many)
