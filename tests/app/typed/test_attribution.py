"""The route that asks what each step is worth, with a stand-in for the model's process."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.typed import client as typed
from stateline.app.typed.attribution import attribution_problem
from stateline.app.typed.client import MAX_CHARACTERS, Typing
from stateline.store.reader import Run, open_run
from stateline.store.schema import MODEL
from tests.synthetic import synthetic_run

pytestmark = pytest.mark.slow

# Answers with its process and what it was asked; one class is one that it cannot answer for.
STAND_IN = """
import json, os, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)["attribute"]
    answer = {"leave_one_out": [0.5, None], "asked": asked, "pid": os.getpid()}
    if asked["class"] == 0:
        answer = {"error": "sequence: cannot be read; got 0"}
    print(json.dumps(answer), flush=True)
"""


def stand_in(_: Run) -> list[str]:
    return [sys.executable, "-c", STAND_IN]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a text, a series with its model, and a series without one."""
    folder = tmp_path_factory.mktemp("attribution")
    synthetic_run(folder, "text", classes=2, outputs=1)
    synthetic_run(folder, "series", features=2)
    synthetic_run(folder, "arrays", features=2, model=False, training=False)
    return folder


@pytest.fixture
def asked(runs: Path) -> Iterator[FlaskClient]:
    """Client of an app that asks the stand-in."""
    server = create_app(runs).server
    server.extensions[typed.EXTENSION] = made = Typing(stand_in)
    yield server.test_client()
    made.close()


@pytest.mark.parametrize("body", [{"sequence": 3, "class": 1}, {"text": "a good film", "class": 1}])
def test_the_route_hands_on_what_was_asked_and_forbids_keeping_the_answer(
    asked: FlaskClient, body: dict
) -> None:
    answer = asked.post("/data/text/attribution", json=body | {"more": "is not handed on"})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.json["asked"] == body and answer.json["leave_one_out"] == [0.5, None]


def test_one_process_reads_typed_texts_and_attributes(runs: Path) -> None:
    typing, run = Typing(stand_in), open_run(runs / "text")
    asked = {"sequence": 0, "class": 1}
    first, second = (typing.attribute(run, asked)["pid"] for _ in range(2))
    assert [model.worker.process.pid for model in typing.loaded()] == [first] == [second]
    typing.close()
    assert typing.loaded() == []


def test_a_series_is_attributed_too(asked: FlaskClient) -> None:
    answer = asked.post("/data/series/attribution", json={"sequence": 0, "class": 3})
    assert answer.status_code == 200 and answer.json["asked"] == {"sequence": 0, "class": 3}
    refused = asked.post("/data/series/attribution", json={"text": "good", "class": 3})
    assert refused.status_code == 503 and "numbers, not a text" in refused.text


def test_a_run_without_a_model_says_so(asked: FlaskClient, runs: Path, tmp_path: Path) -> None:
    answer = asked.post("/data/arrays/attribution", json={"sequence": 0, "class": 3})
    assert answer.status_code == 503 and "made from arrays of states" in answer.text
    shutil.copytree(runs / "series", tmp_path / "series")
    (tmp_path / "series" / MODEL).unlink()
    line = str(attribution_problem(open_run(tmp_path / "series")))
    assert MODEL in line and "make run RUN=series" in line and "\n" not in line
    assert attribution_problem(open_run(runs / "series")) is None


def test_without_tensorflow_a_line_says_what_to_install(
    asked: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "find_spec", lambda name: None)
    answer = asked.post("/data/text/attribution", json={"sequence": 0, "class": 1})
    assert answer.status_code == 503 and "make setup" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        None, [], "x", 5, {}, {"sequence": 0}, {"class": 0}, {"text": "a"},
        {"sequence": 0, "text": "a", "class": 0}, {"sequence": 5, "class": 1},
        {"sequence": -1, "class": 1}, {"sequence": "0", "class": 1}, {"sequence": True, "class": 1},
        {"sequence": 0.0, "class": 1}, {"sequence": None, "class": 1}, {"sequence": 0, "class": 2},
        {"sequence": 0, "class": -1}, {"sequence": 0, "class": "1"}, {"sequence": 0, "class": True},
        {"sequence": 10**400, "class": 1}, {"text": 5, "class": 1}, {"text": None, "class": 1},
        {"text": "a" * (MAX_CHARACTERS + 1), "class": 1}, {"text": "half \ud800", "class": 1},
    ],
)  # fmt: skip
def test_a_hostile_body_is_a_400_of_one_line(asked: FlaskClient, body: object) -> None:
    answer = asked.post("/data/text/attribution", json=body)
    assert answer.status_code == 400, answer.text
    assert "\n" not in answer.text and len(answer.text) < 300 and "Traceback" not in answer.text


def test_what_the_model_cannot_answer_is_a_400_and_no_such_run_a_404(asked: FlaskClient) -> None:
    refused = asked.post("/data/text/attribution", json={"sequence": 0, "class": 0})
    assert refused.status_code == 400 and refused.text == "sequence: cannot be read; got 0"
    assert asked.post("/data/no/attribution", json={"sequence": 0, "class": 1}).status_code == 404
    assert asked.get("/data/text/attribution").status_code == 404
