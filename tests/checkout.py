"""A copy of the checkout, for tests that build or damage one."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def checkout_files() -> list[str]:
    """Return the paths of all files that git holds or would take, below the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if os.path.lexists(ROOT / name)]


def copy_checkout(folder: Path) -> Path:
    """Copy the checkout into a folder, links as links; returns the folder."""
    for name in checkout_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # With its time: make must find the environment newer than pyproject.toml.
        shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder
