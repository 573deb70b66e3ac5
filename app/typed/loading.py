"""Progress of the model that the worker loads, for the page that waits for it."""

import time
from dataclasses import dataclass, field
from typing import Any

STARTING = "starting a process"
WAITING = "waiting for the models of other runs"


@dataclass(frozen=True)
class Loading:
    """A model that is being loaded.

    run    name of its run
    stage  what the worker does at present, such as `importing TensorFlow`
    since  time.monotonic() at which its process was started
    """

    run: str
    stage: str = STARTING
    since: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.since


def progress(loading: Loading | None, last: float | None) -> dict[str, Any]:
    """Return what a page says while it waits for the model of a run.

    loading  of the run's model; None while it is not being loaded
    last     seconds that the app's previous loading of a model took; None before the first
    returns  "stage", None where nothing is being loaded; "seconds" so far; "last"
    """
    if loading is None:
        return {"stage": None, "seconds": None, "last": last}
    return {"stage": loading.stage, "seconds": round(loading.seconds, 1), "last": last}
