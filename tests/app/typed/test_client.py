"""The one process that reads typed texts, with a stand-in for it, and the route that asks it."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.typed import client as typed
from stateline.app.typed.client import (
    MAX_AT_ONCE,
    MAX_CHARACTERS,
    TextError,
    Typing,
    UnavailableError,
)
from stateline.app.typed.loading import STARTING, WAITING
from stateline.app.typed.model import Patience
from stateline.app.web.lanes import BusyError
from stateline.store.reader import Run, open_run
from stateline.store.schema import MODEL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Says who it is and what it was asked; some texts are orders.
STAND_IN = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["text"] == "end":
        sys.exit(3)
    if asked["text"] == "hang":
        time.sleep(1000)
    if asked["text"] == "babble":
        print("not JSON", flush=True)
    if asked["text"] == "refuse":
        print(json.dumps({"error": "text: it holds no word; got 'refuse'"}), flush=True)
    print(json.dumps({
        "facts": {
            "pid": os.getpid(), "run": sys.argv[1], **asked,
            "label": None, "predicted": 0, "flips": 1, "settle_step": 1,
        },
        "steps": {
            "ep": [[0.25, 0.75, 0, 0], [1, 0, 0, 0]], "predicted": [1, 0], "surface": ["a", "b"],
            "padding": [False, False],
            "logit": [[0, 1, 0, 0], [2, 0, 0, 0]], "contribution": [[0, 1, 0, 0], [2, -1, 0, 0]],
        },
    }), flush=True)
"""
BINARY = STAND_IN.replace(", 0, 0]", "]")


def stand_in(run: Run) -> list[str]:
    script = BINARY if len(run.class_names) == 2 else STAND_IN
    return [sys.executable, "-c", script, run.name]


def any_request(run: Run) -> list[str]:
    """Answers a text and an attribution alike."""
    _, option, script, name = stand_in(run)
    return [sys.executable, option, script.replace('asked["text"]', 'asked.get("text")'), name]


def gated(folder: Path) -> Callable[[Run], list[str]]:
    """Answers as soon as the folder holds the file `go`, once it has said that it was asked."""
    waits = (
        "    asked = json.loads(line)\n"
        "    open(sys.argv[2] + '/asked ' + sys.argv[1], 'w').close()\n"
        "    while not os.path.exists(sys.argv[2] + '/go'): time.sleep(0.01)\n"
    )

    def command(run: Run) -> list[str]:
        _, option, script, name = stand_in(run)
        script = script.replace("    asked = json.loads(line)\n", waits)
        return [sys.executable, option, script, name, str(folder)]

    return command


def quits(line: str) -> Callable[[Run], list[str]]:
    """A worker that says one line and ends."""
    return lambda _: [sys.executable, "-c", f"print({line!r})"]


@pytest.fixture
def typing() -> Iterator[Typing]:
    made = Typing(stand_in)
    yield made
    made.close()


def pid(typing: Typing, run: Run, text: str = "a") -> int:
    return typing.read(run, text, None)["facts"]["pid"]


def processes(typing: Typing) -> list[int]:
    return [model.worker.process.pid for model in typing.loaded()]


def is_gone(process: int) -> bool:
    """Neither running nor waiting, as a zombie does, for somebody to ask how it ended."""
    return not Path(f"/proc/{process}").exists() if sys.platform == "linux" else not alive(process)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_answer_comes_with_the_colours_of_its_steps(typing: Typing, binary: Run) -> None:
    answer = typing.read(binary, "héllo \n wörld", "lstm-pca")
    assert answer["facts"]["text"] == "héllo \n wörld"
    assert answer["facts"]["projection"] == "lstm-pca"
    assert answer["steps"]["bin"] == [15, 0]  # twentieths of the second class


def test_each_run_keeps_a_process_of_its_own(typing: Typing, binary: Run, several: Run) -> None:
    first = pid(typing, binary)
    assert pid(typing, binary, "b") == first
    # C = 4: the bins of more than two classes are the likeliest class.
    other = typing.read(several, "c", None)
    assert other["facts"]["run"] == "synthetic" and other["steps"]["bin"] == [1, 0]
    assert other["facts"]["pid"] != first and pid(typing, binary, "d") == first


