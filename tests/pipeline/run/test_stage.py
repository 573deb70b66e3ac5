"""Safe writing: nothing half-written, and the last whole result is kept."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import peak_memory, readable_bytes, replace_if_changed, running
from stateline.store.errors import StatelineError


@pytest.fixture
def paths(tmp_path: Path) -> BuildPaths:
    return BuildPaths(tmp_path, "mine")


def write(paths: BuildPaths, content: str) -> None:
    with running(paths, "train") as stage:
        (stage.folder / "model").write_text(content)
        stage.rows = 3


def test_a_stage_appears_whole_and_reports_rows_bytes_and_seconds(
    paths: BuildPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    write(paths, "first")
    report = paths.read_json("train", "stage.json")
    assert report["rows"] == 3
    assert report["bytes"] == 5
    assert report["seconds"] >= 0
    assert report["peak_memory_bytes"] > 1_000_000
    assert "train: 0.0 s, 3 rows, 5 B" in capsys.readouterr().out


@pytest.mark.parametrize(("platform", "expected"), [("linux", 2048 * 1024), ("darwin", 2048)])
def test_peak_memory_is_in_bytes_on_every_system(
    platform: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    usage = SimpleNamespace(ru_maxrss=2048)
    monkeypatch.setattr("resource.getrusage", lambda _: usage)
    assert peak_memory() == expected


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, OSError])
def test_an_interrupted_stage_leaves_the_last_result_and_no_leftovers(
    paths: BuildPaths, failure: type[BaseException]
) -> None:
    write(paths, "first")
    with pytest.raises(failure), running(paths, "train") as stage:
        (stage.folder / "model").write_text("half")
        raise failure
    assert (paths.stage("train") / "model").read_text() == "first"
    assert [path.name for path in paths.root.iterdir()] == ["train"]


def test_leftovers_of_a_killed_stage_are_removed_by_the_next(paths: BuildPaths) -> None:
    leftover = paths.root / ".train.tmp-12345"
    leftover.mkdir(parents=True)
    (leftover / "model").write_text("half")
    write(paths, "second")
    assert [path.name for path in paths.root.iterdir()] == ["train"]


def test_a_missing_file_names_the_stage_that_makes_it(paths: BuildPaths) -> None:
    with pytest.raises(
        StatelineError, match=r"mine/extract/h\.npy: missing\. Make it .* make run RUN=mine$"
    ):
        paths.need("extract", "h.npy")
    with pytest.raises(StatelineError, match=r"python -m stateline\.pipeline\.config --run mine"):
        paths.read_settings("train")


def test_a_text_file_keeps_its_time_when_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "settings" / "train.json"
    assert replace_if_changed(path, "a")
    before = path.stat().st_mtime_ns
    assert not replace_if_changed(path, "a")
    assert path.stat().st_mtime_ns == before
    assert replace_if_changed(path, "b")


def test_sizes_are_readable() -> None:
    assert [readable_bytes(n) for n in (5, 1_500, 2_500_000, 3_210_000_000)] == [
        "5 B",
        "1.5 kB",
        "2.5 MB",
        "3.21 GB",
    ]
