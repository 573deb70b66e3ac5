"""Rules that every row of a table keeps: the first row that breaks one is reported."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.report import fail
from stateline.store.reader import Run
from stateline.store.schema import SEQUENCES

ROUNDING = 1e-5  # of float32 arithmetic over some hundred terms, relative to their size
Values = np.ndarray | pl.Series | Sequence[object]


@dataclass
class RuleChecker:
    """Check rules block by block, and keep the largest error of each.

    max_errors  largest error of each rule checked so far, 0 of a rule that allows none
    """

    run: Run
    max_errors: dict[str, float] = field(default_factory=dict)

    def fail(self, table: str, place: str, rule: str, got: object) -> NoReturn:
        """Raise for one place of a table.

        raises  StatelineError  always
        """
        fail(self.run, table, place, rule, got)

    def rows(self, block: Block, table: str, rule: str, good: np.ndarray, got: Values) -> None:
        """Check a rule of each row of a block.

        good    bool (M,)        whether the row keeps the rule
        got     (M,)             the values that it is about
        raises  StatelineError   at the first row that does not
        """
        if not good.all():
            row = int(np.argmin(good))
            self.fail(table, block.place(row), rule, got[row])
        self.max_errors.setdefault(rule, 0.0)

    def entries(
        self, block: Block, table: str, rule: str, good: np.ndarray, got: np.ndarray
    ) -> None:
        """Check a rule of each entry of the vectors of a block.

        good    bool (M, D)      whether the entry keeps the rule
        got     (M, D)           the vectors
        raises  StatelineError   at the first row with an entry that does not
        """
        whole = good.all(axis=1)
        if not whole.all():
            row = int(np.argmin(whole))
            entry = int(np.argmin(good[row]))
            found = f"{format_numbers(got[row, entry])} in entry {entry}"
            self.fail(table, block.place(row), rule, found)
        self.max_errors.setdefault(rule, 0.0)

    def sequences(self, block: Block, rule: str, good: np.ndarray, got: Values) -> None:
        """Check a rule of each sequence of a block.

        good    bool (B,)        whether the sequence keeps the rule
        got     (B,)             the values that it is about
        raises  StatelineError   at the first sequence that does not
        """
        if not good.all():
            index = int(np.argmin(good))
            self.fail(SEQUENCES, f"sequence {block.first + index}", rule, got[index])
        self.max_errors.setdefault(rule, 0.0)

    def close(
        self,
        block: Block,
        table: str,
        rule: str,
        got: np.ndarray,
        expected: np.ndarray,
        scale: np.ndarray | float = 0.0,
        floor: float = 1.0,
    ) -> None:
        """Check that rows agree but for rounding in numbers as large as `scale`.

        got, expected  float (M,) or (M, D)
        scale          float, or broadcast to them
        floor          added to the scale: differences far below it do not count
        raises         StatelineError  at the first row that does not agree
        """
        error = np.abs(got.astype(np.float64) - expected) / (floor + scale)
        error = error.reshape(len(error), -1).max(axis=1)
        good = error <= ROUNDING  # false for NaN
        if not good.all():
            row = int(np.argmin(good))
            wanted = f"{rule} = {format_numbers(expected[row])}"
            self.fail(table, block.place(row), wanted, format_numbers(got[row]))
        self.max_errors[rule] = max(self.max_errors.get(rule, 0.0), float(error.max()))


def first_false(good: pl.Series) -> int:
    """Return the row of the first false value of a Boolean column; nulls count as true."""
    row = (~good).arg_max()
    assert row is not None, "asked only where a value is false"
    return row


def format_numbers(value: Any) -> str:
    """Return one number, or the first four of a vector, for a message."""
    numbers = np.atleast_1d(value)
    text = ", ".join(f"{number:.6g}" for number in numbers[:4])
    return text if len(numbers) == 1 else f"[{text}{', …' if len(numbers) > 4 else ''}]"
