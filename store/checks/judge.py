"""The judge of a check: names the first row that breaks a rule, keeps each rule's largest error."""

from dataclasses import dataclass, field

import numpy as np

from stateline.store.blocks import Block
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from stateline.store.schema import SEQUENCES

ROUNDING = 1e-5  # of float32 arithmetic over some hundred terms, relative to their size


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
            fix=f"Rebuild it: make run RUN={self.run.name}",
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
