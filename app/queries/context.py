"""Steps in context: some steps of a sequence with those around them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.run import EXPECTED_COLUMNS, expected_bins
from stateline.store.reader import Run

BIN = "bin"  # of the expected prediction: a column that is worked out, not stored


@dataclass(frozen=True)
class Context:
    """Some steps of a sequence, and those around them.

    sequence          its number
    label, predicted  classes of the whole sequence
    first, last       steps that the context is of, both included
    start             the first step shown
    steps             one row per step shown, with the columns requested
    """

    sequence: int
    label: int
    predicted: int
    first: int
    last: int
    start: int
    steps: pl.DataFrame

    @property
    def shown(self) -> slice:
        """The steps shown, among those of the sequence."""
        return slice(self.start, self.start + self.steps.height)

    def parts(self, items: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
        """An item a step shown: those before what the context is of, those of it, those after."""
        at, end = self.first - self.start, self.last + 1 - self.start
        return items[:at], items[at:end], items[end:]

    def plain(self) -> dict[str, Any]:
        """Its words, with the classes of the whole sequence, as JSON for the page."""
        return {
            "sequence": self.sequence,
            "label": self.label,
            "predicted": self.predicted,
            "first": self.start,
            "words": self.steps["surface"].to_list(),
        }


def contexts(
    run: Run, first: np.ndarray, last: np.ndarray, around: int, columns: tuple[str, ...]
) -> list[Context]:
    """Some steps with up to `around` of their sequence before and after; nothing else is read.

    first, last  int64 (n,)  rows among all steps, both included and of one sequence each
    columns      of the steps shown, BIN among them or not
    """
    sequences = np.searchsorted(run.offsets, first, side="right") - 1
    begins = np.maximum(run.offsets[sequences], first - around)
    ends = np.minimum(run.offsets[sequences + 1], last + 1 + around)
    rows = _spanned(begins, ends)
    steps = _steps(run, rows, columns)
    at = np.searchsorted(rows, begins)
    found = zip(
        sequences.tolist(),
        *(run.sequences[name].gather(sequences) for name in ("label", "predicted")),
        *((each - run.offsets[sequences]).tolist() for each in (first, last, begins)),
        (steps.slice(*part) for part in zip(at.tolist(), (ends - begins).tolist(), strict=True)),
        strict=True,
    )
    return [Context(*each) for each in found]


def _spanned(begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """All rows from each begin to its end (exclusive), each once, ascending: int64 (m,)."""
    spans = [np.arange(*span) for span in zip(begins, ends, strict=True)]
    return np.unique(np.concatenate(spans)) if spans else np.zeros(0, dtype=np.int64)


def _steps(run: Run, rows: np.ndarray, columns: tuple[str, ...]) -> pl.DataFrame:
    stored = [name for name in columns if name != BIN]
    if BIN not in columns:
        return run.steps_at(rows, stored)
    steps = run.steps_at(rows, list(dict.fromkeys((*stored, *EXPECTED_COLUMNS))))
    return steps.with_columns(pl.Series(BIN, expected_bins(steps, run))).select(columns)


def beginning(words: list[str], most: int) -> str:
    """The first words of a text, and an ellipsis where it goes on."""
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
