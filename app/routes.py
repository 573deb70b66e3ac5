"""GET routes that hand data to the page's scripts: bytes and JSON, validated and cacheable."""

import logging
from datetime import date

from flask import Blueprint, Flask, Response, jsonify
from polars.exceptions import PolarsError
from werkzeug.exceptions import InternalServerError

from stateline.app.explore import download
from stateline.app.explore.state_routes import states_data
from stateline.app.queries import labels, table
from stateline.app.queries import run as queries
from stateline.app.queries.filters import parse_filters, passing, passing_bits
from stateline.app.queries.orders import parse_order
from stateline.app.queries.parsing import parse_sequence, parse_share
from stateline.app.queries.selection import parse_selection
from stateline.app.report.document import file_name, report
from stateline.app.typed.attribution import attributions
from stateline.app.typed.client import TextError, UnavailableError, parse_typed, typing
from stateline.app.units.routes import unit_data
from stateline.app.web.callback_guard import json_body
from stateline.app.web.registry import current
from stateline.app.web.responses import as_json, asked_query, cached, requested_run, whole_number
from stateline.app.words.routes import words_data
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

MAX_BODY = 1_000_000  # bytes; what the pages send is a few hundred

data = Blueprint("data", __name__)
log = logging.getLogger(__name__)


def add_routes(server: Flask) -> None:
    """Put the data routes, `/health` and the limits on the server."""
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    server.register_blueprint(data)
    server.register_blueprint(attributions)
    server.register_blueprint(unit_data)
    server.register_blueprint(states_data)
    server.register_blueprint(words_data)
    server.register_error_handler(StatelineError, _refuse)
    server.register_error_handler(TextError, _misread)
    server.register_error_handler(UnavailableError, _unavailable)
    server.register_error_handler(PolarsError, _unreadable)
    server.register_error_handler(OSError, _unreadable)
    server.register_error_handler(InternalServerError, _failed)


@data.get("/health")
def health() -> Response:
    """Whether the app answers, and how many runs it can open."""
    registry = current()
    return jsonify(status="ok", runs=len(registry.runs()), broken=len(registry.broken()))


@data.get("/data/<name>/points/<projection>")
def points(name: str, projection: str) -> Response:
    """float32 x of all states drawn, then y of all."""
    run = requested_run(name)
    parse_selection(run, {"projection": projection})
    return cached(run, "application/octet-stream", lambda: queries.points(run, projection))


@data.get("/data/<name>/lengths")
def lengths(name: str) -> Response:
    """uint32 steps of each sequence, in stored order: from a state's row to its sequence."""
    run = requested_run(name)
    return cached(run, "application/octet-stream", lambda: queries.lengths(run))


@data.get("/data/<name>/colours/<colouring>")
def colours(name: str, colouring: str) -> Response:
    """Bin of each state drawn, one or two bytes."""
    run = requested_run(name)
    chosen = parse_selection(run, {**asked_query(), "colour": colouring})
    return cached(
        run,
        "application/octet-stream",
        lambda: queries.colours(run, chosen.colour, chosen.projection),
    )


@data.get("/data/<name>/sequence/<number>")
def sequence(name: str, number: str) -> Response:
    """One sequence with all that its views draw."""
    run = requested_run(name)
    chosen = parse_selection(run, {**asked_query(), "sequence": number})
    return cached(
        run,
        "application/json",
        lambda: as_json(queries.sequence(run, chosen.sequence, chosen.projection)),
    )


@data.post("/data/<name>/typed")
def typed(name: str) -> Response:
    """A text that somebody typed, with all that its views draw."""
    run = requested_run(name)
    text, projection = parse_typed(json_body())
    chosen = parse_selection(run, {} if projection is None else {"projection": projection})
    answer = typing().read(run, text, chosen.projection)
    response = Response(as_json(answer), mimetype="application/json")
    response.cache_control.no_store = True
    return response


@data.get("/data/<name>/passing")
def passing_states(name: str) -> Response:
    """What passes the filters: uint32 sequences, uint32 states, then a bit a state drawn."""
    run = requested_run(name)
    filters = parse_filters(run, asked_query().get("filters", ""))
    return cached(run, "application/octet-stream", lambda: passing_bits(run, filters))


