"""What every data route does: find the run, read the query, answer under the run's ETag."""

import json
from collections.abc import Callable

from flask import Response, request

from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

FORMAT = 1  # of what the routes send: part of each ETag, so that a new app is not served old bytes
LONGEST_PARAMETER = 4_000


def requested_run(name: str) -> Run:
    """The run, as long as it is still the one that the page was made from."""
    run = current().run(name)
    version = request.args.get("v")
    if version is not None and version != run.checksum[: len(version) or 1]:
        raise StatelineError(
            f"run {run.name}",
            "it was built anew since this page was opened",
            fix="Reload the page",
        )
    return run


def asked_query() -> dict[str, str]:
    """The query, each key once and none of it long."""
    query = request.args
    for key, value in query.items(multi=True):
        if len(value) > LONGEST_PARAMETER or len(query.getlist(key)) > 1:
            raise StatelineError(key[:80], "given twice or too long")
    return query.to_dict()


def whole_number(query: dict[str, str], key: str) -> int:
    """A row's number of the query; raises StatelineError where it has none."""
    text = query.get(key, "")
    if len(text) > 12 or not (text.isascii() and text.isdecimal()):
        raise StatelineError(key, "not a row", expected="a whole number", got=text[:80] or "none")
    return int(text)


def cached(run: Run, kind: str, make: Callable[[], bytes]) -> Response:
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


def as_json(value: object) -> bytes:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        raise StatelineError(
            "store", "this run holds what is no number", fix="make check tells where"
        ) from None
