"""The types of the browser's code name the keys that the server sends, no more and no fewer."""

import re
from pathlib import Path

import pytest

from stateline.app.explore.page import workspace
from stateline.app.main import create_app
from stateline.app.queries.run import page_facts, sequence
from stateline.app.queries.selection import parse_selection
from stateline.store.reader import Run, open_run
from tests.checkout import ROOT
from tests.synthetic import synthetic_run

CLIENT = ROOT / "app" / "assets" / "client"
OF_RUNS = CLIENT / "lib" / "types.d.ts"
OF_EXPLORE = CLIENT / "pages" / "explore" / "types.d.ts"


@pytest.fixture(scope="module", params=["text", "series"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of texts, and one of numeric series."""
    options = {"features": 2} if request.param == "series" else {}
    folder = tmp_path_factory.mktemp(request.param)
    return open_run(synthetic_run(folder, request.param, sequences=5, **options))


def keys_of(path: Path, name: str) -> tuple[set[str], set[str]]:
    """Return the required and the optional keys of an interface."""
    found = re.search(
        rf"^export interface {name}\b.*?\{{\n(.*?)^\}}", path.read_text(), re.M | re.S
    )
    assert found, f"{path.name} has no {name}"
    pairs = re.findall(r"^  (\w+)(\??):", found[1], re.M)
    return {key for key, mark in pairs if not mark}, {key for key, mark in pairs if mark}


def holds(path: Path, name: str, sent: dict) -> None:
    """Check the keys of one object of an answer."""
    required, optional = keys_of(path, name)
    assert required <= set(sent) <= required | optional


def test_run_facts(run: Run) -> None:
    facts = page_facts(run)
    holds(OF_RUNS, "RunFacts", facts)
    lists = {"NamedClass": "classes", "StateKind": "layers", "Projection": "projections"}
    for name, key in {**lists, **({"Feature": "features"} if facts["features"] else {})}.items():
        holds(OF_RUNS, name, facts[key][0])
    for scale in facts["scales"].values():
        holds(OF_RUNS, "Scale", scale)


def test_sequence(run: Run) -> None:
    projection = run.manifest.projections[0].id
    answer = sequence(run, 0, projection)
    holds(OF_RUNS, "SequenceFacts", answer["facts"])
    holds(OF_RUNS, "Steps", answer["steps"])
    # The browser adds the state kind that the projection shows.
    holds(OF_RUNS, "Sequence", answer | {"measured": None})


def test_explore(run: Run) -> None:
    selection = parse_selection(run, {})
    holds(OF_EXPLORE, "Address", selection.plain())
    with create_app(run.folder.parent).server.app_context():
        store = workspace(run, selection).children[-1]
    added = {key: value for key, value in store.data.items() if key not in page_facts(run)}
    holds(OF_EXPLORE, "Facts", added)
