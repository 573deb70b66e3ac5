"""GET routes of the Units page: a layer's units, a sequence's states, a unit, a match."""

from flask import Blueprint, Response

from stateline.app.units import queries as units
from stateline.app.units.matching import match
from stateline.app.units.queries import parse_units
from stateline.app.web.responses import as_json, asked_query, cached, requested_run
from stateline.store.errors import StatelineError

unit_data = Blueprint("units", __name__)


@unit_data.get("/data/<name>/units")
def layer_units(name: str) -> Response:
    """All units of a layer, and what words do to them."""
    run = requested_run(name)
    chosen = parse_units(run, asked_query())
    return cached(run, "application/json", lambda: as_json(units.layer_units(run, chosen.layer)))


@unit_data.get("/data/<name>/units/<number>")
def heatmap(name: str, number: str) -> Response:
    """float32 states of one sequence, step after step."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "sequence": number})
    return cached(
        run,
        "application/octet-stream",
        lambda: units.heatmap(run, chosen.layer, chosen.sequence),
    )


@unit_data.get("/data/<name>/unit/<number>")
def unit(name: str, number: str) -> Response:
    """One unit: its values and its strongest contexts."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "unit": number})
    return cached(
        run,
        "application/json",
        lambda: as_json(units.unit_detail(run, chosen.layer, chosen.unit)),
    )


@unit_data.get("/data/<name>/units/<number>/match")
def matches(name: str, number: str) -> Response:
    """The units that are on over a span of a sequence, and where else they are."""
    run = requested_run(name)
    chosen = parse_units(run, {**asked_query(), "sequence": number})
    if chosen.first is None:
        raise StatelineError("match", "no span of steps", expected="from and to")
    return cached(run, "application/json", lambda: as_json(match(run, chosen)))
