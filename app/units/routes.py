"""GET routes of the Units page: units of a layer, states of a sequence, a unit, matches."""

from flask import Blueprint, Response

from stateline.app.queries.parsing import parse_sequence
from stateline.app.units import queries as units
from stateline.app.units.matching import match
from stateline.app.units.queries import parse_layer, parse_unit, parse_units
from stateline.app.web.lanes import COSTLY
from stateline.app.web.responses import cached_bytes, cached_json, request_query, requested_run

routes = Blueprint("units", __name__)


@routes.get("/data/<name>/units")
def layer_units(name: str) -> Response:
    """Answer with statistics of all units of a layer, and their responses to words."""
    run = requested_run(name)
    layer = parse_layer(run, request_query().get("layer"))
    return cached_json(run, lambda: units.layer_units(run, layer))


@routes.get("/data/<name>/units/<number>")
def heatmap(name: str, number: str) -> Response:
    """Answer with the states of one sequence: float32 (T, N), row by row."""
    run = requested_run(name)
    layer = parse_layer(run, request_query().get("layer"))
    sequence = parse_sequence(run, number)
    return cached_bytes(run, lambda: units.heatmap(run, layer, sequence))


@routes.get("/data/<name>/unit/<number>")
def unit_detail(name: str, number: str) -> Response:
    """Answer with one unit: its values and its strongest contexts."""
    run = requested_run(name)
    layer = parse_layer(run, request_query().get("layer"))
    chosen = parse_unit(run, layer, number)
    return cached_json(run, lambda: units.unit_detail(run, layer, chosen))


@routes.get("/data/<name>/units/<number>/match")
def matches(name: str, number: str) -> Response:
    """Answer with the units that are on over a span of a sequence, and where else they are on."""
    run = requested_run(name)
    chosen = parse_units(run, {**request_query(), "sequence": number})
    return cached_json(run, lambda: match(run, chosen), COSTLY)
