"""GET route of the report of a sequence."""

from datetime import date

from flask import Blueprint, Response

from stateline.app.queries.parsing import parse_projection, parse_sequence
from stateline.app.report.document import file_name, report
from stateline.app.web.cache import ByteCache
from stateline.app.web.headers import DOCUMENT_POLICY
from stateline.app.web.lanes import COSTLY
from stateline.app.web.responses import cached_bytes, request_query, requested_run

routes = Blueprint("report", __name__)
REPORTS = ByteCache(limit=32 * 2**20)


@routes.get("/report/<name>/<number>.html")
def sequence_report(name: str, number: str) -> Response:
    """Answer with one sequence as a document to print and to pass on.

    The path names the sequence: the query's own keys for one, `sequence` and `text`, are ignored.
    """
    run = requested_run(name)
    chosen = parse_sequence(run, number)
    projection = parse_projection(run, request_query().get("projection"))
    made = date.today()
    key = (run.name, run.checksum, chosen, projection, made)

    def document() -> bytes:
        return REPORTS.get(key, lambda: report(run, chosen, projection, made).encode(), len)

    lane = None if key in REPORTS else COSTLY
    answer = cached_bytes(run, document, "text/html", lane)
    answer.headers["Content-Security-Policy"] = DOCUMENT_POLICY
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(run, chosen)}"'
    return answer
