"""Every route and every page with every query key that any other knows: never a failure."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from stateline.app.main import create_app
from stateline.app.queries.selection import parse_selection
from stateline.app.units.queries import parse_units
from stateline.app.words.queries import parse_words
from stateline.store.reader import Run, open_run
from tests.app.web.test_callback_guard import PATH, body
from tests.synthetic import synthetic_run

pytestmark = pytest.mark.slow

APP = Path(__file__).parents[2] / "app"
# A value of each key that the text run takes.
VALID = {
    "answers": "half", "bars": "contribution", "cells": "change", "class": "1", "colour": "trust",
    "columns": '{"length":{"type":"greaterThan","filter":1}}', "confidence": "0.2",
    "distance": "0.1", "edges": "1", "end": "5", "filters": '[["correct",true]]', "from": "0",
    "group": "0", "k": "3", "kind": "tokens", "kinds": "after-class", "labels": "after-distance",
    "layer": "lstm", "least": "1", "open": "0-0-1", "order": "confident", "panel": "groups",
    "phrase": "good", "pinned": "1", "projection": "lstm-pca", "rows": "number", "run": "series",
    "search": "a", "sequence": "0", "sort": "length:asc", "start": "0", "step": "0",
    "steps": "share", "text": "hello", "threshold": "0.1", "to": "1", "towards": "0", "unit": "0",
    "v": "", "without": "1", "word": "good",
}  # fmt: skip
ODD = [
    "", "0", "-1", "1e3", "99999999999", "nan", "inf", "\0", "é😀\u202e", "\uff11", "[]", "{}",
    "null", '[["word","x"]]', '[["box","lstm-pca",1e999,0,0,0]]', '{"length":{"conditions":[]}}',
    "a,b", "0-9-1", "length:asc", "confident", "effect", "../..", "x" * 3_999, "x" * 4_001,
]  # fmt: skip
PARTS = {
    "colouring": "expected", "form": "csv", "number": "1", "projection": "lstm-pca", "step": "0",
    "rest": "nothing",
}  # fmt: skip
# Without these a route only says what it lacks.
NEEDED = {
    "rows": {"start": "0", "end": "5"}, "words": {"start": "0", "end": "5"},
    "words/occurrences": {"start": "0", "end": "5"}, "match": {"from": "0", "to": "1"},
}  # fmt: skip
PAGES = ["/", "/help", "/explore/{run}", "/words/{run}", "/decisions/{run}", "/units/{run}"]
RUNS = ["text", "series"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Client of an app over a run of texts and a run of series."""
    folder = tmp_path_factory.mktemp("every-query")
    synthetic_run(folder, "text")
    synthetic_run(folder, "series", features=2)
    yield create_app(folder).server.test_client()


def routes() -> list[str]:
    """Patterns of all GET routes that read a run."""
    rules = create_app(Path()).server.url_map.iter_rules()
    wanted = [rule.rule for rule in rules if rule.rule.startswith(("/data/", "/report/"))]
    return sorted({rule for rule in wanted if not rule.endswith(("/typed", "/attribution"))})


def address(rule: str, run: str) -> str:
    """An address of a route."""
    parts = PARTS | {"name": run}
    return re.sub(r"<(?:path:)?(\w+)>", lambda found: parts[found[1]], rule)


def needed(run: Run, rule: str) -> dict[str, str]:
    """The query that a route cannot do without."""
    query = next((query for end, query in NEEDED.items() if rule.endswith(f"/{end}")), {})
    if "/words/" in rule and run.kind == "text":
        query = query | {"phrase": run.words["phrase"][0]}
    return query


def test_the_keys_tried_are_those_of_every_page_and_route(site: FlaskClient) -> None:
    run = open_run(site.application.extensions["stateline"].store / "text")
    keys = {*parse_selection(run, {}).plain(), *parse_units(run, {}).plain()}
    keys |= set(parse_words(run, {}).plain())
    for path in APP.rglob("*.py"):
        keys |= set(re.findall(r'query(?:\(\))?(?:\.get\(|\[)"(\w+)"', path.read_text("utf-8")))
    assert keys <= set(VALID)


def check(answer: object, what: object) -> None:
    assert answer.status_code < 500, (what, answer.text)
    if answer.status_code >= 400:
        assert answer.text.count("\n") == 0 and len(answer.text) < 900, (what, answer.text)


@pytest.mark.parametrize("rule", routes())
@pytest.mark.parametrize("name", RUNS)
def test_no_query_breaks_a_route(site: FlaskClient, name: str, rule: str) -> None:
    run = open_run(site.application.extensions["stateline"].store / name)
    path, query = address(rule, name), needed(run, rule)
    for at, (key, valid) in enumerate(VALID.items()):
        # Each odd value meets some keys here; those that a route reads have tests of their own.
        odd = [ODD[(at + step) % len(ODD)] for step in (0, 9)]
        for value in (valid, *odd) if name == "text" else (valid,):
            tried = query | {key: value}
            check(site.get(path, query_string=tried), (path, tried))
    check(site.get(path, query_string=VALID | query), path)
    for key, valid in VALID.items() if name == "text" else ():
        twice = MultiDict([*query.items(), (key, valid), (key, "0")])
        answer = site.get(path, query_string=twice)
        assert answer.status_code < 500, (path, key, answer.text)


@pytest.mark.parametrize("rule", routes())
def test_no_part_of_an_address_breaks_a_route(site: FlaskClient, rule: str) -> None:
    run = open_run(site.application.extensions["stateline"].store / "text")
    for part in re.findall(r"<(?:path:)?(\w+)>", rule):
        for value in ("0", "-1", "nan", "é😀", "%00", "%2e%2e", "9" * 30, "lstm-umap", "x" * 3_999):
            parts = PARTS | {"name": "text", part: value}
            path = re.sub(r"<(?:path:)?(\w+)>", lambda found: parts[found[1]], rule)  # noqa: B023
            check(site.get(path, query_string=needed(run, rule)), path)


@pytest.mark.parametrize("name", RUNS)
def test_a_sequence_named_by_the_path_is_the_one_answered(site: FlaskClient, name: str) -> None:
    for path in (f"/data/{name}/sequence/1", f"/report/{name}/1.html"):
        plain = site.get(path)
        assert plain.status_code == 200
        for key in ("text", "sequence", "step", "pinned", "bars"):
            other = site.get(path, query_string={key: VALID[key]})
            assert other.status_code == 200 and other.data == plain.data, (path, key)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", RUNS)
def test_no_query_breaks_a_page(site: FlaskClient, name: str, page: str) -> None:
    pathname = page.format(run=name)
    searches = ["?" + urlencode({key: valid}) for key, valid in VALID.items()]
    searches += [
        "?" + urlencode(dict.fromkeys(VALID, value)) for value in ("", "-1", "é😀\0", "[]")
    ]
    searches += [f"?{key}=1&{key}=0" for key in ("sequence", "text", "word", "unit", "filters")]
    searches += ["?" + urlencode(VALID), "?=&&=1&#", "?self=1&cls=1&page=x&name=y&path_template=z"]
    for search in searches:
        answer = site.post(PATH, json=body(pathname, search))
        assert answer.status_code == 200, (pathname, search, answer.text)
