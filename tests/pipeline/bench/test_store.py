"""The generated run of the benchmark is a whole run."""

from pathlib import Path

import pytest

from stateline.pipeline.bench.store import generated_run
from stateline.store.reader import open_run

pytestmark = pytest.mark.slow


def test_the_generated_run_of_the_benchmark_holds_together(tmp_path: Path) -> None:
    run = open_run(generated_run(tmp_path, states=5000, units=7))
    assert run.states == 5000
    assert [path.name for path in tmp_path.iterdir()] == [run.name]
