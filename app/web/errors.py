"""Errors of requests: each becomes one line of plain text and a status, never a traceback."""

import logging
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response
from polars.exceptions import PanicException, PolarsError
from werkzeug.exceptions import InternalServerError

from stateline.app.web.lanes import AGAIN_SECONDS, BusyError
from stateline.app.web.responses import line_response
from stateline.store.errors import StatelineError

log = logging.getLogger(__name__)


def add_error_handlers(server: Flask) -> None:
    """Put the handlers of errors that any route may raise on the server."""
    server.register_error_handler(StatelineError, _unknown)
    server.register_error_handler(BusyError, _busy)
    server.register_error_handler(PolarsError, _unreadable)
    server.register_error_handler(OSError, _unreadable)
    server.register_error_handler(InternalServerError, _failed)
    answer = server.wsgi_app

    def guarded(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer as the server does; a panic of native code, no Exception, would pass it by."""
        try:
            return answer(environ, start)
        except PanicException as error:
            return _unreadable(Exception(str(error)))(environ, start)

    server.wsgi_app = guarded  # type: ignore[method-assign,assignment]


def _unknown(error: StatelineError) -> Response:
    """Answer 404: what was asked for does not exist or makes no sense."""
    return line_response(str(error), 404)


def _busy(error: BusyError) -> Response:
    """Answer 503, with the seconds after which another try is worth it.

    A page of its own, such as a report, is then loaded again by the browser itself.
    """
    response = line_response(str(error), 503)
    response.headers["Retry-After"] = response.headers["Refresh"] = str(AGAIN_SECONDS)
    return response


def _unreadable(error: Exception) -> Response:
    """Answer 410: a run changed or went away between being found and being read."""
    log.warning("a run could not be read: %s", error)
    line = StatelineError(
        "store",
        "this run changed while it was read",
        fix="Reload the page; stateline check tells more",
    )
    return line_response(str(line), 410)


def _failed(_: InternalServerError) -> Response:
    """Answer 500: a mistake of the app, which Flask has logged; a line in place of its HTML."""
    return line_response("app: this request failed; the app's own output says why", 500)
