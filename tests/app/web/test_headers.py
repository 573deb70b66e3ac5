"""Headers of every response, errors and assets included."""

import http.client
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from plotly.offline import get_plotlyjs_version

from stateline.app.web.headers import ALWAYS
from stateline.app.web.plotly import BUNDLE
from tests.serving import served

PLACES = ["/", "/health", "/data/synthetic/lengths", "/data/nothing/rows", "/nowhere",
          "/assets/base.css", "/assets/none.css", "/_dash-layout", "/modules/x/y",
          "/_dash-component-suites/plotly/package_data/plotly.min.js"]  # fmt: skip


def policy_of(answer: object) -> dict[str, str]:
    text = answer.headers["Content-Security-Policy"]
    return {part.split()[0]: " ".join(part.split()[1:]) for part in text.split("; ")}


@pytest.mark.parametrize("place", PLACES)
def test_every_response_has_them(client: FlaskClient, place: str) -> None:
    for answer in (client.get(place), client.post(place), client.get(place, headers={"Host": "x"})):
        assert {name: answer.headers.getlist(name) for name in ALWAYS} == {
            name: [value] for name, value in ALWAYS.items()
        }
        policy = policy_of(answer)
        assert policy["frame-ancestors"] == policy["default-src"] == "'none'"
        assert "unsafe" not in policy["script-src"]


def test_every_script_of_a_page_is_a_file_or_has_its_hash(client: FlaskClient) -> None:
    answer = client.get("/")
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", answer.text)
    assert len(inline) == policy_of(answer)["script-src"].count("sha256-") > 0


def test_a_report_may_do_nothing_but_show_itself(client: FlaskClient) -> None:
    policy = policy_of(client.get("/report/synthetic/0.html"))
    assert policy["default-src"] == "'none'" and "script-src" not in policy


def test_what_the_app_never_sees_is_refused_with_them_too(store: Path) -> None:
    with served(store) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
        connection.request("GET", "/", headers={"Transfer-Encoding": "unknown"})
        answer = connection.getresponse()
        assert answer.status == 400 and ALWAYS.items() <= dict(answer.getheaders()).items()
        assert "frame-ancestors 'none'" in answer.getheader("Content-Security-Policy")


def test_plotly_s_strict_bundle_is_the_one_that_is_served_and_of_the_same_version(
    client: FlaskClient,
) -> None:
    answer = client.get("/_dash-component-suites/plotly/package_data/plotly.min.js")
    assert answer.data == BUNDLE.read_bytes() and answer.mimetype == "text/javascript"
    assert f"plotly.js (strict - minified) v{get_plotlyjs_version()}" in answer.text[:200]
