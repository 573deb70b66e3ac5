"""Benchmark run that is larger than the memory its stages are allowed.

25,000 sequences of 100 random words are read by a GRU of 100 units that nobody trained: 1 GB of
states. Every stage that the model's size matters to runs as in a build, each in a process of its
own, with PCA as the only map.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

from stateline.pipeline.bench.store import CLASSES, FIT_STATES, SEED, WORDS, write_corpus
from stateline.pipeline.config import validate, write_settings
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import running
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL

RUN = "large"
COUNT, STEPS, UNITS = 25_000, 100, 100
STAGES = (
    *("train", "extract", "expected", "distances", "words", "units", "neighbours"),
    *("index", "project-pca", "clusters-pca", "export", "check"),
)


def write_large(build: Path) -> None:
    """Write what the measured stages read: settings, corpus and model."""
    from stateline.pipeline.models.keras.classifier import build_model, make_reproducible

    model_file = build / MODEL
    knobs = {"corpus": RUN, "model": str(model_file), "cell": "gru", "units": UNITS}
    maps = {"projections": ["pca"], "fit_states": FIT_STATES}
    settings = validate(RUN, knobs | maps | {"stored": COUNT, "seed": SEED})
    paths = BuildPaths(build, RUN)
    write_settings(paths, settings)
    make_reproducible(SEED)
    build_model(settings.model_dump(), WORDS, len(CLASSES)).save(model_file)
    with running(paths, "corpus") as stage:
        lengths = np.full(COUNT, STEPS)
        write_corpus(stage.folder, lengths, "random words, to measure the stages")


def run_module(*words: str) -> None:
    """Run a module of the pipeline in a process of its own.

    raises  StatelineError  the process failed; names the last line of its error output
    """
    # One that was forked from a large process would count that one's memory as its peak.
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise StatelineError(words[0], f"failed ({said[-1]})")


def build_large(folder: Path) -> BuildPaths:
    """Write the corpus and the model into a folder and run the stages, one by one."""
    build, store = folder / "build", folder / "store"
    run_module("stateline.pipeline.bench.large", "--write", str(build))
    for stage in STAGES:
        module, _, method = stage.partition("-")
        words = ["--method", method] if method else []
        if stage in ("export", "check"):
            words += ["--store", str(store)]
        run_module(f"stateline.pipeline.{module}", "--run", RUN, "--build", str(build), *words)
    return BuildPaths(build, RUN)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.large", description=__doc__
    )
    parser.add_argument("--write", type=Path, required=True, help="folder of intermediate files")
    write_large(parser.parse_args().write)
