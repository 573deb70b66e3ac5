"""Sequences of unequal length in one array."""

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray
from stateline.store.schema import RESERVED_ID


def pad_behind(
    sequences: list[AnyArray], padding: float = RESERVED_ID, longest: int | None = None
) -> AnyArray:
    """Stack sequences into one array, padded at the end.

    sequences  B arrays of ids (T,) or of numbers (T, F); lengths differ
    padding    value of a padded step
    longest    steps of the array, of which longer sequences keep the first; None: as many as the
               longest sequence has
    returns    int32 (B, T) or float32 (B, T, F)
    """
    width = max(len(each) for each in sequences) if longest is None else longest
    numeric = sequences[0].ndim == 2
    shape = (len(sequences), width, *sequences[0].shape[1:])
    padded = np.full(shape, padding, dtype=np.float32 if numeric else np.int32)
    for row, each in enumerate(sequences):
        padded[row, : len(each)] = each[:width]
    return padded
