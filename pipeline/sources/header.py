"""The header of a table of cells: whether there is one, and names for its columns."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from stateline.pipeline.sources.options import ReadOptions
from stateline.store.errors import StatelineError

# Words of names of such columns, by which a header is known where columns are asked for by number.
NAMES = set(
    "label labels class classes category target sentiment topic intent emotion rating stars score "
    "polarity genre tag language author source text texts review reviews sentence message messages "
    "sms tweet tweets content document body comment description title headline utterance question "
    "id split x y v".split()
)


@dataclass(frozen=True)
class Cells:
    """Cells of a table as text.

    names   of the columns, each once: those of the header, or their numbers from 1
    rows    a list of cells a row
    facts   how it was read, in words
    """

    names: list[str]
    rows: list[list[str]]
    facts: list[str]


def with_header(rows: list[list[str]], where: object, options: ReadOptions) -> Cells:
    """Return rows with the names of their columns.

    rows    all of the file, one or more; as many cells in each
    raises  StatelineError  a column that is asked for has a duplicate, or there is no header and
            columns are asked for by names, or nothing tells whether there is one
    """
    if options.header != "no" and options.names_in(rows[0]):
        return Cells(unique_names(rows[0], where, options), rows[1:], ["header"])
    if options.numbered:
        header = options.header == "yes"
        if options.header == "auto":
            header = not recurs(rows, int(options.label) - 1)
            if header and not any(is_name(cell) for cell in rows[0]):
                raise undecided(rows, where, options)
        names = [str(number) for number in range(1, len(rows[0]) + 1)]
        return Cells(names, rows[header:], ["header" if header else "no header"])
    if options.header == "no" or (options.header == "auto" and class_columns(rows)):
        raise without_header(rows, where, options)
    return Cells(unique_names(rows[0], where, options), rows[1:], ["header"])


def is_name(cell: str) -> bool:
    """Return whether a cell is what columns of texts and classes are called, such as `Text_1`."""
    words = re.findall(r"[^\W\d_]+", cell.lower())
    return 0 < len(words) <= 3 and not NAMES.isdisjoint(words)


def recurs(rows: list[list[str]], column: int) -> bool:
    """Return whether the first cell of a column stands in it again: then it is no name.

    False also where there is no such column.
    """
    if column >= len(rows[0]):
        return False
    return any(row[column].strip() == rows[0][column].strip() for row in rows[1:])


def class_columns(rows: list[list[str]]) -> list[int]:
    """Return the columns that look like classes from the first row on, as without a header."""
    found = []
    for column in range(len(rows[0])):
        values = [row[column].strip() for row in rows]
        if values[0] and recurs(rows, column) and len(set(values)) <= len(values) / 2:
            found.append(column)
    return found


def undecided(rows: list[list[str]], where: object, options: ReadOptions) -> StatelineError:
    """Return the error for a first row that may be a header or a text and its class."""
    shown = ", ".join(repr(cell.strip()[:20]) for cell in rows[0][:6])
    return StatelineError(
        where,
        f"the first row may be a header or a text with its class, which no other has: {shown}",
        got=f"TEXT={options.text} LABEL={options.label}",
        fix="Say which: HEADER=yes, or HEADER=no",
    )


def without_header(rows: list[list[str]], where: object, options: ReadOptions) -> StatelineError:
    """Return the error for a file without a header whose columns are asked for by names."""
    classes = class_columns(rows)
    lengths = [sum(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text = lengths.index(max(lengths)) + 1
    label = next((column + 1 for column in classes if column + 1 != text), 1 if text != 1 else 2)
    shown = ", ".join(repr(cell.strip()[:20]) for cell in rows[0][:6])
    what = "no header is read" if options.header == "no" else "seems to have no header"
    return StatelineError(
        where,
        f"{what}, so its columns have numbers, from 1; its first row is {shown}",
        expected=f"two numbers of 1 to {len(rows[0])}",
        got=f"TEXT={options.text} LABEL={options.label}",
        fix=f"HEADER=no TEXT={text} LABEL={label}, or HEADER=yes where the first row holds names",
    )


def unique_names(cells: Sequence[str], where: object, options: ReadOptions) -> list[str]:
    """Return the names of a header, empty ones and duplicates with their number.

    raises  StatelineError  a column that is asked for has a duplicate
    """
    names = [cell.strip() for cell in cells]
    counts = Counter(names)
    for knob, name in options.columns.items():
        if name and counts[name] > 1:
            places = [str(number) for number, each in enumerate(names, 1) if each == name]
            raise StatelineError(
                where,
                f"{counts[name]} columns are called {name}: {', '.join(places)}",
                got=f"{knob}={name}",
                fix="Name columns by number, such as TEXT=1 LABEL=2",
            )
    return [
        name if name and counts[name] == 1 else f"{name or 'column'} ({number})"
        for number, name in enumerate(names, 1)
    ]
