"""The benchmark commands of the documents are ones that their command lines accept."""

import argparse
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
COMMANDS = sorted(
    {
        line.split("  #")[0].strip()
        for document in DOCUMENTS
        for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.S)
        for line in block.splitlines()
        if "-m stateline.pipeline.bench." in line
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_documented_benchmark_is_accepted_by_its_command_line(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    _, _, words = command.partition(" -m ")
    module, *arguments = shlex.split(words)
    parsed = []
    parse = argparse.ArgumentParser.parse_args

    def parse_only(parser: argparse.ArgumentParser) -> None:
        parsed.append(parse(parser))
        raise SystemExit

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_only)
    monkeypatch.setattr(sys, "argv", [module, *arguments])
    with pytest.raises(SystemExit):
        runpy.run_module(module, run_name="__main__")
    assert len(parsed) == 1


def test_the_documents_name_benchmarks() -> None:
    assert len(COMMANDS) >= 6
