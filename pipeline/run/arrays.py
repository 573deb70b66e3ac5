"""Arrays in files, read and written a piece at a time: a run may be larger than memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from stateline.store.blocks import Block, blocks

PIECE_BYTES = 32_000_000
SOME_ROWS = 512


def pieces(offsets: np.ndarray, width: int) -> Iterator[Block]:
    """Whole sequences in order, cut so that `width` float32 numbers a row fit PIECE_BYTES.

    offsets  int64 (S + 1,) rows of each sequence
    """
    return blocks(offsets, max(1, PIECE_BYTES // (4 * width)))


def edges(block: Block) -> np.ndarray:
    """Where each sequence of a block begins in it, and its end: int64 (B + 1,)."""
    return np.append(block.starts, block.rows)


def read_rows(path: Path, block: Block) -> np.ndarray:
    """The block's rows of an array in a NumPy file, in memory."""
    # Mapped anew for each piece: the pages of a map that stays open count as memory in use.
    return np.array(np.load(path, mmap_mode="r")[block.start : block.stop])


def read_some(path: Path, rows: np.ndarray) -> np.ndarray:
    """Some rows of an array in a NumPy file, in the order asked for.

    rows  bool (M,), or row numbers
    """
    if rows.dtype == bool:
        rows = np.flatnonzero(rows)
    # Each row brings in the pages around it, so the map is made anew here too.
    cut = [rows[start : start + SOME_ROWS] for start in range(0, len(rows), SOME_ROWS)]
    return np.concatenate([np.load(path, mmap_mode="r")[some] for some in cut])


def width_of(path: Path) -> int:
    """Numbers in a row of an array (M, D) in a NumPy file."""
    return np.load(path, mmap_mode="r").shape[1]


@contextmanager
def array_file(path: Path, shape: tuple[int, ...]) -> Iterator[Callable[[np.ndarray], None]]:
    """A NumPy file of float32 that is written from its first row to its last.

    shape   of the whole
    yields  a function that writes the next rows
    """
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        begin = file.tell()

        def write(values: np.ndarray) -> None:
            file.write(np.ascontiguousarray(values, dtype="<f4").data)

        yield write
        assert file.tell() - begin == 4 * np.prod(shape), f"{path}: not all rows were written"


def not_fitted(
    source: Path, offsets: np.ndarray, fitted: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The states that are not among the fitted ones, in pieces: rows int64 (P,), states (P, N).

    source   array of the states (M, N) in a NumPy file
    fitted   bool (M,)
    """
    for block in pieces(offsets, width_of(source)):
        other = np.flatnonzero(~fitted[block.start : block.stop])
        if len(other):
            yield block.start + other, read_rows(source, block)[other]
