"""Imports flow one way; the syntax trees are asked, so that no import hides in a function."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("store", "pipeline", "app")
STANDARD = set(sys.stdlib_module_names)
# What a package may import besides the standard library and itself; None: anything but `NEVER`.
ALLOWED = {
    "store": {"numpy", "polars", "pyarrow"},
    "pipeline": None,
    "app": {"store", "numpy", "polars", "pyarrow", "plotly", "contourpy", "dash", "dash_ag_grid",
            "dash_bootstrap_components", "flask", "usearch", "waitress", "werkzeug"},
}  # fmt: skip
NEVER = {"pipeline": {"app", "dash", "plotly"}, "app": {"pipeline", "tensorflow", "keras"}}
# Inside app, from the bottom up: a part may import those before it and itself.
ORDER = ("ids", "addresses", "contributions", "confidence", "figures", "cache", "queries",
         "context", "filters", "labels", "selection", "typed", "units", "matching", "decisions",
         "grid", "table", "words", "occurrences", "registry", "serving", "components", "pages",
         "main")  # fmt: skip
# The page that stands in for another one that has no run to show.
SHARED_PAGE = "app.pages.missing"


def modules(package: str) -> list[Path]:
    """Python files of a package, without the data of a store."""
    return sorted(
        path
        for path in (ROOT / package).rglob("*.py")
        if "data" not in path.relative_to(ROOT).parts
    )


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    for path in modules(package):
        top = {name.partition(".")[0] for name in imported(path)} - STANDARD - {package}
        assert not top & NEVER.get(package, set()), path
        if ALLOWED[package] is not None:
            assert top <= ALLOWED[package], f"{path}: {', '.join(sorted(top - ALLOWED[package]))}"


def test_in_the_app_imports_run_from_pages_to_figures_and_queries_and_never_back() -> None:
    for path in modules("app"):
        part = path.relative_to(ROOT / "app").parts[0].removesuffix(".py")
        known = {name.split(".")[1] for name in imported(path) if name.startswith("app.")}
        if part in ORDER:
            allowed = ORDER[: ORDER.index(part) + 1]
            assert not known & (set(ORDER) - set(allowed)), path
        elif part != "__main__":
            assert not known & {"pages", "main"}, path


def test_pages_do_not_know_each_other() -> None:
    for path in (ROOT / "app" / "pages").glob("*.py"):
        if path.name != "__init__.py":
            others = {name for name in imported(path) if name.startswith("app.pages")}
            assert all(name.startswith(SHARED_PAGE) for name in others), path


def test_modules_stay_small_enough_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in modules(package)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert not long
    assert not any(path.name == "utils.py" for package in PACKAGES for path in modules(package))