def test_of_too_many_runs_the_least_recently_used_one_is_ended(
    binary: Run, several: Run, layered: Run
) -> None:
    typing = Typing(any_request, most=2)
    first, second = pid(typing, binary), pid(typing, several)
    assert pid(typing, binary) == first
    third = typing.attribute(layered, {"sequence": 0, "class": 0})["facts"]["pid"]
    assert is_gone(second) and pid(typing, binary) == first
    assert [model.worker.process.pid for model in typing.loaded()] == [third, first]
    typing.close()
    assert typing.loaded() == [] and is_gone(first) and is_gone(third)


def test_a_run_waits_until_the_process_of_another_is_idle(
    binary: Run, several: Run, tmp_path: Path
) -> None:
    typing = Typing(gated(tmp_path), most=1)
    answers: list[int] = []
    asking = [
        threading.Thread(target=lambda run=run: answers.append(pid(typing, run)))
        for run in (binary, several)
    ]
    asking[0].start()
    while not (tmp_path / "asked binary").exists():
        time.sleep(0.005)
    asking[1].start()
    while typing.progress(several)["stage"] != WAITING:
        time.sleep(0.005)
    assert answers == [] and typing.progress(binary)["stage"] is None
    (tmp_path / "go").touch()
    for each in asking:
        each.join(timeout=60)
    assert len(set(answers)) == 2 and is_gone(answers[0])
    assert [model.name for model in typing.loaded()] == ["synthetic"]
    typing.close()


def test_a_run_that_would_wait_too_long_is_refused(
    typing: Typing, binary: Run, several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "TURN_SECONDS", 0.05)
    typing.most = 1
    pid(typing, binary)
    (model,) = typing.loaded()
    model.users += 1
    with pytest.raises(BusyError, match="texts of other runs are being read"):
        pid(typing, several)
    model.users -= 1
    assert pid(typing, several) and typing._queue == []


def test_a_run_that_was_rebuilt_is_read_by_a_new_process(typing: Typing, binary: Run) -> None:
    first = pid(typing, binary)
    rebuilt = Run(binary.folder, binary.manifest, "another checksum")
    assert pid(typing, rebuilt) != first and is_gone(first)


def test_texts_of_several_threads_get_their_own_answers(typing: Typing, binary: Run) -> None:
    found: dict[str, dict] = {}

    def ask(text: str) -> None:
        found[text] = typing.read(binary, text, None)["facts"]

    threads = [threading.Thread(target=ask, args=[str(i)]) for i in range(MAX_AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {facts["text"] for facts in found.values()} == set(found)
    assert len(found) == MAX_AT_ONCE and len({facts["pid"] for facts in found.values()}) == 1


def test_a_text_that_cannot_be_read_is_one_line_and_the_process_stays(
    typing: Typing, binary: Run
) -> None:
    first = pid(typing, binary)
    with pytest.raises(TextError, match="^text: it holds no word; got 'refuse'$"):
        typing.read(binary, "refuse", None)
    assert processes(typing) == [first]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("end", "the process that holds the model has ended"),
        ("babble", "the process that holds the model has ended"),
        ("hang", "the model gave no answer within 0.3 s"),
    ],
)
def test_a_process_that_fails_is_one_line_and_the_next_text_starts_another(
    binary: Run, text: str, line: str
) -> None:
    typing = Typing(stand_in)
    first = pid(typing, binary)
    (model,) = typing.loaded()
    model.patience = Patience(answer=0.3 if text == "hang" else 20.0)
    with pytest.raises(UnavailableError, match=line) as caught:
        typing.read(binary, text, None)
    assert "\n" not in str(caught.value) and "Run the text again" in str(caught.value)
    assert is_gone(first) and processes(typing) == []
    model.patience = Patience()
    assert pid(typing, binary) != first
    typing.close()


@pytest.mark.parametrize(
    ("says", "line"),
    [
        ('{"error": "mine/model.keras: cannot be loaded (bad)"}', "^mine/model.keras: cannot be l"),
        ("", "has ended"),
        ("no JSON", "has ended"),
    ],
)
def test_a_process_that_does_not_start_is_one_line(binary: Run, says: str, line: str) -> None:
    typing = Typing(quits(says))
    with pytest.raises(UnavailableError, match=line):
        typing.read(binary, "a", None)
    assert processes(typing) == []


# Loads its model in two stages; each waits until the test has seen it.
SLOW = """
import json, sys, time
from pathlib import Path
for stage in ("importing TensorFlow", "loading the model"):
    print(json.dumps({"stage": stage}), flush=True)
    while not Path(sys.argv[2], stage).exists():
        time.sleep(0.01)
"""


