"""The table of all sequences, right of the map: its text equivalent."""

import dash_ag_grid as dag
from dash import html

from app import ids
from app.table import COLUMNS, FLAG, IMAGE, NUMBER, TableColumn, columns_of
from store.reader import Run

BLOCK_ROWS = 200
HIGH_ROW = 36  # pixels of a row with a picture

# The theme's tones are the page's own, so that one theme serves light and dark.
THEME = """themeQuartz.withParams({
  fontFamily: "inherit", fontSize: 12.5, headerFontSize: 12, headerFontWeight: 600, spacing: 5,
  backgroundColor: "var(--surface)", foregroundColor: "var(--ink)",
  chromeBackgroundColor: "var(--surface)", headerBackgroundColor: "var(--surface)",
  headerTextColor: "var(--ink-soft)", borderColor: "var(--line)",
  rowHoverColor: "var(--surface-sunk)", selectedRowBackgroundColor: "var(--accent-soft)",
  accentColor: "var(--accent)", menuBackgroundColor: "var(--surface)",
  wrapperBorder: false, wrapperBorderRadius: 0, headerColumnBorder: false,
  rowBorder: {color: "var(--line-soft)"}, cellHorizontalPadding: 9, iconSize: 13,
  browserColorScheme: "inherit"
})"""

GRID_OPTIONS = {
    "theme": {"function": THEME},
    "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
    "cacheBlockSize": BLOCK_ROWS,
    "maxBlocksInCache": 20,
    # The grid component holds one open request: a second at once would lose the first.
    "maxConcurrentDatasourceRequests": 1,
    "blockLoadDebounceMillis": 20,
    "rowHeight": 30,
    "headerHeight": 32,
    "suppressCellFocus": True,
    "suppressMultiSort": False,
    "animateRows": False,
    "localeText": {"noRowsToShow": "No sequence passes these filters"},
}


def sequence_table(run: Run | None) -> html.Div:
    """The grid; its rows come block by block, sorted and filtered by the server."""
    columns = columns_of(run) if run else COLUMNS
    pictures = any(column.kind == IMAGE for column in columns)
    return html.Div(
        dag.AgGrid(
            id=ids.SEQUENCES,
            rowModelType="infinite",
            columnDefs=[_definition(column) for column in columns],
            defaultColDef={
                "sortable": True,
                "resizable": True,
                "suppressHeaderMenuButton": False,
                "suppressMovable": True,
            },
            getRowId="'' + params.data.sequence_id",
            dashGridOptions=GRID_OPTIONS | ({"rowHeight": HIGH_ROW} if pictures else {}),
            className="stateline-grid",
            style={"height": "100%", "width": "100%"},
        ),
        className="grid-frame",
        tabIndex="-1",
        **{"aria-label": "All sequences"},
    )


def _definition(column: TableColumn) -> dict:
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
    definition = {
        "field": column.name,
        "headerName": column.heading,
        "headerTooltip": column.help,
        "width": column.width,
        "filter": "agNumberColumnFilter" if column.kind == NUMBER else "agTextColumnFilter",
        "filterParams": {"maxNumConditions": 2, "debounceMs": 200},
    }
    if column.kind == NUMBER:
        definition["type"] = "rightAligned"
    if column.kind == FLAG:
        definition["filterParams"] = {
            "maxNumConditions": 1,
            "filterOptions": [
                {"displayKey": "true", "displayName": "Right", "numberOfInputs": 0},
                {"displayKey": "false", "displayName": "Wrong", "numberOfInputs": 0},
            ],
        }
    return definition | RENDERED.get(column.name, {})


RENDERED = {
    "sequence_id": {"pinned": "left"},
    "actual": {"cellRenderer": "ClassCell"},
    "classified": {"cellRenderer": "ClassCell"},
    "correct": {"cellRenderer": "CorrectCell"},
    "confidence": {"valueFormatter": {"function": "percent(params.value)"}},
    "beginning": {"tooltipField": "beginning"},
}
