"""Classes as files write them: numbers in two spellings, missing values, quantities."""

import polars as pl
import pytest

from stateline.pipeline.sources.label_column import label_names
from stateline.store.errors import StatelineError

FORMS = {
    "mixed spelling": (["0", "1.0", "1", "0.0"], ["0", "1", "1", "0"]),
    "mixed with words": (["1", "1.0", "other"], ["1", "1", "other"]),
    "versions are names": (["v1", "2.0", "2.1x"], ["v1", "2.0", "2.1x"]),
    "floats": ([1.0, 0.0, 1.0], ["1", "0", "1"]),
    "truth values": ([True, False], ["true", "false"]),
    "half points": (["1.5", "1.50", "2", "2.5"] * 5, ["1.5", "1.5", "2", "2.5"] * 5),
    "signs": (["-1.0", "-1", "+1"], ["-1", "-1", "+1"]),
    "blanks": ([" a ", "a", "b "], ["a", "a", "b"]),
}


@pytest.mark.parametrize(("values", "names"), FORMS.values(), ids=FORMS)
def test_one_class_has_one_name(values: list[object], names: list[str]) -> None:
    assert label_names(pl.Series("label", values), "x").to_list() == names


@pytest.mark.parametrize("value", ["", " ", "nan", "NaN", "null", "None", "NA", "<NA>", "#N/A"])
def test_a_missing_value_is_no_class(value: str) -> None:
    assert label_names(pl.Series(["a", value, "b"]), "x").to_list() == ["a", None, "b"]
    assert label_names(pl.Series(["0", value, "1.0"]), "x").to_list() == ["0", None, "1"]


def test_a_number_that_is_none_is_missing() -> None:
    assert label_names(pl.Series([1.0, float("nan"), 0.0]), "x").to_list() == ["1", None, "0"]


def test_a_name_that_looks_like_a_missing_value_is_a_class_where_it_is_named() -> None:
    assert label_names(pl.Series(["None", "for"]), "x", ("None", "for")).null_count() == 0
    assert label_names(pl.Series(["none", "for"]), "x").null_count() == 0


@pytest.mark.parametrize("comma", [False, True])
def test_many_fractions_are_a_quantity(comma: bool) -> None:
    values = [f"{1 + n / 100:.2f}" for n in range(60)]
    if comma:
        values = [value.replace(".", ",") for value in values]
    with pytest.raises(StatelineError, match="score holds 59 different fractions: a quantity, not"):
        label_names(pl.Series("score", values), "x")


def test_lists_and_bytes_are_no_classes() -> None:
    for values in ([[1], [2]], [b"a", b"b"]):
        with pytest.raises(StatelineError, match="expected words or numbers"):
            label_names(pl.Series("label", values), "x")
