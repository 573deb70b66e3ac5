"""The benchmark of the app: that it measures, not what it measures."""

from pathlib import Path

import pytest

from tests import bench_app
from tests.bench_report import Report


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
