"""Each number of words.parquet is held by the check, one at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.schema import MIN_SHORTCUT, SEQUENCES, WORDS
from tests.store.damage import change_manifest, change_table, forget_training, put
from tests.synthetic import synthetic_run
from tests.synthetic_shortcuts import shortcut_run


@pytest.fixture(scope="module")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run long enough to hold phrases, and words in many sequences; do not write into it."""
    return synthetic_run(
        tmp_path_factory.mktemp("wordy"), sequences=40, max_steps=30, classes=3, minimum_steps=9
    )


@pytest.fixture
def copy(wordy: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    return Path(shutil.copytree(wordy, tmp_path / "synthetic"))


def first(size: int) -> Callable[[pl.DataFrame], int]:
    """The row of the most frequent token, or phrase."""
    return lambda table: int((table["size"] == size).arg_max())


def second(table: pl.DataFrame) -> int:
    """A token of the vocabulary; the most frequent one is the unknown word."""
    assert table["phrase"][0] == "[unknown]"
    return 1


def rarest(table: pl.DataFrame) -> int:
    """A phrase that occurs twice."""
    return table.height - 1


def at(row: Callable[[pl.DataFrame], int], **values: object) -> Callable:
    """Damage to one row, which is looked for."""
    return lambda table: put(table, row(table), **values)


def more(amount: float) -> Callable:
    """Add to a number."""
    return lambda value: value + amount


def other(values: list) -> list:
    """A vector with another last entry."""
    return [*values[:-1], values[-1] + 1e-3]


def without(row: Callable[[pl.DataFrame], int]) -> Callable:
    """A row less."""
    return lambda table: table.with_row_index().filter(pl.col("index") != row(table)).drop("index")


def again(table: pl.DataFrame) -> pl.DataFrame:
    """The last row twice."""
    return pl.concat([table, table.tail(1)])


CASES = {
    "a token less": (without(first(1)), "every token of the steps"),
    "a phrase less": (without(first(2)), "every phrase that occurs 2 times or more"),
    "a phrase twice": (again, "each phrase once"),
    "another size": (at(first(2), size=3), "size 1 or 2, got 3"),
    "another order": (lambda t: t.reverse(), "sorted by size, count and phrase"),
    "a rare phrase": (at(rarest, count=1), "a phrase that occurs 2 times or more, got 1"),
    "a null": (at(first(1), distance=None), "distance is null"),
    "count of a token": (at(first(1), count=more(1)), "count as computed from the steps"),
    "sequences": (at(first(2), sequences=more(1)), "sequences as computed from the steps"),
    "flips of a token": (at(first(1), flips=more(1)), "flips as computed from the steps"),
    "flips of a phrase": (at(first(2), flips=more(1)), "flips as computed from the steps"),
    "distance of a token": (at(first(1), distance=more(1e-3)), "distance ="),
    "distance of a phrase": (at(first(2), distance=more(1e-3)), "distance ="),
    "error with": (at(first(1), error_with=more(1e-3)), "error_with ="),
    "error without": (at(first(2), error_without=more(1e-3)), "error_without ="),
    "error without null": (at(first(2), error_without=None), "error_without null where"),
    "contribution": (at(first(1), contribution=other), "contribution = ["),
    "contribution of a phrase": (at(first(2), contribution=other), "contribution = ["),
    "spread": (at(first(1), contribution_sd=other), "contribution_sd = ["),
    "error of the mean": (at(first(2), contribution_se=other), "contribution_se = ["),
    "error null": (at(first(2), contribution_se=None), "contribution_se null where"),
    "towards": (at(first(1), towards=lambda c: (c + 1) % 3), "with the largest effect"),
    "towards beyond": (at(first(1), towards=3), "towards one of 3 classes, got 3"),
    "effect": (at(first(1), effect=more(1e-3)), "effect ="),
    "lower end of the effect": (at(first(2), effect_low=more(1e-3)), "effect_low ="),
    "error of the effect": (at(first(2), effect_se=more(1e-3)), "effect_se ="),
    "train null": (at(first(1), train=None), "train null where, and only where"),
    "train beyond": (at(first(2), train=[81, 0, 0]), "train at most the training sequences"),
    "train over vocabulary": (at(second, train=[80, 80, 80]), "what the vocabulary counts"),
    "test below": (at(first(1), test=[0, 0, 0]), "test at least the stored sequences"),
    "test beyond": (at(first(1), test=lambda v: [v[0] + 3, *v[1:]]), "at most the unstored ones"),
    "test more": (at(first(1), test=lambda v: [v[0] + 1, *v[1:]]), "lift ="),
    "lift": (at(first(1), lift=more(1e-3)), "lift ="),
    "error of the lift": (at(first(2), lift_se=more(1e-3)), "lift_se ="),
    "train lift": (at(first(2), train_lift=more(1e-3)), "train_lift ="),
    "train lift null": (at(first(2), train_lift=None), "train_lift null where"),
    "shortcut that is none": (at(rarest, shortcut=0.5), "shortcut null where"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_changed_word_is_found(copy: Path, case: str) -> None:
    damage, expected = CASES[case]
    change_table(copy, WORDS, damage)
    with pytest.raises(StatelineError, match="words.parquet") as caught:
        check_run(copy)
    assert expected in str(caught.value)


@pytest.fixture(scope="module")
def suspect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with shortcuts, some of which are phrases of others; do not write into it."""
    return shortcut_run(tmp_path_factory.mktemp("suspect"), "suspect").folder


def shortcut_of(table: pl.DataFrame) -> int:
    """The row of the surest shortcut."""
    return int(table["shortcut"].arg_max())


def variant(table: pl.DataFrame) -> int:
    """The row of a shortcut that is told under another."""
    return int((table["finding"] != table["phrase"]).arg_max())


def own_finding(table: pl.DataFrame) -> pl.DataFrame:
    """Such a shortcut told by itself."""
    row = variant(table)
    return put(table, row, finding=table["phrase"][row])


SHORTCUT_CASES = {
    "shortcut": (at(shortcut_of, shortcut=more(1e-3)), "shortcut ="),
    "no shortcut": (at(shortcut_of, shortcut=None), "shortcut null where"),
    "q": (at(shortcut_of, q=more(1e-3)), "q ="),
    "q that was not tested": (at(rarest, q=0.5), "q null where"),
    "finding": (at(shortcut_of, finding="the"), "finding as its sequences say"),
    "no finding": (at(shortcut_of, finding=None), "finding as its sequences say"),
    "finding of its own": (own_finding, "finding as its sequences say"),
}


@pytest.mark.parametrize("case", SHORTCUT_CASES)
def test_a_shortcut_is_what_its_effect_and_labels_say(
    suspect: Path, tmp_path: Path, case: str
) -> None:
    folder = Path(shutil.copytree(suspect, tmp_path / "suspect"))
    words = pl.read_parquet(folder / WORDS)
    found = words.filter(pl.col("shortcut").is_not_null())
    assert found.height and (found["test"].arr.sum() >= MIN_SHORTCUT).all()
    assert (found["finding"] != found["phrase"]).any()
    damage, expected = SHORTCUT_CASES[case]
    change_table(folder, WORDS, damage)
    with pytest.raises(StatelineError) as caught:
        check_run(folder)
    assert expected in str(caught.value)


@pytest.mark.parametrize("shape", [{"training": False}, {"split": "drawn"}])
@pytest.mark.parametrize(("column", "value"), [("q", 0.01), ("shortcut", 0.5), ("finding", "the")])
def test_without_a_split_of_the_corpus_there_is_no_shortcut(
    tmp_path: Path, shape: dict, column: str, value: object
) -> None:
    folder = synthetic_run(
        tmp_path, sequences=60, max_steps=30, units=40, classes=2, outputs=1, minimum_steps=9,
        projections=("pca",), default="pca", seed=4, pushing=("oil",), **shape,
    )  # fmt: skip
    assert pl.read_parquet(folder / WORDS)[column].null_count() > 0
    change_table(folder, WORDS, at(first(1), **{column: value}))
    with pytest.raises(StatelineError, match=f"{column} (null where|as its)"):
        check_run(folder)


def test_flips_of_all_tokens_are_those_of_the_sequences(wordy: Path) -> None:
    words, sequences = (pl.read_parquet(wordy / name) for name in (WORDS, SEQUENCES))
    flips = words.filter(pl.col("size") == 1)["flips"].sum()
    assert flips == sequences["flips"].sum() > 0


def test_a_series_has_no_words(series: Path) -> None:
    row = {"phrase": "1", "size": 1, "count": 9, "sequences": 5}

    def one(table: pl.DataFrame) -> pl.DataFrame:
        zeros = {
            name: [0.0] * dtype.shape[0] if isinstance(dtype, pl.Array) else 0
            for name, dtype in table.schema.items()
        }
        return pl.DataFrame([zeros | row], schema_overrides=table.schema).select(table.columns)

    change_table(series, WORDS, one)
    with pytest.raises(StatelineError, match="no word of a series"):
        check_run(series)


def test_training_counts_are_null_where_the_split_is_not_known(copy: Path) -> None:
    def forget(manifest: dict) -> None:
        corpus = manifest["corpus"]
        corpus["split"]["origin"] = "unknown"
        for entry in (corpus["sizes"], *corpus["classes"]):
            entry["train"] = None
        forget_training(manifest)

    change_manifest(copy, forget)
    nulls = [pl.lit(None, dtype=pl.UInt32).alias("count")]
    nulls += [pl.lit(None, dtype=pl.Array(pl.UInt32, 3)).alias("sequences")]
    change_table(copy, "vocabulary.parquet", lambda table: table.with_columns(nulls))
    with pytest.raises(StatelineError, match="train null where, and only where"):
        check_run(copy)
