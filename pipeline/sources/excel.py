"""Excel workbooks: .xlsx, .xls and what else the library reads."""

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from stateline.pipeline.sources.header import Cells, with_header
from stateline.pipeline.sources.options import ReadOptions
from stateline.store.errors import StatelineError

if TYPE_CHECKING:
    import fastexcel

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
# Parts of a zip archive that make it a workbook: of Excel, binary Excel, OpenDocument.
PARTS = {"xl/workbook.xml", "xl/workbook.bin"}


def is_excel(data: bytes) -> bool:
    """Return whether the content of a file is a workbook."""
    if data.startswith(OLD):
        return True
    if not data.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except zipfile.BadZipFile:
        return False
    return bool(names & PARTS) or b"opendocument.spreadsheet" in kind


def read_excel(data: bytes, path: Path, options: ReadOptions) -> Cells:
    """Return the cells of the first sheet that holds any, as text.

    raises  StatelineError  no library, a damaged workbook, or no rows
    """
    if find_spec("fastexcel") is None:
        raise StatelineError(
            path, "is an Excel workbook", fix="Install fastexcel, or export it as CSV."
        )
    import fastexcel

    try:
        book = fastexcel.read_excel(data)
        sheets = [(name, sheet_rows(book, name)) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        first = str(error).splitlines()[0]
        raise StatelineError(path, f"cannot be read as Excel ({first})") from None
    filled = [(name, rows) for name, rows in sheets if rows]
    if not filled:
        raise StatelineError(path, "holds no rows", fix="Give a file with one document a row.")
    if len(filled) > 1:
        named = [each for each in filled if options.names_in(each[1][0])]
        if len(named) != 1:
            raise StatelineError(
                path,
                f"{len(filled)} sheets hold rows: {', '.join(name for name, _ in filled)}",
                expected="one",
                fix="Save the one sheet as a file, or export it as CSV.",
            )
        filled = named
    name, rows = filled[0]
    cells = with_header(rows, path, options)
    return Cells(cells.names, cells.rows, [f"Excel sheet {name}", *cells.facts])


def sheet_rows(book: "fastexcel.ExcelReader", name: str) -> list[list[str]]:
    """Return the cells of a sheet as text, empty where there is none; rows without any left out."""
    sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
    rows = [["" if cell is None else cell for cell in row] for row in sheet.to_polars().rows()]
    return [row for row in rows if any(cell.strip() for cell in row)]
