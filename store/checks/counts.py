"""Sums of tables of counts, which a check adds up block by block."""

import polars as pl


def add_counts(total: pl.DataFrame | None, more: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of two tables of counts: keys in all columns but the last, which counts."""
    *keys, count = more.columns
    both = more if total is None else pl.concat([total, more])
    return both.group_by(keys).agg(pl.col(count).sum())
