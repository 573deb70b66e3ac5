"""Two builds of the same input, in processes with other numbers of threads, table by table."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stateline.store.reader import Run, open_run
from tests.checkout import ROOT

# Compiles UMAP and the clustering twice.
pytestmark = pytest.mark.slow

BUILD = """
import sys
import numpy as np
from stateline import build_store_from_states

rng = np.random.default_rng(5)
often = 1 / np.arange(2, 28)
words = rng.choice([*"abcdefghijklmnopqrstuvwxyz"], (260, 12), p=often / often.sum())
state = {word: rng.normal(size=9) for word in np.unique(words)}
states = []
for text in words:
    h, read = np.zeros(9), []
    for word in text:
        h = np.tanh(0.6 * h + state[word])
        read.append(h.astype(np.float32))
    states.append(read)  # texts with the same beginning have the same states
build_store_from_states(
    states, [int(h[-1][0] > 0) for h in states], tokens=words.tolist(), out=sys.argv[1],
    readout=(rng.normal(size=(2, 9)), np.zeros(2)), fit_states=2_400, index_states=100,
    perplexity=12, tsne_iterations=80, umap_neighbours=10, umap_epochs=60,
)
"""
LIBRARIES = ("OMP", "OPENBLAS", "MKL", "NUMBA")


def built(folder: Path, threads: int) -> Run:
    """The run that a process of its own builds on so many threads."""
    own = {f"{library}_NUM_THREADS": str(threads) for library in LIBRARIES}
    own |= {"POLARS_MAX_THREADS": str(threads), "PYTHONHASHSEED": str(threads)}
    command = [sys.executable, "-c", BUILD, str(folder)]
    done = subprocess.run(command, env=os.environ | own, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    return open_run(folder)


def test_what_the_manifest_calls_reproducible_is_the_same_in_two_builds(tmp_path: Path) -> None:
    runs = [built(tmp_path / str(threads) / "own", threads) for threads in (1, 2)]
    files = [run.manifest.tables for run in runs]
    assert list(files[0]) == list(files[1])
    claimed = [name for name, entry in files[0].items() if entry.reproducible]
    differ = [name for name in claimed if files[0][name].sha256 != files[1][name].sha256]
    assert not differ
    assert {f"projections/states-{method}.parquet" for method in ("pca", "tsne", "umap")} <= {
        *claimed
    }
    assert "hidden/states.usearch" in claimed and len(claimed) == len(files[0])
    for entry in runs[0].manifest.projections:
        assert entry.placed_states > 0
