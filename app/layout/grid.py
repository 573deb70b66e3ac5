"""Tables of the pages: their look, their behaviour, and the definition of a column."""

from typing import Any

import dash_ag_grid as dag
from dash import html

from stateline.app.layout.elements import attributes
from stateline.app.queries.grid_query import FLAG, NUMBER, TableColumn

Definition = dict[str, Any]  # of a column, as AG Grid takes it

BLOCK_ROWS = 200  # of one request

# Colours are the page's variables, so that one theme serves light and dark.
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

OPTIONS: dict[str, Any] = {
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
}


def grid(
    element_id: str,
    label: str,
    definitions: list[Definition],
    row_id: str,
    options: dict[str, Any],
) -> html.Div:
    """Return a table whose rows are loaded in blocks, sorted and filtered by the server.

    label        accessible name
    definitions  of its columns
    row_id       field that identifies a row
    options      of AG Grid, beside OPTIONS
    """
    return html.Div(
        dag.AgGrid(
            id=element_id,
            rowModelType="infinite",
            columnDefs=definitions,
            defaultColDef={
                "sortable": True,
                "resizable": True,
                "suppressHeaderMenuButton": False,
                "suppressMovable": True,
            },
            getRowId=f"'' + params.data.{row_id}",
            dashGridOptions=OPTIONS | options,
            className="stateline-grid",
            style={"height": "100%", "width": "100%"},
        ),
        className="grid-frame",
        tabIndex="-1",
        **attributes(aria_label=label),
    )


def definition(column: TableColumn) -> Definition:
    """Return the definition of a column of text, numbers or flags."""
    made: Definition = {
        "field": column.name,
        "headerName": column.heading,
        "headerTooltip": column.help,
        "width": column.width,
        "filter": "agNumberColumnFilter" if column.kind == NUMBER else "agTextColumnFilter",
        "filterParams": {"maxNumConditions": 2, "debounceMs": 200},
    }
    if column.kind == NUMBER:
        made["type"] = "rightAligned"
    if column.kind == FLAG:
        made["filterParams"] = {
            "maxNumConditions": 1,
            "filterOptions": [
                {"displayKey": "true", "displayName": "Right", "numberOfInputs": 0},
                {"displayKey": "false", "displayName": "Wrong", "numberOfInputs": 0},
            ],
        }
    return made
