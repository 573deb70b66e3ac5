"""Runs that come, change, break and go while the app is open."""

import os
import shutil
from pathlib import Path

import pytest

from stateline.app.web.registry import Registry
from stateline.store.errors import StatelineError
from stateline.store.schema import MANIFEST
from tests.synthetic import synthetic_run


def names(registry: Registry) -> list[str]:
    return [run.name for run in registry.runs()]


def test_an_empty_or_missing_store_has_no_runs(tmp_path: Path) -> None:
    assert names(Registry(tmp_path)) == []
    assert names(Registry(tmp_path / "missing")) == []


def test_a_new_run_appears_and_a_removed_one_goes(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    assert names(registry) == []
    folder = synthetic_run(tmp_path, "first")
    assert names(registry) == ["first"]
    shutil.rmtree(folder)
    assert names(registry) == []
    with pytest.raises(StatelineError, match="no such run in this store; expected one of none yet"):
        registry.run("first")


def test_an_unchanged_run_stays_open_and_a_rebuilt_one_is_opened_anew(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    synthetic_run(tmp_path, "first")
    before = registry.run("first")
    synthetic_run(tmp_path, "second")
    assert registry.run("first") is before
    synthetic_run(tmp_path, "first", seed=5)
    assert registry.run("first").checksum != before.checksum


def test_a_run_cut_short_while_open_is_broken_with_its_line(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    folder = synthetic_run(tmp_path, "first")
    registry.run("first")
    table = folder / "steps.parquet"
    content = table.read_bytes()
    table.unlink()
    table.write_bytes(content[:-9])
    assert names(registry) == []
    assert [broken.name for broken in registry.broken()] == ["first"]
    with pytest.raises(StatelineError, match="cut short or changed") as caught:
        registry.run("first")
    assert "make run RUN=first" in str(caught.value)


def test_one_run_s_folder_is_a_store_of_one(run: Path) -> None:
    assert names(Registry(run)) == ["synthetic"]


def test_a_second_folder_of_the_same_name_is_told_not_hidden(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "first")
    shutil.copytree(folder, tmp_path / "second")
    registry = Registry(tmp_path)
    assert names(registry) == ["first"]
    assert "already the name of" in registry.broken()[0].message


@pytest.mark.parametrize("name", ["..", "../store", "synthetic/../binary", "", None, 7, ["a"], "A"])
def test_only_names_of_runs_found_lead_to_a_folder(store: Path, name: object) -> None:
    with pytest.raises(StatelineError, match="expected one of binary, synthetic"):
        Registry(store).run(name)


def test_a_folder_without_a_manifest_is_broken_or_not_there(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "first")
    registry = Registry(tmp_path)
    assert names(registry) == ["first"]
    (folder / MANIFEST).unlink()
    assert names(registry) == []


def damaged(content: bytes) -> bytes:
    """The same number of bytes, some of them others; the footer stays as it was."""
    return content[:4] + bytes(byte ^ 0xFF for byte in content[4:40]) + content[40:]


@pytest.mark.parametrize("in_place", [True, False])
def test_a_table_of_another_content_under_the_same_manifest_is_refused_until_it_is_back(
    tmp_path: Path, in_place: bool
) -> None:
    registry = Registry(tmp_path)
    table = synthetic_run(tmp_path, "first") / "steps.parquet"
    run = registry.run("first")
    words = run.steps_of(0)["surface"].to_list()
    content = table.read_bytes()

    def write(changed: bytes) -> None:
        if not in_place:
            table.unlink()
        table.write_bytes(changed)

    for _ in range(2):  # Touched again while it is damaged, it stays refused.
        write(damaged(content))
        os.utime(table, ns=(0, table.stat().st_mtime_ns + 1_000))
        with pytest.raises(StatelineError, match="its content is not what was written"):
            registry.run("first")
    write(content)
    os.utime(table, ns=(0, table.stat().st_mtime_ns + 5_000))
    again = registry.run("first")
    assert again.checksum == run.checksum and again is not run
    assert again.steps_of(0)["surface"].to_list() == words


def test_a_run_that_was_copied_anew_is_whole(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    folder = synthetic_run(tmp_path, "first")
    assert names(registry) == ["first"]
    for path in folder.rglob("*.parquet"):
        os.utime(path)
    assert names(registry) == ["first"] and registry.broken() == []