def test_whoever_waits_is_told_the_stage_of_the_loading_and_its_seconds(
    binary: Run, several: Run, tmp_path: Path
) -> None:
    typing = Typing(lambda run: [sys.executable, "-c", SLOW + BINARY, run.name, str(tmp_path)])
    assert typing.progress(binary) == {"stage": None, "seconds": None, "last": None}
    reading = threading.Thread(target=typing.read, args=[binary, "a", None])
    reading.start()
    seen = []
    for stage in ("importing TensorFlow", "loading the model"):
        while typing.progress(binary)["stage"] != stage:
            assert typing.progress(binary)["stage"] in (None, STARTING, *seen)
            time.sleep(0.005)
        now = typing.progress(binary)
        assert 0 <= now["seconds"] < 60 and now["last"] is None
        assert typing.progress(several)["stage"] is None  # which is another process
        seen.append(stage)
        (tmp_path / stage).touch()
    reading.join(timeout=60)
    done = typing.progress(several)
    assert done["stage"] is done["seconds"] is None and done["last"] >= now["seconds"]
    typing.close()
    assert typing.progress(binary)["last"] == done["last"]


def test_a_loading_that_fails_is_over(binary: Run) -> None:
    stages = quits('{"stage": "importing TensorFlow"}')
    typing = Typing(stages)
    with pytest.raises(UnavailableError, match="has ended"):
        typing.read(binary, "a", None)
    assert typing.progress(binary) == {"stage": None, "seconds": None, "last": None}


def test_a_process_that_ended_by_itself_is_replaced(typing: Typing, binary: Run) -> None:
    first = pid(typing, binary)
    (model,) = typing.loaded()
    model.worker.process.kill()
    model.worker.process.wait()
    assert pid(typing, binary) != first


def test_an_idle_process_is_let_go(binary: Run) -> None:
    typing = Typing(stand_in, Patience(idle=0.05))
    first = pid(typing, binary)
    while not is_gone(first):
        time.sleep(0.005)
    assert pid(typing, binary)
    typing.close()


def test_closing_ends_the_process_even_while_it_is_asked(typing: Typing, binary: Run) -> None:
    first = pid(typing, binary)
    lines: list[str] = []

    def ask() -> None:
        try:
            typing.read(binary, "hang", None)
        except UnavailableError as error:
            lines.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    typing.close()
    asking.join(timeout=20)
    # Where closing came first, the text started a process of its own.
    typing.close()
    asking.join(timeout=20)
    assert not asking.is_alive() and len(lines) == 1 and is_gone(first)
    assert processes(typing) == []


def test_more_texts_than_the_server_can_spare_threads_for_are_refused(
    typing: Typing, binary: Run
) -> None:
    pid(typing, binary)
    (model,) = typing.loaded()
    model.users += MAX_AT_ONCE
    with pytest.raises(BusyError, match="other texts are being read"):
        typing.read(binary, "a", None)
    model.users -= MAX_AT_ONCE
    assert pid(typing, binary)


ENDS = """
import sys
from stateline.app.typed.client import Typing
from stateline.store.reader import open_run
from tests.app.typed.test_client import stand_in
typing = Typing(stand_in)
print(typing.read(open_run(sys.argv[1]), "a", None)["facts"]["pid"])
"""


def test_the_process_ends_with_the_app(binary_run: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS, binary_run],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert not alive(int(done.stdout))


# Where typing is not possible


@pytest.fixture
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    found = typed.find_spec
    monkeypatch.setattr(
        typed, "find_spec", lambda name: None if name == "tensorflow" else found(name)
    )


def test_without_tensorflow_a_line_says_what_to_install(
    without_tensorflow: None, binary: Run
) -> None:
    line = str(typed.typing_problem(binary))
    assert "tensorflow" in line and "make setup" in line and "\n" not in line
    with pytest.raises(UnavailableError, match="tensorflow"):
        Typing(stand_in).read(binary, "a", None)


def test_without_its_model_a_run_says_so(binary: Run, tmp_path: Path) -> None:
    shutil.copytree(binary.folder, tmp_path / "binary")
    (tmp_path / "binary" / MODEL).unlink()
    bare = Run(tmp_path / "binary", binary.manifest, binary.checksum)
    line = str(typed.typing_problem(bare))
    assert line.startswith("run binary: ") and MODEL in line and "make run RUN=binary" in line
    assert typed.typing_problem(binary) is None


