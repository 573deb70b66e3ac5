"""Checks of the indexes of nearest states."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from stateline.store.checks import indexes
from stateline.store.checks.indexes import nearest_squares
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import open_run
from stateline.store.schema import index_file
from tests.store.damage import refresh
from tests.store.index_run import craft_index, indexed_run, save_index
from tests.synthetic_shape import BIDIRECTIONAL

FIRST, SECOND = (each.id for each in BIDIRECTIONAL)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run whose layers have an index; do not write into it."""
    return indexed_run(tmp_path_factory.mktemp("indexed"))


@pytest.fixture
def copy(indexed: Path, tmp_path: Path) -> Path:
    """A copy of that run to damage."""
    return Path(shutil.copytree(indexed, tmp_path / "indexed"))


def figures(folder: Path) -> list[str]:
    return [figure for name, figure in check_run(folder).passed if name == "index"]


def test_an_index_travels_with_its_run_and_passes_the_check(indexed: Path) -> None:
    run = open_run(indexed)
    said = f"{run.states:,} states; finds 100% of the 10 nearest"
    assert figures(indexed) == [f"{FIRST}, {said}", f"{SECOND}, {said}"]
    assert set(run.manifest.tables) >= {index_file(FIRST), index_file(SECOND)}


def test_the_nearest_squares_are_those_of_a_loop(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "BLOCK_VALUES", 100)
    run = open_run(indexed)
    every = run.scan(f"hidden/{FIRST}.parquet").collect()["h"].to_list()
    asked = np.array(every[3:9:2], dtype=np.float32)
    for found, one in zip(nearest_squares(run, FIRST, asked, 4), asked.tolist(), strict=True):
        squares = sorted(sum((a - b) ** 2 for a, b in zip(one, h, strict=True)) for h in every)
        assert found == pytest.approx(squares[:4], abs=1e-9)


def test_an_index_of_other_states_is_refused(copy: Path) -> None:
    shutil.copyfile(copy / index_file(FIRST), copy / index_file(SECOND))
    refresh(copy, index_file(SECOND))
    with pytest.raises(StatelineError, match="holds another state than hidden/.* make run RUN=ind"):
        check_run(copy)


@pytest.mark.parametrize("states", [np.zeros((7, 6)), np.zeros((0, 6)), np.zeros((300, 5))])
def test_an_index_of_another_size_is_refused(copy: Path, states: np.ndarray) -> None:
    save_index(copy / index_file(FIRST), states)
    refresh(copy, index_file(FIRST))
    with pytest.raises(StatelineError, match=r"not the index of this layer's states.* Rebuild it"):
        check_run(copy)


def test_an_index_that_finds_too_little_is_refused(
    indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "MIN_RECALL", 1.01)
    with pytest.raises(StatelineError, match="finds too few of the 10 nearest states of 50"):
        check_run(indexed)


def test_a_file_that_is_no_index_is_refused(copy: Path) -> None:
    (copy / index_file(SECOND)).write_bytes(b"nothing of the kind" * 9)
    refresh(copy, index_file(SECOND))
    with pytest.raises(StatelineError, match=r"cannot be read as an index \(.*\. Rebuild it"):
        check_run(copy)


def test_a_crafted_graph_ends_only_the_process_that_searches_it(copy: Path) -> None:
    craft_index(copy, FIRST)
    with pytest.raises(StatelineError, match=r"the process that searched it has ended\). Rebuild"):
        check_run(copy)


def test_a_run_without_an_index_says_nothing_of_it(run: Path) -> None:
    assert figures(run) == []
