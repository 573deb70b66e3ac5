"""Rows of a text file with separators, and whether its quotes quote or are characters.

The same bytes may be read both ways: `"Nice" she said` may be a text in quotes or a text that
begins with one. Each way is tried on the whole file; a way counts only if every row has as many
cells as the first. Where both do, what a program that writes such files would have done decides.
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass

from stateline.store.errors import StatelineError

QUOTE = '"'


@dataclass(frozen=True)
class Rows:
    """Cells of a file, read one way.

    cells    a list of strings for each row, empty lines left out
    first    line on which each row begins, counted from 1
    last     line on which it ends
    fault    why this way does not fit, with the line; empty: it does
    line     that line
    """

    cells: list[list[str]]
    first: list[int]
    last: list[int]
    fault: str = ""
    line: int = 0

    @property
    def fits(self) -> bool:
        """Whether every row has as many cells as the first."""
        return not self.fault

    def spanning(self) -> list[int]:
        """Return the numbers of the rows that span several lines."""
        both = zip(self.first, self.last, strict=True)
        return [row for row, (begin, end) in enumerate(both) if end > begin]


def line_end(text: str) -> str:
    """Return what ends the lines: line feeds, or carriage returns where they are more."""
    single = text.count("\r") - text.count("\r\n")
    return "\r" if single > text.count("\n") else "\n"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their ends."""
    if line_end(text) == "\r":
        return text.split("\r")
    return [line.removesuffix("\r") for line in text.split("\n")]


def unquoted(lines: list[str], separator: str) -> Rows:
    """Return the rows where quotes are characters."""
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    return checked([lines[n - 1].split(separator) for n in numbers], numbers, numbers)


def quoted(text: str, separator: str, *, escaped: bool = False, blank: bool = False) -> Rows:
    """Return the rows where quotes quote, by the rules of RFC 4180.

    escaped  a quote inside of a cell is written with a backslash, not twice
    blank    blanks after a separator do not count
    """
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(
        text_lines(text),
        delimiter=separator,
        strict=True,
        doublequote=not escaped,
        escapechar="\\" if escaped else None,
        skipinitialspace=blank,
    )
    cells: list[list[str]] = []
    first: list[int] = []
    last: list[int] = []
    begin = 1
    try:
        for row in reader:
            if len(row) > 1 or "".join(row).strip():
                cells.append(row)
                first.append(begin)
                last.append(reader.line_num)
            begin = reader.line_num + 1
    except csv.Error:
        what = f"a quoted cell that begins in line {begin} is not closed, or goes on after its end"
        return Rows(cells, first, last, what, begin)
    return checked(cells, first, last)


def text_lines(text: str) -> list[str]:
    """Return the lines of a text with their ends, as the csv module takes them."""
    end = line_end(text)
    lines = [line + end for line in text.split(end)]
    lines[-1] = lines[-1][: -len(end)]
    return lines if lines[-1] else lines[:-1]


def checked(cells: list[list[str]], first: list[int], last: list[int]) -> Rows:
    """Return rows, with the first that has another number of cells as their fault."""
    for row, number in zip(cells, first, strict=True):
        if len(row) != len(cells[0]):
            what = f"line {number} has {len(row)} cells, line {first[0]} has {len(cells[0])}"
            return Rows(cells, first, last, what, number)
    return Rows(cells, first, last)


@dataclass(frozen=True)
class Reading:
    """Rows of a file, and in words how its quotes were read; empty where it has none."""

    rows: Rows
    quotes: str


QUOTED, PLAIN = "quotes around cells", "quotes are characters"


def read_rows(
    text: str, separator: str, where: object, *, label: int | None = None, quotes: str = "auto"
) -> Reading:
    """Return the rows of a file, read in the one way that fits it.

    label   number of the column that holds the class, by which rows inside of a cell are known
    quotes  `yes`: they quote, `no`: they are characters, `auto`: found
    raises  StatelineError  no way fits, or two do and differ; names the line
    """
    lines = lines_of(text)
    plain = unquoted(lines, separator)
    if quotes == "no" or QUOTE not in text:
        return settled(plain, PLAIN if QUOTE in text else "", where)
    rows = quoted(text, separator)
    if quotes == "auto" and plain.fits:
        if not rows.fits and any(is_wrapped(cell) for cell in column_of(plain, label)):
            rows = other_quotes(text, separator, rows)
        return either(rows, plain, lines, separator, label, where)
    if not rows.fits:
        rows = other_quotes(text, separator, plain if separator == "\t" else rows)
    reading = settled(rows, QUOTED, where)
    inside = rows_inside(rows, lines, separator, label) if quotes == "auto" else []
    if inside:
        raise ambiguous(rows, inside[0], where)
    return reading