@data.get("/data/<name>/labels/<projection>")
def labels_of_all(name: str, projection: str) -> Response:
    """Labels along all trajectories that pass the filters."""
    run = requested_run(name)
    query = asked_query()
    parse_selection(run, {"projection": projection})
    kinds = labels.parse_kinds(query.get("kinds", ""))
    distance, confidence = (
        parse_share(key, query.get(key, "1")) for key in ("distance", "confidence")
    )
    found = passing(run, parse_filters(run, query.get("filters", "")))
    return cached(
        run,
        "application/json",
        lambda: as_json(labels.labels(run, projection, kinds, distance, confidence, found)),
    )


@data.get("/data/<name>/density/<projection>")
def density(name: str, projection: str) -> Response:
    """Lines of equal density of all states."""
    run = requested_run(name)
    parse_selection(run, {"projection": projection})
    return cached(run, "application/json", lambda: as_json(queries.density(run, projection)))


@data.get("/data/<name>/states.<form>")
def states(name: str, form: str) -> Response:
    """The states that pass the filters as a file to keep."""
    run = requested_run(name)
    if form not in download.FORMATS:
        raise StatelineError(
            "states",
            "no such file",
            expected=f"one of {', '.join(download.FORMATS)}",
            got=form[:80],
        )
    query = asked_query()
    chosen = parse_selection(run, query)
    found = passing(run, parse_filters(run, query.get("filters", "")))
    rows = download.states_table(run, chosen.projection, found)
    response = Response(download.written(rows, form), mimetype=download.FORMATS[form])
    response.headers.set("Content-Disposition", "attachment", filename=f"{run.name}-states.{form}")
    return response


@data.get("/data/<name>/rows")
def rows(name: str) -> Response:
    """A block of the table."""
    run = requested_run(name)
    query = asked_query()
    start, end = (whole_number(query, key) for key in ("start", "end"))
    asked = _asked(run, query)
    return cached(run, "application/json", lambda: as_json(table.block(run, start, end, asked)))


@data.get("/data/<name>/position/<number>")
def position(name: str, number: str) -> Response:
    """Row of a sequence in the table as it is sorted and filtered."""
    run = requested_run(name)
    query = asked_query()
    chosen = parse_sequence(run, number)
    asked = _asked(run, query)
    return cached(
        run, "application/json", lambda: as_json({"row": table.position(run, chosen, asked)})
    )


@data.get("/data/<name>/thumbnail.png")
def thumbnail(name: str) -> Response:
    """Picture of a projection; of the default one where none is named."""
    run = requested_run(name)
    chosen = parse_selection(run, asked_query())
    return cached(run, "image/png", lambda: queries.thumbnail(run, chosen.projection))


@data.get("/report/<name>/<number>.html")
def sequence_report(name: str, number: str) -> Response:
    """One sequence as a document to print and to pass on."""
    run = requested_run(name)
    chosen = parse_selection(run, {**asked_query(), "sequence": number})
    written = (run, chosen.sequence, chosen.projection, date.today())
    answer = cached(run, "text/html", lambda: report(*written).encode())
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(run, chosen.sequence)}"'
    return answer


@data.get("/data/<path:rest>")
@data.get("/report/<path:rest>")
def nothing(rest: str) -> Response:
    """Everything else in these places: without this, Dash would answer with its own page."""
    raise StatelineError("data", "no such address", got=rest[:80])


def _asked(run: Run, query: dict[str, str]) -> table.Asked:
    """How the table is sorted and filtered, by its own columns and by the filter bar."""
    return table.Asked(
        sort=query.get("sort", ""),
        columns=query.get("columns", ""),
        filters=parse_filters(run, query.get("filters", "")),
        order=parse_order(query.get("order", "")),
    )


def _refuse(error: StatelineError) -> Response:
    """What was asked for does not exist or makes no sense: one line says so."""
    return Response(str(error), status=404, mimetype="text/plain")


def _misread(error: TextError) -> Response:
    """What was sent to be read is no text, or none that can be read."""
    return Response(str(error), status=400, mimetype="text/plain")


def _unavailable(error: UnavailableError) -> Response:
    """Nothing is wrong with the request, but the model is not there to answer it."""
    return Response(str(error), status=503, mimetype="text/plain")


def _unreadable(error: Exception) -> Response:
    """A run changed or went away between being found and being read."""
    log.warning("a run could not be read: %s", error)
    line = StatelineError(
        "store", "this run changed while it was read", fix="Reload the page; make check tells more"
    )
    return Response(str(line), status=410, mimetype="text/plain")


def _failed(_: InternalServerError) -> Response:
    """A mistake of the app: Flask has logged it; the page shows this line in place of its HTML."""
    line = "app: this request failed; the app's own output says why"
    return Response(line, status=500, mimetype="text/plain")
