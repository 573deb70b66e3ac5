"""Columns of the store's tables: name, Polars type and meaning."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Column:
    """One column of a table.

    help  its meaning, in a line
    unit  empty: a plain number or no number
    null  meaning of null; empty: it is never null
    """

    name: str
    dtype: pl.DataType
    help: str
    unit: str = ""
    null: str = ""


KEY = (
    Column("sequence_id", pl.UInt32(), "the sequence, numbered from 0 in stored order"),
    Column("t", pl.UInt32(), "step, counted from 0 after truncation, without padding", "steps"),
)


def polars_schema(columns: tuple[Column, ...]) -> pl.Schema:
    """Return the Polars schema of a table from its columns, in their order."""
    return pl.Schema({column.name: column.dtype for column in columns})


def is_step_grained(columns: tuple[Column, ...]) -> bool:
    """Return whether a table is step-grained: one row per step, sorted by sequence_id and t."""
    return columns[: len(KEY)] == KEY
