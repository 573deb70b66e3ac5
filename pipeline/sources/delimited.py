"""Text files of rows: their separator, their quotes and their header.

The knobs TEXT and LABEL name columns, so a header is known by holding those names; this tells more
than any statistics of characters. Without one, the separator is that by which every row has as
many cells.
"""

from pathlib import Path

from stateline.pipeline.sources.header import Cells, with_header
from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.quoting import (
    Reading,
    line_ends,
    lines_of,
    quoted,
    read_rows,
    unquoted,
)
from stateline.store.errors import StatelineError

SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
BY_ENDING = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
# A first line that tells Excel the separator.
EXCEL = "sep="


def read_delimited(text: str, path: Path, options: ReadOptions) -> Cells:
    """Return the cells of a text file.

    path    its ending says which separator is tried first; for error messages
    raises  StatelineError  no separator fits every row, or there is no header of the columns that
            are asked for
    """
    separator, text = separator_line(text, options.separator)
    order = [separator] if separator else separators(path)
    ends = line_ends(text)
    if len(ends) == 1:
        return read_lines(text, order, ends[0], path, options)
    found = [tried(text, order, end, path, options) for end in ends]
    fitting = [each for each in found if isinstance(each, Cells) and is_table(each, options)]
    if any(each.rows != fitting[0].rows for each in fitting):
        raise StatelineError(
            path,
            "line feeds and carriage returns may both end rows, which then differ",
            fix="Write the file with one of them between rows",
        )
    best = (fitting or found)[0]
    if isinstance(best, StatelineError):
        raise best
    return best


def is_table(cells: Cells, options: ReadOptions) -> bool:
    """Return whether cells are not those of a file cut at a break that stands in its cells.

    Such a file is one long row, has no such header, or has breaks in its classes.
    """
    if len(cells.rows) < 2 or not options.names_in(cells.names):
        return False
    label = cells.names.index(options.label)
    return not any(each in row[label].strip() for row in cells.rows for each in "\r\n")


def tried(
    text: str, order: list[str], end: str, path: Path, options: ReadOptions
) -> Cells | StatelineError:
    """Return the cells of a text whose lines end so, or why it has none."""
    try:
        return read_lines(text, order, end, path, options)
    except StatelineError as error:
        return error


def read_lines(text: str, order: list[str], end: str, path: Path, options: ReadOptions) -> Cells:
    """Return the cells of a text whose lines end so.

    order   separators to try
    raises  StatelineError  as `read_delimited`
    """
    named = [each for each in order if options.names_in(first_row(text, each, end))]
    if named and options.header != "no":
        separator = named[0]
        header = [cell.strip() for cell in first_row(text, separator, end)]
        label = header.index(options.label)
        reading = read_rows(text, separator, end, path, label=label, quotes=options.quotes)
    else:
        separator, reading = best_reading(text, order, end, path, options)
    cells = with_header(reading.rows.cells, path, options)
    said = SEPARATORS.get(separator, repr(separator))
    facts = [f"separator {said}", *([reading.quotes] * bool(reading.quotes)), *cells.facts]
    return Cells(cells.names, cells.rows, facts)


def separator_line(text: str, separator: str) -> tuple[str, str]:
    """Return the separator that the user or the first line names, if any, and the text after it."""
    line, _, rest = text.partition("\n")
    if line.lower().startswith(EXCEL) and len(line.strip()) == len(EXCEL) + 1:
        return separator or line.strip()[-1], rest
    return separator, text


def separators(path: Path) -> list[str]:
    """Return the separators, that of the file's ending first."""
    first = BY_ENDING.get(path.suffix.lower())
    return sorted(SEPARATORS, key=lambda each: each != first)


def first_row(text: str, separator: str, end: str) -> list[str]:
    """Return the cells of the first row that is not empty."""
    line = next((line for line in lines_of(text[:100_000], end) if line.strip()), "")
    rows = quoted(line, separator, end)
    return rows.cells[0] if rows.fits and rows.cells else line.split(separator)


def best_reading(
    text: str, order: list[str], end: str, path: Path, options: ReadOptions
) -> tuple[str, Reading]:
    """Return the separator by which every row has as many cells, and the rows.

    Of several that by which the column of classes, if known by its number, looks most like one.

    raises  StatelineError  there is none, or several that are as good
    """
    label = int(options.label) - 1 if options.numbered else None
    least = max([2, *(int(name) for name in options.wanted if options.numbered)])
    fitting: list[tuple[str, Reading]] = []
    faults: dict[str, StatelineError] = {}
    for separator in order:
        if len(first_row(text, separator, end)) < least:
            continue
        try:
            reading = read_rows(text, separator, end, path, label=label, quotes=options.quotes)
            fitting.append((separator, reading))
        except StatelineError as error:
            faults[separator] = error
    if fitting:
        costs = [oddness(reading, label) for _, reading in fitting]
        if label is not None and costs.count(min(costs)) > 1:
            names = [SEPARATORS.get(each, each) for each, _ in fitting]
            raise StatelineError(
                path,
                f"{' and '.join(names)} both separate every row",
                fix=f"Say which: SEPARATOR={names[0]}",
            )
        return fitting[costs.index(min(costs))]
    if faults and (path.suffix.lower() in BY_ENDING or options.separator):
        raise next(iter(faults.values()))
    for separator, fault in faults.items():
        if nearly_fits(text, separator, end):
            raise fault
    raise StatelineError(
        path,
        "holds one text a line, and nothing says the class of each",
        expected=f"columns {options.text} and {options.label}",
        fix="Write the class and a tab before each text (then HEADER=no TEXT=2 LABEL=1), or give a "
        "folder with one such file a class: CORPUS=folder",
    )


def nearly_fits(text: str, separator: str, end: str) -> bool:
    """Return whether all but a few rows have as many cells as the first: one row, or a tenth."""
    for rows in (quoted(text, separator, end), unquoted(lines_of(text, end), separator)):
        odd = sum(len(row) != len(rows.cells[0]) for row in rows.cells)
        if len(rows.cells) > 3 and odd <= max(1, len(rows.cells) // 10):
            return True
    return False


def oddness(reading: Reading, label: int | None) -> tuple[int, int]:
    """Return how unlike classes the column of classes is: with separators inside; and its variety.

    label  number of that column; None: not known, then all readings are alike
    """
    if label is None:
        return 0, 0
    names = [row[label] for row in reading.rows.cells]
    return sum(any(each in name for each in SEPARATORS) for name in names), len(set(names))
