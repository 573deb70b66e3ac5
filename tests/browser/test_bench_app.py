"""The benchmark of the app: that it measures, not what it measures."""

from pathlib import Path

import pytest

from stateline.store.reader import open_run
from tests import bench_app
from tests.bench_report import HEADER, Report


def test_every_row_of_the_benchmark_is_measured(browser, browser_store: Path) -> None:
    arguments = "--opens 1 --hovers 3 --nexts 2 --toggles 2 --changes 4".split()
    parsed = bench_app.options().parse_args(arguments)
    report = bench_app.bench_run(
        browser, browser_store, open_run(browser_store / "reviews"), parsed
    )
    rows = {row[0]: row for row in report.rows}
    assert all(len(row) == len(HEADER) for row in report.rows)
    assert [row for row in report.rows if "not measured" in row] == []
    assert rows["requests during all of these"][2] == "none"
    for view in bench_app.VIEWS.values():
        assert f"hover over {view} to marks drawn in all views" in rows
    assert "event listeners before → after 4 changes of sequence" in rows


def test_missing_runs_are_named_and_figures_never_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = bench_app.options().parse_args(["--store", str(tmp_path), "--runs", "mine"])
    assert bench_app.measure(None, arguments) == []
    assert "mine is not in" in capsys.readouterr().out
    report = Report()
    report.add("slow", [1.0, 900.0], "ms", 16)
    report.add("lost", [], "ms", 16)
    assert [row[-1] for row in report.rows] == ["**no**", "no"]
