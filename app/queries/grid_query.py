"""Queries of a grid: the columns it may use, sorts, and its own filter model."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

import polars as pl

from stateline.store.errors import StatelineError

TEXT, NUMBER, FLAG, IMAGE = "text", "number", "flag", "image"
MAX_ROWS = 1_000  # of one request
MAX_CONDITIONS = 20
LONGEST_TEXT = 200  # of what a filter looks for


@dataclass(frozen=True)
class TableColumn:
    """A column that may be shown, sorted and filtered; a query can use no other."""

    name: str
    kind: str
    heading: str
    help: str
    width: int


def check_block(start: int, end: int) -> None:
    """Refuse a block of no rows or of too many.

    raises  StatelineError  naming the rows
    """
    if not 0 <= start < end or end - start > MAX_ROWS:
        raise StatelineError(
            "rows", "no such block", expected=f"at most {MAX_ROWS} rows", got=f"{start} to {end}"
        )


def grid_rows(
    rows: pl.DataFrame, sort: str, columns: str, kinds: dict[str, str], last: str
) -> pl.DataFrame:
    """Rows that pass a grid's filters, in the order of its sort.

    sort     `column:asc` or `column:desc`, several separated by commas; "" for none
    columns  JSON in the grid's own filter model; "" for none
    kinds    kind of each column that a query may use
    last     column that settles ties, ascending
    raises   StatelineError  the query does not fit the columns
    """
    if columns:
        rows = rows.filter(*_conditions(columns, kinds))
    keys, descending = _sort_keys(sort, kinds)
    if keys:
        rows = rows.sort([*keys, last], descending=[*descending, False], nulls_last=True)
    return rows


def _sort_keys(sort: str, kinds: dict[str, str]) -> tuple[list[str], list[bool]]:
    keys, descending = [], []
    for part in sort.split(",") if sort else ():
        name, _, direction = part.partition(":")
        if name not in kinds or direction not in ("asc", "desc") or name in keys:
            raise StatelineError(
                "sort",
                "not a column and a direction",
                expected=f"one of {', '.join(kinds)}, then :asc or :desc",
                got=part[:80],
            )
        keys.append(name)
        descending.append(direction == "desc")
    return keys, descending


def _conditions(columns: str, kinds: dict[str, str]) -> list[pl.Expr]:
    try:
        model = json.loads(columns)
    except (ValueError, RecursionError):
        model = None
    if not isinstance(model, dict) or not set(model) <= set(kinds):
        raise StatelineError(
            "columns",
            "not a filter of this table",
            expected=f"a JSON object with some of {', '.join(kinds)}",
            got=columns[:80],
        )
    return [_column_condition(name, kinds[name], entry) for name, entry in model.items()]


def _column_condition(name: str, kind: str, entry: object) -> pl.Expr:
    """Condition on one column: a single one, or several joined by AND or OR."""
    if not isinstance(entry, dict):
        raise _bad_condition(name, kind, entry)
    parts = entry.get("conditions", [entry])
    joined = entry.get("operator", "AND")
    if (
        not isinstance(parts, list)
        or not 0 < len(parts) <= MAX_CONDITIONS
        or joined not in ("AND", "OR")
    ):
        raise _bad_condition(name, kind, entry)
    found = [_condition(name, kind, part) for part in parts]
    return pl.all_horizontal(found) if joined == "AND" else pl.any_horizontal(found)


def _condition(name: str, kind: str, part: object) -> pl.Expr:
    if not isinstance(part, dict):
        raise _bad_condition(name, kind, part)
    test = part.get("type")
    column = pl.col(name)
    if test == "blank":
        return column.is_null()
    if test == "notBlank":
        return column.is_not_null()
    value = part.get("filter")
    if kind == NUMBER and _is_number(value):
        if test == "inRange" and _is_number(part.get("filterTo")):
            return column.is_between(value, part["filterTo"])
        compare = NUMBER_TESTS.get(test) if isinstance(test, str) else None
        if compare:
            return compare(column, value)
    if kind == TEXT and isinstance(value, str) and len(value) <= LONGEST_TEXT:
        found = _text_test(column.str.to_lowercase(), test, value.lower())
        if found is not None:
            return found.fill_null(test in ("notContains", "notEqual"))
    if kind == FLAG and test in ("true", "false"):
        return column if test == "true" else ~column
    raise _bad_condition(name, kind, part)


NUMBER_TESTS: dict[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "equals": pl.Expr.eq,
    "notEqual": pl.Expr.ne,
    "lessThan": pl.Expr.lt,
    "lessThanOrEqual": pl.Expr.le,
    "greaterThan": pl.Expr.gt,
    "greaterThanOrEqual": pl.Expr.ge,
}


def _text_test(column: pl.Expr, test: object, value: str) -> pl.Expr | None:
    """The comparison named, on lower-case text; None where there is no such comparison."""
    match test:
        case "contains":
            return column.str.contains(value, literal=True)
        case "notContains":
            return ~column.str.contains(value, literal=True)
        case "equals":
            return column == value
        case "notEqual":
            return column != value
        case "startsWith":
            return column.str.starts_with(value)
        case "endsWith":
            return column.str.ends_with(value)
    return None


def _is_number(value: object) -> TypeGuard[float]:
    # JSON's NaN and Infinity are floats that no column can be compared with in earnest.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _bad_condition(name: str, kind: str, got: object) -> StatelineError:
    return StatelineError(
        "columns",
        f"no such condition on {name}",
        expected=f"a condition on a {kind} column",
        got=json.dumps(got)[:80],
    )
