"""The project's documents, and what they name: code, links, commands, paths, functions."""

import re

from tests.docs.project_files import ROOT

DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "store" / "README.md",
    ROOT / "examples" / "README.md",
    ROOT / "pipeline" / "demos" / "README.md",
)
TOP = ("app", "docs", "examples", "pipeline", "stateline", "store", "tests")
PATH = re.compile(rf"(?:{'|'.join(TOP)})/[\w./*-]*")


def code_spans(text: str) -> list[str]:
    """Return the inline code of a document, without its code blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def command_lines(text: str) -> list[str]:
    """Return the command lines of a document's shell blocks, without their comments."""
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    return [line.split("  #")[0].strip() for line in lines if line.split("#")[0].strip()]


def commands(text: str) -> list[str]:
    """Return command lines, and inline code that begins as one."""
    starts = ("make ", "stateline ", "python -m ", ".venv/bin/")
    return command_lines(text) + [each for each in code_spans(text) if each.startswith(starts)]


def paths(text: str) -> list[str]:
    """Return the paths of the checkout that inline code names; built data is left out."""
    found = [each.partition(":")[0] for each in code_spans(text)]
    return [each for each in found if PATH.fullmatch(each) and not each.startswith("store/data")]


def definitions(text: str) -> list[tuple[str, str]]:
    """Return the path and the name of each `path:name` of inline code."""
    pairs = [re.fullmatch(rf"({PATH.pattern}):([\w.]+)", each) for each in code_spans(text)]
    return [(pair[1], pair[2]) for pair in pairs if pair]
