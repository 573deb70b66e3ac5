"""Labels in the forms in which people have them, as numbers of a model's outputs."""

import re
from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, Float64Array, Int64Array
from stateline.pipeline.sources.forms import is_dataset, plain, rows_of_dataset
from stateline.pipeline.sources.sequences import refuse_twice
from stateline.store.errors import StatelineError

WHOLE = re.compile(r"[+-]?\d+")
WHOLE_FRACTION = re.compile(r"([+-]?\d+)\.0*")
SHOWN = 20


def class_numbers(
    labels: Any, classes: Sequence[Any] | None, count: int | None
) -> tuple[Int64Array, list[str]]:
    """Return labels as numbers of the model's outputs, and the names of the classes.

    labels   S numbers or truth values, or names where `classes` says their order; (S, 1); one-hot
             (S, C); as an array, tensor, series, table, list or tf.data.Dataset
    classes  C names in the order of the model's outputs; None: numbers are their own names, the
             columns of a one-hot table are theirs
    count    C of the model; None: as many as there are
    returns  int64 (S,), C names
    raises   StatelineError  a missing label, or one that is no class; names without an order or
             twice; another count; several labels a sequence; quantities in place of classes

    Labels that are all among the names of the classes are names, whole numbers too: label 1 of
    classes 1 to 5 is the first one.
    """
    columns = getattr(labels, "columns", None)
    values = one_a_sequence(labels)
    if isinstance(values, np.ndarray):
        number = from_one_hot(values)
        if classes is None and columns is not None:
            classes = list(columns)
        names = class_names(classes, count, values.shape[1])
        if len(names) != values.shape[1]:
            raise StatelineError(
                "labels", "one-hot of another width", expected=len(names), got=values.shape[1]
            )
        return number, names
    refuse_missing_labels(values)
    refuse_quantities(values)
    whole = [whole_number(each) for each in values]
    if classes is None and None in whole:
        raise StatelineError(
            "classes",
            "the labels are names, and their order among the model's outputs is not known",
            got=", ".join(sorted({str(each) for each in values})[:SHOWN]),
            fix="Give classes= (CLASSES=) in the order of the model's outputs",
        )
    most = 1 + max((each for each in whole if each is not None), default=0)
    names = class_names(classes, count, most)
    return positions(values, whole, names), names


def one_a_sequence(labels: Any) -> list[Any] | AnyArray:
    """Return S plain labels, or the array (S, C) of one-hot labels, C > 1.

    raises  StatelineError  no label, or another shape
    """
    if is_dataset(labels):
        labels = rows_of_dataset(labels, 0)[0]
    values = plain(labels)
    single = isinstance(values, str | bytes) or getattr(values, "shape", None) == ()
    if single or not hasattr(values, "__len__"):
        shown = repr(values)[:80]
        raise StatelineError("labels", "not one class a sequence", expected="(S,)", got=shown)
    values = values if isinstance(values, np.ndarray) else list(values)
    if len(values) == 0:
        raise StatelineError("labels", "not one class a sequence", expected="(S,)", got="none")
    widths = {np.shape(each) for each in values}
    if widths == {()}:
        return [scalar(each) for each in values]
    if len(widths) > 1:
        raise StatelineError(
            "labels", "not one class a sequence", expected="(S,)", got="lists of unequal length"
        )
    (width,) = widths
    if set(width) == {1}:
        return [scalar(np.asarray(each, dtype=object).ravel()[0]) for each in values]
    if len(width) != 1:
        raise StatelineError(
            "labels",
            "not one class a sequence",
            expected="(S,)",
            got=f"shape {(len(values), *width)}",
        )
    return np.asarray(values)


def scalar(value: Any) -> Any:
    """Return a label as a value of Python: text, number, truth value, or None where missing."""
    value = plain(value)
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Number) and not isinstance(value, int):
        value = float(value)  # type: ignore[arg-type]  # a fraction or decimal number too
        return None if np.isnan(value) else value
    return value


def whole_number(value: Any) -> int | None:
    """Return a label that is written as a whole number as one; None for any other."""
    if isinstance(value, str):
        found = WHOLE.fullmatch(spelling(value))
        return int(found[0]) if found else None
    return int(value) if isinstance(value, int | float) else None


def spelling(name: Any) -> str:
    """Return a name of a class or a label as text; 1, 1.0 and "1.0" are spelled alike."""
    if isinstance(name, float) and name.is_integer():
        return str(int(name))
    text = str(name)
    found = WHOLE_FRACTION.fullmatch(text)
    return found[1] if found else text


