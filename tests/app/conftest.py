"""Fixtures of the app's tests: an app over the shared store, and its HTTP client."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL, Layer


@pytest.fixture
def client(store: Path) -> FlaskClient:
    """HTTP client of an app over the shared store."""
    return create_app(store).server.test_client()


@pytest.fixture(scope="session")
def several(run: Path) -> Run:
    """The run of four classes, opened."""
    return open_run(run)


@pytest.fixture(scope="session")
def binary(binary_run: Path) -> Run:
    """The run of two classes, opened."""
    return open_run(binary_run)


@pytest.fixture(scope="session")
def layered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of three layers, one with maps of its cell states and gates; its model came trained."""
    folder = synthetic_run(
        tmp_path_factory.mktemp("layered-store"), "layered", sequences=6, max_steps=9, units=5,
        classes=3, seed=6, layers=(Layer(cell_maps=True, gates=True), *BIDIRECTIONAL),
        training=False,
    )  # fmt: skip
    return open_run(folder)


@pytest.fixture(scope="session")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of one layer that reads from the end, answered by prefixes, without a model."""
    folder = synthetic_run(
        tmp_path_factory.mktemp("ended-store"), "ended", sequences=5, max_steps=8, classes=2,
        layers=(Layer("gru", "GRU", direction="backward"),), readout="prefix", model=False,
        training=False, cut=False, projections=("pca",), default="pca",
    )  # fmt: skip
    return open_run(folder)
