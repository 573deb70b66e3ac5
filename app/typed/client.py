"""Typed texts, which a process of their own reads with the model.

The app never loads TensorFlow. It keeps at most one such process,
`python -m stateline.pipeline.live.worker`, of the last run requested, and ends it after a
while without a text.
"""

import atexit
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import polars as pl
from flask import current_app

from stateline.app.queries.explanation import evidence
from stateline.app.queries.run import EXPECTED_COLUMNS, expected_bins
from stateline.app.typed.loading import Loading, progress
from stateline.app.typed.worker import TextError, UnavailableError, Worker, as_error
from stateline.store.errors import rebuild
from stateline.store.reader import Run
from stateline.store.schema import MODEL, STEPS, polars_schema

EXTENSION = "stateline-typed"
NEEDED = ("tensorflow", "sklearn")
MAX_CHARACTERS = 20_000
MAX_AT_ONCE = 3  # requests; more would keep the server's threads from all other pages
START_SECONDS = 180.0  # TensorFlow from a cold disk
ANSWER_SECONDS = 60.0
IDLE_SECONDS = 600.0


def typing_problem(run: Run) -> UnavailableError | None:
    """Return why no text can be read by a run's model, and the fix; None where one can."""
    if run.kind != "text":
        return UnavailableError(f"run {run.name}", "its model reads numbers, not a text")
    return model_problem(run, "a text is read")


def model_problem(run: Run, what: str) -> UnavailableError | None:
    """Return why a run's model cannot be used, and the fix; None where it can.

    Nothing is imported to find out.

    what  is done by it, the beginning of a sentence
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        return UnavailableError(
            "typing",
            f"{what} by the model itself, which needs {missing[0]}; it is not installed",
            fix='Install it and start the app again: pip install ".[keras]", or in a checkout '
            "make setup",
        )
    if run.manifest.model.file is None:
        return UnavailableError(
            f"run {run.name}",
            f"{what} by the model itself, and this run was made from arrays of states",
        )
    if not (run.folder / MODEL).is_file():
        return UnavailableError(
            f"run {run.name}",
            f"{what} by the model itself, and {MODEL} is not in the run's folder",
            fix=f"Copy it there. {rebuild(run.name)}",
        )
    return None


def parse_typed(body: object) -> tuple[str, str | None]:
    """Text and projection of a request's body.

    raises  TextError  the body is no object, or a value of it is none that can be read
    """
    if not isinstance(body, dict):
        raise TextError("body", "not a JSON object", expected='{"text": ...}, sent as JSON')
    text, projection = parse_text(body.get("text")), body.get("projection")
    if projection is not None and not isinstance(projection, str):
        raise TextError("projection", "not a name", got=repr(projection)[:80])
    return text, projection


def parse_text(text: object) -> str:
    """Return a text as somebody may type it.

    raises  TextError  it is not a text, or too long
    """
    if not isinstance(text, str) or not is_whole(text):
        raise TextError("text", "not a text", got=repr(text)[:80])
    if len(text) > MAX_CHARACTERS:
        most = f"{MAX_CHARACTERS:,} characters at the most"
        raise TextError("text", "too long", expected=most, got=f"{len(text):,}")
    return text


def is_whole(text: str) -> bool:
    """Whether it can be written down: JSON allows halves of characters, which nothing else does."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def typing() -> "Typing":
    """Return what reads texts for the app that answers the current request."""
    return cast(Typing, current_app.extensions[EXTENSION])


def worker_command(run: Run) -> list[str]:
    """Return the command that reads texts with a run's model."""
    return [
        sys.executable,
        "-m",
        "stateline.pipeline.live.worker",
        "--run",
        str(run.folder.resolve()),
    ]


