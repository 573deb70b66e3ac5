"""Hooks before a commit run what `make lint` runs, from the checkout's own environment."""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = re.findall(
    r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"), re.M
)


def make_lint() -> str:
    """The commands of the Makefile's target `lint`, which waits for `types`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    assert re.search(r"^lint: types ", text, re.M)
    return "".join(re.findall(r"^(?:lint|types):.*\n((?:\t.*\n)+)", text, re.M))


def test_there_are_hooks() -> None:
    assert len(HOOKS) == 5


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_runs_a_command_of_the_environment_that_lint_runs(hook: str) -> None:
    program = hook.split()[0]
    if program != "npm":  # which is the machine's own; make lint says where it is missing
        assert os.access(ROOT / program, os.X_OK)
    words = [word for word in hook.split() if word != "--force-exclude"]
    assert " ".join(words) in make_lint()


def test_no_hook_comes_from_elsewhere() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}


def test_what_lint_runs_is_installed_with_the_development_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {Path(hook.split()[0]).name for hook in HOOKS} - {"npm"}
    assert needed <= set(project["optional-dependencies"]["dev"])


def test_the_type_checker_of_the_javascript_is_pinned() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert package["scripts"]["lint:types"].split()[0] == "tsc"
    assert re.fullmatch(r"[\d.]+", package["devDependencies"]["typescript"])


def test_ci_calls_lint_and_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make lint", "make test"} <= set(lines)
