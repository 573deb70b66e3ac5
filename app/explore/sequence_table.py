"""The table of all sequences, right of the map: its text equivalent."""

from typing import Any

from dash import html

from stateline.app import ids
from stateline.app.layout.grid import definition, grid
from stateline.app.queries.grid_query import IMAGE, TableColumn
from stateline.app.queries.table import COLUMNS, OF_ORDERS, SHARES, columns_of
from stateline.store.reader import Run

HIGH_ROW = 36  # pixels of a row with a picture
NO_ROWS = {"localeText": {"noRowsToShow": "No sequence passes these filters"}}


def sequence_table(run: Run | None) -> html.Div:
    """The grid; its rows come block by block, sorted and filtered by the server."""
    columns = columns_of(run) if run else COLUMNS
    pictures = any(column.kind == IMAGE for column in columns)
    return grid(
        ids.SEQUENCES,
        "All sequences",
        [_definition(column) for column in columns],
        "sequence_id",
        NO_ROWS | ({"rowHeight": HIGH_ROW} if pictures else {}),
    )


def _definition(column: TableColumn) -> dict[str, Any]:
    if column.kind == IMAGE:
        return {
            "field": column.name,
            "headerName": column.heading,
            "headerTooltip": column.help,
            "width": column.width,
            "sortable": False,
            "filter": False,
            "resizable": False,
            "pinned": "left",
            "cellRenderer": "PictureCell",
        }
    return definition(column) | RENDERED.get(column.name, {})


SHARE: dict[str, Any] = {"valueFormatter": {"function": "percent(params.value)"}}
RENDERED: dict[str, dict[str, Any]] = {
    "sequence_id": {"pinned": "left"},
    "actual": {"cellRenderer": "ClassCell"},
    "classified": {"cellRenderer": "ClassCell"},
    "correct": {"cellRenderer": "CorrectCell"},
    **dict.fromkeys(SHARES, SHARE),
    # A filter would go on where its column is hidden.
    **dict.fromkeys(OF_ORDERS, SHARE | {"hide": True, "filter": False}),
    "beginning": {"tooltipField": "beginning"},
}
