"""The store contract: every table's columns, types and meaning, once.

A run is one folder. Its tables are Parquet files sorted by their key; their
Polars types depend only on the run's dimensions (classes C, head outputs K,
units N), so a table is checked by comparing schemas for equality.
"""

import re
from dataclasses import dataclass

import polars as pl

SCHEMA_VERSION = 1

SEQUENCES = "sequences.parquet"
STEPS = "steps.parquet"
VOCABULARY = "vocabulary.parquet"
MANIFEST = "manifest.json"
MODEL = "model.keras"

# Steps in one Parquet row group. A sequence is read from one or two groups, so they are small:
# with 4,096 rows of 100 units a read takes three times as long. 2.5 million steps make 2,400.
STEP_ROWS_PER_GROUP = 1024

RUN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
RESERVED_ID, UNKNOWN_ID = 0, 1  # token ids: padding (never stored), unknown


@dataclass(frozen=True)
class Column:
    """One column: its Polars type and, in a line, its meaning."""

    name: str
    dtype: pl.DataType
    help: str
    unit: str = ""
    null: str = ""


def hidden_table(layer: str) -> str:
    """Table of a recurrent layer's states, relative to the run's folder."""
    return f"hidden/{layer}.parquet"


def projection_table(projection: str) -> str:
    """Table of a projection, relative to the run's folder."""
    return f"projections/{projection}.parquet"


KEY = (
    Column("sequence_id", pl.UInt32(), "the sequence, numbered from 0 in stored order"),
    Column("t", pl.UInt32(), "step, counted from 0 after truncation, without padding", "steps"),
)


def sequence_columns() -> tuple[Column, ...]:
    """Columns of sequences.parquet, a row a sequence, sorted by sequence_id."""
    return (
        KEY[0],
        Column("external_id", pl.String(), "the corpus' own id of the sequence"),
        Column("label", pl.UInt16(), "actual class, an index into the manifest's classes"),
        Column("predicted", pl.UInt16(), "class the model itself predicts for the whole sequence"),
        Column("correct", pl.Boolean(), "label equals predicted"),
        Column("confidence", pl.Float32(), "probability of the predicted class", "0 to 1"),
        Column("length", pl.UInt32(), "steps the model reads", "steps"),
        Column("length_full", pl.UInt32(), "words before truncation", "words"),
        Column("unknown", pl.UInt32(), "steps whose word is not in the vocabulary", "steps"),
        Column("flips", pl.UInt32(), "how often the predicted class changes from step to step"),
        Column(
            "settle_step",
            pl.UInt32(),
            "first step from which the predicted class never changes again; 0 when nothing flips",
            "steps",
        ),
        Column(
            "max_distance",
            pl.Float32(),
            "largest distance of the layer the head reads",
            "hidden-state units",
        ),
        Column("max_distance_step", pl.UInt32(), "the step of max_distance", "steps"),
        Column(
            "turning_step",
            pl.UInt32(),
            "step with the largest fall of logit[label] - logit[predicted]",
            "steps",
            "classified correctly",
        ),
        Column("text", pl.String(), "the whole text, truncated part included"),
    )


