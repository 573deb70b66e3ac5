"""The bar under the header: a chip a filter, what passes, and where to take it away."""

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes


def filter_bar() -> html.Div:
    """The bar; its scripts fill in chips, counts and the menu."""
    return html.Div(
        [
            popover("+ Filter", ids.FILTER_MENU, "Add a filter"),
            html.Div(id=ids.FILTER_CHIPS, className="filter-chips"),
            html.Div(id=ids.FILTER_NOTE, className="filter-note", hidden=True, role="alert"),
            html.Div(id=ids.FILTER_COUNT, className="filter-count", role="status"),
        ],
        id=ids.FILTER_BAR,
        className="filter-bar",
    )


def popover(text: str, panel: str, label: str, title: str | None = None) -> html.Div:
    """A button, and the panel of an id that it opens and shuts; scripts fill the panel in."""
    return html.Div(
        [
            html.Button(
                text,
                className="tool-button",
                type="button",
                title=title,
                **attributes(data_opens=panel, aria_expanded="false", aria_haspopup="dialog"),
            ),
            html.Div(
                id=panel,
                className="popover-panel",
                hidden=True,
                role="dialog",
                **attributes(aria_label=label),
            ),
        ],
        className="popover-anchor",
    )
