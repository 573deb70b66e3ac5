"""The stages of a run: what each reads, which are out of date, and making those again.

The Makefile holds the same graph for a checkout, and a test holds the two equal. Both go by the
times of the same files, so that a run begun by one may be continued by the other.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stateline.pipeline.run.stage import REPORT, BuildPaths
from stateline.store.schema import MANIFEST


@dataclass(frozen=True)
class Stage:
    """One stage of a run.

    module    of `stateline.pipeline`
    reads     names of the stages that it reads
    settings  whether knobs belong to it
    method    kind of projection, for the stages of one map
    """

    module: str
    reads: tuple[str, ...] = ()
    settings: bool = False
    method: str | None = None

    @property
    def name(self) -> str:
        """Name of the stage's folder and settings: the module, and the method where it has one."""
        return f"{self.module}-{self.method}" if self.method else self.module


def all_stages(methods: Sequence[str]) -> list[Stage]:
    """Return all stages of a run, each after those that it reads.

    methods  kinds of projection: pca, tsne, umap
    """
    stages = [
        Stage("corpus", settings=True),
        Stage("train", ("corpus",), settings=True),
        Stage("baseline", ("corpus",), settings=True),
        Stage("extract", ("train",), settings=True),
        Stage("expected", ("extract",)),
        Stage("distances", ("extract",)),
        Stage("words", ("expected", "distances")),
        Stage("swaps", ("words",), settings=True),
        Stage("units", ("extract",), settings=True),
        Stage("neighbours", ("extract",), settings=True),
        Stage("index", ("extract",), settings=True),
    ]
    exported = ["baseline", "expected", "distances", "words", "swaps", "units", "index"]
    for method in methods:
        project = Stage("project", ("neighbours",), settings=True, method=method)
        reads = (project.name, "expected", "distances")
        clusters = Stage("clusters", reads, method=method)
        stages += [project, clusters]
        exported += [project.name, clusters.name]
    stages += [Stage("export", tuple(exported), settings=True), Stage("check", ("export",))]
    return stages


def stages_after_extract(methods: Sequence[str]) -> list[Stage]:
    """Return the stages from the states to the store, which a call from Python runs as well.

    methods  kinds of projection: pca, tsne, umap
    """
    names = ("corpus", "train", "extract", "check")  # the export itself checks what it wrote
    return [stage for stage in all_stages(methods) if stage.name not in names]


def result(paths: BuildPaths, store: Path, name: str) -> Path:
    """Return the file that a stage writes last, whose time is that of the stage."""
    if name == "export":
        return store / paths.run / MANIFEST
    return paths.stage(name) / REPORT


def is_outdated(stage: Stage, paths: BuildPaths, store: Path) -> bool:
    """Whether a stage was never made, or before what it reads now."""
    made = result(paths, store, stage.name)
    if not made.exists():
        return True
    read = [result(paths, store, name) for name in stage.reads]
    if stage.settings:
        read.append(paths.settings(stage.name))
    return max(path.stat().st_mtime_ns for path in read) > made.stat().st_mtime_ns


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

    A process a stage gives its memory back at its end, and its peak is that of the stage.

    paths    with the settings of the run written
    store    folder of runs that the run is exported to
    returns  exit code of the stage that failed, else 0; names of the stages that were made
    """
    made: list[str] = []
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
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # In a terminal the stage got the same signal, and removes what it had begun.
            try:
                return process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                return process.wait()
