"""Requests to Dash itself, checked before it sees them: a wrong one is a 4xx, never a 500."""

import dash
from dash.exceptions import DependencyException
from flask import Response, request

from stateline.app import ids

CALLBACK_PATH = "/_dash-update-component"
LONGEST_ADDRESS = 4_000


def add_gate(app: dash.Dash) -> None:
    """Refuse callback bodies that name no callback of ours or do not have its shape.

    Also answers for libraries' files that do not exist, which Dash itself would meet with a 500.
    """

    @app.server.before_request
    def gate() -> Response | None:
        if request.method != "POST" or not request.path.endswith(CALLBACK_PATH):
            return None
        problem = body_problem(json_body(), app.callback_map)
        if problem is None:
            return None
        line = f"callback: {problem}; expected the body that the page itself sends"
        return Response(line, status=400, mimetype="text/plain")

    app.server.register_error_handler(DependencyException, _no_such_file)


def json_body() -> object:
    """The request's JSON; None where there is none, or none that can be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:  # Nested deeper than any page sends.
        return None


def _no_such_file(_: DependencyException) -> Response:
    """Without Dash's own message: that lists every path it knows."""
    return Response("libraries: no such file", status=404, mimetype="text/plain")


def body_problem(body: object, callbacks: dict[str, dict]) -> str | None:
    """What is wrong with a callback's body; None where Dash can take it.

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
        given = body.get(key, [])
        if _pairs(given) != [(entry["id"], entry["property"]) for entry in known]:
            return f"{key} of another shape"
        if not all(_is_fit(entry) for entry in given):
            return f"{key} with a value that its property cannot have"
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        return "changedPropIds of another shape"
    return None


def _pairs(entries: object) -> list[tuple[object, object]] | None:
    """(id, property) of each entry; None where it is no list of such."""
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return [(entry.get("id"), entry.get("property")) for entry in entries]


def _output_pairs(outputs: object) -> list[tuple[str, str]]:
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [(output.component_id, output.component_property) for output in listed]


def _is_fit(entry: dict) -> bool:
    """Whether the value is one that its property can have."""
    value = entry.get("value")
    if entry["id"] != ids.PAGES_LOCATION:
        return True  # The callback that reads it checks it.
    if entry["property"] == "search" and value is None:
        return True
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return False
    return entry["property"] != "pathname" or value.startswith("/")
