"""Types of components' children, and attributes that Dash's components do not name."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

Child = str | int | float | Component | None
Children = Sequence[Child]
Figure = dict[str, Any]  # of Plotly, as JSON
Option = dict[str, str]  # of a select: its "label" and its "value"

# Settings of a Plotly figure that wheel and double click zoom, and whose tools the page draws.
ZOOMABLE: dcc.Graph.Config = {
    "displayModeBar": False,
    "displaylogo": False,
    "scrollZoom": True,
    "doubleClick": "reset",
    "responsive": True,
}


def attributes(**values: str) -> dict[str, Any]:
    """Return attributes whose names have hyphens, for `**` in a component's call.

    values   by their names with underscores: aria_label="Words", data_panel="unit"
    returns  the same by their names in HTML; Any, since a type checker would else hold each value
             against every other argument of the component
    """
    return {name.replace("_", "-"): value for name, value in values.items()}


def text_button(
    text: str, element_id: str, title: str, hidden: bool = False, **named: str
) -> html.Button:
    """Return a button that is a line of text.

    named  further attributes, as `attributes` takes them
    """
    return html.Button(
        text,
        id=element_id,
        className="text-button",
        type="button",
        title=title,
        hidden=hidden,
        **attributes(**named),
    )
