"""A process that answers requests: a JSON object in, a JSON object out, a line each."""

import json
import queue
import subprocess
import threading
from typing import Any


class LineProcess:
    """One child process; the end of its input ends it, as where this process dies.

    command  what to start
    name     of the thread that listens to it
    """

    def __init__(self, command: list[str], name: str) -> None:
        # A session of its own: Ctrl+C is for this process, which ends the child itself.
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
        threading.Thread(target=self._listen, daemon=True, name=name).start()

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

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """Return the next object that the process writes; None where it has ended.

        raises  TimeoutError  it writes nothing for `seconds`
        """
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"no answer within {seconds:g} s") from None
        try:
            answer = json.loads(line or "")
        except ValueError:
            answer = None
        return answer if isinstance(answer, dict) else None

    def close(self) -> None:
        """End the process and wait for it; it has nothing to save."""
        self.process.kill()
        self.process.wait()
        try:
            self.stdin.close()
        except OSError:  # What was left to write goes nowhere.
            return