def class_names(classes: Sequence[Any] | None, count: int | None, most: int) -> list[str]:
    """Return the names of the classes.

    count   C of the model; None: as many as there are
    most    classes that the labels number
    raises  StatelineError  a duplicate name, or another count than the model's
    """
    if classes is None:
        return [str(each) for each in range(count or max(most, 2))]
    names = [str(scalar(each)) for each in classes]
    refuse_twice("classes", names)
    if count is not None and len(names) != count:
        raise StatelineError(
            "classes", "not as many as the model answers", expected=count, got=len(names)
        )
    return names


def positions(values: list[Any], whole: list[int | None], names: list[str]) -> Int64Array:
    """Return the class of each label, by name where all are names, else by number.

    values   S labels
    whole    the number that each is written as, or None
    returns  int64 (S,)
    raises   StatelineError  a label that is no class; names the first
    """
    position = {spelling(name): index for index, name in enumerate(names)}
    position |= {name: index for index, name in enumerate(names)}
    texts = [spelling(each) for each in values]
    # The number of a truth value, where its name is none of the classes'.
    digits = [text if n is None else str(n) for text, n in zip(texts, whole, strict=True)]
    for spelled in (texts, digits):
        if all(text in position for text in spelled):
            return np.array([position[text] for text in spelled], dtype=np.int64)
    counted = names == [str(each) for each in range(len(names))]
    numbered = any(WHOLE.fullmatch(spelling(name)) for name in names)
    by_number = None not in whole and (counted or not numbered)
    found = whole if by_number else [position.get(text, -1) for text in digits]
    number = [-1 if each is None else each for each in found]
    wrong = next((row for row, each in enumerate(number) if not 0 <= each < len(names)), None)
    if wrong is not None:
        fix = None
        if by_number and min(number) == 1 and max(number) == len(names):
            fix = "They count from 1: pass labels - 1, or their names as classes= (CLASSES=)"
        elif numbered and not counted and None not in whole:
            fix = "The classes have numbers as names, so labels must be those names"
        raise StatelineError(
            f"labels, sequence {wrong}",
            "no such class",
            expected=f"one of {', '.join(names[:SHOWN])}"
            + (f" by number, 0 to {len(names) - 1}" if by_number else ""),
            got=values[wrong],
            fix=fix,
        )
    return np.array(number, dtype=np.int64)


def refuse_missing_labels(values: list[Any]) -> None:
    """Check that every sequence has a label.

    raises  StatelineError  None, not-a-number or an empty text; says how many
    """
    missing = [row for row, each in enumerate(values) if each is None]
    if missing:
        raise StatelineError(
            "labels",
            f"{len(missing):,} of {len(values):,} are missing, first of sequence {missing[0]}",
            fix="Fill them in or take the sequences out",
        )


def refuse_quantities(values: list[Any]) -> None:
    """Check that labels are no fractions.

    raises  StatelineError  they are
    """
    fractions = {each for each in values if isinstance(each, float) and not each.is_integer()}
    if fractions:
        raise StatelineError(
            "labels",
            f"hold {len(fractions):,} different fractions: a quantity, not classes",
            expected="one class a sequence; forecasts and other regressions are not supported",
            got=f"{min(fractions):g} to {max(fractions):g}",
        )


def from_one_hot(values: AnyArray) -> Int64Array:
    """Return the class of each row of one-hot labels.

    values   (S, C) of 0 and 1, or of truth values
    returns  int64 (S,)
    raises   StatelineError  a row without a class or with several, or other numbers than 0 and 1
    """
    try:
        number: Float64Array = values.astype(np.float64)
    except (TypeError, ValueError):
        number = np.full(values.shape, np.nan)
    good: BoolArray = ((number == 0) | (number == 1)).all(axis=1)
    marked = (number == 1).sum(axis=1)
    wrong = np.flatnonzero(~good | (marked != 1))
    if len(wrong) == 0:
        found: Int64Array = number.argmax(axis=1).astype(np.int64)
        return found
    row = int(wrong[0])
    what = "not one-hot: other numbers than 0 and 1"
    if good[row]:
        what = "several classes (multi-label)" if marked[row] else "no class"
    raise StatelineError(
        f"labels, sequence {row}",
        what,
        expected="one class a sequence: (S,), (S, 1), or one-hot (S, C)",
        got=", ".join(str(each) for each in values[row].tolist()[:SHOWN]),
    )
