"""Rows of a text file with separators, and whether its quotes quote or are characters.

The same bytes may be read both ways: `"Nice" she said` may be a text in quotes or a text that
begins with one. Each way is tried on the whole file; a way counts only if every row has as many
cells as the first. Where both do, what a program that writes such files would have done decides.
"""

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count, pairwise

from stateline.store.errors import StatelineError

QUOTE = '"'
# What ends a line: line feeds, carriage returns, or either. Two in a row are one end, and so is a
# carriage return at the end of the file.
ENDS = {
    "\n": re.compile(r"\r?\n|\r\Z"),
    "\r": re.compile(r"\r\n?"),
    "\r\n": re.compile(r"\r\n?|\n"),
}
# The break that ends no line there.
STRAY = {"\n": re.compile(r"\r(?!\n|\Z)"), "\r": re.compile(r"(?<!\r)\n")}


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


def line_ends(text: str) -> list[str]:
    """Return what may end the lines, keys of ENDS, the likelier first; one of one break only."""
    both = text.count("\r\n")
    feeds, returns = text.count("\n") - both, text.count("\r") - both
    order = ["\r", "\n", "\r\n"] if returns > feeds + both else ["\n", "\r", "\r\n"]
    return order if feeds and returns else order[:1]


def lines_of(text: str, end: str = "") -> list[str]:
    """Return the lines of a text without their ends.

    end  what ends them; empty: the likelier
    """
    return ENDS[end or line_ends(text)[0]].split(text)


def unquoted(lines: list[str], separator: str) -> Rows:
    """Return the rows where quotes are characters."""
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    return checked([lines[n - 1].split(separator) for n in numbers], numbers, numbers)


def quoted(
    text: str, separator: str, end: str, *, escaped: bool = False, blank: bool = False
) -> Rows:
    """Return the rows where quotes quote, by the rules of RFC 4180.

    end      what ends the lines: the other break is a character of a cell, quoted or not
    escaped  a quote inside of a cell is written with a backslash, not twice
    blank    blanks after a separator do not count
    """
    csv.field_size_limit(sys.maxsize)
    # The csv module takes either break for the end of a row, so the other one is masked.
    stray = STRAY[end].search(text) if end in STRAY else None
    mask = next(each for each in map(chr, count(0xE000)) if each not in text) if stray else ""
    reader = csv.reader(
        text_lines(STRAY[end].sub(mask, text) if stray else text, end),
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
        for masked in reader:
            row = [cell.replace(mask, stray[0]) for cell in masked] if stray else masked
            if len(row) > 1 or "".join(row).strip():
                cells.append(row)
                first.append(begin)
                last.append(reader.line_num)
            begin = reader.line_num + 1
    except csv.Error:
        what = f"a quoted cell that begins in line {begin} is not closed, or goes on after its end"
        return Rows(cells, first, last, what, begin)
    return checked(cells, first, last)


def text_lines(text: str, end: str) -> list[str]:
    """Return the lines of a text with their ends, as the csv module takes them."""
    ends = [0, *(found.end() for found in ENDS[end].finditer(text)), len(text)]
    return [text[begin:after] for begin, after in pairwise(ends) if after > begin]


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
    text: str,
    separator: str,
    end: str,
    where: object,
    *,
    label: int | None = None,
    quotes: str = "auto",
) -> Reading:
    """Return the rows of a file, read in the one way that fits it.

    end     what ends its lines
    label   number of the column that holds the class, by which rows inside of a cell are known
    quotes  `yes`: they quote, `no`: they are characters, `auto`: found
    raises  StatelineError  no way fits, or two do and differ; names the line
    """
    lines = lines_of(text, end)
    plain = unquoted(lines, separator)
    if quotes == "no" or QUOTE not in text:
        return settled(plain, PLAIN if QUOTE in text else "", where)
    rows = quoted(text, separator, end)
    if quotes == "auto" and plain.fits:
        if not rows.fits and any(is_wrapped(cell) for cell in column_of(plain, label)):
            rows = other_quotes(text, separator, end, rows)
        return either(rows, plain, lines, separator, label, where)
    if not rows.fits:
        rows = other_quotes(text, separator, end, plain if separator == "\t" else rows)
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
    enclosed = (QUOTE * 2, "\r", "\n")
    if any(any(each in cell[1:-1] for each in enclosed) or len(cell) == 2 for *_, cell in wrapped):
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
    for number, cells in enumerate(plain.cells):
        # The first row may be a header, whose names stand in quotes more often than classes.
        quoted_class = number and label is not None and is_wrapped(cells[label])
        if quoted_class or any(is_wrapped(c) and QUOTE * 2 in c[1:-1] for c in cells):
            raise StatelineError(
                where, rows.fault, fix="Correct that line, or read quotes as characters: QUOTES=no"
            )


def other_quotes(text: str, separator: str, end: str, rows: Rows) -> Rows:
    """Return the rows by rarer rules of quoting, the first that fits; else `rows`."""
    if '\\"' in text:
        escaped = quoted(text, separator, end, escaped=True)
        if escaped.fits:
            return escaped
    if f'{separator} "' in text:
        after_blanks = quoted(text, separator, end, blank=True)
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
