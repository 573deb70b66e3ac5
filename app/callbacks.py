"""Which element's change leads to which script; the scripts are in assets/callbacks.js."""

import dash
from dash import ClientsideFunction, Input, Output, State

from app import ids
from app.components.decision_cards import CHARTS, CHOICES


def register(app: dash.Dash) -> None:
    """Link the pages' elements; all of it runs in the browser."""
    app.clientside_callback(
        ClientsideFunction("stateline", "mapFigure"),
        Output(ids.MAP, "figure"),
        Input(ids.RUN_FACTS, "data"),
        Input(ids.PROJECTION_SELECT, "value"),
        Input(ids.COLOUR_SELECT, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "projectionsOfLayer"),
        Output(ids.PROJECTION_SELECT, "options"),
        Output(ids.PROJECTION_SELECT, "value"),
        Input(ids.LAYER_SELECT, "value"),
        State(ids.PROJECTION_SELECT, "value"),
        State(ids.RUN_FACTS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "tableRows"),
        Output(ids.SEQUENCES, "getRowsResponse"),
        Input(ids.SEQUENCES, "getRowsRequest"),
        State(ids.RUN_FACTS, "data"),
    )
    for key in CHOICES:
        app.clientside_callback(
            ClientsideFunction("stateline", "chosenFigure"),
            Output(f"decisions-{key}", "figure"),
            Input(f"decisions-{key}-choice", "value"),
            State(f"decisions-{key}-figures", "data"),
            prevent_initial_call=True,
        )
    for key in CHARTS:
        app.clientside_callback(
            ClientsideFunction("stateline", "goToPoint"),
            Output(ids.PAGES_LOCATION, "href", allow_duplicate=True),
            Input(f"decisions-{key}", "clickData"),
            State(f"decisions-{key}", "figure"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("stateline", "unitsPage"),
        # Without an output Dash would not call it for a page that was just put in.
        Output(ids.UNITS, "data-run"),
        Input(ids.UNITS_FACTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "wordsPage"),
        Output(ids.LEXICON, "data-run"),
        Input(ids.LEXICON_FACTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "wordRows"),
        Output(ids.LEXICON_TABLE, "getRowsResponse"),
        Input(ids.LEXICON_TABLE, "getRowsRequest"),
        State(ids.LEXICON_FACTS, "data"),
    )
