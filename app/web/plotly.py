"""Plotly's strict bundle, in place of the one that Dash serves.

Dash's makes functions out of texts to draw with WebGL, which the pages' policy forbids.
"""

from flask import Blueprint, Response, send_file

from stateline.app.web.modules import ASSETS

BUNDLE = ASSETS / "vendor" / "plotly" / "plotly-strict.min.js"

routes = Blueprint("plotly", __name__)


@routes.get("/_dash-component-suites/plotly/package_data/plotly.min.js")
def bundle() -> Response:
    """Answer with the bundle, at the address that Dash's graphs ask for."""
    return send_file(BUNDLE, mimetype="text/javascript")
