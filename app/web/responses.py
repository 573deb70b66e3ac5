"""Parts of every data route: find the run, read the query, answer under the run's ETag."""

import json
from collections.abc import Callable, Mapping

from flask import Response, request

from stateline.app.web.lanes import Lane
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

FORMAT = 1  # of what the routes send: part of each ETag, so that a new app is not served old bytes
LONGEST_PARAMETER = 4_000  # characters of one value of a query


def requested_run(name: str) -> Run:
    """Return the run of a name, as long as it is still the one that the page was made from.

    raises  StatelineError  there is no such run, or it was built again since
    """
    run = current().run(name)
    version = request.args.get("v")
    if version is not None and version != run.checksum[: len(version) or 1]:
        raise StatelineError(
            f"run {run.name}",
            "it was built anew since this page was opened",
            fix="Reload the page",
        )
    return run


def request_query() -> dict[str, str]:
    """Return the request's query.

    raises  StatelineError  a key occurs twice, or a value is longer than LONGEST_PARAMETER
    """
    query = request.args
    for key, value in query.items(multi=True):
        if len(value) > LONGEST_PARAMETER or len(query.getlist(key)) > 1:
            raise StatelineError(key[:80], "occurs twice or is too long")
    return query.to_dict()


def whole_number(query: Mapping[str, str], key: str) -> int:
    """Return the number of a row that the query names under a key.

    raises  StatelineError  the query has no whole number there
    """
    text = query.get(key, "")
    if len(text) > 12 or not (text.isascii() and text.isdecimal()):
        raise StatelineError(key, "not a row", expected="a whole number", got=text[:80] or "none")
    return int(text)


def cached_bytes(
    run: Run,
    make: Callable[[], bytes],
    kind: str = "application/octet-stream",
    lane: Lane | None = None,
) -> Response:
    """Answer with a body under the run's ETag; 304 without making it where the browser holds it.

    lane    in which the body is made, if it costs much
    raises  BusyError  the lane is full
    """
    etag = f"{run.checksum[:32]}-{FORMAT}"
    response = Response(mimetype=kind)
    response.set_etag(etag)
    response.cache_control.no_cache = True  # held, but asked for each time: a run can be rebuilt
    if request.if_none_match.contains(etag):
        response.status_code = 304
        return response
    response.set_data(make() if lane is None else lane.run(make))
    return response


def cached_json(run: Run, make: Callable[[], object], lane: Lane | None = None) -> Response:
    """Answer with a value as JSON under the run's ETag; lane as in `cached_bytes`."""
    return cached_bytes(run, lambda: as_json(make()), "application/json", lane)


def as_json(value: object) -> bytes:
    """Return a value as compact JSON.

    raises  StatelineError  a number in it is not finite, which no stored number should be
    """
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        raise StatelineError(
            "store", "this run holds what is no number", fix="stateline check tells where"
        ) from None


def line_response(line: str, status: int) -> Response:
    """Answer with one line of plain text."""
    return Response(line, status=status, mimetype="text/plain")
