"""Verification of the files of runs: at once where they are small, else in the background."""

import threading
from collections import deque
from collections.abc import Iterable

from stateline.store.errors import StatelineError
from stateline.store.reader import Run

# Bytes that are verified while a request waits, which takes about a quarter of a second.
AT_ONCE_BYTES = 32 * 2**20


class BackgroundVerification:
    """Verify every file of runs, one run after the other.

    A run keeps its first fault, see `store.verify.Verification`. A request that needs a file which
    has not had its turn verifies it itself.
    """

    def __init__(self) -> None:
        self._queue: deque[Run] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, runs: Iterable[Run]) -> None:
        """Verify runs, the small ones before this returns: up to AT_ONCE_BYTES together."""
        left, later = AT_ONCE_BYTES, []
        for run in sorted(runs, key=open_bytes):
            size = open_bytes(run)
            if size <= left:
                verify_all(run)
                left -= size
            else:
                later.append(run)
        with self._lock:
            self._queue = deque(later)
            if later and self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="verification")
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._thread = None
                    return
                run = self._queue.popleft()
            verify_all(run)


def verify_all(run: Run) -> None:
    """Verify every file of a run that was not verified yet, up to the first fault."""
    try:
        for name in run.files.names:
            run.verify(name)
    except (StatelineError, OSError):
        return  # the run keeps its fault; one that was rebuilt or is gone is found anew


def open_bytes(run: Run) -> int:
    """Return the bytes of a run's files that are still to be verified; 0 where one is damaged."""
    return 0 if run.files.fault else run.files.total_bytes - run.files.verified_bytes
