"""`stateline check|share|list|dictionary`."""

import shutil
from pathlib import Path

import pytest

from stateline.cli.main import main
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError, printable
from stateline.store.schema.dictionary import dictionary
from tests.store.damage import change_manifest

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


def test_check_prints_a_line_a_check_and_exits_with_0(run: Path, capsys: Captured) -> None:
    assert main(["check", str(run)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{run}: whole"
    assert len(lines) == len(check_run(run).lines()) + 1


def test_check_takes_several_runs(run: Path, binary_run: Path, capsys: Captured) -> None:
    assert main(["check", str(run), str(binary_run)]) == 0
    said = capsys.readouterr().out
    assert f"{run}: whole" in said and f"{binary_run}: whole" in said


@pytest.mark.parametrize("command", ["check", "share"])
def test_a_damaged_run_is_one_line_on_stderr_and_exit_code_2(
    command: str, copy: Path, capsys: Captured
) -> None:
    (copy / "steps.parquet").write_bytes(b"")
    assert main([command, str(copy)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and not said.out


def test_list_names_runs_and_tells_of_broken_ones(copy: Path, capsys: Captured) -> None:
    broken = Path(shutil.copytree(copy, copy.parent / "broken"))
    (broken / "manifest.json").unlink()
    assert main(["list", str(copy.parent)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("synthetic: Synthetic, 5 sequences, 18 states, ")
    assert "broken/manifest.json: missing" in told.err


def test_list_takes_the_store_of_the_environment(
    store: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE", str(store))
    assert main(["list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_share_tells_where_the_archive_is(run: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["share", str(run), "--out", str(tmp_path / "a.zip")]) == 0
    assert str(tmp_path / "a.zip") in capsys.readouterr().out


def test_dictionary_prints_that_of_the_schema(capsys: Captured) -> None:
    assert main(["dictionary"]) == 0
    assert capsys.readouterr().out == dictionary()


ESCAPE = "\x1b]0;owned\x07\x1b[31m\u202e"


@pytest.mark.parametrize("command", ["list", "check", "share", "migrate"])
def test_no_command_prints_what_a_terminal_obeys(
    command: str, copy: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy.parent)
    change_manifest(copy, lambda manifest: manifest["corpus"].update(name=f"mine{ESCAPE}"))
    broken = copy.parent / f"broken{ESCAPE}"
    shutil.copytree(copy, broken)
    (broken / "steps.parquet").write_bytes(b"")
    for folder in (copy.parent, copy, broken):
        main([command, str(folder)])
    said = "".join(capsys.readouterr())
    assert said and not set(said) & set(ESCAPE[:2] + "\x07\u202e") - {"]"}
    assert "\\x1b]0;owned\\x07" in said


def test_a_message_shows_control_characters() -> None:
    assert printable("a\x1b[0m\u202eb\udc80 é 🙂") == "a\\x1b[0m\\u202eb\\udc80 é 🙂"
    line = str(StatelineError("here\x07", "what\nelse\x1b"))
    assert line == "here\\x07: what else\\x1b"
