"""Typed texts, which a process of their own reads with the model.

The app never loads TensorFlow. It keeps such a process, `python -m stateline.pipeline.live.worker`,
of each of the few runs that were last asked for, and ends it after a while without a text.
"""

import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import polars as pl
from flask import current_app

from stateline.app.queries.explanation import evidence
from stateline.app.queries.run import EXPECTED_COLUMNS, expected_bins
from stateline.app.typed.loading import WAITING, Loading, progress
from stateline.app.typed.model import Model, Patience
from stateline.app.typed.worker import TextError, UnavailableError
from stateline.app.web.lanes import busy
from stateline.store.errors import rebuild
from stateline.store.reader import Run
from stateline.store.schema import MODEL, STEPS, polars_schema

EXTENSION = "stateline-typed"
NEEDED = ("tensorflow", "sklearn")
MAX_CHARACTERS = 20_000
MAX_MODELS = 3  # processes, of 0.8 GB or more each
# Requests of one run, and those that wait for a process: more would keep the server's threads from
# all other pages.
MAX_AT_ONCE = 3
PATIENCE = Patience()
TURN_SECONDS = 30.0  # that a run waits until the process of another one is idle


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
    """The models of an app's runs; its methods may be called by any thread.

    command   to start for a run
    patience  with its process
    most      models that are loaded at once; of more runs, the least recently used one is ended
    """

    def __init__(
        self,
        command: Callable[[Run], list[str]] = worker_command,
        patience: Patience = PATIENCE,
        most: int = MAX_MODELS,
    ) -> None:
        self.command, self.patience, self.most = command, patience, most
        # By folder and checksum of the run, in the order of their last use.
        self._models: dict[tuple[Path, str], Model] = {}
        self._queue: list[Loading] = []  # of runs that wait for the process of another one to end
        self._changed = threading.Condition()
        self._load_seconds: float | None = None  # that the last loading took

    def progress(self, run: Run) -> dict[str, Any]:
        """Return what is being loaded for a run, see stateline.app.typed.loading."""
        with self._changed:
            model = self._models.get((run.folder, run.checksum))
            queued = [each for each in self._queue if each.run == run.name]
        loading = model.loading if model else queued[0] if queued else None
        return progress(loading, self._load_seconds)

    def loaded(self) -> list[Model]:
        """Return the models that have a process, the least recently used one first."""
        with self._changed:
            return [model for model in self._models.values() if model.worker]

    def read(self, run: Run, text: str, projection: str | None) -> dict[str, Any]:
        """Return the answer of a run's model to a text, as the page draws it.

        returns  the answer of stateline.pipeline.live.worker, with the colour bin of each step
        raises   TextError         this text cannot be read
                 UnavailableError  nor could any other
                 BusyError         others are being read, and enough wait already
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

    def close(self) -> None:
        """End all processes."""
        with self._changed:
            models = list(self._models.values())
            self._models.clear()
        for model in models:
            _end(model)

    def _answer(self, run: Run, request: dict[str, Any]) -> dict[str, Any]:
        """One question to the run's model, as soon as it is free."""
        model, others = self._enter(run)
        try:
            for other in others:  # Before another process takes their memory.
                _end(other)
            if model.worker is None:
                run.verify(MODEL)
            answer = model.ask(request)
        finally:
            self._leave(model)
        if "error" in answer:
            raise TextError.from_line(answer["error"])
        return answer

    def _enter(self, run: Run) -> tuple[Model, list[Model]]:
        """Return the run's model, which counts one user more, and those to end before it is asked.

        raises  UnavailableError  the run has no model that could be loaded
                BusyError         its model, or those of all other runs, have enough to do
        """
        key, until = (run.folder, run.checksum), time.monotonic() + TURN_SECONDS
        with self._changed:
            if key not in self._models:
                problem = model_problem(run, "it is answered")
                if problem:
                    raise problem
            ended = self._make_room(run, until)
            model = self._models.pop(key, None)
            if model is None:
                model = Model(run.name, self.command(run), self.patience)
            self._models[key] = model  # the last one used
            model.users += 1
            return model, ended

    def _make_room(self, run: Run, until: float) -> list[Model]:
        """Take out the models that must end for a run's own to be loaded, and return them.

        until   time.monotonic() at which waiting for an idle one ends
        raises  BusyError  none is idle by then, or enough others wait already
        """
        key, queued = (run.folder, run.checksum), None
        try:
            while True:
                if key in self._models and self._models[key].users >= MAX_AT_ONCE:
                    raise busy("other texts are being read")
                # One of the same run before it was rebuilt is of no use any more.
                idle = [of for of, model in self._models.items() if not model.users and of != key]
                ended = [of for of in idle if of[0] == run.folder]
                lacking = (key not in self._models) + len(self._models) - len(ended) - self.most
                others = [of for of in idle if of not in ended]
                if lacking <= len(others):
                    ended += others[: max(0, lacking)]
                    return [self._models.pop(of) for of in ended]
                if queued is None:
                    if len(self._queue) >= MAX_AT_ONCE:
                        raise busy("texts of other runs are being read")
                    queued = Loading(run.name, WAITING)
                    self._queue.append(queued)
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    raise busy("texts of other runs are being read")
        finally:
            if queued:
                self._queue.remove(queued)

    def _leave(self, model: Model) -> None:
        """Count one user less; without a request, the process is ended after a while."""
        with self._changed:
            model.users -= 1
            model.served += 1
            if model.load_seconds is not None:
                self._load_seconds = model.load_seconds
            if model.timer:
                model.timer.cancel()
            if not model.users:
                model.timer = threading.Timer(
                    self.patience.idle, self._let_go, [model, model.served]
                )
                model.timer.daemon = True
                model.timer.start()
            self._changed.notify_all()

    def _let_go(self, model: Model, served: int) -> None:
        """End a model that was not asked since it had served so many requests."""
        with self._changed:
            if model.users or model.served != served:
                return
            self._models = {of: each for of, each in self._models.items() if each is not model}
        _end(model)


def _end(model: Model) -> None:
    if model.timer:
        model.timer.cancel()
    model.end()


def with_bins(run: Run, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with each step's colour bin and with its evidence, as stored sequences have it."""
    types = polars_schema(run.columns[STEPS])
    columns = {name: answer["steps"][name] for name in EXPECTED_COLUMNS}
    steps = pl.DataFrame(columns, schema={name: types[name] for name in EXPECTED_COLUMNS})
    found = evidence(run, answer["facts"], answer["steps"])
    return answer | {"steps": answer["steps"] | {"bin": expected_bins(steps, run).tolist()}} | found
