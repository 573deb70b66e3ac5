"""Runs of the store, found anew whenever its files change, and opened once until then."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from flask import current_app

from store.errors import StatelineError
from store.reader import BrokenRun, Run, find_runs
from store.schema import MANIFEST

EXTENSION = "stateline"

Stamp = tuple[tuple[str, int, int], ...]


class Registry:
    """The runs that the app may show; the only way from a run's name to its folder."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self._stamp: Stamp | None = None
        self._runs: dict[str, Run] = {}
        self._broken: list[BrokenRun] = []
        self._lock = Lock()

    def runs(self) -> list[Run]:
        """Every whole run, by name."""
        return self._look()[0]

    def broken(self) -> list[BrokenRun]:
        """Runs that cannot be opened, each with the line that says why."""
        return self._look()[1]

    def run(self, name: object) -> Run:
        """The run of that name; raises StatelineError that says what exists."""
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
        stamp = tuple(_stamp(self.store))
        with self._lock:
            if stamp != self._stamp:
                found, broken = find_runs(self.store)
                # An unchanged run keeps its open handle and whatever that has read already.
                held = {(run.folder, run.checksum): run for run in self._runs.values()}
                self._runs = {}
                for run in found:
                    if run.name in self._runs:
                        broken.append(_twin(run, self._runs[run.name]))
                    else:
                        self._runs[run.name] = held.get((run.folder, run.checksum), run)
                self._broken, self._stamp = broken, stamp
            return list(self._runs.values()), list(self._broken)


def _twin(run: Run, first: Run) -> BrokenRun:
    """A run whose name another folder has already: an address can lead to one of them only."""
    line = StatelineError(
        run.folder,
        f"its manifest says run {run.name}, which is already the name of {first.folder}",
        mend="Move one of the two to another store",
    )
    return BrokenRun(run.folder.name, str(line))


def _stamp(store: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of every folder and file of every run: tells that something changed."""
    if not store.is_dir():
        return
    folders = sorted(path for path in store.iterdir() if path.is_dir() and path.name[0] != ".")
    for folder in (store, *folders):
        yield str(folder), 0, 0
        if not (folder / MANIFEST).is_file():
            continue
        for path in sorted((*folder.glob("*.*"), *folder.glob("*/*.parquet"))):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue  # The run is being replaced: the next request sees it whole.
            yield str(path), facts.st_mtime_ns, facts.st_size


def current() -> Registry:
    """The registry of the app that answers the present request."""
    return current_app.extensions[EXTENSION]
