"""Progress of the model that the worker loads, for the page that waits for it."""

import time
from dataclasses import dataclass, field
from typing import Any

STARTING = "starting a process"


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


def progress(loading: Loading | None, run: str, last: float | None) -> dict[str, Any]:
    """Return what a page says while it waits for the model of a run.

    loading  what is being loaded, of this run or of another; None for nothing
    last     seconds that the app's previous loading of a model took; None before the first
    returns  "stage", None where nothing is being loaded; "seconds" so far; "last"
    """
    if loading is None:
        return {"stage": None, "seconds": None, "last": last}
    stage = loading.stage if loading.run == run else f"waiting for the model of run {loading.run}"
    return {"stage": stage, "seconds": round(loading.seconds, 1), "last": last}