class Typing:
    """The one worker of an app; its methods may be called by any thread.

    command  what to start for a run
    idle     seconds without a text after which the worker is let go
    """

    def __init__(
        self,
        command: Callable[[Run], list[str]] = worker_command,
        start_seconds: float = START_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.command = command
        self.start_seconds, self.answer_seconds = start_seconds, answer_seconds
        self.idle_seconds = idle_seconds
        self.worker: Worker | None = None
        self._of: tuple[Path, str] | None = None  # folder and checksum of the worker's run
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_AT_ONCE)
        self._timer: threading.Timer | None = None
        self._requests = 0
        # Read without the lock, which the thread that loads a model holds all the while.
        self._loading: Loading | None = None
        self._load_seconds: float | None = None  # that the last loading took

    def progress(self, run: Run) -> dict[str, Any]:
        """Return what is being loaded for a run, see stateline.app.typed.loading."""
        return progress(self._loading, run.name, self._load_seconds)

    def read(self, run: Run, text: str, projection: str | None) -> dict[str, Any]:
        """Return the answer of a run's model to a text, as the page draws it.

        returns  the answer of stateline.pipeline.live.worker, with the colour bin of each step
        raises   TextError         this text cannot be read
                 UnavailableError  nor could any other
        """
        problem = typing_problem(run) if run.kind != "text" else None
        if problem:
            raise problem
        return with_bins(run, self._answer(run, {"text": text, "projection": projection}))

    def attribute(self, run: Run, request: dict[str, Any]) -> dict[str, Any]:
        """Return the contribution of each step to a class, as a run's model computes it.

        request  see stateline.pipeline.live.worker
        returns  the answer of stateline.pipeline.live.attribution
        raises   as `read`
        """
        return self._answer(run, {"attribute": request})

    def _answer(self, run: Run, request: dict[str, Any]) -> dict[str, Any]:
        """One question to the worker, as soon as it is free."""
        if not self._waiting.acquire(blocking=False):
            raise UnavailableError(
                "typing", "other texts are being read", fix="Run the text again in a moment"
            )
        try:
            with self._lock:
                answer = self._ask(run, request)
        finally:
            self._waiting.release()
        if "error" in answer:
            raise as_error(TextError, answer["error"])
        return answer

    def close(self) -> None:
        """End the worker, if there is one."""
        worker = self.worker
        if worker:
            worker.process.kill()  # Wakes a thread that holds the lock and waits for an answer.
        with self._lock:
            self._end()

    def _ask(self, run: Run, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request to the run's worker; one that fails is ended."""
        self._requests += 1
        try:
            worker = self._worker_of(run)
            worker.send(request)
            answer = worker.receive(self.answer_seconds)
        except BaseException:
            self._end()
            raise
        self._wait_idly()
        return answer

    def _worker_of(self, run: Run) -> Worker:
        """The worker that holds the run as it is now, started where it is another or none."""
        wanted = (run.folder, run.checksum)
        if self.worker and self._of == wanted and self.worker.process.poll() is None:
            return self.worker
        self._end()
        problem = model_problem(run, "it is answered")
        if problem:
            raise problem
        run.verify(MODEL)
        self._loading = begun = Loading(run.name)
        try:
            self.worker, self._of = Worker(self.command(run)), wanted
            atexit.register(self.close)
            self._load(self.worker, begun)
            self._load_seconds = round(begun.seconds, 1)
        finally:
            self._loading = None
        return self.worker

    def _load(self, worker: Worker, begun: Loading) -> None:
        """Wait until the worker has loaded its model, and note each stage.

        raises  UnavailableError  it cannot be loaded, or takes longer than `start_seconds`
        """
        said = worker.receive(self.start_seconds)
        while "stage" in said:
            self._loading = replace(begun, stage=str(said["stage"]))
            said = worker.receive(max(0.0, self.start_seconds - begun.seconds))
        if "error" in said:
            raise as_error(UnavailableError, said["error"])

    def _wait_idly(self) -> None:
        """End the worker after a while without a request."""
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(self.idle_seconds, self._let_go, [self._requests])
        self._timer.daemon = True
        self._timer.start()

    def _let_go(self, requests: int) -> None:
        with self._lock:
            if self._requests == requests:
                self._end()

    def _end(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self.worker:
            self.worker.close()
            atexit.unregister(self.close)
        self.worker = self._of = self._timer = None


def with_bins(run: Run, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with each step's colour bin and with its evidence, as stored sequences have it."""
    types = polars_schema(run.columns[STEPS])
    columns = {name: answer["steps"][name] for name in EXPECTED_COLUMNS}
    steps = pl.DataFrame(columns, schema={name: types[name] for name in EXPECTED_COLUMNS})
    found = evidence(run, answer["facts"], answer["steps"])
    return answer | {"steps": answer["steps"] | {"bin": expected_bins(steps, run).tolist()}} | found
