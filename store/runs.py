"""Finding the runs of a store, and the folders that cannot be opened."""

import logging
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stateline.store.errors import StatelineError
from stateline.store.exchange import moved_aside, standing
from stateline.store.reader import Run, open_run
from stateline.store.schema import MANIFEST, RUN_NAME

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BrokenRun:
    """A folder that looks like a run and cannot be opened, with the reason in one line."""

    name: str
    message: str


def list_runs(store: Path | str) -> list[Run]:
    """Return the runs of a store that can be opened, sorted by name.

    store  a folder of runs, or itself the folder of one run; a store that does not exist has none
    """
    return find_runs(store)[0]


def find_runs(store: Path | str) -> tuple[list[Run], list[BrokenRun]]:
    """Return all runs of a store, sorted by name, and the folders that cannot be opened.

    store  a folder of runs, or itself the folder of one run; a store that does not exist has none
    """
    store = Path(store)
    if (store / MANIFEST).is_file():
        folders = [store]
    elif store.is_dir():
        folders = sorted(
            path
            for path in [*store.iterdir(), *moved_aside(store)]
            if standing(path).is_dir() and RUN_NAME.fullmatch(path.name)
        )
    else:
        folders = []
    runs, broken = [], []
    for folder in folders:
        try:
            runs.append(open_run(folder))
        except (StatelineError, OSError) as error:
            broken.append(BrokenRun(folder.name, str(error)))
        # Whatever is wrong with one run, those beside it are opened.
        except (Exception, pl.exceptions.PanicException) as error:
            log.warning("a run could not be opened: %s", folder, exc_info=error)
            line = StatelineError(folder, f"cannot be opened ({type(error).__name__})")
            broken.append(BrokenRun(folder.name, str(line)))
    return runs, broken
