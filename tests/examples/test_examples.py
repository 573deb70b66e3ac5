"""Every example runs, and builds a run that passes every check and is worth looking at."""

import ast
import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest

from stateline.store.checks.run import check_run
from stateline.store.reader import Run, open_run

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
METHODS = {
    "keras_lstm": "linear",
    "bidirectional": "prefix",
    "stacked": "head",
    "attention": "prefix",
    "outputs": "linear",
    "arrays": "linear",
    "pytorch_gru": "given",
    "series": "linear",
    "layers_and_gates": "linear",
}


def runs_of(script: str, folder: Path) -> list[Run]:
    """Run an example in this process, so that TensorFlow is loaded once; its runs, checked."""
    out = folder / script.replace("_", "-")
    runpy.run_path(str(ROOT / "examples" / f"{script}.py"))["main"](str(out))
    found = sorted(path.parent for path in folder.rglob("manifest.json"))
    for each in found:
        check_run(each)
    return [open_run(each) for each in found]


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_an_example_builds_a_run_that_is_worth_looking_at(script: str, tmp_path: Path) -> None:
    if script == "pytorch_gru" and find_spec("torch") is None:
        pytest.skip("torch is not installed")
    runs = runs_of(script, tmp_path)
    assert len(runs) == (3 if script == "outputs" else 1)
    for run in runs:
        assert run.manifest.readout.method == METHODS[script]
        assert run.manifest.model.metrics.accuracy > 0.85
        assert run.sequences["length"].n_unique() > 2, "sequences of unequal length"


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_example_is_short_and_says_what_it_shows_and_how_it_is_run(script: str) -> None:
    source = (ROOT / "examples" / f"{script}.py").read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(source))
    command = f".venv/bin/python examples/{script}.py store/data/{script.replace('_', '-')}"
    assert command in said
    assert len(source.splitlines()) <= 65


def test_the_examples_readme_lists_every_script() -> None:
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert all(f"[{script}.py]({script}.py)" in listed for script in SCRIPTS)
    assert set(METHODS) == set(SCRIPTS)
