"""Routes that ask the model itself: a typed text, and what each step is worth to a class."""

from flask import Blueprint, Response

from stateline.app.queries.parsing import parse_projection
from stateline.app.typed.attribution import attribution_problem, parse_attribution
from stateline.app.typed.client import parse_typed, typing, typing_problem
from stateline.app.typed.worker import TextError, UnavailableError
from stateline.app.web.callback_guard import json_body
from stateline.app.web.responses import as_json, line_response, requested_run

routes = Blueprint("typed", __name__)


@routes.post("/data/<name>/typed")
def typed(name: str) -> Response:
    """Answer with a typed text as the run's model reads it, and all that its views draw."""
    run = requested_run(name)
    text, projection = parse_typed(json_body())
    return _unstored(typing().read(run, text, parse_projection(run, projection)))


@routes.post("/data/<name>/attribution")
def attribution(name: str) -> Response:
    """Answer with leave-one-out and integrated gradients of a sequence or text, for a class."""
    run = requested_run(name)
    wanted = parse_attribution(run, json_body())
    problem = typing_problem(run) if "text" in wanted else attribution_problem(run)
    if problem:
        raise problem
    return _unstored(typing().attribute(run, wanted))


@routes.get("/data/<name>/loading")
def loading(name: str) -> Response:
    """Answer with the stage of the model's loading, for a page that waits for an answer."""
    return _unstored(typing().progress(requested_run(name)))


def _unstored(answer: object) -> Response:
    """Return the answer as JSON that no browser keeps."""
    response = Response(as_json(answer), mimetype="application/json")
    response.cache_control.no_store = True
    return response


@routes.app_errorhandler(TextError)
def unreadable_text(error: TextError) -> Response:
    """Answer 400: what was sent to be read is no text, or none that can be read."""
    return line_response(str(error), 400)


@routes.app_errorhandler(UnavailableError)
def unavailable(error: UnavailableError) -> Response:
    """Answer 503: the request is in order, but the model is not there to answer it."""
    return line_response(str(error), 503)
