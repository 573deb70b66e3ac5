"""The graph of the stages: the Makefile's, and which stages are out of date."""

import os
import re
from pathlib import Path

import pytest

from stateline.pipeline.config import Settings, stage_names, write_settings
from stateline.pipeline.run.stage import BuildPaths
from stateline.pipeline.stages import all_stages, is_outdated, result, stage_command

ROOT = Path(__file__).parents[2]
METHODS = ["pca", "tsne", "umap"]


def make_graph() -> dict[str, set[str]]:
    """Return what each stage waits for in the Makefile: stages, and `settings/<name>`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    maps = re.search(r"^MAPS +:= (.*)$", text, re.M)[1]
    graph: dict[str, set[str]] = {}
    rules = re.findall(r"^(\$\(R\)/\S+/stage\.json|\$\(MANIFEST\)):(.*)$", text, re.M)
    for target, read in rules:
        read = read.replace("$(MAPS)", re.sub(r"\$\(METHODS:%=(\S+)\)", r"\1", maps))
        for method in METHODS if "%" in target else [None]:
            name = stage_of(target.replace("%", method or ""))
            words = read.replace("%", method) if method else read
            each = [w.replace("%", m) for w in words.split() for m in METHODS]
            graph[name] = {stage_of(word) for word in each}
    return graph


def stage_of(path: str) -> str:
    """The stage whose file a path of the Makefile is."""
    if path == "$(MANIFEST)":
        return "export"
    return path.removeprefix("$(R)/").removesuffix("/stage.json").removesuffix(".json")


def test_the_makefile_has_the_same_graph() -> None:
    graph = {
        stage.name: {*stage.reads, *([f"settings/{stage.name}"] if stage.settings else [])}
        for stage in all_stages(METHODS)
    }
    assert make_graph() == graph


def test_every_stage_comes_after_those_that_it_reads() -> None:
    seen: set[str] = set()
    for stage in all_stages(METHODS):
        assert set(stage.reads) <= seen
        seen.add(stage.name)


def test_stages_with_settings_are_those_that_knobs_belong_to() -> None:
    assert {s.name for s in all_stages(METHODS) if s.settings} == set(stage_names())


@pytest.fixture
def built(tmp_path: Path) -> tuple[BuildPaths, Path]:
    """A run all of whose stages look made, one second after the other."""
    paths, store = BuildPaths(tmp_path / "build", "mine"), tmp_path / "store"
    write_settings(paths, Settings(corpus="x.csv"))
    for path in paths.root.rglob("*.json"):
        os.utime(path, (1, 1))
    for second, stage in enumerate(all_stages(METHODS), start=2):
        made = result(paths, store, stage.name)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("{}")
        os.utime(made, (second, second))
    return paths, store


def outdated(paths: BuildPaths, store: Path) -> list[str]:
    return [stage.name for stage in all_stages(METHODS) if is_outdated(stage, paths, store)]


def test_what_was_made_after_what_it_reads_is_up_to_date(built: tuple[BuildPaths, Path]) -> None:
    assert outdated(*built) == []


def test_changed_settings_or_inputs_and_a_missing_result_are_out_of_date(
    built: tuple[BuildPaths, Path],
) -> None:
    paths, store = built
    paths.settings("project-tsne").touch()
    assert outdated(paths, store) == ["project-tsne"]
    result(paths, store, "project-tsne").touch()
    assert outdated(paths, store) == ["clusters-tsne", "export"]
    last = all_stages(METHODS)[-1]
    result(paths, store, last.name).unlink()
    assert is_outdated(last, paths, store)


def test_a_stage_sees_the_modules_of_its_caller_only(
    built: tuple[BuildPaths, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = all_stages(["pca"])[-3]
    monkeypatch.setattr("sys.path", ["/somewhere"])
    monkeypatch.chdir(tmp_path)
    command = stage_command(stage, *built)
    assert command[1:4] == ["-P", "-m", "stateline.pipeline.clusters"]
    assert command[-2:] == ["--method", "pca"]
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert stage_command(stage, *built)[1] == "-m"
