"""The tools on the map: pan, box and lasso, the view controls, export and reset."""

from dash import html

from stateline.app import ids
from stateline.app.explore.export_menu import export_menu
from stateline.app.explore.filter_bar import popover
from stateline.app.layout.elements import attributes

TOOLS = (
    ("pan", "Pan", "Move the map; the wheel zooms"),
    ("box", "Box", "Draw a box around states: a filter"),
    ("lasso", "Lasso", "Draw a line around states: a filter"),
)


def map_tools() -> html.Div:
    """The toolbar at the map's upper edge."""
    return html.Div(
        [
            html.Button(
                "Reset view", id=ids.MAP_RESET, className="tool-button", type="button", hidden=True
            ),
            html.Div(
                [
                    html.Button(
                        text,
                        className="tool-button",
                        type="button",
                        title=title,
                        **attributes(data_tool=tool, aria_pressed=str(tool == "pan").lower()),
                    )
                    for tool, text, title in TOOLS
                ],
                className="tool-group",
                role="group",
                **attributes(aria_label="Tool"),
            ),
            popover("View", ids.VIEW_CONTROLS, "View controls", "Labels, trajectory, points"),
            export_menu(),
        ],
        id=ids.MAP_TOOLS,
        className="map-tools",
    )


def hints() -> html.Div:
    """Return hints for a first visit, shown beside the overview until they are closed."""
    return html.Div(
        [
            html.Ul(
                [
                    html.Li("Click a row of the table or a point of the map: its sequence opens."),
                    html.Li("Then hover a word, column, bar or dot: its step lights in all views."),
                    html.Li("A class bar, a confusion cell, box or lasso filters; Esc undoes."),
                ]
            ),
            html.Button("Got it", id=ids.HINTS_CLOSE, className="tool-button", type="button"),
        ],
        id=ids.HINTS,
        className="hints",
        hidden=True,
        role="note",
    )
