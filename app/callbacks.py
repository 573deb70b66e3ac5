"""Which element's change leads to which script; the scripts are in assets/callbacks.js."""

import dash
from dash import ClientsideFunction, Input, Output, State

from app import ids


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
        ClientsideFunction("stateline", "goToRun"),
        Output(ids.PAGES_LOCATION, "href"),
        Input(ids.RUN_SELECT, "value"),
        State(ids.RUN_FACTS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "tableRows"),
        Output(ids.SEQUENCES, "getRowsResponse"),
        Input(ids.SEQUENCES, "getRowsRequest"),
        State(ids.RUN_FACTS, "data"),
    )
