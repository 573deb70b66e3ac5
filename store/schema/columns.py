"""What a column of the store is: its name, its Polars type and, in a line, its meaning."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Column:
    """One column: its Polars type and, in a line, its meaning."""

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
    """The Polars schema of a table from its columns, in their order."""
    return pl.Schema({column.name: column.dtype for column in columns})


def is_step_grained(columns: tuple[Column, ...]) -> bool:
    """Whether a table has a row a step, sorted by sequence_id and t."""
    return columns[: len(KEY)] == KEY
