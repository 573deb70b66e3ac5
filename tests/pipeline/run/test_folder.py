"""Folders of intermediate files: temporary ones go, also those of a call that was killed."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from stateline.pipeline.run.folder import build_folder
from stateline.store.errors import StatelineError

ROOT = Path(__file__).parents[3]
HOLD = (
    "import sys\nfrom stateline.pipeline.run.folder import build_folder\n"
    "with build_folder(None, 'mine') as paths:\n"
    "    (paths.root / 'states.npy').write_text('x')\n"
    "    print(paths.build, flush=True)\n"
    "    sys.stdin.readline()\n"
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for temporary files, of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_the_folder_of_a_killed_call_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    (tmp_path / "stateline-build-notes").mkdir()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, text=True, **pipes) as other:
        folder = Path(other.stdout.readline().strip())
        with build_folder(None, "mine") as paths:
            assert folder.exists() and paths.build != folder
        assert folder.exists() and not paths.build.exists()
        other.send_signal(signal.SIGKILL)
    assert folder.exists()
    with build_folder(None, "mine"):
        assert not folder.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["stateline-build-notes"]


def test_a_kept_folder_is_built_in_by_one(tmp_path: Path) -> None:
    with build_folder(tmp_path / "build", "mine") as paths:
        (paths.root / ".train.tmp-1").mkdir()
        (paths.root / "settings").mkdir()
        (paths.root / "settings" / "train.json.tmp-1").touch()
    with build_folder(tmp_path / "build", "mine"), build_folder(tmp_path / "build", "other"):
        assert sorted(path.name for path in paths.root.rglob("*")) == ["lock", "settings"]
    (tmp_path / "file").touch()
    with (
        pytest.raises(StatelineError, match="cannot be written"),
        build_folder(tmp_path / "file", "mine"),
    ):
        pass
