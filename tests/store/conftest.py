"""Runs that hold what the plain ones do not: several layers, cell maps, gates, series."""

import shutil
from pathlib import Path

import pytest

from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL, Layer


@pytest.fixture(scope="session")
def other_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the runs below, and one with a swap test; do not write into it."""
    folder = tmp_path_factory.mktemp("other")
    synthetic_run(
        folder, "layers", sequences=6, max_steps=8, units=5, classes=3,
        layers=(Layer(cell_maps=True, gates=True), *BIDIRECTIONAL), training=False, cut=False,
        tokens={"padding": 0, "start": 1, "unknown": 2},
    )  # fmt: skip
    synthetic_run(
        folder, "series", sequences=5, max_steps=9, units=4, classes=3, seed=3,
        layers=BIDIRECTIONAL[::-1], readout="prefix", features=2, picture=True,
        model=False, training=False, projections=("pca",), default="pca",
    )  # fmt: skip
    synthetic_run(
        folder, "swaps", sequences=40, max_steps=30, classes=3, minimum_steps=9, swaps=True
    )
    return folder


@pytest.fixture
def layers(other_store: Path, tmp_path: Path) -> Path:
    """A text run of three layers, one with cell maps and gates, to damage.

    Its model came trained: the training split is not known, nothing was cut, and ids of its
    vocabulary are its own.
    """
    return Path(shutil.copytree(other_store / "layers", tmp_path / "layers"))


@pytest.fixture
def series(other_store: Path, tmp_path: Path) -> Path:
    """A run of series, read in both directions and answered by prefixes, without a model."""
    return Path(shutil.copytree(other_store / "series", tmp_path / "series"))
