"""Runs that `make all` builds in a copy of the project, once for all tests of this folder."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.checkout import ROOT, copy_checkout

DEMOS = ("demo-reviews", "demo-news", "demo-digits")


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files in another folder; the environment is the one that make set up."""
    made = (ROOT / ".venv/bin/.dev").stat().st_mtime
    if made < max((ROOT / name).stat().st_mtime for name in ("pyproject.toml", "constraints.txt")):
        # make would install the copy into it, and leave it so.
        pytest.fail("the environment is older than pyproject.toml: use make test, which updates it")
    folder = copy_checkout(tmp_path_factory.mktemp("clone") / "stateline")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def run(command: str, folder: Path) -> str:
    """Run a command line as typed; its output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def demo_store(clone: Path) -> Path:
    """The store that `make all` builds."""
    said = run("make all", clone)
    assert "make app" in said.splitlines()[-1]
    for demo in DEMOS:
        assert f"store/data/{demo}" in said
    return clone / "store" / "data"
