"""Sharing a run, and the store's README."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stateline.store.archive import share_run
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.lock import acquire
from stateline.store.manifest.checksum import KEY
from stateline.store.manifest.models import Manifest
from stateline.store.reader import open_run
from stateline.store.schema import STEP_ROWS_PER_GROUP
from stateline.store.schema.dictionary import dictionary
from tests.store.manifest_keys import keys

ROOT = Path(__file__).parents[2]
README = (ROOT / "store" / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


def test_a_shared_run_unpacks_elsewhere_and_passes_its_check(run: Path, tmp_path: Path) -> None:
    archive = share_run(run, tmp_path / "for a colleague.zip")
    with zipfile.ZipFile(archive) as packed:
        assert {name.split("/")[0] for name in packed.namelist()} == {"synthetic"}
        packed.extractall(tmp_path / "elsewhere")
    assert check_run(tmp_path / "elsewhere" / "synthetic").lines() == check_run(run).lines()


def test_an_archive_is_named_after_the_run_and_put_in_the_current_folder(
    run: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert share_run(run) == Path("synthetic.zip")
    assert share_run(run, tmp_path) == tmp_path / "synthetic.zip"
    assert os.listdir(tmp_path) == ["synthetic.zip"]


def test_a_damaged_run_is_not_shared_and_the_old_archive_stays(copy: Path, tmp_path: Path) -> None:
    archive = tmp_path / "synthetic.zip"
    archive.write_bytes(b"old")
    (copy / "model.keras").write_bytes(b"a model would be hero")
    with pytest.raises(StatelineError, match="not what was written"):
        share_run(copy, archive)
    assert archive.read_bytes() == b"old"


def test_an_archive_that_cannot_be_written_is_said_in_one_line(run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for parent in ("nowhere", "file"):
        with pytest.raises(StatelineError, match=r"cannot be written .* --out FILE"):
            share_run(run, tmp_path / parent / "run.zip")


def test_a_full_disk_leaves_no_half_archive(run: Path, tmp_path: Path, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(StatelineError, match="No space left"):
        share_run(run, tmp_path / "run.zip")
    assert not os.listdir(tmp_path)


def test_the_archive_that_a_killed_writer_began_is_removed(run: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a [run].zip"
    for name in (".a [run].zip.tmp-1", ".a [run].zip.tmp-2", ".other.zip.tmp-1"):
        (tmp_path / name).write_text("half")
    living = acquire(tmp_path / ".a [run].zip.tmp-2")
    share_run(run, archive)
    os.close(living)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"a [run].zip", ".a [run].zip.tmp-2", ".other.zip.tmp-1"}


def test_a_copy_under_another_name_is_still_the_run_that_its_manifest_names(
    run: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(run, tmp_path / "copied"))
    assert check_run(copied).run == open_run(copied).name == "synthetic"
    assert "a copy of the folder may be called otherwise" in README


def test_the_store_unpickles_nothing_and_loads_no_model() -> None:
    # A run may come from a stranger: whatever it holds, it is data.
    for path in (ROOT / "store").rglob("[!.]*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module] if isinstance(node, ast.ImportFrom)
                         else [alias.name for alias in node.names])
        }  # fmt: skip
        assert not modules & {"pickle", "marshal", "shelve", "joblib", "keras", "tensorflow"}, path
        called = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & {"load", "read_pickle", "load_model", "deserialize"}, path


def test_readme_holds_the_dictionary_that_the_schema_prints() -> None:
    held = README.partition("<!-- dictionary -->\n\n")[2].partition("<!-- end of dictionary -->")[0]
    assert held.rstrip() == dictionary().rstrip()


def test_readme_says_how_many_steps_a_row_group_holds() -> None:
    assert f"row groups hold {STEP_ROWS_PER_GROUP:,} steps" in README


def test_readme_explains_every_key_of_the_manifest() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", README.partition("## Manifest")[2], re.M))
    assert list(rows) == [*Manifest.model_fields, KEY]
    paths = [[part for part in path if part != 0] for path in keys()]
    for key, name in (path for path in paths if len(path) == 2):
        assert name.removesuffix("s") in rows[key], f"{key}.{name}"


@pytest.mark.slow
def test_readme_ways_of_reading_work(run: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(examples) == 4
    for code in examples:
        library = re.search(r"^(?:import|from) (\w+)", code)[1]
        if library == "duckdb" and not installed(library):
            continue
        code = code.replace("store/data/demo-reviews", str(run)).replace("of(3", "of(1")
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def installed(library: str) -> bool:
    """Whether a library can be imported."""
    from importlib.util import find_spec

    return find_spec(library) is not None
