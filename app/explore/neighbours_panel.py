"""Under the table: the states of other sequences that are nearest to the chosen one."""

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes


def neighbours_panel() -> html.Section:
    """The panel; its scripts fill it in once a sequence is chosen."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Nearest states"),
                    html.Span(id=ids.NEIGHBOURS_SCOPE, className="scope"),
                    html.Button(
                        "Hide",
                        id=ids.NEIGHBOURS_SWITCH,
                        className="text-button",
                        type="button",
                        **attributes(aria_expanded="true", aria_controls=ids.NEIGHBOURS_LIST),
                    ),
                ],
                className="pane-head",
            ),
            html.Div(id=ids.NEIGHBOURS_LIST, className="neighbours-list"),
        ],
        id=ids.NEIGHBOURS,
        className="neighbours",
        **attributes(aria_label="Nearest states of other sequences"),
    )
