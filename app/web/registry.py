"""Runs of the store, found anew whenever its files change, and opened once until then."""

from pathlib import Path
from threading import Lock
from typing import cast

from flask import current_app

from stateline.app.web.verification import BackgroundVerification
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from stateline.store.runs import BrokenRun, find_runs
from stateline.store.schema import MANIFEST

EXTENSION = "stateline"

MAX_CHARACTERS = 200  # of a word on a page; a longer one is cut and tells its length

Stamp = tuple[tuple[str, int, int], ...]


class Registry:
    """The runs that the app may show; the only way from a run's name to its folder.

    Files are verified when a run is found, large ones in the background; none is read before. A run
    with a file that is not what was written is broken from then on, until its files change.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self._stamps: dict[Path, Stamp] | None = None
        self._runs: dict[str, Run] = {}
        self._broken: list[BrokenRun] = []
        self._verification = BackgroundVerification()
        self._lock = Lock()

    def runs(self) -> list[Run]:
        """Every whole run, by name."""
        return self._look()[0]

    def broken(self) -> list[BrokenRun]:
        """Runs that cannot be opened, each with the line that says why."""
        return self._look()[1]

    def run(self, name: object) -> Run:
        """Return the run of a name.

        raises  StatelineError  no run has that name, saying which exist; or it cannot be opened
        """
        runs, broken = self._look()
        for run in runs:
            if run.name == name:
                return run
        for bad in broken:
            if bad.name == name:
                raise StatelineError(f"run {bad.name}", bad.message)
        raise StatelineError(
            "run",
            "there is no such run in this store",
            expected=f"one of {', '.join(run.name for run in runs) or 'none yet'}",
            got=repr(name)[:80],
        )

    def _look(self) -> tuple[list[Run], list[BrokenRun]]:
        stamps = _stamps(self.store)
        with self._lock:
            if stamps != self._stamps:
                self._runs, self._broken = self._find(stamps)
                self._stamps = stamps
            found, broken = list(self._runs.values()), list(self._broken)
        # What was found since by reading, or by the verification behind.
        faulty = [
            BrokenRun(run.folder.name, str(run.files.fault)) for run in found if run.files.fault
        ]
        return [run for run in found if not run.files.fault], [*broken, *faulty]

    def _find(self, stamps: dict[Path, Stamp]) -> tuple[dict[str, Run], list[BrokenRun]]:
        """Runs by name, and those that are broken, from files of these stamps."""
        found, broken = find_runs(self.store)
        before = self._stamps or {}
        # An unchanged run keeps its open handle and whatever that has read already.
        held = {
            (run.folder, run.checksum): run
            for run in self._runs.values()
            if before.get(run.folder) == stamps.get(run.folder)
        }
        runs: dict[str, Run] = {}
        for run in found:
            if run.name in runs:
                broken.append(_twin(run, runs[run.name]))
            else:
                runs[run.name] = held.get((run.folder, run.checksum), run)
                runs[run.name].tables.max_characters = MAX_CHARACTERS
        self._verification.start(runs.values())
        return runs, broken


def _twin(run: Run, first: Run) -> BrokenRun:
    """A run whose name another folder has already: an address can lead to one of them only."""
    line = StatelineError(
        run.folder,
        f"its manifest says run {run.name}, which is already the name of {first.folder}",
        fix="Move one of the two to another store",
    )
    return BrokenRun(run.folder.name, str(line))


def _stamps(store: Path) -> dict[Path, Stamp]:
    """Name, time and size of every file of every run, by its folder: tells that one changed."""
    if not store.is_dir():
        return {}
    folders = sorted(path for path in store.iterdir() if path.is_dir() and path.name[0] != ".")
    return {folder: _stamp(folder) for folder in (store, *folders)}


def _stamp(folder: Path) -> Stamp:
    if not (folder / MANIFEST).is_file():
        return ()
    entries = []
    for path in sorted((*folder.glob("*.*"), *folder.glob("*/*.*"))):
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # The run is being replaced: the next request sees it whole.
        entries.append((str(path), facts.st_mtime_ns, facts.st_size))
    return tuple(entries)


def current() -> Registry:
    """Return the registry of the app that answers the current request."""
    return cast(Registry, current_app.extensions[EXTENSION])
