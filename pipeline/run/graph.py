"""The stages of a run: what each reads, and which are out of date.

A stage is up to date when it was made from the settings and the results that are there now: its
report names them by their SHA-256. Times do not count; a clock may be set back, and a file that
was only touched is the same.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stateline.pipeline.run.paths import METHODS, REPORT, BuildPaths
from stateline.store.errors import StatelineError
from stateline.store.files import file_sha256
from stateline.store.schema import MANIFEST, SCHEMA_VERSION


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


def find_stage(paths: BuildPaths, name: str) -> Stage:
    """Return the stage of a name, as the settings of the run have it.

    raises  StatelineError  of the export, whose maps the settings name: they were not written
    """
    methods = paths.read_settings("export")["projections"] if name == "export" else METHODS
    found = [stage for stage in all_stages(list(methods)) if stage.name == name]
    return found[0] if found else Stage(name)


def stage_inputs(paths: BuildPaths, stage: Stage) -> dict[str, str | None]:
    """Return what a stage is made from: the SHA-256 of its settings and of the reports it reads.

    A report names the inputs of its own stage and the moment it was made, so that it stands for
    the files beside it, and for all stages before. None where there is no file.
    """
    inputs: dict[str, str | None] = {"schema_version": str(SCHEMA_VERSION)}
    if stage.settings:
        inputs["settings"] = digest(paths.settings(stage.name))
    return inputs | {name: digest(paths.stage(name) / REPORT) for name in stage.reads}


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file; None where there is none."""
    return file_sha256(path) if path.is_file() else None


def is_outdated(stage: Stage, paths: BuildPaths, store: Path) -> bool:
    """Whether a stage was never made, or from other settings or results than those there now.

    store  folder of runs; the export is out of date, too, where another run stands in it
    """
    try:
        report = paths.read_json(stage.name, REPORT)
    except (StatelineError, ValueError):
        return True
    if stage.name == "export" and report.get("manifest") != digest(store / paths.run / MANIFEST):
        return True
    return bool(report.get("inputs") != stage_inputs(paths, stage))


def outdated_stages(paths: BuildPaths, methods: Sequence[str], store: Path) -> list[Stage]:
    """Return the stages to be made, in order: those out of date, and those that read them."""
    names: set[str] = set()
    for stage in all_stages(methods):
        if names.intersection(stage.reads) or is_outdated(stage, paths, store):
            names.add(stage.name)
    return [stage for stage in all_stages(methods) if stage.name in names]


def align_times(paths: BuildPaths, methods: Sequence[str], store: Path) -> None:
    """Set the times of settings and reports so that Make makes the stages that are out of date.

    Make compares times: whatever is to be made gets the earliest, all else one and the same.
    """
    stages = all_stages(methods)
    outdated = outdated_stages(paths, methods, store)
    now = time.time_ns()
    for stage in stages:
        if stage.settings:
            os.utime(paths.settings(stage.name), ns=(now, now))
        report = paths.stage(stage.name) / REPORT
        if report.exists():
            made = 0 if stage in outdated else now
            os.utime(report, ns=(made, made))
