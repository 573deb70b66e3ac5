"""The indexes of nearest states that are open, each with its process."""

import atexit
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from stateline.store.errors import StatelineError
from stateline.store.files import Identity, file_identity
from stateline.store.index.search import OpenIndex
from stateline.store.reader import Run
from stateline.store.schema import index_file

MAX_OPEN = 2  # each holds its file in memory

Key = tuple[Path, str, str]


class Indexes:
    """Indexes by run and layer, the least recently used ended; safe to use from several threads.

    An index that could not be opened or searched is not tried again until its file changes: each
    request answers with the same line.
    """

    def __init__(self, limit: int = MAX_OPEN) -> None:
        self._limit = limit
        self._open: OrderedDict[Key, OpenIndex] = OrderedDict()
        self._failed: dict[Key, tuple[Identity | None, str]] = {}
        self._lock = Lock()

    @contextmanager
    def open(self, run: Run, layer: str) -> Iterator[OpenIndex]:
        """Give the index of a layer, which stays open afterwards.

        raises  StatelineError  it cannot be opened or searched
        """
        key = (run.folder, run.checksum, layer)
        path = run.folder / index_file(layer)
        with self._lock:
            identity, line = self._failed.get(key, (None, ""))
            if line and identity == file_identity(path):
                raise StatelineError.from_line(line)
            try:
                index = self._opened(key, run, layer)
                yield index
            except StatelineError as error:
                self._failed[key] = (file_identity(path), str(error))
                self._end(key)
                raise

    def close(self) -> None:
        """End every process."""
        for index in list(self._open.values()):
            index.close()

    def _opened(self, key: Key, run: Run, layer: str) -> OpenIndex:
        if key in self._open and self._open[key].ended:
            self._end(key)
        if key not in self._open:
            while len(self._open) >= self._limit:
                self._end(next(iter(self._open)))
            self._open[key] = OpenIndex(run, layer)
        self._open.move_to_end(key)
        return self._open[key]

    def _end(self, key: Key) -> None:
        index = self._open.pop(key, None)
        if index is not None:
            index.close()


# Of the whole app: a process of its own for each index in use.
INDEXES = Indexes()
atexit.register(INDEXES.close)
