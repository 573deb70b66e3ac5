"""Fixtures of every suite: small runs that hold together, written once a session."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.browser.conftest import lacking
from tests.synthetic import synthetic_run

TESTS = Path(__file__).parent


class ByFile(LoadFileScheduling):
    """The tests of a file go to one process; so do all those of what `make all` builds once."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "tests/built" if file.startswith("tests/built/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest tests first, so that no process is left with them at the end."""
    order = ("built", "pipeline", "browser")
    rank = {name: place for place, name in enumerate(order)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(TESTS).parts[0], len(order)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what this machine could not run."""
    what = lacking()
    if what is not None:
        line = f"The browser tests were left out: they need {what}"
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a softmax run (S=5, T=7, N=3, C=4) and a binary run; do not write into it."""
    folder = tmp_path_factory.mktemp("store")
    synthetic_run(folder)
    synthetic_run(folder, "binary", sequences=6, max_steps=9, units=4, classes=2, outputs=1, seed=1)
    return folder


@pytest.fixture(scope="session")
def run(store: Path) -> Path:
    """Folder of the softmax run; do not write into it."""
    return store / "synthetic"


@pytest.fixture(scope="session")
def binary_run(store: Path) -> Path:
    """Folder of the binary run, whose head is one sigmoid unit; do not write into it."""
    return store / "binary"


@pytest.fixture(scope="session")
def model_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run whose model is a real one, `modelled`; do not write into it."""
    from tests.model_run import model_run  # Loads TensorFlow, which most tests do without.

    return model_run(tmp_path_factory.mktemp("model-store")).parent
