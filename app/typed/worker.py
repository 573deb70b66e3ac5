"""The process that holds a run's model: requests to it and its answers, line by line."""

import json
import queue
import subprocess
import threading
from typing import Any

from stateline.store.errors import StatelineError

AGAIN = "Run the text again; the app's own output says why"


class TextError(StatelineError):
    """This text, or the request that brought it, cannot be read."""


class UnavailableError(StatelineError):
    """No text can be read at present, whatever it says."""


class Worker:
    """One process that reads texts: a JSON line in, a JSON line out."""

    def __init__(self, command: list[str]) -> None:
        # A session of its own: Ctrl+C is for the app, which ends the worker itself. Where the app
        # dies without a word, the end of its input ends the worker.
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        assert self.process.stdin and self.process.stdout  # both are pipes
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True, name="typed-worker").start()

    def _listen(self) -> None:
        """Hand on what the process writes; at its end None, and the process is waited for."""
        with self.stdout as output:
            for line in output:
                self.lines.put(line)
        self.lines.put(None)
        self.process.wait()

    def send(self, request: dict[str, Any]) -> None:
        """Write a request; where the process is gone, `receive` says so."""
        try:
            self.stdin.write(json.dumps(request) + "\n")
            self.stdin.flush()
        except OSError:
            return

    def receive(self, seconds: float) -> dict[str, Any]:
        """Return the next object that the process writes.

        raises  UnavailableError  it ends, or takes longer than `seconds`
        """
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise UnavailableError(
                "typing", f"the model gave no answer within {seconds:g} s", fix=AGAIN
            ) from None
        try:
            answer = json.loads(line or "")
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise UnavailableError(
                "typing", "the process that holds the model has ended", fix=AGAIN
            )
        return answer

    def close(self) -> None:
        """End the process and wait for it; it has nothing to save."""
        self.process.kill()
        self.process.wait()
        try:
            self.stdin.close()
        except OSError:  # What was left to write goes nowhere.
            return


def as_error(kind: type[StatelineError], line: str) -> StatelineError:
    """Return a line of the worker as an error of a kind."""
    where, _, what = line.partition(": ")
    return kind(where, what)
