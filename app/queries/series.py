"""Queries of numeric series: features, and values as compact numbers."""

from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.text import count
from stateline.store.reader import Run
from stateline.store.schema import STEPS

DIGITS = 5  # significant ones of a value that is sent: finer than any strip or tooltip shows
LONGEST_WHOLE = 1e15  # beyond, a whole number is shorter with its exponent
MAX_NAMES = 3  # of features in a line
SIDE = 16  # pixels of a picture in the table, across and down, at the most
SHADES = "0123456789abcdef"  # of such a pixel


def series_facts(run: Run) -> dict[str, Any]:
    """Return the facts of a run's sequences that the page's scripts need before any is drawn."""
    corpus = run.manifest.corpus
    return {
        "kind": run.kind,
        "picture": corpus.picture,
        "features": [
            {"name": each.name, "low": compact(each.low), "high": compact(each.high)}
            for each in corpus.features
        ],
    }


def series_line(run: Run) -> str:
    """`series of 8 numbers per step (column 0, column 1, …, column 7)`."""
    names = run.feature_names
    if len(names) > MAX_NAMES + 1:
        names = [*names[: MAX_NAMES - 1], "…", names[-1]]
    return f"series of {count(len(run.feature_names), 'number')} per step ({', '.join(names)})"


def compact(value: float) -> float | int:
    """A number to DIGITS significant digits, without a point where it needs none."""
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < LONGEST_WHOLE else short


def compact_values(column: pl.Series) -> list[list[float | int]]:
    """Values of the steps of one sequence, T lists of F numbers."""
    return [[compact(value) for value in step] for step in column.to_list()]


def shades(run: Run, sequence_ids: list[int]) -> list[str]:
    """Small pictures of sequences whose steps are the rows of one, for the table.

    returns  each as its width, a colon, and then a hexadecimal digit a pixel, row by row: 0 where
             the value is the smallest of any feature of the run, f where it is the largest.
             Neighbours are averaged where a picture has more than SIDE pixels a side
    """
    steps = (
        run.scan(STEPS)
        .select("sequence_id", "values")
        .filter(pl.col("sequence_id").is_in(sequence_ids))
        .collect()
        .partition_by("sequence_id", as_dict=True)
    )
    low, high = value_range(run)
    return [_shaded(steps[(number,)]["values"].to_numpy(), low, high) for number in sequence_ids]


def value_range(run: Run) -> tuple[float, float]:
    """The smallest and the largest value of any feature: one scale for all pixels of a picture."""
    features = run.manifest.corpus.features
    return min(each.low for each in features), max(each.high for each in features)


def _shaded(values: np.ndarray, low: float, high: float) -> str:
    for axis in (0, 1):
        values = _pooled(values, axis)
    share = (values - low) / ((high - low) or 1)
    levels = np.clip(np.round(share * (len(SHADES) - 1)), 0, len(SHADES) - 1).astype(int)
    return f"{values.shape[1]}:" + "".join(SHADES[level] for level in levels.ravel())


def _pooled(values: np.ndarray, axis: int) -> np.ndarray:
    """Means of as many neighbours along an axis as leave at most SIDE."""
    length = values.shape[axis]
    each = -(-length // SIDE)
    starts = np.arange(0, length, each)
    sizes = np.diff([*starts, length])
    shape = (-1, 1) if axis == 0 else (1, -1)
    return np.add.reduceat(values.astype(np.float64), starts, axis=axis) / sizes.reshape(shape)
