"""The page `/explore/<run>`: details left, map in the middle, table right."""

from typing import Any

from dash import dcc, html

from stateline.app import ids
from stateline.app.explore.detail import detail
from stateline.app.explore.filter_bar import filter_bar
from stateline.app.explore.map_tools import hints, map_tools
from stateline.app.explore.neighbours_panel import neighbours_panel
from stateline.app.explore.order_choice import order_choice
from stateline.app.explore.overview import overview
from stateline.app.explore.sequence_table import sequence_table
from stateline.app.figures.colours import COLOURINGS
from stateline.app.layout.elements import ZOOMABLE, attributes
from stateline.app.layout.run_page import RunPage, run_header
from stateline.app.layout.shell import choice
from stateline.app.queries.run import page_facts
from stateline.app.queries.selection import Selection, parse_selection
from stateline.app.queries.state_kinds import state_kind, state_kinds
from stateline.app.typed.attribution import attribution_problem
from stateline.app.typed.client import typing_problem
from stateline.app.typed.panel import type_button, typed_panel
from stateline.store.reader import Run


def workspace(run: Run | None, selection: Selection | None) -> html.Div:
    """The three columns and the header's choices."""
    facts = None
    if run and selection:
        defaults = parse_selection(run, {})
        problem, unmeasured = typing_problem(run), attribution_problem(run)
        facts = page_facts(run) | {
            "selection": selection.plain(),
            "defaults": defaults.plain(),
            "cannotType": None if problem is None else str(problem),
            "cannotAttribute": None if unmeasured is None else str(unmeasured),
        }
    return html.Div(
        [
            run_header(run, "explore", header_choices(run, selection)),
            filter_bar(),
            html.Main(
                [
                    html.Aside(
                        [typed_panel(), overview(run), detail(run)],
                        className="pane pane-left",
                        **attributes(aria_label="Details"),
                    ),
                    map_pane(),
                    table_pane(run),
                ],
                className="columns",
            ),
            dcc.Store(id=ids.RUN_FACTS, data=facts),
        ],
        id=ids.WORKSPACE,
        className="page workspace",
        **attributes(data_mode="overview", data_left="open", data_right="open"),
    )


def header_choices(run: Run | None, selection: Selection | None) -> list[Any]:
    """Return selects for layer, projection and colour, set to the present selection."""
    if run is None or selection is None:
        empty = (ids.LAYER_SELECT, ids.PROJECTION_SELECT, ids.COLOUR_SELECT)
        return [choice("", element_id, [], None) for element_id in empty]
    layer = state_kind(run, selection.projection)
    layers = [_option(kind.name, kind.key) for kind in state_kinds(run)]
    projections = [
        _option(entry.method, entry.id)
        for entry in run.manifest.projections
        if (entry.layer, entry.state) == (layer.layer, layer.state)
    ]
    colours = [_option(name, key) for key, name in COLOURINGS.items()]
    return [
        choice("Layer", ids.LAYER_SELECT, layers, layer.key),
        choice("Projection", ids.PROJECTION_SELECT, projections, selection.projection),
        choice("Colour", ids.COLOUR_SELECT, colours, selection.colour),
    ]


def _option(label: str, value: str) -> dict[str, Any]:
    return {"label": label, "value": value}


def map_pane() -> html.Section:
    """The map, the two canvases above it, its tools, and the legend under it."""
    return html.Section(
        [
            _collapse("left", "details"),
            html.Div(
                [
                    dcc.Graph(id=ids.MAP, config=ZOOMABLE, responsive=True, className="map"),
                    html.Canvas(id=ids.MAP_BRUSH, className="map-overlay"),
                    html.Canvas(id=ids.MAP_OVERLAY, className="map-overlay"),
                    html.Div(
                        [html.Span(className="spinner"), "Loading the map"],
                        id=ids.MAP_MESSAGE,
                        className="map-message",
                        role="status",
                    ),
                    map_tools(),
                    hints(),
                ],
                id=ids.MAP_FRAME,
                className="map-frame",
                role="figure",
                **attributes(
                    aria_label="Map of all hidden states; the table is its text equivalent"
                ),
            ),
            html.Div(id=ids.LEGEND, className="legend"),
            _collapse("right", "table"),
        ],
        className="pane-map",
        **attributes(aria_label="Map"),
    )


def table_pane(run: Run | None) -> html.Aside:
    """The table of sequences, what searches and orders them, the way to type one, and neighbours.

    A series has no text: its scripts say so in place of the field, and nothing is to be typed.
    """
    text = run is None or run.kind == "text"
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("Sequences"),
                    html.Span(id=ids.SEQUENCES_COUNT, className="scope"),
                    type_button(hidden=not text),
                ],
                className="pane-head",
            ),
            html.Div(id=ids.SEARCH_BOX, className="search-box"),
            order_choice(),
            sequence_table(run),
            neighbours_panel(),
        ],
        className="pane pane-right",
        **attributes(aria_label="Sequences"),
    )


def _collapse(side: str, name: str) -> html.Button:
    """The handle on the map's edge that hides or shows a side column."""
    return html.Button(
        html.Span(className="chevron", **attributes(aria_hidden="true")),
        className=f"collapse-handle collapse-{side}",
        type="button",
        title=f"Hide or show the {name}",
        **attributes(aria_label=f"Hide or show the {name}", data_side=side, aria_expanded="true"),
    )


PAGE = RunPage("", parse_selection, workspace)
layout, title = PAGE.layout, PAGE.title
