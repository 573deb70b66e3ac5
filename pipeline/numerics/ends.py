"""Padding that a model reads: where it is, and beginnings of a sequence padded as the whole is."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray


@dataclass(frozen=True)
class Ends:
    """How sequences are padded to the number of steps that a model reads.

    side   pre, in front, or post, behind
    steps  of every sequence, L
    value  token id or number of a padded step
    """

    side: str
    steps: int
    value: float

    @classmethod
    def of(cls, entry: Any) -> "Ends | None":
        """Return it from its entry in the facts of the corpus or the manifest; None for none."""
        return None if entry is None else cls(entry["side"], entry["steps"], entry["value"])

    def as_entry(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    def body(self, row: AnyArray) -> slice:
        """Return the steps of a sequence besides its padding.

        row  (T,) ids or (T, F) numbers
        """
        read = np.flatnonzero(~is_padding(row, self.value))
        if self.side == "pre":
            return slice(int(read[0]) if len(read) else len(row), len(row))
        return slice(0, int(read[-1]) + 1 if len(read) else 0)

    def fill(self, row: AnyArray) -> AnyArray:
        """Return a sequence, (T,) or (T, F), padded to L steps, (L,) or (L, F); T is L at most."""
        padding = np.full((self.steps - len(row), *row.shape[1:]), self.value, dtype=row.dtype)
        return np.concatenate([padding, row] if self.side == "pre" else [row, padding])

    def beginnings(self, row: AnyArray) -> tuple[AnyArray, slice]:
        """Return the beginnings of a sequence, each padded as the whole is.

        row      (L,) ids or (L, F) numbers
        returns  (n, L) or (n, L, F), the first n steps besides padding; where they stand in it
        """
        where = self.body(row)
        inner = row[where]
        return np.stack([self.fill(inner[: t + 1]) for t in range(len(inner))]), where


def is_padding(row: AnyArray, value: float) -> BoolArray:
    """Return which steps hold nothing but a value: bool (T,).

    row  (T,) ids or (T, F) numbers
    """
    same = row == np.asarray(value, dtype=row.dtype)
    padded: BoolArray = same.all(axis=1) if row.ndim == 2 else same
    return padded
