"""The folder of the intermediate files of a call from Python."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import clear_leftovers
from stateline.store.lock import is_locked, locked

PREFIX = "stateline-build-"


@contextmanager
def build_folder(build: Path | str | None, run: str) -> Iterator[BuildPaths]:
    """Hold the lock of a build in a folder that is kept, or in a temporary one.

    build   the folder; None: a temporary one, removed at the end
    raises  StatelineError  another process builds the run there
    """
    clear_temporary_folders()
    kept = None if build is None else nullcontext(build)
    with kept or tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        paths = BuildPaths(Path(folder), run)
        with locked(paths.lock, run):
            clear_leftovers(paths)
            yield paths


def clear_temporary_folders() -> None:
    """Remove the temporary folders of calls whose process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        locks = list(folder.glob("*/lock"))
        own = folder.lstat().st_uid == os.getuid()
        if own and locks and not any(is_locked(path) for path in locks):
            shutil.rmtree(folder, ignore_errors=True)
