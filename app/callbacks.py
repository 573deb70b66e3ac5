"""Register the clientside callbacks; their functions are in assets/callbacks.js."""

import dash
from dash import ClientsideFunction, Input, Output, State

from stateline.app import ids
from stateline.app.decisions.card import CHARTS, CHOICES, DEFAULTS, THEME, bins_id
from stateline.app.decisions.choices import ANSWERS


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
    _link_decisions(app)
    app.clientside_callback(
        ClientsideFunction("stateline", "unitsPage"),
        # Without an output Dash would not call it for a page that was just put in.
        Output(ids.UNITS, "data-run"),
        Input(ids.UNITS_FACTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "wordsPage"),
        Output(ids.WORDS_PAGE, "data-run"),
        Input(ids.WORDS_FACTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "wordRows"),
        Output(ids.WORDS_TABLE, "getRowsResponse"),
        Input(ids.WORDS_TABLE, "getRowsRequest"),
        State(ids.WORDS_FACTS, "data"),
    )


def _link_decisions(app: dash.Dash) -> None:
    """Charts that follow their selects and the theme, an address that says what they show."""
    for key in CHARTS:
        chosen = [Input(f"decisions-{key}-choice", "value")] if key in CHOICES else []
        app.clientside_callback(
            ClientsideFunction("stateline", "chosenFigure"),
            Output(f"decisions-{key}", "figure"),
            Input(f"decisions-{key}-figures", "data"),
            Input(THEME, "data"),
            *chosen,
            State(f"decisions-{key}", "figure"),
        )
        app.clientside_callback(
            ClientsideFunction("stateline", "overPoint"),
            Output(f"decisions-{key}-frame", "className"),
            Input(f"decisions-{key}", "hoverData"),
            State(f"decisions-{key}", "figure"),
            State(f"decisions-{key}", "id"),
            prevent_initial_call=True,
        )
        app.clientside_callback(
            ClientsideFunction("stateline", "goToPoint"),
            Output(ids.PAGES_LOCATION, "href", allow_duplicate=True),
            Input(f"decisions-{key}", "clickData"),
            State(f"decisions-{key}", "figure"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("stateline", "chosenBins"),
        *(Output(bins_id(each), "hidden") for each in ANSWERS),
        Input("decisions-calibration-choice", "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateline", "decisionsAddress"),
        Output(ids.DECISIONS, "data-query"),
        Input(DEFAULTS, "data"),
        *(Input(f"decisions-{key}-choice", "value") for key in CHOICES),
    )
