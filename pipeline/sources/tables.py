"""Files as tables: what kind of file it is, told by its content and then by its ending."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from stateline.pipeline.sources.delimited import read_delimited
from stateline.pipeline.sources.encodings import decode
from stateline.pipeline.sources.excel import WORKBOOKS, is_excel, read_excel
from stateline.pipeline.sources.header import Cells
from stateline.pipeline.sources.json_rows import is_json, read_json
from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.packed import unpacked
from stateline.store.errors import StatelineError

PARQUET = b"PAR1"
FORMATS = "text with separators (CSV, TSV, …), JSON, JSON lines, Parquet or Excel"


@dataclass(frozen=True)
class Table:
    """A table and how it was read.

    frame   one row per document; cells of text and of Excel files are text, null where empty
    facts   how it was read, in words: encoding, separator, header
    """

    frame: pl.DataFrame
    facts: list[str] = field(default_factory=list)


def read_table(path: Path, options: ReadOptions) -> Table:
    """Read a file as a table.

    raises  StatelineError  a missing, empty or unreadable file, another format or encoding, rows
            that do not fit, or a missing header
    """
    if not path.is_file():
        raise StatelineError(
            path, "no such file", fix="Check the path after CORPUS=, or use a preset: make help"
        )
    data, inner, facts = unpacked(path)
    if not data.strip():
        raise StatelineError(path, "is empty", fix="Give a file with one document a row.")
    table = read_bytes(data, inner, options)
    return Table(table.frame, [*facts, *table.facts])


def read_bytes(data: bytes, path: Path, options: ReadOptions) -> Table:
    """Read the content of a file, unpacked.

    path    its ending decides where the content does not; for error messages
    raises  StatelineError  as `read_table`
    """
    if data.startswith(PARQUET) or path.suffix.lower() == ".parquet":
        try:
            return Table(pl.read_parquet(data), ["Parquet"])
        except (pl.exceptions.PolarsError, OSError) as error:
            first = (str(error).strip() or "unreadable").splitlines()[0]
            raise StatelineError(path, f"cannot be read as PARQUET ({first})") from None
    if is_excel(data) or path.suffix.lower() in WORKBOOKS:
        return framed(read_excel(data, path, options), path)
    text, encoding = decode(data, path, options.encoding)
    if not text.strip():
        raise StatelineError(path, "is empty", fix="Give a file with one document a row.")
    if is_json(text, path):
        frame, fact = read_json(text, path, options)
        return Table(frame, [encoding, fact])
    cells = read_delimited(text, path, options)
    return framed(Cells(cells.names, cells.rows, [encoding, *cells.facts]), path)


def framed(cells: Cells, path: Path) -> Table:
    """Return cells as a table, without rows whose cells are all empty; empty cells are null.

    raises  StatelineError  no row is left
    """
    rows = [row for row in cells.rows if any(cell.strip() for cell in row)]
    if not rows:
        raise StatelineError(path, "holds no rows", fix="Give a file with one document a row.")
    columns = {
        name: pl.Series([row[place] or None for row in rows], dtype=pl.String)
        for place, name in enumerate(cells.names)
    }
    empty = len(cells.rows) - len(rows)
    left = [f"{empty:,} empty rows left out"] if empty else []
    return Table(pl.DataFrame(columns), [*cells.facts, *left])
