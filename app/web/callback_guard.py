"""Requests to Dash itself, checked before it sees them: a wrong one is a 4xx, never a 500."""

from collections.abc import Sequence
from typing import Any

import dash
from dash import Output
from dash.exceptions import DependencyException
from flask import Response, request

from stateline.app import ids
from stateline.app.web.responses import line_response

CALLBACK_PATH = "/_dash-update-component"
LONGEST_ADDRESS = 4_000


def add_guard(app: dash.Dash) -> None:
    """Refuse callback bodies that name no callback of the app or do not have its shape.

    Also answers for libraries' files that do not exist, for which Dash itself would answer 500.
    """

    def refuse() -> Response | None:
        if request.method != "POST" or not request.path.endswith(CALLBACK_PATH):
            return None
        problem = body_problem(json_body(), app.callback_map)
        if problem is None:
            return None
        line = f"callback: {problem}; expected the body that the page itself sends"
        return line_response(line, 400)

    app.server.before_request(refuse)
    app.server.register_error_handler(DependencyException, _no_such_file)


def json_body() -> object:
    """Return the request's JSON; None where it has none that can be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:  # Nested deeper than any page sends.
        return None


def _no_such_file(_: DependencyException) -> Response:
    """Answer 404 without Dash's own message, which lists every path it knows."""
    return line_response("libraries: no such file", 404)


def body_problem(body: object, callbacks: dict[str, dict[str, Any]]) -> str | None:
    """Return what is wrong with a callback's body; None where Dash can take it.

    callbacks  Dash's own map of the callbacks that are registered, by their output
    """
    if not isinstance(body, dict):
        return "not a JSON object"
    output = body.get("output")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:
        return "no such output"
    if _pairs(body.get("outputs")) != _output_pairs(callback["output"]):
        return "outputs of another shape"
    for key, known in (("inputs", callback["inputs"]), ("state", callback["state"])):
        entries = body.get(key, [])
        if _pairs(entries) != [(entry["id"], entry["property"]) for entry in known]:
            return f"{key} of another shape"
        if not all(_is_fit(entry) for entry in entries):
            return f"{key} with a value that its property cannot have"
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        return "changedPropIds of another shape"
    return None


def _pairs(entries: object) -> list[tuple[object, object]] | None:
    """Return (id, property) of each entry; None where the entries are not a list of objects."""
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return [(entry.get("id"), entry.get("property")) for entry in entries]


def _output_pairs(outputs: Output | Sequence[Output]) -> list[tuple[object, object]]:
    listed = [outputs] if isinstance(outputs, Output) else outputs
    return [(output.component_id, output.component_property) for output in listed]


def _is_fit(entry: dict[str, Any]) -> bool:
    """Whether the value is one that its property can have."""
    value = entry.get("value")
    if entry["id"] != ids.PAGES_LOCATION:
        return True  # The callback that reads it checks it.
    if entry["property"] == "search" and value is None:
        return True
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return False
    return entry["property"] != "pathname" or value.startswith("/")
