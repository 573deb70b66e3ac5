"""GET routes of what lies around a state: the clusters of a map, and a state's neighbours."""

from flask import Blueprint, Response

from stateline.app.explore.clusters import clusters
from stateline.app.explore.neighbours import neighbours, parse_count
from stateline.app.queries.limits import DEFAULT_NEIGHBOURS
from stateline.app.queries.selection import parse_selection
from stateline.app.web.responses import as_json, asked_query, cached, requested_run

states_data = Blueprint("states", __name__)


@states_data.get("/data/<name>/clusters/<projection>")
def clusters_of(name: str, projection: str) -> Response:
    """The clusters of the states on a map, at every level."""
    run = requested_run(name)
    parse_selection(run, {"projection": projection})
    return cached(run, "application/json", lambda: as_json(clusters(run, projection)))


@states_data.get("/data/<name>/neighbours/<number>/<step>")
def neighbours_of(name: str, number: str, step: str) -> Response:
    """The nearest states of other sequences."""
    run = requested_run(name)
    query = asked_query()
    chosen = parse_selection(run, {**query, "sequence": number, "step": step, "text": ""})
    count = parse_count(query.get("k", str(DEFAULT_NEIGHBOURS)))
    wanted = (run, chosen.projection, chosen.sequence, chosen.step, count)
    return cached(run, "application/json", lambda: as_json(neighbours(*wanted)))
