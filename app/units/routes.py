"""GET routes of the Units page: units of a layer, states of a sequence, a unit, matches."""

from flask import Blueprint, Response

from stateline.app.units import queries as units
from stateline.app.units.matching import match
from stateline.app.units.queries import parse_unit, parse_units
from stateline.app.web.responses import as_json, asked_query, cached, requested_run

unit_data = Blueprint("units", __name__)


@unit_data.get("/data/<name>/units")
def layer_units(name: str) -> Response:
    """Statistics of all units of a layer, and their responses to words."""
    run = requested_run(name)
    chosen = parse_units(run, asked_query())
    return cached(run, "application/json", lambda: as_json(units.layer_units(run, chosen.layer)))


@unit_data.get("/data/<name>/units/<number>")
def heatmap(name: str, number: str) -> Response:
    """States of one sequence: float32 (T, N), row by row."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "sequence": number})
    return cached(
        run,
        "application/octet-stream",
        lambda: units.heatmap(run, chosen.layer, chosen.sequence),
    )


@unit_data.get("/data/<name>/unit/<number>")
def unit_detail(name: str, number: str) -> Response:
    """Histogram of a unit, and its strongest contexts."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "unit": number})
    unit = parse_unit(run, chosen.layer, number)
    return cached(
        run,
        "application/json",
        lambda: as_json(units.unit_detail(run, chosen.layer, unit)),
    )


@unit_data.get("/data/<name>/units/<number>/match")
def matches(name: str, number: str) -> Response:
    """The units that are on over a span of a sequence, and where else they are on."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "sequence": number})
    return cached(run, "application/json", lambda: as_json(match(run, chosen)))