def step_columns(classes: int, outputs: int) -> tuple[Column, ...]:
    """Columns of steps.parquet, a row a step, sorted by sequence_id and t.

    classes  C, the number of classes
    outputs  K, the head's output units: 1 for one sigmoid unit, else C
    """
    per_class = pl.Array(pl.Float32(), classes)
    per_output = pl.Array(pl.Float32(), outputs)
    return (
        *KEY,
        Column("token", pl.String(), "the word as the model reads it, `[unknown]` where it cannot"),
        Column("surface", pl.String(), "the word as written in the text"),
        Column("token_id", pl.UInt32(), "row of the model's embedding; 0 (padding) never occurs"),
        Column("known", pl.Boolean(), "the word is in the vocabulary"),
        Column(
            "role",
            pl.String(),
            "what the demo's grammar planted here",
            "",
            "nothing planted, or not a demo",
        ),
        Column(
            "ep",
            per_class,
            "expected prediction: the answer had the text ended here; two classes: 1 - p, p",
            "0 to 1, sums to 1",
        ),
        Column(
            "logit",
            per_output,
            "the head's output before sigmoid or softmax; one sigmoid "
            "unit: towards the second class",
        ),
        Column(
            "contribution",
            per_output,
            "logit at t less logit at t - 1; at 0 less the manifest's readout.initial_logit",
        ),
        Column("predicted", pl.UInt16(), "most likely class, had the text ended here"),
        Column("confidence", pl.Float32(), "its probability", "0 to 1"),
        Column(
            "distance",
            pl.Float32(),
            "how far the state moved at this word, from the zero "
            "state at 0, in the layer the head reads",
            "hidden-state units",
        ),
        Column(
            "visible",
            pl.Float32(),
            "part of the distance that the readout sees",
            "hidden-state units",
            "the readout is not linear",
        ),
        Column(
            "silent",
            pl.Float32(),
            "part of the distance that changes the memory, not the answer",
            "hidden-state units",
            "the readout is not linear",
        ),
    )


def hidden_columns(units: int, cell_state: bool) -> tuple[Column, ...]:
    """Columns of hidden/<layer>.parquet, a row a step, sorted as the steps are.

    units       N, the units of the layer
    cell_state  the layer keeps a cell state (LSTM)
    """
    state = pl.Array(pl.Float32(), units)
    columns = (
        *KEY,
        Column("h", state, "hidden state after this word"),
        Column(
            "distance",
            pl.Float32(),
            "how far h moved at this word, from the zero state at 0",
            "hidden-state units",
        ),
    )
    if cell_state:
        columns += (Column("c", state, "cell state after this word; LSTM only"),)
    return columns


def projection_columns() -> tuple[Column, ...]:
    """Columns of projections/<id>.parquet, a row a step, sorted as the steps are."""
    return (
        *KEY,
        Column("x", pl.Float32(), "first coordinate on the map"),
        Column("y", pl.Float32(), "second coordinate on the map"),
        Column(
            "trust",
            pl.Float32(),
            "share of the state's 15 nearest neighbours among the units "
            "that are still among its 15 nearest on the map",
            "0 to 1",
        ),
    )


def vocabulary_columns(classes: int) -> tuple[Column, ...]:
    """Columns of vocabulary.parquet, a row a token, sorted by token_id."""
    return (
        Column("token_id", pl.UInt32(), "row of the model's embedding; 0 is padding, 1 unknown"),
        Column("token", pl.String(), "the word, `[padding]` and `[unknown]` for the first two"),
        Column("count", pl.UInt32(), "how often it occurs in the training split"),
        Column(
            "sequences",
            pl.Array(pl.UInt32(), classes),
            "sequences of the training split that hold it, by class",
        ),
    )


def polars_schema(columns: tuple[Column, ...]) -> pl.Schema:
    """The Polars schema of a table from its columns, in their order."""
    return pl.Schema({column.name: column.dtype for column in columns})


def run_tables(manifest: dict) -> dict[str, tuple[Column, ...]]:
    """Every Parquet table that a run must hold, by its path relative to the run's folder.

    manifest  dict  a manifest whose shape was validated
    """
    classes = len(manifest["corpus"]["classes"])
    tables = {
        SEQUENCES: sequence_columns(),
        STEPS: step_columns(classes, manifest["readout"]["outputs"]),
        VOCABULARY: vocabulary_columns(classes),
    }
    for layer in manifest["layers"]:
        tables[hidden_table(layer["id"])] = hidden_columns(layer["units"], layer["cell_state"])
    for projection in manifest["projections"]:
        tables[projection_table(projection["id"])] = projection_columns()
    return tables
