"""Register the data routes: a Blueprint a page, in front of what answers any other address."""

from flask import Blueprint, Flask, Response, jsonify

from stateline.app.explore.routes import routes as explore
from stateline.app.report.routes import routes as report
from stateline.app.typed.routes import routes as typed
from stateline.app.units.routes import routes as units
from stateline.app.web.errors import add_error_handlers
from stateline.app.web.modules import routes as modules
from stateline.app.web.plotly import routes as plotly
from stateline.app.web.progress import routes as progress
from stateline.app.web.registry import current
from stateline.app.words.routes import routes as words
from stateline.store.errors import StatelineError

MAX_BODY = 1_000_000  # bytes; what the pages send is a few hundred

others = Blueprint("others", __name__)


def add_routes(server: Flask) -> None:
    """Put the data routes, `/health`, the error handlers and the limits on the server."""
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    add_error_handlers(server)
    for routes in (explore, words, units, report, typed, modules, plotly, progress, others):
        server.register_blueprint(routes)


@others.get("/health")
def health() -> Response:
    """Answer whether the app is up, and how many runs it can open."""
    registry = current()
    return jsonify(status="ok", runs=len(registry.runs()), broken=len(registry.broken()))


@others.get("/data/<path:rest>")
@others.get("/report/<path:rest>")
def unknown_address(rest: str) -> Response:
    """Refuse any other address of these two: Dash would answer it with its own page.

    raises  StatelineError  always, which is answered as 404
    """
    raise StatelineError("data", "no such address", got=rest[:80])
