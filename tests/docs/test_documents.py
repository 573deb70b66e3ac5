"""Documents name only links, paths, functions and commands that exist."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, commands, definitions, paths
from tests.docs.project_files import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PRESETS = {path.stem for path in (ROOT / "pipeline" / "presets").glob("*.toml")}
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)) | PRESETS


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def heading_anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as Markdown viewers make them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        place = path.parent / file if file else path
        assert place.exists(), f"{named(path)}: {target}"
        assert not anchor or anchor in heading_anchors(place.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_paths_exist(path: Path) -> None:
    for each in paths(path.read_text(encoding="utf-8")):
        assert any(ROOT.glob(each.rstrip("/"))), f"{named(path)}: {each}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_functions_and_classes_exist(path: Path) -> None:
    for file, name in definitions(path.read_text(encoding="utf-8")):
        text = (ROOT / file).read_text(encoding="utf-8")
        known = python_names(text) if file.endswith(".py") else script_names(text)
        assert name in known, f"{named(path)}: {file} has no {name}"


def python_names(text: str) -> set[str]:
    """Return what a module defines at its top, and methods as `Class.method`."""
    names = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            names |= {f"{node.name}.{each.name}" for each in inner}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id for each in targets if isinstance(each, ast.Name)}
    return names


def script_names(text: str) -> set[str]:
    """Return the functions, classes and constants that a script defines at its top."""
    declared = r"^(?:export )?(?:default )?(?:async )?(?:function\*?|const|let|class) (\w+)"
    return set(re.findall(declared, text, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_commands_exist(path: Path) -> None:
    for command in commands(path.read_text(encoding="utf-8")):
        program, *words = command.removeprefix(".venv/bin/").split()
        if program == "make":
            target = next((word for word in words if "=" not in word), "help")
            assert target in TARGETS, f"{named(path)}: {command}"
        elif program == "python" and words[:1] == ["-m"] and "<" not in words[1]:
            assert importlib.util.find_spec(words[1]), f"{named(path)}: {command}"


def test_every_document_is_listed() -> None:
    listed = {named(path) for path in DOCUMENTS}
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "docs", "examples", "pipeline", "store", "tests")
        for path in (ROOT / folder).rglob("*.md")
        if not {"data", "vendor"} & set(path.parts)
    }
    assert found <= listed
    assert {path.name for path in ROOT.glob("*.md")} <= listed
