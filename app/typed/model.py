"""The model of one run: a process that is started with the first request and ended when idle."""

import atexit
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from stateline.app.typed.loading import Loading
from stateline.app.typed.worker import UnavailableError, Worker


@dataclass(frozen=True)
class Patience:
    """Seconds after which a process is given up.

    start   until the model is loaded
    answer  until a request is answered
    idle    without a request
    """

    start: float = 180.0  # TensorFlow from a cold disk
    answer: float = 60.0
    idle: float = 600.0


class Model:
    """The process that holds the model of a run; it answers one request at a time.

    name     of the run
    command  that starts the process
    users    requests that it answers or that wait for it; as all counts, under the pool's lock
    served   requests so far
    timer    that ends it after a while without a request
    """

    def __init__(self, name: str, command: Sequence[str], patience: Patience) -> None:
        self.name, self.command, self.patience = name, list(command), patience
        self.users = self.served = 0
        self.timer: threading.Timer | None = None
        self.worker: Worker | None = None
        # Read without the lock, which the thread that loads the model holds all the while.
        self.loading: Loading | None = None
        self.load_seconds: float | None = None  # that the last loading took
        self._lock = threading.Lock()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one request, as soon as those before it are answered.

        raises  UnavailableError  the process cannot be started, ends, or takes too long
        """
        with self._lock:
            try:
                worker = self._running()
                worker.send(request)
                return worker.receive(self.patience.answer)
            except BaseException:
                self._end()
                raise

    def end(self) -> None:
        """End the process, if there is one, even while it is asked."""
        worker = self.worker
        if worker:
            worker.process.kill()  # Wakes a thread that holds the lock and waits for an answer.
        with self._lock:
            self._end()

    def _running(self) -> Worker:
        """Return the process with the model loaded; started where there is none."""
        if self.worker and self.worker.process.poll() is None:
            return self.worker
        self._end()
        self.loading = begun = Loading(self.name)
        try:
            self.worker = Worker(self.command)
            atexit.register(self.end)
            self._load(self.worker, begun)
            self.load_seconds = round(begun.seconds, 1)
        finally:
            self.loading = None
        return self.worker

    def _load(self, worker: Worker, begun: Loading) -> None:
        """Wait until the process has loaded its model, and note each stage.

        raises  UnavailableError  it cannot be loaded, or takes longer than `patience.start`
        """
        said = worker.receive(self.patience.start)
        while "stage" in said:
            self.loading = replace(begun, stage=str(said["stage"]))
            said = worker.receive(max(0.0, self.patience.start - begun.seconds))
        if "error" in said:
            raise UnavailableError.from_line(said["error"])

    def _end(self) -> None:
        if self.worker:
            self.worker.close()
            atexit.unregister(self.end)
        self.worker = None
