"""Blocks of whole sequences, in which step-grained tables are worked on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    """Whole sequences first to last (not included), rows start to stop of every step table.

    starts   int64 (B,)  first row of each sequence, counted from `start`
    lengths  int64 (B,)  rows of each sequence
    """

    first: int
    last: int
    start: int
    stop: int
    starts: np.ndarray
    lengths: np.ndarray

    @property
    def rows(self) -> int:
        """Rows of the block, M."""
        return self.stop - self.start

    def place(self, row: int) -> str:
        """Return sequence, step and row in the table of a row of the block, for a message."""
        sequence = int(np.searchsorted(self.starts, row, side="right")) - 1
        t = row - int(self.starts[sequence])
        return f"sequence {self.first + sequence}, t {t} (row {self.start + row:,})"

    def before(self, rows: np.ndarray, initial: np.ndarray | float) -> np.ndarray:
        """Return for each row the one before it in its sequence.

        rows     (M, ...)  of any type
        initial  stands before the first row of each sequence
        returns  (M, ...)  of the same type
        """
        shifted = np.empty_like(rows)
        shifted[1:] = rows[:-1]
        shifted[self.starts] = initial
        return shifted

    def after(self, rows: np.ndarray, final: np.ndarray | float) -> np.ndarray:
        """Return for each row the one after it in its sequence.

        rows     (M, ...)  of any type
        final    stands after the last row of each sequence
        returns  (M, ...)  of the same type
        """
        shifted = np.empty_like(rows)
        shifted[:-1] = rows[1:]
        shifted[self.starts + self.lengths - 1] = final
        return shifted


def blocks(offsets: np.ndarray, rows: int) -> Iterator[Block]:
    """Yield blocks of at most `rows` rows, or of one longer sequence.

    offsets  int64 (S + 1,)  first row of each sequence, and the number of all rows
    """
    first, count = 0, len(offsets) - 1
    while first < count:
        last = int(np.searchsorted(offsets, offsets[first] + rows, side="right")) - 1
        last = min(max(last, first + 1), count)
        edges = offsets[first : last + 1] - offsets[first]
        yield Block(
            first, last, int(offsets[first]), int(offsets[last]), edges[:-1], np.diff(edges)
        )
        first = last
