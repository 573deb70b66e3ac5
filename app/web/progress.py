"""Progress of the verification of a run's files, for the sign of its pages."""

from flask import Blueprint, Response, jsonify

from stateline.app.web.registry import current

routes = Blueprint("verification", __name__)


@routes.get("/data/<name>/verification")
def verification(name: str) -> Response:
    """Answer with the bytes of the run's files, and how many of them were verified.

    raises  StatelineError  there is no such run, or it is broken by now
    """
    files = current().run(name).files
    response = jsonify(verified=files.verified_bytes, total=files.total_bytes)
    response.cache_control.no_store = True
    return response
