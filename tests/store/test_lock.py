"""One lock a run: refused while its holder lives, free whenever that one has ended."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stateline.store.errors import StatelineError
from stateline.store.lock import child_environment, held_locks, locked

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys\nfrom pathlib import Path\nfrom stateline.store.lock import locked\n"
    "with locked(Path(sys.argv[1]), 'mine'):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.readline()\n"
)


def hold(path: Path, **options: object) -> subprocess.Popen:
    """A process that tries to take a lock and then waits for a line."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, text=True, **pipes, **options
    )


def test_another_process_is_named_and_one_that_was_killed_locks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "build" / "lock"
    with hold(path) as other:
        assert other.stdout.readline() == "held\n"
        line = rf"^run mine: is being built by process {other.pid}\. Wait until that ends, stop it"
        with pytest.raises(StatelineError, match=line), locked(path, "mine"):
            pass
        other.send_signal(signal.SIGKILL)
    assert path.exists()
    with locked(path, "mine"):
        assert path.read_text() == f"{os.getpid()}\n"
    assert not path.exists()


def test_those_it_starts_work_under_the_lock_and_others_do_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, "mine"):
        with locked(path, "mine"):
            assert str(path.resolve()) in held_locks()
        with hold(path, env=child_environment()) as child:
            assert child.communicate("\n")[0] == "held\n"
        assert path.exists()
        with hold(path) as stranger:
            assert "is being built by process" in stranger.communicate("\n")[1]
    assert held_locks() == frozenset()


def test_another_thread_is_refused(tmp_path: Path) -> None:
    said: list[str] = []

    def build() -> None:
        try:
            with locked(tmp_path / "lock", "mine"):
                said.append("built")
        except StatelineError as error:
            said.append(str(error))

    with locked(tmp_path / "lock", "mine"):
        other = threading.Thread(target=build)
        other.start()
        other.join()
    assert f"is being built by process {os.getpid()}" in said[0]


def test_a_lock_that_was_removed_in_between_is_taken_anew(tmp_path: Path, monkeypatch) -> None:
    path, opened = tmp_path / "lock", []
    open_file = os.open

    def open_removed(name: Path, *options: int) -> int:
        found = open_file(name, *options)
        if not opened:  # As by a holder that ends just now.
            path.unlink()
        opened.append(found)
        return found

    monkeypatch.setattr(os, "open", open_removed)
    with locked(path, "mine"):
        assert len(opened) == 2 and path.read_text() == f"{os.getpid()}\n"


def test_a_file_system_without_locks_is_said(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.warns(UserWarning, match="has no locks"), locked(tmp_path / "lock", "mine"):
        pass
