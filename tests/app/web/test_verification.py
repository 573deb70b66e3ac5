"""Files of runs are verified before a number of them is shown."""

import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.web import verification
from stateline.app.web.registry import EXTENSION, Registry
from stateline.store import verify
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL
from tests.synthetic import synthetic_run

CONTEXTS = "contexts/lstm.parquet"


def flip(path: Path) -> None:
    """Change one byte of a file, ahead of the footer of a table."""
    content = bytearray(path.read_bytes())
    content[8] ^= 0x40
    path.write_bytes(content)


def until_verified(client: FlaskClient, name: str) -> str:
    """Wait for the end of a verification; return the line of the fault that it found, or ""."""
    for _ in range(200):
        answer = client.get(f"/data/{name}/verification")
        if answer.status_code != 200:
            return answer.text
        if answer.json["verified"] == answer.json["total"]:
            return ""
        time.sleep(0.05)
    raise AssertionError("the verification does not end")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are hashed from now on."""
    found: list[Path] = []
    plain = verify._hash
    monkeypatch.setattr(verify, "_hash", lambda path: found.append(path) or plain(path))
    return found


@pytest.mark.parametrize("file", [CONTEXTS, MODEL, "projections/lstm-pca.parquet"])
def test_a_small_run_with_a_changed_byte_is_broken_before_anything_is_shown(
    tmp_path: Path, file: str
) -> None:
    flip(synthetic_run(tmp_path, "mine") / file)
    synthetic_run(tmp_path, "whole")
    client = create_app(tmp_path).server.test_client()
    assert client.get("/health").json == {"status": "ok", "runs": 1, "broken": 1}
    answer = client.get("/data/mine/sequence/0")
    assert answer.status_code == 404 and f"{file}: its content is not what was" in answer.text


def test_a_large_run_is_verified_behind_the_pages_which_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "AT_ONCE_BYTES", 0)
    flip(synthetic_run(tmp_path, "mine") / CONTEXTS)
    app = create_app(tmp_path)
    client = app.server.test_client()
    line = until_verified(client, "mine")
    assert f"{CONTEXTS}: its content is not what was written" in line
    assert client.get("/health").json["broken"] == 1


def test_a_page_has_the_sign_as_long_as_files_are_to_be_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stateline.app.explore import page as explore
    from tests.app.test_pages import plain

    monkeypatch.setattr(verification, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(verification, "verify_all", lambda run: None)
    synthetic_run(tmp_path, "mine")
    app = create_app(tmp_path)
    sign = "Verifying this run's files"
    with app.server.test_request_context():
        assert sign in plain(explore.layout("mine"))
        run = app.server.extensions[EXTENSION].run("mine")
        for name in run.files.names:
            run.verify(name)
        assert sign not in plain(explore.layout("mine"))


@pytest.mark.parametrize(
    "address", ["units/lstm/unit/0", "sequence/0", "neighbours/0/0", "thumbnail.png"]
)
def test_a_request_that_needs_a_file_before_its_turn_verifies_it_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(verification, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(verification, "verify_all", lambda run: None)
    folder = synthetic_run(tmp_path, "mine")
    for path in folder.glob("*/*.parquet"):
        flip(path)
    client = create_app(tmp_path).server.test_client()
    answer = client.get(f"/data/mine/{address}")
    assert answer.status_code == 404
    assert client.get("/health").json["runs"] in (0, 1)


def test_an_unchanged_file_is_hashed_once_whatever_else_changes(
    tmp_path: Path, hashed: list[Path]
) -> None:
    folder = synthetic_run(tmp_path, "first")
    registry = Registry(tmp_path)
    registry.run("first").steps_of(0)
    hashed.clear()
    registry.run("first").steps_of(1)
    (folder / CONTEXTS).touch()
    registry.run("first").steps_of(2)
    assert hashed == [folder / CONTEXTS]
    assert Registry(tmp_path).run("first").steps_of(2).height
    assert hashed == [folder / CONTEXTS]


def test_a_file_that_is_changed_in_place_between_two_reads_is_noticed(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "first")
    run = Registry(tmp_path).run("first")
    run.steps_of(0)
    flip(folder / "steps.parquet")
    for read in (lambda: run.steps_of(0), lambda: run.scan("steps.parquet")):
        with pytest.raises(StatelineError, match="its content is not what was written"):
            read()