def test_asking_whether_typing_is_possible_loads_nothing(binary_run: Path) -> None:
    script = (
        "import sys; from stateline.app.typed.client import typing_problem; "
        "from stateline.store.reader import open_run; "
        "typing_problem(open_run(sys.argv[1])); "
        "print(sorted(set(sys.modules) & {'tensorflow', 'keras', 'sklearn', 'stateline.pipeline'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, binary_run], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_page_knows_whether_a_text_can_be_typed(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def facts() -> dict:
        app = create_app(store)
        from stateline.app.explore import page as explore

        with app.server.test_request_context():
            return explore.layout(run="binary").children[-1].data

    assert facts()["cannotType"] is None and facts()["mostSteps"] == 9
    monkeypatch.setattr(typed, "find_spec", lambda _: None)
    assert "is not installed" in facts()["cannotType"]


# The route


@pytest.fixture
def asked(store: Path) -> Iterator[FlaskClient]:
    """Client of an app that asks the stand-in."""
    server = create_app(store).server
    server.extensions[typed.EXTENSION] = made = Typing(stand_in)
    yield server.test_client()
    made.close()


def test_the_route_hands_on_the_answer_and_forbids_keeping_it(
    asked: FlaskClient, binary: Run
) -> None:
    answer = asked.post("/data/binary/typed", json={"text": "good film", "projection": "lstm-pca"})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.json["facts"]["projection"] == "lstm-pca"
    assert asked.post("/data/binary/typed", json={"text": "x"}).json["facts"]["projection"] == (
        binary.manifest.default_projection
    )
    longest = asked.post("/data/binary/typed", json={"text": "é" * MAX_CHARACTERS})
    assert longest.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None, [], "x", 5, True, {}, {"text": None}, {"text": 5}, {"text": ["a"]}, {"text": {}},
        {"text": "a" * (MAX_CHARACTERS + 1)}, {"text": "half \ud800 a character"},
        {"text": "a", "projection": 5}, {"text": "a", "projection": ["lstm-pca"]},
    ],
)  # fmt: skip
def test_a_hostile_body_is_a_400_of_one_line(asked: FlaskClient, body: object) -> None:
    answer = asked.post("/data/binary/typed", json=body)
    assert answer.status_code == 400
    assert "\n" not in answer.text and len(answer.text) < 300 and "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"text": "a"}', "text/plain"),
        (b'{"text": "a"}', None),
        (b"text=a", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"text":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "application/json"),
    ],
)
def test_what_is_not_sent_as_json_is_a_400(
    asked: FlaskClient, data: bytes, kind: str | None
) -> None:
    assert asked.post("/data/binary/typed", data=data, content_type=kind).status_code == 400


def test_what_does_not_exist_is_a_404(asked: FlaskClient) -> None:
    assert asked.post("/data/nothing/typed", json={"text": "a"}).status_code == 404
    other = asked.post("/data/binary/typed", json={"text": "a", "projection": "lstm-umap"})
    assert other.status_code == 404 and "lstm-pca, lstm-tsne" in other.text
    assert asked.get("/data/binary/typed").status_code == 404
    huge = json.dumps({"text": "a" * 2_000_000})
    answer = asked.post("/data/binary/typed", data=huge, content_type="application/json")
    assert answer.status_code in (400, 413)


def test_the_route_of_the_loading_is_kept_by_no_browser(asked: FlaskClient) -> None:
    answer = asked.get("/data/binary/loading")
    assert answer.json == {"stage": None, "seconds": None, "last": None}
    assert answer.headers["Cache-Control"] == "no-store"
    asked.post("/data/binary/typed", json={"text": "a"})
    assert asked.get("/data/binary/loading").json["last"] is not None
    assert asked.get("/data/nothing/loading").status_code == 404


def test_a_model_that_is_not_there_is_a_503_of_one_line(asked: FlaskClient) -> None:
    answer = asked.post("/data/binary/typed", json={"text": "end"})
    assert answer.status_code == 503 and answer.text.startswith("typing: ")
    assert asked.post("/data/binary/typed", json={"text": "a"}).status_code == 200
    refused = asked.post("/data/binary/typed", json={"text": "refuse"})
    assert refused.status_code == 400 and refused.text.startswith("text: it holds no word")


def test_a_file_that_is_no_model_is_one_line(binary: Run) -> None:
    """The real worker, on a run whose model is none."""
    typing = Typing()
    with pytest.raises(UnavailableError, match=f"{MODEL}: is not a model in Keras' own format"):
        typing.read(open_run(binary.folder), "a", None)
    assert processes(typing) == []
