"""Callback bodies: what the page sends passes, anything else is a 400."""

import copy
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app

PATH = "/_dash-update-component"


def body(pathname: object = "/", search: object = "") -> dict:
    """Return the body that a page sends to go to an address."""
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": pathname},
            {"id": "_pages_location", "property": "search", "value": search},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }


@pytest.fixture
def browser(store: Path) -> FlaskClient:
    """A client that has opened the page, as a browser does first."""
    client = create_app(store).server.test_client()
    assert client.get("/_dash-layout").status_code == 200
    return client


def test_what_the_page_sends_passes(browser: FlaskClient) -> None:
    for pathname in ("/", "/explore/synthetic", "/explore/nothing", "/nowhere", "/explore/../x"):
        assert browser.post(PATH, json=body(pathname)).status_code == 200
    assert browser.post(PATH, json=body("/", None)).status_code == 200


def changed(**parts: object) -> dict:
    return {**copy.deepcopy(body()), **parts}


@pytest.mark.parametrize(
    "hostile",
    [
        [],
        "x",
        5,
        {},
        {"output": 5},
        changed(output="map.figure"),
        changed(output="nothing.children"),
        changed(output=["a"]),
        changed(outputs=5),
        changed(outputs=[]),
        changed(outputs=[{"id": "other", "property": "children"}]),
        changed(inputs=5),
        changed(inputs=[1]),
        changed(inputs=[]),
        changed(inputs=body()["inputs"] * 2),
        changed(state=[{"id": "a", "property": "b", "value": 1}]),
        changed(changedPropIds=7),
        changed(changedPropIds=[7]),
        *[body(pathname=value) for value in (5, None, [], {"a": 1}, True, "no-slash", "/" * 9000)],
        *[body("/explore/synthetic", value) for value in (5, [], {"a": 1}, "?" * 9000)],
    ],
)
def test_any_other_body_is_refused_in_a_line(browser: FlaskClient, hostile: object) -> None:
    answer = browser.post(PATH, json=hostile)
    assert answer.status_code == 400
    assert answer.text.startswith("callback: ") and "\n" not in answer.text


NESTED = b'{"output":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\0" * 50,
        b"\xff\xfe{",
        b'{"output": NaN}',
        b'{"output": ' + b"9" * 6_000 + b"}",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        NESTED,
        b'{"output": "' + b"x" * 20_000_000 + b'"}',
    ],
    ids=["empty", "cut", "zeros", "bytes", "nan", "digits", "lists", "objects", "nested", "20 MB"],
)
def test_what_is_no_json_of_ours_or_too_much_of_it_is_refused(
    browser: FlaskClient, data: bytes
) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data"):
        answer = browser.post(PATH, data=data, content_type=kind)
        assert answer.status_code in (400, 413)
        assert "Traceback" not in answer.text and len(answer.text) < 300


@pytest.mark.parametrize(
    "changes", [["x"], [""], ["."], ["a.b.c"], ["{.b"], ["\ud800.x"], ["x"] * 999]
)
def test_names_of_changes_that_mean_nothing_are_passed_over(
    browser: FlaskClient, changes: list[str]
) -> None:
    assert browser.post(PATH, json=changed(changedPropIds=changes)).status_code == 200


def test_jobs_that_no_callback_has_are_passed_over(browser: FlaskClient) -> None:
    for query in ("cancelJob=1", "cacheKey=x&job=2", "oldJob=1", "job=%00&cacheKey=../../x"):
        assert browser.post(f"{PATH}?{query}", json=body()).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["dash/nothing.js", "nothing/x.js", "dash/..%2f..%2fsetup.py", "dash/../../x", "dash/%00.js"],
)
def test_a_library_s_file_that_does_not_exist_is_a_line(browser: FlaskClient, path: str) -> None:
    answer = browser.get(f"/_dash-component-suites/{path}")
    assert answer.status_code == 404 and answer.text == "libraries: no such file"


@pytest.mark.parametrize(
    "search",
    [
        "?sequence=1&sequence=2",
        "?colour=%00",
        "?projection=..%2f..%2fetc",
        "?sequence=99999999999999999999",
        "?run=nothing",
        "?run=a&run=b",
    ],
)
def test_an_address_with_a_wrong_query_leads_to_a_page_that_says_what_exists(
    browser: FlaskClient, search: str
) -> None:
    answer = browser.post(PATH, json=body("/explore/synthetic", search))
    assert answer.status_code == 200 and "Nothing to show at this address" in answer.text


@pytest.mark.parametrize("search", ["?other=1", "?self=1", "?layout=2&__class__=x", "?", "?%00"])
def test_query_keys_that_the_page_does_not_know_are_passed_over(
    browser: FlaskClient, search: str
) -> None:
    answer = browser.post(PATH, json=body("/explore/synthetic", search))
    assert answer.status_code == 200 and "Nothing to show" not in answer.text


ODD = [
    *("/explore", "/explore/", "/explore/a/b", "/EXPLORE/synthetic"),
    *(
        "/explore/\0",
        "/explore/\ud800",
        "/explore/\u202e",
        "/explore/%ff",
        "/explore/..%2f..%2fetc",
    ),
    *("/explore/../../etc/passwd", "//other.example/x", "/\\x", "/%", "/404", "/😀", "/__class__"),
]


@pytest.mark.parametrize("pathname", ODD)
def test_an_odd_address_leads_to_a_page_that_says_what_exists(
    browser: FlaskClient, pathname: str
) -> None:
    answer = browser.post(PATH, json=body(pathname))
    assert answer.status_code == 200 and "Runs in this store" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("run", ["x" * 3_000, "<script>", "a\nb", "{}", "nul\0"])
def test_a_message_repeats_little_of_a_wrong_name(browser: FlaskClient, run: str) -> None:
    shown = browser.post(PATH, json=body(f"/explore/{run}")).json["response"]
    message = json.dumps(shown["_pages_content"])
    assert "no such run in this store" in message and len(message) < 4_000


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_no_method_breaks_an_address(browser: FlaskClient, method: str) -> None:
    module = "/assets/client/lib/colour.js"
    for path in ("/", PATH, "/_dash-layout", "/health", module, "/explore/synthetic"):
        assert browser.open(path, method=method).status_code < 500
