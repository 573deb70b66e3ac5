"""Names of classes from words, numbers or truth values, as files hold them."""

import re
from collections.abc import Collection

import polars as pl

from stateline.store.errors import StatelineError

# What programs write for a value that is missing. `none` in lower case is a name.
MISSING = {
    "",
    "nan",
    "NaN",
    "NAN",
    "null",
    "NULL",
    "None",
    "NA",
    "N/A",
    "n/a",
    "<NA>",
    "#N/A",
    "NaT",
}
NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"([+-]?\d+)[.,]0*")
# More different fractions than this, or than this share of the rows, are a quantity.
MAX_FRACTIONS, MAX_FRACTION_SHARE = 20, 0.2


def label_names(labels: pl.Series, where: object, classes: Collection[str] = ()) -> pl.Series:
    """Return class names; 1, 1.0 and "1.0" are one class, and a missing value is null.

    labels   of any type but lists (S,)
    classes  names that the user gives; they are classes even if they look like a missing value
    returns  String (S,)
    raises   StatelineError  a column of lists, or fractions, which are a quantity
    """
    if labels.dtype.is_nested():
        raise StatelineError(
            where,
            f"column {labels.name} cannot be a label",
            expected="words or numbers",
            got=str(labels.dtype),
        )
    if labels.dtype == pl.Binary:
        raise StatelineError(
            where, f"column {labels.name} holds bytes", expected="words or numbers"
        )
    names = labels.cast(pl.String).str.strip_chars()
    missing = names.is_in(list(MISSING - set(classes)))
    names = names.set(missing, None)
    distinct = names.drop_nulls().unique().to_list()
    whole = {name: match[1] for name in distinct if (match := WHOLE.fullmatch(name))}
    if not all(NUMBER.fullmatch(name) for name in distinct):
        return names.replace({name: short for name, short in whole.items() if short in distinct})
    fractions = [
        name for name in distinct if name not in whole and not name.lstrip("+-").isdecimal()
    ]
    refuse_quantity(fractions, names, where)
    return names.replace(whole | {name: shortest(name) for name in fractions})


def shortest(fraction: str) -> str:
    """Return a fraction without zeros at its end: 1.5 of 1.50."""
    return fraction.rstrip("0") if re.fullmatch(r"[+-]?\d*[.,]\d+", fraction) else fraction


def refuse_quantity(fractions: list[str], names: pl.Series, where: object) -> None:
    """Check that numbers are classes and not a quantity.

    fractions  those of the names that are no whole numbers
    names      String (S,)
    raises     StatelineError  too many different fractions
    """
    if len(fractions) > min(MAX_FRACTIONS, MAX_FRACTION_SHARE * (len(names) - names.null_count())):
        by_value = sorted(fractions, key=lambda each: float(each.replace(",", ".")))
        raise StatelineError(
            where,
            f"{names.name} holds {len(fractions):,} different fractions: a quantity, not classes",
            expected="names or whole numbers",
            got=f"{by_value[0]} to {by_value[-1]}",
            fix="Make classes of it, such as low and high, and name that column: LABEL=",
        )
