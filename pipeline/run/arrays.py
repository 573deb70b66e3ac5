"""Arrays in files, read and written in pieces, since a run may be larger than memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    Int64Array,
    IntArray,
)
from stateline.store.blocks import Block, blocks

PIECE_BYTES = 32_000_000
SOME_ROWS = 512


def pieces(offsets: Int64Array, width: int) -> Iterator[Block]:
    """Yield whole sequences in order, in blocks whose `width` float32 values a row fit PIECE_BYTES.

    offsets  int64 (S + 1,) rows of each sequence
    """
    return blocks(offsets, max(1, PIECE_BYTES // (4 * width)))


def edges(block: Block) -> Int64Array:
    """Return the first row of each sequence of a block, and its end: int64 (B + 1,)."""
    return np.append(block.starts, block.rows)


def read_rows(path: Path, block: Block) -> AnyArray:
    """Read the block's rows, (n, ...), of an array in a NumPy file into memory."""
    # Mapped anew for each piece: the pages of a map that stays open count as memory in use.
    return np.array(np.load(path, mmap_mode="r")[block.start : block.stop])


def read_some(path: Path, rows: BoolArray | IntArray) -> AnyArray:
    """Read some rows of an array in a NumPy file, in the order of `rows`.

    rows  bool (M,), or row numbers int (P,)
    """
    number = np.flatnonzero(rows) if rows.dtype == bool else rows
    # Each row brings in the pages around it, so the map is made anew here too.
    cut = [number[start : start + SOME_ROWS] for start in range(0, len(number), SOME_ROWS)]
    return np.concatenate([np.load(path, mmap_mode="r")[some] for some in cut])


def width_of(path: Path) -> int:
    """Return D of an array (M, D) in a NumPy file."""
    width: int = np.load(path, mmap_mode="r").shape[1]
    return width


@contextmanager
def array_file(path: Path, shape: tuple[int, ...]) -> Iterator[Callable[[Float32Array], None]]:
    """Write a NumPy file of float32 from its first row to its last.

    shape   of the whole
    yields  a function that writes the next rows, float32 (n, ...)
    """
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        begin = file.tell()

        def write(values: Float32Array) -> None:
            file.write(np.ascontiguousarray(values, dtype="<f4").data)

        yield write
        assert file.tell() - begin == 4 * np.prod(shape), f"{path}: not all rows were written"


def not_fitted(
    source: Path, offsets: Int64Array, fitted: BoolArray
) -> Iterator[tuple[Int64Array, Float32Array]]:
    """Yield the states that are not fitted, in pieces: rows int64 (P,), states float32 (P, N).

    source   array of the states (M, N) in a NumPy file
    fitted   bool (M,)
    """
    for block in pieces(offsets, width_of(source)):
        other = np.flatnonzero(~fitted[block.start : block.stop])
        if len(other):
            yield block.start + other, read_rows(source, block)[other]
