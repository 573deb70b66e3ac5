"""Confidence as it counts, and its bins: a filter's range and a bin agree to the last sequence.

A bin is (low, high], as calibration has it; a filter's range holds both its ends. What counts has
six digits, so the range that begins a millionth above `low` holds what the bin does.

source  Guo et al. 2017, "On calibration of modern neural networks"
"""

import numpy as np

BINS = 10
DIGITS = 6  # that are sent, shown and filtered by: 1 must not lose 0.9999999
ENDS = np.arange(1, BINS + 1) / BINS  # upper ends of the bins


def counted(confidence: np.ndarray) -> np.ndarray:
    """Confidence to the digits that count: float64 (n,)."""
    return np.round(confidence.astype(np.float64), DIGITS)


def bins_of(confidence: np.ndarray) -> np.ndarray:
    """Number of the bin of each confidence, 0 to BINS - 1: int64 (n,)."""
    return np.searchsorted(ENDS[:-1], counted(confidence), side="left")


def range_of(number: int) -> tuple[float, float]:
    """The least and the largest confidence of a bin, both included, as a filter takes them."""
    steps = 10**DIGITS
    low = number * steps // BINS
    # The first bin holds 0 as well: nothing is below it.
    return (low + 1 if low else 0) / steps, float(ENDS[number])
