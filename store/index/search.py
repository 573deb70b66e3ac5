"""Searching the index of a layer's states, in a process that may die of a crafted file."""

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from stateline.store.errors import StatelineError, rebuild
from stateline.store.process import LineProcess
from stateline.store.reader import Run
from stateline.store.schema import INDEX_DEPTH, index_file

WORKER = Path(__file__).with_name("worker.py")
READ_SECONDS = 60.0  # to start, and for each gigabyte of the file
ANSWER_SECONDS = 20.0


class OpenIndex:
    """An open index of the states of one layer; its methods may be called by any thread.

    Its process reads the file whole, compares its SHA-256 with the manifest's, and searches the
    bytes that it compared. Whatever is wrong with the file is one StatelineError, here or later.

    run, layer  a layer that has an index
    """

    def __init__(self, run: Run, layer: str) -> None:
        self.path, self._name = run.folder / index_file(layer), run.name
        self._states, self._units = run.states, run.layer(layer).units
        entry = run.manifest.tables.get(index_file(layer))
        if entry is None:
            raise self._error("is not listed in the manifest")
        shape = (self._states, self._units, INDEX_DEPTH)
        facts = (self.path.resolve(), entry.sha256, entry.bytes, *shape)
        # By its path, with nothing of the current folder in front: it imports libraries only.
        self._process = LineProcess(
            [sys.executable, "-P", str(WORKER), *map(str, facts)], "index-search"
        )
        self._lock = threading.Lock()
        said = self._receive(READ_SECONDS * (1 + entry.bytes / 2**30))
        if "error" in said:
            self.close()
            raise self._error(f"cannot be read as an index ({said['error']})")

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.process.poll() is not None

    def search(self, state: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest states that the index finds, nearest first.

        state    float32 (N,)
        count    of states wanted
        returns  their rows, int64 (k,), each in 0 to M - 1, and squared distances, float64 (k,)
        raises   StatelineError  the index cannot be searched
        """
        said = self._ask({"state": state.tolist(), "count": count})
        rows, squares = np.array(said.get("rows")), np.array(said.get("squares"))
        good = rows.ndim == squares.ndim == 1 and len(rows) == len(squares) <= count
        if good and len(rows):
            good = rows.dtype.kind == "i" and squares.dtype.kind in "fi"
            good = good and rows.min() >= 0 and rows.max() < self._states
        if not good:
            raise self._damaged("it finds states that are none of this layer's")
        return rows.astype(np.int64), squares.astype(np.float64)

    def state(self, row: int) -> np.ndarray | None:
        """Return the state that stands under a row's number, as the index holds it.

        returns  float64 (N,); None where there is none
        raises   StatelineError  the index cannot be searched
        """
        said = self._ask({"row": row}).get("state")
        state = np.array(said, dtype=np.float64) if isinstance(said, list) else None
        return state if state is not None and state.shape == (self._units,) else None

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._process.send(request)
            return self._receive(ANSWER_SECONDS)

    def _receive(self, seconds: float) -> dict[str, Any]:
        """Return the next answer of the process; without one it is ended.

        raises  StatelineError  it has ended, or takes longer
        """
        try:
            said = self._process.receive(seconds)
        except TimeoutError as error:
            self.close()
            raise self._damaged(str(error)) from None
        if said is None:
            self.close()
            raise self._damaged("the process that searched it has ended")
        return said

    def _damaged(self, why: str) -> StatelineError:
        return self._error(f"the index of nearest states cannot be searched ({why})")

    def _error(self, what: str) -> StatelineError:
        return StatelineError(self.path, what, fix=rebuild(self._name))
