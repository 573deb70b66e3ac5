"""Arrays in files: pieces of whole sequences, rows by number, writing from first to last."""

from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline.run import arrays
from stateline.pipeline.run.arrays import array_file, edges, pieces, read_rows, read_some, width_of

OFFSETS = np.array([0, 7, 8, 12, 14, 20])


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)


def test_pieces_are_whole_sequences_that_fit_and_a_longer_one_by_itself(
    tmp_path: Path, values: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "PIECE_BYTES", 6 * 4 * 3)
    np.save(tmp_path / "h.npy", values)
    cut = list(pieces(OFFSETS, width_of(tmp_path / "h.npy")))
    assert [(each.start, each.stop) for each in cut] == [(0, 7), (7, 12), (12, 14), (14, 20)]
    assert edges(cut[1]).tolist() == [0, 1, 5]
    read = np.concatenate([read_rows(tmp_path / "h.npy", each) for each in cut])
    assert np.array_equal(read, values)


@pytest.mark.parametrize("at_once", [2, 100])
def test_rows_come_in_the_order_asked_for(
    tmp_path: Path, values: np.ndarray, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "SOME_ROWS", at_once)
    np.save(tmp_path / "h.npy", values)
    rows = np.array([9, 3, 19, 0, 3])
    assert np.array_equal(read_some(tmp_path / "h.npy", rows), values[rows])
    some = values[:, 0] > 0
    assert np.array_equal(read_some(tmp_path / "h.npy", some), values[some])


def test_an_array_written_piece_by_piece_is_the_array(tmp_path: Path, values: np.ndarray) -> None:
    with array_file(tmp_path / "h.npy", values.shape) as write:
        for each in (values[:5], values[5:6], values[6:].astype(np.float64)):
            write(each)
    read = np.load(tmp_path / "h.npy", mmap_mode="r")
    assert read.dtype == np.float32 and np.array_equal(read, values)
