"""GET routes that hand data to the page's scripts: bytes and JSON, validated and cacheable."""

import json
import logging
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Flask, Response, jsonify, request
from polars.exceptions import PolarsError
from werkzeug.exceptions import InternalServerError

from app import download, labels, queries, table
from app.filters import parse_filters, passing, passing_bits
from app.gate import json_body
from app.registry import current
from app.report import file_name, report
from app.selection import parse_selection, parse_sequence
from app.typed import TextError, UnavailableError, parse_typed, typing
from store.errors import StatelineError
from store.reader import Run

FORMAT = 1  # of what the routes send: part of each ETag, so that a new app is not served old bytes
LONGEST_PARAMETER = 4_000
MOST_BODY = 1_000_000  # bytes; what the pages send is a few hundred

data = Blueprint("data", __name__)
log = logging.getLogger(__name__)


def add_routes(server: Flask) -> None:
    """Put the data routes, `/health` and the limits on the server."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    server.register_blueprint(data)
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
    run = _run(name)
    parse_selection(run, {"projection": projection})
    return _cached(run, "application/octet-stream", lambda: queries.points(run, projection))


@data.get("/data/<name>/lengths")
def lengths(name: str) -> Response:
    """uint32 steps of each sequence, in stored order: from a state's row to its sequence."""
    run = _run(name)
    return _cached(run, "application/octet-stream", lambda: queries.lengths(run))


@data.get("/data/<name>/colours/<colouring>")
def colours(name: str, colouring: str) -> Response:
    """Bin of each state drawn, one or two bytes."""
    run = _run(name)
    chosen = parse_selection(run, {**_query(), "colour": colouring})
    return _cached(
        run,
        "application/octet-stream",
        lambda: queries.colours(run, chosen.colour, chosen.projection),
    )


@data.get("/data/<name>/sequence/<number>")
def sequence(name: str, number: str) -> Response:
    """One sequence with all that its views draw."""
    run = _run(name)
    chosen = parse_selection(run, {**_query(), "sequence": number})
    return _cached(
        run,
        "application/json",
        lambda: _json(queries.sequence(run, chosen.sequence, chosen.projection)),
    )


@data.post("/data/<name>/typed")
def typed(name: str) -> Response:
    """A text that somebody typed, with all that its views draw."""
    run = _run(name)
    text, projection = parse_typed(json_body())
    chosen = parse_selection(run, {} if projection is None else {"projection": projection})
    answer = typing().read(run, text, chosen.projection)
    response = Response(_json(answer), mimetype="application/json")
    response.cache_control.no_store = True
    return response


@data.get("/data/<name>/passing")
def passing_states(name: str) -> Response:
    """What passes the filters: uint32 sequences, uint32 states, then a bit a state drawn."""
    run = _run(name)
    filters = parse_filters(run, _query().get("filters", ""))
    return _cached(run, "application/octet-stream", lambda: passing_bits(run, filters))


@data.get("/data/<name>/labels/<projection>")
def labels_of_all(name: str, projection: str) -> Response:
    """Labels along all trajectories that pass the filters."""
    run = _run(name)
    query = _query()
    parse_selection(run, {"projection": projection})
    kinds = labels.parse_kinds(query.get("kinds", ""))
    distance, confidence = (
        labels.parse_share(key, query.get(key, "1")) for key in ("distance", "confidence")
    )
    found = passing(run, parse_filters(run, query.get("filters", "")))
    return _cached(
        run,
        "application/json",
        lambda: _json(labels.labels(run, projection, kinds, distance, confidence, found)),
    )


@data.get("/data/<name>/density/<projection>")
def density(name: str, projection: str) -> Response:
    """Lines of equal density of all states."""
    run = _run(name)
    parse_selection(run, {"projection": projection})
    return _cached(run, "application/json", lambda: _json(queries.density(run, projection)))


@data.get("/data/<name>/states.<form>")
def states(name: str, form: str) -> Response:
    """The states that pass the filters as a file to keep."""
    run = _run(name)
    if form not in download.FORMATS:
        raise StatelineError(
            "states",
            "no such file",
            expected=f"one of {', '.join(download.FORMATS)}",
            got=form[:80],
        )
    query = _query()
    chosen = parse_selection(run, query)
    found = passing(run, parse_filters(run, query.get("filters", "")))
    rows = download.states_table(run, chosen.projection, found)
    response = Response(download.written(rows, form), mimetype=download.FORMATS[form])
    response.headers.set("Content-Disposition", "attachment", filename=f"{run.name}-states.{form}")
    return response


