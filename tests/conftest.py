"""Fixtures of every suite: small runs that hold together, written once a session."""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import NoReturn

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


class WithoutTensorFlow(MetaPathFinder, Loader):
    """Skips a test, fixture or file that imports TensorFlow; asking whether it is there is free."""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] in ("tensorflow", "keras"):
            return ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: ModuleSpec) -> NoReturn:
        pytest.skip("--fast: loads TensorFlow", allow_module_level=True)

    def exec_module(self, module: ModuleType) -> NoReturn:
        raise AssertionError("no module was made")  # but without it importlib makes none


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--fast`, which `make test-fast` sets."""
    parser.addoption(
        "--fast",
        action="store_true",
        help="leave out tests that drive a browser, load TensorFlow, or are marked slow",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--fast"):
        sys.meta_path.insert(0, WithoutTensorFlow())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the slowest tests first, so that no process is left with them at the end."""
    for item in items:
        if item.path.relative_to(TESTS).parts[0] == "built":
            item.add_marker(pytest.mark.slow)
    if config.getoption("--fast"):
        left_out = [item for item in items if is_slow(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not is_slow(item)]
    order = ("built", "pipeline", "browser")
    rank = {name: place for place, name in enumerate(order)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(TESTS).parts[0], len(order)))


def is_slow(item: pytest.Item) -> bool:
    """Whether `--fast` leaves a test out by its marker or its folder."""
    return item.get_closest_marker("slow") is not None or TESTS / "browser" in item.path.parents


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
