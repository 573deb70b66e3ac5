"""Rules of words.parquet: each is checked for every row, and the first that breaks one is told."""

from typing import NoReturn

import numpy as np

from stateline.store.checks.report import fail
from stateline.store.checks.rules import ROUNDING, Values, format_numbers
from stateline.store.reader import Run
from stateline.store.schema import WORDS


class PhraseChecker:
    """Rules of words.parquet: the first row that breaks one is reported."""

    def __init__(self, run: Run) -> None:
        self.run, self.words = run, run.words

    def keep(self, rule: str, good: np.ndarray, got: Values) -> None:
        """Check a rule of each row.

        good    bool (P,)        whether the row keeps the rule
        got     (P,)             the values that it is about
        raises  StatelineError   at the first row that does not
        """
        if not good.all():
            row = int(np.argmin(good))
            self.fail(f"row {row:,} ({self.words['phrase'][row]})", rule, got[row])

    def fail(self, place: str, rule: str, got: object) -> NoReturn:
        """Raise for one place of the table.

        raises  StatelineError  always
        """
        fail(self.run, WORDS, place, rule, got)

    def same(self, column: str, expected: np.ndarray) -> None:
        """Check a column of whole numbers.

        expected  int64 (P,)
        raises    StatelineError  at the first row that differs
        """
        got = self.words[column].to_numpy()
        self.keep(f"{column} as computed from the steps", got == expected, got)

    def close(self, column: str, expected: np.ndarray) -> None:
        """Check a column that may be off by rounding.

        expected  float64 (P,) or (P, D)  NaN where the column is null
        raises    StatelineError          at the first row that differs
        """
        got, target = self.words[column], expected.reshape(len(expected), -1)
        missing = np.isnan(target).any(axis=1)
        rule = f"{column} null where, and only where, it cannot be known"
        self.keep(rule, got.is_null().to_numpy() == missing, got)
        values = got.to_numpy().astype(np.float64).reshape(target.shape)
        off = np.abs(values - target) / (1 + np.abs(target))
        good = (off <= ROUNDING).all(axis=1) | missing  # false for NaN
        row = int(np.argmin(good))
        self.keep(f"{column} = {format_numbers(target[row])}", good, got)