def settled(rows: Rows, quotes: str, where: object) -> Reading:
    """Return rows as they were read.

    raises  StatelineError  they do not fit
    """
    if not rows.fits:
        raise StatelineError(
            where,
            rows.fault,
            fix="Correct that line, or say how it is to be read: SEPARATOR=, QUOTES=no",
        )
    return Reading(rows, quotes)


def either(
    rows: Rows,
    plain: Rows,
    lines: list[str],
    separator: str,
    label: int | None,
    where: object,
) -> Reading:
    """Return the rows of a file whose lines are whole rows where quotes are characters.

    rows, plain  as they are where quotes quote, and where they are characters
    raises       StatelineError  the two differ and nothing tells which is meant; names the line
    """
    if not rows.fits:
        refuse_half_quoted(rows, plain, label, where)
        return Reading(plain, PLAIN)
    inside = rows_inside(rows, lines, separator, label)
    if inside and (separator != "\t" or len(inside) < len(rows.spanning())):
        raise ambiguous(rows, inside[0], where)
    if inside or (separator == "\t" and not needs_quotes(rows, plain)):
        return Reading(plain, PLAIN)
    return Reading(rows, QUOTED)


def rows_inside(rows: Rows, lines: list[str], separator: str, label: int | None) -> list[int]:
    """Return the numbers of rows over several lines each of which would be a row by itself.

    A line would be if it has as many cells, and a class that other rows have as well.
    """
    spanning = rows.spanning()
    if not spanning:
        return []
    width = len(rows.cells[0])
    known = {
        row[label].strip()
        for number, row in enumerate(rows.cells)
        if label is not None and rows.first[number] == rows.last[number] and number
    }

    def is_row(line: str) -> bool:
        cells = line.split(separator)
        if len(cells) != width:
            return False
        return label is None or cells[label].strip().strip(QUOTE) in known

    return [
        row
        for row in spanning
        if all(is_row(line) for line in lines[rows.first[row] - 1 : rows.last[row]] if line.strip())
    ]


def needs_quotes(rows: Rows, plain: Rows) -> bool:
    """Return whether quotes evidently quote, in a file with tabs that would do without.

    They do if they enclose tabs or line ends, or quotes that are written twice; if a cell is "",
    or if a column has them in every row. A program that quotes only where it must writes nothing
    else; one that never quotes may write a text that stands in quotes.
    """
    if len(rows.cells) != len(plain.cells) or len(rows.cells[0]) != len(plain.cells[0]):
        return True
    wrapped = [
        (row, column, cell)
        for row, cells in enumerate(plain.cells)
        for column, cell in enumerate(cells)
        if is_wrapped(cell)
    ]
    if any(QUOTE * 2 in cell[1:-1] or cell == QUOTE * 2 for _, _, cell in wrapped):
        return True
    below = Counter(column for row, column, _ in wrapped if row)
    return len(plain.cells) > 2 and len(plain.cells) - 1 in below.values()


def column_of(rows: Rows, column: int | None) -> list[str]:
    """Return the cells of a column; none where it is not known."""
    return [] if column is None else [cells[column] for cells in rows.cells]


def is_wrapped(cell: str) -> bool:
    """Return whether a cell begins and ends with a quote."""
    return len(cell) > 1 and cell[0] == QUOTE == cell[-1]


def refuse_half_quoted(rows: Rows, plain: Rows, label: int | None, where: object) -> None:
    """Check that a file whose quotes do not all close is not one that quotes its cells.

    raises  StatelineError  classes stand in quotes, or quotes are written twice inside of a cell
    """
    for cells in plain.cells[1:]:
        quoted_class = label is not None and is_wrapped(cells[label])
        if quoted_class or any(is_wrapped(c) and QUOTE * 2 in c[1:-1] for c in cells):
            raise StatelineError(
                where, rows.fault, fix="Correct that line, or read quotes as characters: QUOTES=no"
            )


def other_quotes(text: str, separator: str, rows: Rows) -> Rows:
    """Return the rows by rarer rules of quoting, the first that fits; else `rows`."""
    if '\\"' in text:
        escaped = quoted(text, separator, escaped=True)
        if escaped.fits:
            return escaped
    if f'{separator} "' in text:
        after_blanks = quoted(text, separator, blank=True)
        if after_blanks.fits:
            return after_blanks
    return rows


def ambiguous(rows: Rows, row: int, where: object) -> StatelineError:
    """Return the error for rows that stand inside of a quoted cell."""
    return StatelineError(
        where,
        f"lines {rows.first[row]} to {rows.last[row]} are one row if quotes quote, else a row each",
        fix="Say which: QUOTES=yes, or QUOTES=no where quotes are characters",
    )