@data.get("/data/<name>/rows")
def rows(name: str) -> Response:
    """A block of the table."""
    run = _run(name)
    query = _query()
    start, end = (_whole_number(query, key) for key in ("start", "end"))
    asked = _asked(run, query)
    return _cached(run, "application/json", lambda: _json(table.block(run, start, end, asked)))


@data.get("/data/<name>/position/<number>")
def position(name: str, number: str) -> Response:
    """Row of a sequence in the table as it is sorted and filtered."""
    run = _run(name)
    query = _query()
    chosen = parse_sequence(run, number)
    asked = _asked(run, query)
    return _cached(
        run, "application/json", lambda: _json({"row": table.position(run, chosen, asked)})
    )


@data.get("/data/<name>/thumbnail.png")
def thumbnail(name: str) -> Response:
    """Picture of the default projection."""
    run = _run(name)
    return _cached(run, "image/png", lambda: queries.thumbnail(run))


@data.get("/report/<name>/<number>.html")
def sequence_report(name: str, number: str) -> Response:
    """One sequence as a document to print and to pass on."""
    run = _run(name)
    chosen = parse_selection(run, {**_query(), "sequence": number})
    written = (run, chosen.sequence, chosen.projection, date.today())
    answer = _cached(run, "text/html", lambda: report(*written).encode())
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(run, chosen.sequence)}"'
    return answer


@data.get("/data/<path:rest>")
@data.get("/report/<path:rest>")
def nothing(rest: str) -> Response:
    """Everything else in these places: without this, Dash would answer with its own page."""
    raise StatelineError("data", "no such address", got=rest[:80])


def _run(name: str) -> Run:
    """The run, as long as it is still the one that the page was made from."""
    run = current().run(name)
    version = request.args.get("v")
    if version is not None and version != run.checksum[: len(version) or 1]:
        raise StatelineError(
            f"run {run.name}",
            "it was built anew since this page was opened",
            mend="Reload the page",
        )
    return run


def _asked(run: Run, query: dict[str, str]) -> table.Asked:
    """How the table is sorted and filtered, by its own columns and by the filter bar."""
    return table.Asked(
        sort=query.get("sort", ""),
        columns=query.get("columns", ""),
        filters=parse_filters(run, query.get("filters", "")),
    )


def _query() -> dict[str, str]:
    """The query, each key once and none of it long."""
    query = request.args
    for key, value in query.items(multi=True):
        if len(value) > LONGEST_PARAMETER or len(query.getlist(key)) > 1:
            raise StatelineError(key[:80], "given twice or too long")
    return query.to_dict()


def _whole_number(query: dict[str, str], key: str) -> int:
    text = query.get(key, "")
    if len(text) > 12 or not (text.isascii() and text.isdecimal()):
        raise StatelineError(key, "not a row", expected="a whole number", got=text[:80] or "none")
    return int(text)


def _cached(run: Run, kind: str, make: Callable[[], bytes]) -> Response:
    """The body under the run's ETag; 304 without making it where the browser holds it."""
    etag = f"{run.checksum[:32]}-{FORMAT}"
    response = Response(mimetype=kind)
    response.set_etag(etag)
    response.cache_control.no_cache = True  # held, but asked for each time: a run can be rebuilt
    if request.if_none_match.contains(etag):
        response.status_code = 304
        return response
    response.set_data(make())
    return response


def _json(value: object) -> bytes:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        raise StatelineError(
            "store", "this run holds what is no number", mend="make check tells where"
        ) from None


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
        "store", "this run changed while it was read", mend="Reload the page; make check tells more"
    )
    return Response(str(line), status=410, mimetype="text/plain")


def _failed(_: InternalServerError) -> Response:
    """A mistake of the app: Flask has logged it; the page shows this line in place of its HTML."""
    line = "app: this request failed; the app's own output says why"
    return Response(line, status=500, mimetype="text/plain")
