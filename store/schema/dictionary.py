"""The data dictionary in Markdown, generated from the schema so that it cannot disagree."""

import polars as pl

from stateline.store import schema
from stateline.store.schema.columns import Column

# Widths that are written as the symbol of a dimension.
SYMBOLS = {101: "C", 102: "K", 103: "N", 104: "F"}
CLASSES, OUTPUTS, UNITS, FEATURES = SYMBOLS

TABLES = (
    ("sequences.parquet", "one row per sequence, sorted by sequence_id", schema.sequence_columns()),
    (
        "steps.parquet",
        "one row per step, sorted by sequence_id and t",
        schema.step_columns(CLASSES, OUTPUTS, FEATURES),
    ),
    (
        "hidden/<layer>.parquet",
        "one row per step, sorted as the steps are; one table per recurrent layer",
        schema.hidden_columns(UNITS, ("h", "c"), ("h", "c"), ("<name>",)),
    ),
    (
        "projections/<id>.parquet",
        "one row per step, sorted as the steps are; one table per map, by convention its id is "
        "`<layer>-<method>`, or `<layer>-c-<method>` of the cell state",
        schema.projection_columns(),
    ),
    (
        "vocabulary.parquet",
        "one row per token, sorted by token_id; none for a series",
        schema.vocabulary_columns(CLASSES),
    ),
    (
        "words.parquet",
        "one row per token or two-word phrase, sorted by size, count (the largest first) and "
        "phrase; every token, and phrases that occur at least twice; none for a series",
        schema.word_columns(CLASSES, OUTPUTS),
    ),
    (
        "swaps.parquet",
        "one row per word that the swap test tested, sorted by p and token; only where the "
        "manifest's swap_test is not null",
        schema.swap_columns(),
    ),
    (
        "clusters/<id>.parquet",
        "one row per cluster of the states on one map, sorted by level and cluster",
        schema.cluster_columns(),
    ),
    (
        "units/<layer>.parquet",
        "one row per unit, sorted by unit; one table per recurrent layer",
        schema.unit_columns(OUTPUTS),
    ),
    (
        "contexts/<layer>.parquet",
        "one row per strong context of a unit, at most 20 at either end, sorted by unit, high "
        "(true first) and rank; a sequence appears once at either end, with its strongest step",
        schema.context_columns(),
    ),
    (
        "responses/<layer>.parquet",
        "one row per word, the 200 words at the most whose count times length of response is "
        "largest, of those that occur at least five times and move a unit; sorted by that; none "
        "for a series",
        schema.response_columns(UNITS),
    ),
)


def type_name(dtype: pl.DataType) -> str:
    """Return a Polars type in short, its width as a symbol."""
    if isinstance(dtype, pl.Array):
        width = dtype.shape[0]
        return f"Array({dtype.inner}, {SYMBOLS.get(width, width)})"
    return str(dtype)


def row(column: Column) -> str:
    """Return the row of a column in a Markdown table."""
    cells = (
        f"`{column.name}`",
        type_name(column.dtype),
        column.unit or "–",
        column.null or "never",
        column.help,
    )
    return f"| {' | '.join(cells)} |"


def dictionary() -> str:
    """Return every table: its row grain, and its columns with type, unit and meaning of null."""
    parts = []
    for name, grain, columns in TABLES:
        parts += [f"### {name}", "", f"{grain[0].upper()}{grain[1:]}.", ""]
        parts += ["| column | type | unit | null | meaning |", "|---|---|---|---|---|"]
        parts += [*map(row, columns), ""]
    return "\n".join(parts)
