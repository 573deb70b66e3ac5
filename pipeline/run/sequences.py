"""The sequences of the corpus stage as arrays."""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, IntArray


def sequences_of(table: pl.DataFrame) -> list[AnyArray]:
    """Return S arrays of ids uint32 (T,), or of numbers float32 (T, F) of a series, in order."""
    name = "values" if "values" in table.columns else "ids"
    return [each.to_numpy() for each in table[name]]


def padding_of(table: pl.DataFrame) -> BoolArray:
    """Return which steps of sequences, in order, are padding that the model reads: bool (M,)."""
    if "padding" in table.columns:
        mask: BoolArray = table["padding"].list.explode().to_numpy()
        return mask
    name = "values" if "values" in table.columns else "ids"
    return np.zeros(int(table[name].list.len().sum()), dtype=bool)


def split_of(table: pl.DataFrame, *parts: str) -> tuple[list[AnyArray], IntArray]:
    """Return the sequences of one split or several, S arrays, and labels, int (S,), in order."""
    rows = table.filter(pl.col("split").is_in(parts))
    return sequences_of(rows), rows["label"].to_numpy()
