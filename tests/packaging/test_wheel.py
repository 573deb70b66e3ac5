"""The wheel, beside a project of the user's with modules of the same names as our folders."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.checkout import checkout_files, copy_checkout

pytestmark = pytest.mark.slow

PACKAGES = ("app", "pipeline", "store")
# Of the folders, what the README alone shows.
NOT_INSTALLED = ("app/pictures/",)
OWN = 'raise ImportError("the module of the user\'s project was imported")\n'
BUILD = """
import json
import numpy as np
import stateline
rng = np.random.default_rng(0)
states = [rng.normal(size=(length, 3)).astype("float32") for length in (4, 7, 5, 6, 9, 5)]
readout = np.asarray([[1.0, -0.5, 2.0]], "float32"), np.zeros(1, "float32")
run = stateline.build_store_from_states(
    states, [0, 1, 0, 1, 0, 1], readout=readout, classes=["no", "yes"], out="runs/mine",
    projections=["pca"],
)
assert [each.name for each in stateline.list_runs("runs")] == ["mine"]
print(json.dumps([stateline.__file__, stateline.__version__, run.projection_ids]))
"""


def command(*words: str | Path, folder: Path) -> str:
    """Run a command that must succeed; returns what it printed."""
    # Neither this checkout nor what the tests are told must be seen by the installed package.
    hidden = ("PYTHON", "STORE", "MAKE")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment, with what builds a wheel."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    command(sys.executable, "-m", "venv", folder, folder=folder.parent)
    command(folder / "bin/pip", "install", "--quiet", "setuptools>=77", folder=folder)
    return folder / "bin"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "stateline")


def build_wheel(environment: Path, source: Path, folder: Path) -> Path:
    """Build a wheel of a checkout or a source archive, with the environment's setuptools."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    command(environment / "pip", "wheel", source, *options, folder=environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(environment: Path, checkout: Path) -> Path:
    return build_wheel(environment, checkout, checkout.parent / "wheel")


@pytest.fixture(scope="module")
def project(environment: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's project, beside the installed wheel; a run `runs/mine` is built there."""
    site = Path(command(environment / "python", "-c", SITE, folder=environment).strip())
    # The dependencies are those that the tests run with; this project comes from the wheel alone.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command(environment / "pip", "install", "--quiet", "--no-deps", wheel, folder=environment)
    project = tmp_path_factory.mktemp("project")
    (project / "store").mkdir()
    for name in ("app.py", "pipeline.py", "store/__init__.py"):
        (project / name).write_text(OWN)
    (project / "own.py").write_text(BUILD)
    return project


SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


@pytest.fixture(scope="module")
def built(environment: Path, project: Path) -> list:
    """Output of the user's script: the package's file, its version, the maps of the run."""
    said = command(environment / "python", "own.py", folder=project)
    return json.loads(said.splitlines()[-1])


def test_the_wheel_holds_one_package_with_all_its_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"stateline"}
    wanted = {
        f"stateline/{name}"
        for name in checkout_files()
        if name.startswith(PACKAGES) and not name.startswith(NOT_INSTALLED)
    }
    assert wanted <= names
    assert {"stateline/py.typed", "stateline/cli/main.py", "stateline/__main__.py"} <= names
    # Links of the checkout are files here.
    modes = {info.external_attr >> 28 for info in zipfile.ZipFile(wheel).infolist()}
    assert 0o12 not in modes


def test_a_wheel_of_the_source_archive_is_the_same(
    environment: Path, checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    code = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    command(environment / "python", "-c", code, tmp_path, folder=checkout)
    (archive,) = tmp_path.glob("*.tar.gz")
    other = build_wheel(environment, archive, tmp_path / "wheel")
    assert zipfile.ZipFile(other).namelist() == zipfile.ZipFile(wheel).namelist()


def test_the_base_asks_for_no_tensorflow_and_the_extras_for_the_same(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel)
    (name,) = (each for each in packed.namelist() if each.endswith("METADATA"))
    text = packed.read(name).decode()
    needs: dict[str, set[str]] = {}
    for line in re.findall(r"^Requires-Dist: (.*)$", text, re.M):
        library, _, marker = line.partition("; ")
        needs.setdefault(marker, set()).add(library)
    assert {"dash", "polars", "pydantic"} <= needs[""] and "tensorflow" not in needs[""]
    assert "tensorflow" in needs['extra == "keras"']
    assert needs['extra == "pipeline"'] == {"stateline[keras]"}
    assert "License-Expression: MIT" in text


def test_a_run_is_built_from_arrays_beside_modules_of_the_same_names(
    built: list, environment: Path, project: Path
) -> None:
    file, version, maps = built
    assert Path(file).is_relative_to(environment.parent)
    assert command(environment / "stateline", "--version", folder=project).split()[1] == version
    for line in ([environment / "stateline"], [environment / "python", "-m", "stateline"]):
        assert "runs/mine: whole" in command(*line, "check", "runs/mine", folder=project)
    assert command(environment / "stateline", "list", "runs", folder=project).startswith("mine: ")
    assert len(maps) == 1


def test_a_preset_is_found_and_a_stage_imports_nothing_of_the_users(
    environment: Path, project: Path
) -> None:
    (project / "random.py").write_text(OWN)
    (project / "own.csv").write_text("text,label\n" + "good film,yes\nbad film,no\n" * 3)
    for words, line in [
        (["demo-reviews", "--units", "0"], "UNITS=0: "),
        (["own.csv", "--label", "verdict"], "own.csv: no column verdict; "),
    ]:
        done = subprocess.run(
            [environment / "stateline", "build", *words],
            cwd=project,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2 and done.stderr.startswith(line), done.stderr
    (project / "random.py").unlink()


def test_the_app_serves_the_run_its_data_and_its_assets(
    built: list, environment: Path, project: Path
) -> None:
    server = subprocess.Popen(
        [environment / "stateline", "app", "runs", "--port", "0"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = re.search(r"http://\S+?(?=/ )", server.stdout.readline()).group()

        def fetch(path: str) -> bytes:
            with urllib.request.urlopen(address + path, timeout=60) as answer:
                return answer.read()

        assert json.loads(fetch("/health"))["runs"] == 1
        page = fetch("/").decode()
        assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
        assert assets and all(fetch(asset) for asset in assets)
        assert fetch(f"/data/mine/points/{built[2][0]}")
        assert b"<table" in fetch("/report/mine/0.html")
    finally:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=60)
    assert server.returncode == 0 and errors == ""
