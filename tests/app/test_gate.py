"""Callback bodies: what the page sends passes, anything else is a 400."""

import copy
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.main import create_app

PATH = "/_dash-update-component"


def body(pathname: object = "/", search: object = "") -> dict:
    """What the page sends to go to an address."""
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


def test_broken_json_and_huge_bodies_are_refused(browser: FlaskClient) -> None:
    assert browser.post(PATH, data="{", content_type="application/json").status_code == 400
    assert browser.post(PATH, data="x", content_type="text/plain").status_code == 400
    huge = browser.post(PATH, json={"output": "x" * 2_000_000})
    assert huge.status_code in (400, 413)


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
