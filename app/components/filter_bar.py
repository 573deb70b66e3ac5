"""The bar under the header: a chip a filter, what passes, and where to take it away."""

from dash import html

from app import ids


def filter_bar() -> html.Div:
    """The bar; its scripts fill in chips, counts and the menu."""
    return html.Div(
        [
            html.Div(
                [
                    opener("+ Filter", ids.FILTER_MENU),
                    html.Div(
                        id=ids.FILTER_MENU,
                        className="popover-panel",
                        hidden=True,
                        role="dialog",
                        **{"aria-label": "Add a filter"},
                    ),
                ],
                className="popover-anchor",
            ),
            html.Div(id=ids.FILTER_CHIPS, className="filter-chips"),
            html.Div(id=ids.FILTER_NOTE, className="filter-note", hidden=True, role="alert"),
            html.Div(id=ids.FILTER_COUNT, className="filter-count", role="status"),
        ],
        id=ids.FILTER_BAR,
        className="filter-bar",
    )


def opener(text: str, panel: str, title: str | None = None) -> html.Button:
    """A button that opens and shuts the popover panel with an id."""
    return html.Button(
        text,
        className="tool-button",
        type="button",
        title=title,
        **{"data-opens": panel, "aria-expanded": "false", "aria-haspopup": "dialog"},
    )
