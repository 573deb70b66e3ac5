"""Requests that cost much: few run at once, few wait, and others are told to come again.

Those that cost little then always find a thread and most of a core.
"""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from stateline.store.errors import StatelineError

T = TypeVar("T")

AGAIN_SECONDS = 2  # after which a refused request is worth another try


class BusyError(StatelineError):
    """The request is in order, but too many others are under way."""


class Lane:
    """A place for costly work.

    what     is done there, for the message
    at_once  requests whose work is being done
    waiting  requests that wait for their turn; further ones are refused at once
    seconds  that a request waits at the most
    """

    def __init__(self, what: str, at_once: int, waiting: int, seconds: float) -> None:
        self.what, self.seconds = what, seconds
        self._places = BoundedSemaphore(at_once + waiting)
        self._turns = BoundedSemaphore(at_once)

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, once it is its turn.

        raises  BusyError  too many others wait, or the turn does not come in time
        """
        if not self._places.acquire(blocking=False):
            raise busy(self.what)
        try:
            if not self._turns.acquire(timeout=self.seconds):
                raise busy(self.what)
            try:
                return work()
            finally:
                self._turns.release()
        finally:
            self._places.release()


def busy(what: str) -> BusyError:
    """Return the error of a request that is refused since too many others are under way."""
    return BusyError("app", f"{what} for others at present", fix="Try again in a moment")


# What takes far longer than a sequence: reports, searches over all states, files to download.
COSTLY = Lane("much is being computed", at_once=2, waiting=8, seconds=30.0)
