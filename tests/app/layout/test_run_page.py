"""The frame of a run's pages: titles, attributes, and the page for a missing run or selection."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from dash import html

from stateline.app.layout.elements import attributes
from stateline.app.layout.run_page import RunPage, run_header
from stateline.app.main import create_app
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from tests.app.layout_text import text_of


def parse(run: Run, query: Mapping[str, object]) -> str:
    """Return the key `shown` of a query; raises StatelineError for `nothing`."""
    if query.get("shown") == "nothing":
        raise StatelineError("shown", "unknown value", expected="something", got="nothing")
    return f"{run.name} {query.get('shown')}"


def build(run: Run | None, selection: str | None) -> html.Div:
    return html.Div([run_header(run, "units"), f"body of {selection}"])


PAGE = RunPage("Sizes", parse, build)


def test_attributes_have_hyphens() -> None:
    assert attributes(aria_label="Words", data_panel="unit") == {
        "aria-label": "Words",
        "data-panel": "unit",
    }


@pytest.mark.parametrize(
    ("name", "run", "title"),
    [
        ("Sizes", "mine", "Sizes · mine · Stateline"),
        ("", "mine", "mine · Stateline"),
        ("Sizes", None, "Stateline"),
        ("Sizes", "x" * 200, f"Sizes · {'x' * 80} · Stateline"),
    ],
)
def test_the_title_names_page_and_run(name: str, run: str | None, title: str) -> None:
    assert RunPage(name, parse, build).title(run=run, shown="a") == title


def test_a_page_is_built_from_the_selection_of_its_address(store: Path) -> None:
    with create_app(store).server.test_request_context():
        page = PAGE.layout("synthetic", shown="a", other="b")
    assert "body of synthetic a" in text_of(page)
    links = [part.href for part in page._traverse() if getattr(part, "href", None)]
    assert "/words/synthetic" in links


def test_without_a_run_the_elements_are_built_empty(store: Path) -> None:
    with create_app(store).server.test_request_context():
        assert "body of None" in text_of(PAGE.layout())


@pytest.mark.parametrize(
    ("run", "shown", "says"),
    [
        ("missing", "a", "no such run"),
        ("synthetic", "nothing", "expected something, got nothing"),
        (["synthetic"], "a", "expected one of binary, synthetic"),
    ],
)
def test_a_missing_run_or_selection_gets_a_page_with_the_reason(
    store: Path, run: object, shown: str, says: str
) -> None:
    with create_app(store).server.test_request_context():
        text = text_of(PAGE.layout(run, shown=shown))
    assert "Nothing to show at this address" in text and says in text
