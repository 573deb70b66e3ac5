"""The frame of a card of the Decisions page: title, select, note and chart."""

from dash import dcc, html

from stateline.app.decisions.choices import ANSWERS
from stateline.app.layout.elements import Children, Figure, attributes
from stateline.app.layout.shell import choice

CONFIG: dcc.Graph.Config = {
    "displayModeBar": False,
    "displaylogo": False,
    "responsive": True,
    "staticPlot": False,
}
CHARTS = ("accuracy", "fan", "settled", "trajectory", "calibration")
# Charts with a select above them, and the key of its value in the address.
CHOICES = {"fan": "class", "settled": "steps", "trajectory": "projection", "calibration": "answers"}
# Ids of the stores of the choices' defaults, and of the theme that the charts are drawn for.
DEFAULTS, THEME = "decisions-defaults", "decisions-theme"
EMPTY: Figure = {"data": [], "layout": {}}


def no_cards() -> list[html.Section | html.Div]:
    """Return the elements of all cards without content, for Dash to learn their ids."""
    made = [
        card(key, "", "", {}, figure_choice(key, "", {}, "") if key in CHOICES else None)
        for key in CHARTS
    ]
    return [*made, *(html.Div(id=bins_id(key)) for key in ANSWERS)]


def bins_id(answers: str) -> str:
    """Return the id of the table of bins for a key of ANSWERS."""
    return f"decisions-bins-{answers}"


def card(
    key: str,
    title: str,
    reading: str,
    figures: dict[str, Figure],
    select: html.Label | None = None,
    beside: Children = (),
) -> html.Section:
    """Return a card.

    key      of the chart, whose element is `decisions-<key>`; a script draws it
    reading  note on how to read it
    figures  of the chart, by the values of its select; a single one where there is no select
    beside   children beside the chart
    """
    graph = dcc.Graph(
        id=f"decisions-{key}", figure=EMPTY, config=CONFIG, responsive=True,
        clear_on_unhover=True,
    )  # fmt: skip
    return html.Section(
        [
            html.Div([html.H2(title), select], className="decision-head"),
            html.P(reading, className="note"),
            html.Div(
                [
                    html.Div(graph, id=f"decisions-{key}-frame", className="decision-chart"),
                    *beside,
                ],
                className="decision-body",
            ),
            dcc.Store(id=f"decisions-{key}-figures", data=figures),
        ],
        className=f"decision-card decision-card-{key}",
        role="group",
        **attributes(aria_label=title),
    )


def figure_choice(key: str, name: str, options: dict[str, str], shown: str) -> html.Label:
    """Return the select of the figure that the chart `decisions-<key>` shows."""
    listed = [{"label": text, "value": value} for value, text in options.items()]
    return choice(name, f"decisions-{key}-choice", listed, shown)
