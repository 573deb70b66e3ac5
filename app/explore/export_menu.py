"""The button that saves views of Explore as pictures; `client/export/menu.js` fills its menu."""

from dash import html

from stateline.app.layout.elements import attributes

EXPORT_BUTTON = "export-button"
EXPORT_MENU = "export-menu"


def export_menu() -> html.Div:
    """Button and menu, empty until it opens: it then lists the views that are on the page."""
    return html.Div(
        [
            html.Button(
                "Export",
                id=EXPORT_BUTTON,
                className="export-button tool-button",
                type="button",
                title="Save a view as a picture",
                **attributes(
                    aria_haspopup="menu", aria_expanded="false", aria_controls=EXPORT_MENU
                ),
            ),
            html.Div(
                id=EXPORT_MENU,
                className="export-menu",
                role="menu",
                hidden=True,
                **attributes(aria_label="Save a view as a picture"),
            ),
        ],
        className="export",
    )
