"""The graph of the stages: the Makefile's, and which stages are out of date."""

import os
import re
from pathlib import Path

import pytest

from stateline.pipeline.config import Settings, stage_names, write_settings
from stateline.pipeline.run.graph import (
    align_times,
    all_stages,
    digest,
    is_outdated,
    outdated_stages,
)
from stateline.pipeline.run.paths import REPORT, BuildPaths
from stateline.pipeline.run.stage import running
from stateline.pipeline.stages import stage_command
from stateline.store.schema import MANIFEST

ROOT = Path(__file__).parents[2]
METHODS = ["pca", "tsne", "umap"]


def make_graph() -> dict[str, set[str]]:
    """Return what each stage waits for in the Makefile: stages, and `settings/<name>`."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    maps = re.search(r"^MAPS +:= (.*)$", text, re.M)[1]
    graph: dict[str, set[str]] = {}
    for target, read in re.findall(r"^(\S+/stage\.json):(.*)$", text, re.M):
        read = read.replace("$(MAPS)", re.sub(r"\$\(METHODS:%=(\S+)\)", r"\1", maps))
        for method in METHODS if "%" in target else [None]:
            name = stage_of(target.replace("%", method or ""))
            words = read.replace("%", method) if method else read
            each = [w.replace("%", m) for w in words.split() for m in METHODS]
            graph[name] = {stage_of(word) for word in each}
    return graph


def stage_of(path: str) -> str:
    """The stage whose file a path of the Makefile is."""
    return path.removesuffix("/stage.json").removesuffix(".json")


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
    """A run all of whose stages look made."""
    paths, store = BuildPaths(tmp_path / "build", "mine"), tmp_path / "store"
    write_settings(paths, Settings(corpus="x.csv"))
    (store / "mine").mkdir(parents=True)
    (store / "mine" / MANIFEST).write_text("{}")
    for stage in all_stages(METHODS):
        make_stage(paths, store, stage.name)
    return paths, store


def make_stage(paths: BuildPaths, store: Path, name: str) -> None:
    """Make a stage that writes nothing but its report."""
    with running(paths, name) as stage:
        if name == "export":
            stage.facts["manifest"] = digest(store / "mine" / MANIFEST)


def outdated(paths: BuildPaths, store: Path) -> list[str]:
    return [stage.name for stage in outdated_stages(paths, METHODS, store)]


def for_make(paths: BuildPaths, store: Path) -> list[str]:
    """The stages that Make would make, by the times of the files as they are aligned."""
    align_times(paths, METHODS, store)
    times = {path: path.stat().st_mtime_ns for path in paths.root.rglob("*.json")}
    names: list[str] = []
    for stage in all_stages(METHODS):
        read = [paths.stage(name) / REPORT for name in stage.reads]
        read += [paths.settings(stage.name)] if stage.settings else []
        newest = max(times.get(path, 0) for path in read)
        own = times.get(paths.stage(stage.name) / REPORT, -1)
        if newest > own or own < 0 or set(names) & set(stage.reads):
            names.append(stage.name)
    return names


AFTER_TSNE = ["project-tsne", "clusters-tsne", "export", "check"]


def test_what_was_made_from_what_is_there_is_up_to_date(built: tuple[BuildPaths, Path]) -> None:
    assert outdated(*built) == for_make(*built) == []


@pytest.mark.parametrize("second", [1, 2_000_000_000], ids=["clock set back", "clock set forward"])
def test_a_changed_knob_is_seen_whatever_the_time_and_one_set_back_is_none(
    built: tuple[BuildPaths, Path], second: int
) -> None:
    paths, store = built
    changed = Settings(corpus="x.csv", perplexity=12)
    write_settings(paths, changed)
    for path in paths.root.rglob("settings/*"):
        os.utime(path, (second, second))
    assert outdated(*built) == for_make(*built) == AFTER_TSNE
    # As after a knob that a stage refused: the settings are what they were.
    write_settings(paths, Settings(corpus="x.csv"))
    assert outdated(*built) == for_make(*built) == []


def test_a_stage_that_was_made_again_makes_those_that_read_it_out_of_date(
    built: tuple[BuildPaths, Path],
) -> None:
    make_stage(*built, "project-tsne")
    assert outdated(*built) == for_make(*built) == AFTER_TSNE[1:]
    assert not is_outdated(all_stages(METHODS)[-1], *built), "the run in the store is what it was"
    for name in AFTER_TSNE[1:]:
        make_stage(*built, name)
    assert outdated(*built) == []


def test_settings_that_change_while_a_stage_runs_make_it_out_of_date(
    built: tuple[BuildPaths, Path],
) -> None:
    paths, _ = built
    with running(paths, "project-tsne"):
        write_settings(paths, Settings(corpus="x.csv", perplexity=12))
    assert outdated(*built) == AFTER_TSNE


@pytest.mark.parametrize("content", [None, "{", "{}"], ids=["none", "cut", "of an older version"])
def test_a_report_that_says_nothing_is_out_of_date(
    built: tuple[BuildPaths, Path], content: str | None
) -> None:
    report = built[0].stage("words") / REPORT
    report.unlink() if content is None else report.write_text(content)
    assert outdated(*built) == for_make(*built) == ["words", "swaps", "export", "check"]


def test_another_run_in_the_store_is_replaced(built: tuple[BuildPaths, Path]) -> None:
    manifest = built[1] / "mine" / MANIFEST
    manifest.write_text('{"of": "another build"}')
    assert outdated(*built) == for_make(*built) == ["export", "check"]
    manifest.unlink()
    assert outdated(*built) == ["export", "check"]


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
