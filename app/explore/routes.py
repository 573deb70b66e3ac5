"""GET routes of the Explore page: the map's states, one sequence, the table, and a download.

A route reads only the keys of the query that it names; it ignores those of other routes and pages.
"""

from collections.abc import Mapping

from flask import Blueprint, Response

from stateline.app.explore import download
from stateline.app.explore.clusters import clusters
from stateline.app.explore.neighbours import neighbours, parse_count
from stateline.app.figures.colours import COLOURINGS
from stateline.app.queries import labels, table
from stateline.app.queries import run as queries
from stateline.app.queries.filters import parse_filters, passing, passing_bits
from stateline.app.queries.limits import DEFAULT_NEIGHBOURS
from stateline.app.queries.orders import parse_order
from stateline.app.queries.parsing import (
    parse_choice,
    parse_projection,
    parse_sequence,
    parse_share,
    parse_step,
)
from stateline.app.web.lanes import COSTLY
from stateline.app.web.responses import (
    cached_bytes,
    cached_json,
    request_query,
    requested_run,
    whole_number,
)
from stateline.store.reader import Run

routes = Blueprint("explore", __name__)


@routes.get("/data/<name>/points/<projection>")
def points(name: str, projection: str) -> Response:
    """Answer with the coordinates of the states drawn: float32 x of all, then y of all."""
    run = requested_run(name)
    shown = parse_projection(run, projection)
    return cached_bytes(run, lambda: queries.points(run, shown))


@routes.get("/data/<name>/lengths")
def lengths(name: str) -> Response:
    """Answer with the steps of each sequence in stored order, uint32."""
    run = requested_run(name)
    return cached_bytes(run, lambda: queries.lengths(run))


@routes.get("/data/<name>/colours/<colouring>")
def colours(name: str, colouring: str) -> Response:
    """Answer with the colour bin of each state drawn, one or two bytes."""
    run = requested_run(name)
    chosen = parse_choice("colour", colouring, COLOURINGS)
    projection = parse_projection(run, request_query().get("projection"))
    return cached_bytes(run, lambda: queries.colours(run, chosen, projection))


@routes.get("/data/<name>/sequence/<number>")
def sequence(name: str, number: str) -> Response:
    """Answer with one sequence and all that its views draw."""
    run = requested_run(name)
    chosen = parse_sequence(run, number)
    projection = parse_projection(run, request_query().get("projection"))
    return cached_json(run, lambda: queries.sequence(run, chosen, projection))


@routes.get("/data/<name>/passing")
def passing_states(name: str) -> Response:
    """Answer with uint32 counts of sequences and states that pass, then a bit a state drawn."""
    run = requested_run(name)
    filters = parse_filters(run, request_query().get("filters", ""))
    return cached_bytes(run, lambda: passing_bits(run, filters))


@routes.get("/data/<name>/labels/<projection>")
def labels_of_all(name: str, projection: str) -> Response:
    """Answer with the labels along all trajectories that pass the filters."""
    run = requested_run(name)
    query = request_query()
    shown = parse_projection(run, projection)
    kinds = labels.parse_kinds(query.get("kinds", ""))
    distance, confidence = (
        parse_share(key, query.get(key, "1")) for key in ("distance", "confidence")
    )
    found = passing(run, parse_filters(run, query.get("filters", "")))
    return cached_json(
        run, lambda: labels.labels(run, shown, kinds, distance, confidence, found), COSTLY
    )


@routes.get("/data/<name>/density/<projection>")
def density(name: str, projection: str) -> Response:
    """Answer with lines of equal density of all states."""
    run = requested_run(name)
    shown = parse_projection(run, projection)
    return cached_json(run, lambda: queries.density(run, shown), COSTLY)


@routes.get("/data/<name>/clusters/<projection>")
def clusters_of(name: str, projection: str) -> Response:
    """Answer with the clusters of the states on a map, at every level."""
    run = requested_run(name)
    shown = parse_projection(run, projection)
    return cached_json(run, lambda: clusters(run, shown))


@routes.get("/data/<name>/neighbours/<number>/<step>")
def neighbours_of(name: str, number: str, step: str) -> Response:
    """Answer with the nearest states of other sequences."""
    run = requested_run(name)
    query = request_query()
    chosen = parse_sequence(run, number)
    at = parse_step(run, chosen, step)
    projection = parse_projection(run, query.get("projection"))
    count = parse_count(query.get("k", str(DEFAULT_NEIGHBOURS)))
    return cached_json(run, lambda: neighbours(run, projection, chosen, at, count), COSTLY)


@routes.get("/data/<name>/states.<form>")
def states(name: str, form: str) -> Response:
    """Answer with the states that pass the filters as a file to keep."""
    run = requested_run(name)
    chosen = parse_choice("states", form, download.FORMATS)
    query = request_query()
    projection = parse_projection(run, query.get("projection"))
    filters = parse_filters(run, query.get("filters", ""))

    def file() -> bytes:
        rows = download.states_table(run, projection, passing(run, filters))
        return download.written(rows, chosen)

    response = Response(COSTLY.run(file), mimetype=download.FORMATS[chosen])
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{run.name}-states.{chosen}"
    )
    return response


@routes.get("/data/<name>/rows")
def rows(name: str) -> Response:
    """Answer with a block of the table."""
    run = requested_run(name)
    query = request_query()
    start, end = (whole_number(query, key) for key in ("start", "end"))
    wanted = _table_query(run, query)
    return cached_json(run, lambda: table.block(run, start, end, wanted))


@routes.get("/data/<name>/position/<number>")
def position(name: str, number: str) -> Response:
    """Answer with the row of a sequence in the table as it is sorted and filtered."""
    run = requested_run(name)
    chosen = parse_sequence(run, number)
    wanted = _table_query(run, request_query())
    return cached_json(run, lambda: {"row": table.position(run, chosen, wanted)})


@routes.get("/data/<name>/thumbnail.png")
def thumbnail(name: str) -> Response:
    """Answer with the picture of a projection; of the default one where none is named."""
    run = requested_run(name)
    projection = parse_projection(run, request_query().get("projection"))
    return cached_bytes(run, lambda: queries.thumbnail(run, projection), "image/png")


def _table_query(run: Run, query: Mapping[str, str]) -> table.TableQuery:
    """Return how the table is sorted and filtered, by its own columns and by the filter bar."""
    return table.TableQuery(
        sort=query.get("sort", ""),
        columns=query.get("columns", ""),
        filters=parse_filters(run, query.get("filters", "")),
        order=parse_order(query.get("order", "")),
    )
