"""Making the stages of a run that are out of date, as the Makefile does in a checkout.

A test holds the Makefile's graph equal to that of `pipeline.run.graph`, which decides for both what
is out of date, so that a run begun by one may be continued by the other.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from stateline.pipeline.run.graph import Stage, all_stages, is_outdated
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import clear_leftovers
from stateline.store.lock import child_environment


def stage_command(stage: Stage, paths: BuildPaths, store: Path) -> list[str]:
    """Return the command line of a stage, as the Makefile has it."""
    # A file beside the caller that is called like a library must not be imported instead of it,
    # unless the caller's own imports look there too.
    safe = [] if os.getcwd() in sys.path or "" in sys.path else ["-P"]
    command = [sys.executable, *safe, "-m", f"stateline.pipeline.{stage.module}"]
    command += ["--run", paths.run, "--build", str(paths.build)]
    if stage.method:
        command += ["--method", stage.method]
    if stage.module in ("export", "check"):
        command += ["--store", str(store)]
    return command


def run_in_process(stage: Stage, paths: BuildPaths, store: Path) -> None:
    """Run one of the stages after extract in this process."""
    from stateline.pipeline import (
        baseline,
        clusters,
        distances,
        expected,
        export,
        index,
        neighbours,
        project,
        swaps,
        units,
        words,
    )

    if stage.method:
        of_map = {"project": project.run, "clusters": clusters.run}
        of_map[stage.module](paths, stage.method)
    elif stage.module == "export":
        export.run(paths, store)
    else:
        modules = (baseline, expected, distances, words, swaps, units, neighbours, index)
        work = {module.__name__.rpartition(".")[2]: module.work for module in modules}
        work[stage.module](paths)


def build_run(paths: BuildPaths, methods: Sequence[str], store: Path) -> tuple[int, list[str]]:
    """Make the stages that are out of date, each in a process of its own.

    One process per stage gives its memory back at its end, and its peak is that of the stage.

    paths    with the settings of the run written
    store    folder of runs that the run is exported to
    returns  exit code of the stage that failed, else 0; names of the stages that were made
    """
    made: list[str] = []
    clear_leftovers(paths)
    for stage in all_stages(methods):
        if not is_outdated(stage, paths, store):
            continue
        code = call(stage_command(stage, paths, store))
        if code:
            return code, made
        made.append(stage.name)
    return 0, made


def call(command: list[str]) -> int:
    """Run a command to its end, on an interrupt too; returns its exit code."""
    with subprocess.Popen(command, env=child_environment()) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # In a terminal the stage got the same signal, and removes what it had begun.
            try:
                return process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                return process.wait()
