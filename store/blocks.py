"""Blocks of whole sequences, and the judge that names the first row which breaks a rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from store.errors import StatelineError
from store.reader import Run
from store.schema import SEQUENCES

ROUNDING = 1e-5  # of float32 arithmetic over some hundred terms, relative to their size


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


@dataclass
class Judge:
    """Raises at the first row that breaks a rule; keeps the largest error of each rule."""

    run: Run
    worst: dict[str, float] = field(default_factory=dict)

    def fail(self, table: str, place: str, rule: str, got: object) -> None:
        """Raise for one place of one table."""
        raise StatelineError(
            self.run.folder / table,
            place,
            expected=rule,
            got=got,
            mend=f"Rebuild it: make run RUN={self.run.name}",
        )

    def rows(self, block: Block, table: str, rule: str, good: np.ndarray, got: object) -> None:
        """A rule that each row (M,) keeps or breaks; `got` are the values that are judged."""
        if not good.all():
            row = int(np.argmin(good))
            self.fail(table, block.place(row), rule, got[row])
        self.worst.setdefault(rule, 0.0)

    def entries(
        self, block: Block, table: str, rule: str, good: np.ndarray, got: np.ndarray
    ) -> None:
        """A rule that each entry of vectors (M, D) keeps or breaks."""
        whole = good.all(axis=1)
        if not whole.all():
            row = int(np.argmin(whole))
            entry = int(np.argmin(good[row]))
            self.fail(table, block.place(row), rule, f"{shown(got[row, entry])} in entry {entry}")
        self.worst.setdefault(rule, 0.0)

    def sequences(self, block: Block, rule: str, good: np.ndarray, got: object) -> None:
        """A rule of the sequences of a block, (B,)."""
        if not good.all():
            index = int(np.argmin(good))
            self.fail(SEQUENCES, f"sequence {block.first + index}", rule, got[index])
        self.worst.setdefault(rule, 0.0)

    def close(
        self,
        block: Block,
        table: str,
        rule: str,
        got: np.ndarray,
        wanted: np.ndarray,
        scale: np.ndarray | float = 0.0,
        floor: float = 1.0,
    ) -> None:
        """Rows (M,) or (M, D) that agree but for rounding in numbers as large as `scale`.

        floor  added to the scale: differences far below it do not count
        """
        error = np.abs(got.astype(np.float64) - wanted) / (floor + scale)
        error = error.reshape(len(error), -1).max(axis=1)
        good = error <= ROUNDING  # not-a-number is not
        if not good.all():
            row = int(np.argmin(good))
            self.fail(table, block.place(row), f"{rule} = {shown(wanted[row])}", shown(got[row]))
        self.worst[rule] = max(self.worst.get(rule, 0.0), float(error.max()))


def shown(value: np.ndarray | float) -> str:
    """One number or a short vector for a message."""
    numbers = np.atleast_1d(value)
    text = ", ".join(f"{number:.6g}" for number in numbers[:4])
    return text if len(numbers) == 1 else f"[{text}{', …' if len(numbers) > 4 else ''}]"
