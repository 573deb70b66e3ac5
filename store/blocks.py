"""Blocks of whole sequences: what is worked on at once of tables with a row a step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    """Whole sequences first to last (not included), rows start to stop of every step table."""

    first: int
    last: int
    start: int
    stop: int
    starts: np.ndarray  # int64 (B,) first row of each sequence, counted from `start`
    lengths: np.ndarray  # int64 (B,)

    @property
    def rows(self) -> int:
        """Rows of the block."""
        return self.stop - self.start

    def place(self, row: int) -> str:
        """A row of the block in words."""
        sequence = int(np.searchsorted(self.starts, row, side="right")) - 1
        t = row - int(self.starts[sequence])
        return f"sequence {self.first + sequence}, t {t} (row {self.start + row:,})"

    def before(self, rows: np.ndarray, initial: np.ndarray | float) -> np.ndarray:
        """For each row the one before it in its sequence, `initial` before the first."""
        shifted = np.empty_like(rows)
        shifted[1:] = rows[:-1]
        shifted[self.starts] = initial
        return shifted

    def after(self, rows: np.ndarray, final: np.ndarray | float) -> np.ndarray:
        """For each row the one after it in its sequence, `final` after the last."""
        shifted = np.empty_like(rows)
        shifted[:-1] = rows[1:]
        shifted[self.starts + self.lengths - 1] = final
        return shifted


def blocks(offsets: np.ndarray, rows: int) -> Iterator[Block]:
    """Cut sequences into blocks of at most `rows` rows, or of one longer sequence.

    offsets  int64 (S + 1,)
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
