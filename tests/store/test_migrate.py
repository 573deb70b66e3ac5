"""Runs of older schema versions, brought to the present one without their model."""

import json
import os
import shutil
from pathlib import Path

import pytest

from stateline.cli.main import main
from stateline.store import migrate
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.migrate import migrate_run
from stateline.store.reader import open_run
from stateline.store.schema import MANIFEST, SCHEMA_VERSION
from tests.store.damage import change_table


def age(folder: Path, version: int, refit: bool = True) -> Path:
    """Make the manifest of a run one of an older version, with or without `refit_epochs`."""
    content = json.loads((folder / MANIFEST).read_text()) | {"schema_version": version}
    content.pop("sha256", None)
    if not refit:
        content["model"].pop("refit_epochs", None)
    (folder / MANIFEST).write_text(json.dumps(content))
    return folder


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("refit", [True, False])
def test_a_run_of_version_4_is_brought_over_and_keeps_its_tables(copy: Path, refit: bool) -> None:
    before = files(age(copy, 4, refit))
    with pytest.raises(StatelineError, match="got 4. Bring it to this version, or see what"):
        open_run(copy)
    assert migrate_run(copy) == 4
    check_run(copy)
    after = files(copy)
    assert {name for name in after if after[name] != before.get(name)} == {MANIFEST}
    assert open_run(copy).manifest.model.refit_epochs is None
    assert sorted(path.name for path in copy.parent.iterdir()) == ["synthetic"]
    assert migrate_run(copy) == SCHEMA_VERSION and files(copy) == after


def test_a_run_that_fails_its_check_stays_as_it_was(copy: Path) -> None:
    table = age(copy, 4) / "contexts/lstm.parquet"
    table.write_bytes(table.read_bytes()[::-1])
    before = files(copy)
    with pytest.raises(StatelineError, match="contexts/lstm.parquet"):
        migrate_run(copy)
    assert files(copy) == before
    assert [path.name for path in copy.parent.iterdir()] == ["synthetic"]


def test_a_disk_that_cannot_be_written_leaves_the_run_as_it_was(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    before = files(age(copy, 4))
    monkeypatch.setattr(migrate, "copy_files", full)
    with pytest.raises(StatelineError, match="No space left on device.*The run is as it was"):
        migrate_run(copy)
    assert files(copy) == before


def test_what_a_run_of_version_3_lacks_is_said(copy: Path) -> None:
    age(copy, 3)
    change_table(copy, "words.parquet", lambda table: table.drop("q", "finding"))
    age(copy, 3, refit=False)
    change_table(copy, "projections/lstm-pca.parquet", lambda table: table.drop("fitted"))
    with pytest.raises(StatelineError) as caught:
        migrate_run(copy)
    line = str(caught.value)
    assert r"projections (fitted); words.parquet (q, finding); in the manifest" in line
    assert line.endswith("make run RUN=synthetic") and "\n" not in line


@pytest.mark.parametrize(
    ("version", "says"),
    [(2, "expected 3 or 4, got 2"), (9, "expected 3 or 4"), ("4", "key schema")],
)
def test_other_versions_are_refused(copy: Path, version: int, says: str) -> None:
    with pytest.raises(StatelineError, match=says):
        migrate_run(age(copy, version))


@pytest.mark.parametrize("content", ["{", "[]", '{"schema_version": 4}', '{"run": "x"}'])
def test_a_manifest_that_is_none_is_refused(copy: Path, content: str) -> None:
    (copy / MANIFEST).write_text(content)
    with pytest.raises(StatelineError, match=MANIFEST):
        migrate_run(copy)


def test_the_command_says_what_it_did(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(copy, 4)
    assert main(["migrate", str(copy)]) == main(["migrate", str(copy)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{copy}: migrated from schema version 4 to {SCHEMA_VERSION}",
        f"{copy}: is of schema version {SCHEMA_VERSION} already",
    ]
