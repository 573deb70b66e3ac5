"""Labels in the forms in which people have them: the same classes, or one line on why not."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import hypothesis
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import strategies as st

from stateline.pipeline.sources.labels import class_numbers
from stateline.store.errors import StatelineError

COUNT = 4
NAMES = ["cold", "mild", "warm", "hot"]


class Torch:
    """A stand-in of a PyTorch tensor with gradients: no NumPy before `detach` and `cpu`."""

    def __init__(self, values: np.ndarray, ready: int = 0) -> None:
        self.values, self.ready = values, ready

    def __array__(self, *_: object) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> "Torch":
        return Torch(self.values, 1)

    def cpu(self) -> "Torch":
        return Torch(self.values, self.ready + 1)

    def numpy(self) -> np.ndarray:
        assert self.ready == 2
        return self.values


def one_hot(numbers: list[int], dtype: type = np.float32) -> np.ndarray:
    return np.eye(COUNT, dtype=dtype)[numbers]


# Forms of labels by number, and of labels by name.
NUMBERED = {
    "list": list,
    "int64": lambda n: np.array(n, np.int64),
    "uint8": lambda n: np.array(n, np.uint8),
    "float32": lambda n: np.array(n, np.float32),
    "object of ints and floats": lambda n: np.array([float(x) if x % 2 else x for x in n], object),
    "text": lambda n: [str(x) for x in n],
    "text of floats": lambda n: [f"{x}.0" if x % 2 else str(x) for x in n],
    "column": lambda n: np.array(n)[:, None],
    "list of lists": lambda n: [[x] for x in n],
    "three axes": lambda n: np.array(n)[:, None, None],
    "one-hot": one_hot,
    "one-hot of truth values": lambda n: one_hot(n, bool),
    "one-hot in lists": lambda n: one_hot(n, int).tolist(),
    "pandas": pd.Series,
    "pandas, nullable": lambda n: pd.Series(n, dtype="Int64"),
    "pandas table": lambda n: pd.DataFrame({"label": n}),
    "polars": pl.Series,
    "polars table": lambda n: pl.DataFrame({"label": n}),
    "tensor with gradients": lambda n: Torch(np.array(n)),
    "tensors with gradients": lambda n: [Torch(np.array(x)) for x in n],
    "masked array": lambda n: np.ma.array(n, mask=[False] * len(n)),
    "decimal": lambda n: [Decimal(x) for x in n],
    "tuple": tuple,
}
NAMED = {
    "list": lambda n: [NAMES[x] for x in n],
    "array": lambda n: np.array(NAMES)[n],
    "bytes": lambda n: np.array(NAMES).astype("S")[n],
    "bytes in a list": lambda n: [NAMES[x].encode() for x in n],
    "objects": lambda n: np.array(NAMES, object)[n],
    "blanks around": lambda n: [f" {NAMES[x]} " for x in n],
    "column": lambda n: np.array(NAMES)[n][:, None],
    "pandas": lambda n: pd.Series([NAMES[x] for x in n]),
    "pandas, categories": lambda n: pd.Series([NAMES[x] for x in n], dtype="category"),
    "categorical": lambda n: pd.Categorical([NAMES[x] for x in n], categories=NAMES[::-1]),
    "polars": lambda n: pl.Series([NAMES[x] for x in n]),
    "polars, categories": lambda n: pl.Series([NAMES[x] for x in n], dtype=pl.Categorical),
    "polars, enum": lambda n: pl.Series([NAMES[x] for x in n], dtype=pl.Enum(NAMES)),
}
LABELS = st.lists(st.integers(0, COUNT - 1), min_size=1, max_size=7)


@hypothesis.settings(max_examples=80, derandomize=True, deadline=None)
@hypothesis.given(LABELS, st.sampled_from(sorted(NUMBERED)), st.sampled_from([None, NAMES]))
def test_every_form_of_numbered_labels_gives_the_same_classes(
    numbers: list, form: str, classes: list | None
) -> None:
    found, names = class_numbers(NUMBERED[form](numbers), classes, COUNT)
    assert found.tolist() == numbers and found.dtype == np.int64
    assert names == (classes or ["0", "1", "2", "3"])


@hypothesis.settings(max_examples=50, derandomize=True, deadline=None)
@hypothesis.given(LABELS, st.sampled_from(sorted(NAMED)))
def test_every_form_of_named_labels_gives_the_same_classes(numbers: list, form: str) -> None:
    found, names = class_numbers(NAMED[form](numbers), NAMES, COUNT)
    assert found.tolist() == numbers and names == NAMES


@pytest.mark.parametrize(
    ("labels", "classes", "numbers"),
    [
        ([1, 2, 3, 4], list("12345"), [0, 1, 2, 3]),
        (np.array([1.0, 4.0]), [1, 2, 3, 4, 5], [0, 3]),
        (["5", "1.0"], np.arange(1, 6), [4, 0]),
        ([0, 1, 1], ["1", "0"], [1, 0, 0]),
        ([True, False], ["True", "False"], [0, 1]),
        (np.array([True, False]), ["no", "yes"], [1, 0]),
        ([True, False], ["0", "1"], [1, 0]),
        (["01", "1"], ["01", "1"], [0, 1]),
        ([2019, 2021], ["2021", "2019"], [1, 0]),
        ([3, "hot"], ["3", "hot"], [0, 1]),
    ],
)
def test_labels_that_are_names_are_names_whole_numbers_too(
    labels: object, classes: list, numbers: list
) -> None:
    assert class_numbers(labels, classes, len(classes))[0].tolist() == numbers


def test_columns_of_a_one_hot_table_name_the_classes() -> None:
    table = pd.get_dummies(pd.Series(["warm", "cold", "warm"]))
    assert class_numbers(table, None, 2)[1] == ["cold", "warm"]
    assert class_numbers(table, None, 2)[0].tolist() == [1, 0, 1]


MISSING = "labels: 2 of 4 are missing, first of sequence 1. Fill them in"


@pytest.mark.parametrize(
    ("labels", "classes", "line"),
    [
        (["good", "bad"], None, "classes: the labels are names, and their order among the model's "
         "outputs is not known; got bad, good. Give classes= (CLASSES=)"),
        ([0, 4], None, "labels, sequence 1: no such class; expected one of 0, 1, 2, 3 by number, "
         "0 to 3, got 4"),
        ([1, 2, 3, 4], None, "labels, sequence 3: no such class; expected one of 0, 1, 2, 3 by "
         "number, 0 to 3, got 4. They count from 1: pass labels - 1"),
        ([0, -1], list("abcd"), "labels, sequence 1: no such class"),
        ([0, 1], list("1234"), "labels, sequence 0: no such class; expected one of 1, 2, 3, 4, got "
         "0. The classes have numbers as names, so labels must be those names"),
        ([0, 0.5, 1.5], None, "labels: hold 2 different fractions: a quantity, not classes"),
        ([0, np.nan, None, 1], None, MISSING),
        (np.array([0, np.nan, np.nan, 1]), list("abcd"), MISSING),
        (["a", "", None, "b"], list("abcd"), MISSING),
        (pd.Series([0, pd.NA, None, 1], dtype="Int64"), None, MISSING),
        (pl.Series([0, None, None, 1]), None, MISSING),
        (pl.Series(["a", None, None, "b"]), list("abcd"), MISSING),
        (np.ma.array([0, 1, 2, 3], mask=[0, 1, 1, 0]), None, MISSING),
        ([0, pd.NaT, np.datetime64("NaT"), 1], None, MISSING),
        (["a", "e"], list("abcd"), "labels, sequence 1: no such class; expected one of a, b, c, d"),
        ([0, 1], ["a", "b"], "classes: not as many as the model answers; expected 4, got 2"),
        (np.zeros((3, 4)), None, "labels, sequence 0: no class; expected one class a sequence"),
        ([[1, 0, 0, 0], [1, 0, 1, 0]], None, "labels, sequence 1: several classes (multi-label)"),
        ([[0.5, 0.5, 0, 0]], None, "labels, sequence 0: not one-hot: other numbers than 0 and 1"),
        (np.eye(5), None, "labels: one-hot of another width; expected 4, got 5"),
        ([[0], [1, 2]], None, "labels: not one class a sequence; expected (S,), got lists of "
         "unequal length"),
        (np.zeros((2, 3, 4)), None, "labels: not one class a sequence; expected (S,), got shape "
         "(2, 3, 4)"),
        ([], None, "labels: not one class a sequence"),
        (np.float32(1), None, "labels: not one class a sequence"),
        ("positive", None, "labels: not one class a sequence; expected (S,), got 'positive'"),
        ([dt.date(2026, 1, 1)], None, "classes: the labels are names, and their order"),
    ],
)  # fmt: skip
def test_wrong_labels_are_refused_with_the_first(
    labels: object, classes: list | None, line: str
) -> None:
    with pytest.raises(StatelineError) as caught:
        class_numbers(labels, classes, 4)
    assert str(caught.value).startswith(line)


def test_a_tensor_that_numpy_has_no_type_for_is_read_as_floats() -> None:
    class Half(Torch):
        def numpy(self) -> np.ndarray:
            raise TypeError("Got unsupported ScalarType BFloat16")

        def float(self) -> SimpleNamespace:
            return SimpleNamespace(numpy=lambda: self.values)

    half = Half(np.array([1.0, 0.0]))
    half.detach = lambda: SimpleNamespace(cpu=lambda: half)  # type: ignore[method-assign]
    assert class_numbers(half, None, 2)[0].tolist() == [1, 0]
