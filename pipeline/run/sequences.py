"""The sequences of the corpus stage as arrays."""

import numpy as np
import polars as pl


def sequences_of(table: pl.DataFrame) -> list[np.ndarray]:
    """S arrays of ids (T,), or of numbers (T, F) of a series, in the order of the table."""
    name = "values" if "values" in table.columns else "ids"
    return [each.to_numpy() for each in table[name]]


def split_of(table: pl.DataFrame, part: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Sequences (S arrays, lengths differ) and labels (S,) of one split, in corpus order."""
    rows = table.filter(pl.col("split") == part)
    return sequences_of(rows), rows["label"].to_numpy()
