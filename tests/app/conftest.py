"""Fixtures of the app's tests: an app over the shared store, and its HTTP client."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.main import create_app
from store.reader import Run, open_run


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
