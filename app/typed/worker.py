"""The process that holds a run's model: requests to it and its answers, line by line."""

from typing import Any

from stateline.store.errors import StatelineError
from stateline.store.process import LineProcess

AGAIN = "Run the text again; the app's own output says why"


class TextError(StatelineError):
    """This text, or the request that brought it, cannot be read."""


class UnavailableError(StatelineError):
    """No text can be read at present, whatever it says."""


class Worker(LineProcess):
    """One process that reads texts."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command, "typed-worker")

    def receive(self, seconds: float) -> dict[str, Any]:
        """Return the next object that the process writes.

        raises  UnavailableError  it ends, or takes longer than `seconds`
        """
        try:
            answer = super().receive(seconds)
        except TimeoutError:
            raise UnavailableError(
                "typing", f"the model gave no answer within {seconds:g} s", fix=AGAIN
            ) from None
        if answer is None:
            raise UnavailableError(
                "typing", "the process that holds the model has ended", fix=AGAIN
            )
        return answer
