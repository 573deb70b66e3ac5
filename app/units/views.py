"""The body of the Units page: a heatmap, and tabs for a unit, a match and the groups."""

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes
from stateline.app.units.queries import GROUPS, MATCH, UNIT

# Tabs, by their keys in the address.
PANELS = {UNIT: "Unit", MATCH: "Select and match", GROUPS: "Groups and words"}


def units_view() -> html.Main:
    """Return the elements that the page's scripts fill."""
    return html.Main(
        [
            html.Section(
                [
                    html.Div(id=ids.UNITS_TOOLS, className="units-tools"),
                    html.Div(
                        html.Div([html.Span(className="spinner"), "Loading the states"]),
                        id=ids.UNITS_AXIS,
                        className="step-axis units-axis",
                    ),
                    html.Div(id=ids.UNITS_LEGEND, className="units-legend"),
                ],
                className="pane units-heat",
                **attributes(aria_label="Units and steps of one sequence"),
            ),
            html.Aside(
                [
                    html.Div(
                        [_tab(key, name) for key, name in PANELS.items()],
                        className="units-tabs",
                        role="tablist",
                        **attributes(aria_label="What the side shows"),
                    ),
                    *(_panel(key) for key in PANELS),
                ],
                className="pane units-side",
                **attributes(aria_label="Unit, match and groups"),
            ),
        ],
        className="units-columns",
    )


def _tab(key: str, name: str) -> html.Button:
    return html.Button(
        name,
        id=f"units-tab-{key}",
        className="units-tab",
        type="button",
        role="tab",
        **attributes(
            data_panel=key,
            aria_controls=f"units-{key}",
            aria_selected="true" if key == UNIT else "false",
        ),
    )


def _panel(key: str) -> html.Div:
    return html.Div(
        id=f"units-{key}",
        className="units-panel",
        role="tabpanel",
        hidden=key != UNIT,
        tabIndex="0",
        **attributes(aria_labelledby=f"units-tab-{key}"),
    )
