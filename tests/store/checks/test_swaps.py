"""Each number of swaps.parquet that follows without the model is held by the check."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.schema import SWAPS
from tests.store.damage import change_manifest, change_table, put


@pytest.fixture
def swaps(other_store: Path, tmp_path: Path) -> Path:
    """A copy of a run with a swap test, to damage."""
    return Path(shutil.copytree(other_store / "swaps", tmp_path / "swaps"))


def at(row: int, **values: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Damage to one row."""
    return lambda table: put(table, row, **values)


def more(amount: float) -> Callable[[float], float]:
    """Add to a number."""
    return lambda value: value + amount


CASES = {
    "a row less": (lambda t: t.head(t.height - 1), "rows; expected"),
    "a word twice": (at(1, token="the"), "each token once"),
    "no word": (at(0, token="[unknown]"), "a word of the vocabulary"),
    "another order": (lambda t: t.reverse(), "sorted by p and token"),
    "another class": (at(0, towards=3), "towards one of 3 classes"),
    "a control more": (lambda t: t.with_columns(control=True), "controls; expected"),
    "sequences": (at(0, sequences=more(1)), "sequences as words.parquet has them"),
    "swapped": (at(0, swapped=more(-1)), "swapped in every sequence, 100 at the most"),
    "position": (at(0, position=1.5), "position 0 to 1"),
    "change": (at(0, change=more(0.01)), "change_low = "),
    "its interval": (at(0, change_high=more(0.01)), "change_high = "),
    "a null": (at(0, change=None), "change is null"),
    "no unknown word": (at(0, unknown_flips=None), "unknown_flips null where, and only where"),
    "flips": (at(0, flips=1.2), "flips 0 to 1"),
    "their interval": (at(0, flips_low=more(0.01)), "flips_low = "),
    "flips of the unknown": (at(0, unknown_high=more(-0.01)), "unknown_high = "),
    "flips of controls": (at(0, control_low=more(0.01)), "control_low = "),
    "controls": (at(0, controls=more(1)), "the other controls, 100 at the most"),
    "their sequences": (at(0, control_sequences=9), "control_sequences 10 to 46"),
    "their change": (at(0, control_change=-0.1), "control_change 0 or more"),
    "frequency": (at(0, frequency=3), "frequency at least sequences"),
    "labelled": (at(0, labelled=999), "labelled at most frequency"),
    "expected": (at(0, expected=999.0), "expected 0 to frequency"),
    "no rank": (at(0, weight_rank=0), "weight_rank 1 or more"),
    "another rank": (at(0, weight_rank=more(99)), "weight_rank in the order of the weights"),
    "p of the change": (at(20, p_change=0.5), "p_change = "),
    "p of the labels": (at(20, p_labels=1.5), "p_labels 0 to 1"),
    "p": (at(0, p=more(-1e-12)), "p the larger of p_change and p_labels"),
    "p of a small change": (at(11, p=0.5), "1 unless change_low is above control_change"),
    "q": (at(0, q=more(1e-3)), "q = "),
}


@pytest.mark.parametrize("case", CASES)
def test_damage_is_said_with_its_row(swaps: Path, case: str) -> None:
    damage, message = CASES[case]
    change_table(swaps, SWAPS, damage)
    assert message in said(swaps)


def said(folder: Path) -> str:
    """The line with which a check fails."""
    with pytest.raises(StatelineError) as caught:
        check_run(folder)
    return str(caught.value)


def test_more_eligible_words_than_the_words_allow_are_found(swaps: Path) -> None:
    change_manifest(swaps, lambda manifest: manifest["swap_test"].update(eligible=4000))
    assert "q = " in said(swaps)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"eligible": 3}, "1 <= controls <= tested <= eligible"),
        ({"controls": 0}, "1 <= controls <= tested <= eligible"),
        ({"replacements": 0}, "swap_test.replacements; expected 1 or more"),
    ],
)
def test_counts_of_the_manifest_fit_each_other(swaps: Path, change: dict, line: str) -> None:
    change_manifest(swaps, lambda manifest: manifest["swap_test"].update(change))
    assert line in said(swaps)


def test_a_run_without_a_model_has_no_swap_test(swaps: Path) -> None:
    change_manifest(swaps, lambda manifest: manifest["model"].update(file=None))
    assert "key swap_test; expected null of a series and without a model" in said(swaps)


def test_the_report_says_how_many_words_were_found(other_store: Path) -> None:
    tested = check_run(other_store / "swaps").lines()
    assert "swaps: 11 of 42 tested words move the answer" in tested
    assert "swaps: no swap test" in check_run(other_store / "layers").lines()
