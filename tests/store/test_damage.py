"""Random damage to every file of a run: refused each time, and no number of it shown."""

from pathlib import Path

import pytest

from tests.bench_damage import REFUSED, trials
from tests.store.index_run import indexed_run


@pytest.mark.slow
def test_random_damage_is_refused_and_never_shown_as_a_number(run: Path) -> None:
    found = trials(run, 42, seed=0)
    assert {outcome for _, _, outcome in found} == {REFUSED}
    assert {suffix for _, suffix, _ in found} == {".parquet", ".json", ".keras"}


@pytest.mark.slow
def test_random_damage_to_a_run_with_an_index_is_refused(tmp_path: Path) -> None:
    found = trials(indexed_run(tmp_path), 21, seed=1)
    assert {outcome for _, _, outcome in found} == {REFUSED}
