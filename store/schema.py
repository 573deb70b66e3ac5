"""The store contract: every table's columns, types and meaning, once.

A run is one folder. Its tables are Parquet files sorted by their key; their
Polars types depend only on the run's dimensions (classes C, head outputs K,
units N, features F) and on what its layers store, so a table is checked by comparing
schemas for equality.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SCHEMA_VERSION = 2

SEQUENCES = "sequences.parquet"
STEPS = "steps.parquet"
VOCABULARY = "vocabulary.parquet"
MANIFEST = "manifest.json"
MODEL = "model.keras"

# Steps in one Parquet row group. A sequence is read from one or two groups, so they are small:
# with 4,096 rows of 100 units a read takes three times as long. 2.5 million steps make 2,400.
STEP_ROWS_PER_GROUP = 1024

RUN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# Token ids of the vocabularies that are built here: padding (never stored), unknown. Those of any
# run, a model that came trained included, stand in the manifest's corpus.tokens.
RESERVED_ID, UNKNOWN_ID = 0, 1
# Kinds of state that a layer may store, each with the column of its distances.
DISTANCE_COLUMNS = {"h": "distance", "c": "distance_c"}


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


def projection_id(layer: str, state: str, method: str) -> str:
    """The conventional id of a projection: `<layer>-<method>` of h, `<layer>-c-<method>` of c.

    method  pca, tsne or umap
    """
    return f"{layer}-{method}" if state == "h" else f"{layer}-{state}-{method}"


def gate_column(gate: str) -> str:
    """Column of a gate's activations in the table of its layer."""
    return f"gate_{gate}"


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
        Column("length_full", pl.UInt32(), "steps before truncation", "steps"),
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
            "largest distance of h in the layer the head reads",
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
        Column("text", pl.String(), "the whole text, truncated part included; empty for a series"),
    )


def step_columns(classes: int, outputs: int, features: int = 0) -> tuple[Column, ...]:
    """Columns of steps.parquet, a row a step, sorted by sequence_id and t.

    classes   C, the number of classes
    outputs   K, the head's output units: 1 for one sigmoid unit, else C
    features  F, the numbers a step of a series; 0 for text
    """
    return read_columns(features) + answer_columns(classes, outputs)


def read_columns(features: int) -> tuple[Column, ...]:
    """The first columns of steps.parquet: what the model read at each step."""
    columns = (
        *KEY,
        Column(
            "token",
            pl.String(),
            "the word as the model reads it, `[unknown]` where it cannot; the step's name in a "
            "series",
        ),
        Column(
            "surface", pl.String(), "the word as written in the text; the step's name in a series"
        ),
        Column(
            "token_id",
            pl.UInt32(),
            "row of the model's embedding; that of padding never occurs",
            "",
            "a series",
        ),
        Column(
            "known", pl.Boolean(), "the word is in the vocabulary; true for every step of a series"
        ),
        Column(
            "role",
            pl.String(),
            "what the demo's grammar planted here",
            "",
            "nothing planted, or not a demo",
        ),
    )
    if features:
        each = "numbers that the model reads here, one a feature; this column only in a series"
        columns += (Column("values", pl.Array(pl.Float32(), features), each, "the corpus' own"),)
    return columns


def answer_columns(classes: int, outputs: int) -> tuple[Column, ...]:
    """The last columns of steps.parquet: what the model answered, and how far its state moved."""
    per_class = pl.Array(pl.Float32(), classes)
    per_output = pl.Array(pl.Float32(), outputs)
    return (
        Column(
            "ep",
            per_class,
            "expected prediction: the answer had the sequence ended here; two classes: 1 - p, p",
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
        Column("predicted", pl.UInt16(), "most likely class, had the sequence ended here"),
        Column("confidence", pl.Float32(), "its probability", "0 to 1"),
        Column(
            "distance",
            pl.Float32(),
            "how far h moved at this step in the layer the head reads, as its own table has it",
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


def hidden_columns(
    units: int,
    states: Sequence[str] = ("h",),
    distances: Sequence[str] = ("h",),
    gates: Sequence[str] = (),
) -> tuple[Column, ...]:
    """Columns of hidden/<layer>.parquet, a row a step, sorted as the steps are.

    units      N, the units of the layer
    states     kinds that are stored: h, or h and c
    distances  kinds whose distances are stored: those of `states` that have maps; h always
    gates      names of the gates that are stored
    """
    state = pl.Array(pl.Float32(), units)
    moved = (
        "how far {} moved at this step, from the zero state before the first one read; a layer of "
        "direction backward reads from the end"
    )
    columns = (
        *KEY,
        Column("h", state, "hidden state after this step"),
        Column("distance", pl.Float32(), moved.format("h"), "hidden-state units"),
    )
    if "c" in states:
        columns += (Column("c", state, "cell state after this step; only where stored"),)
    if "c" in distances:
        far = f"{moved.format('c')}; only where stored"
        columns += (Column(DISTANCE_COLUMNS["c"], pl.Float32(), far, "cell-state units"),)
    opened = "how far this gate of each unit is open at this step; only where stored"
    return columns + tuple(Column(gate_column(each), state, opened, "0 to 1") for each in gates)


def layer_columns(layer: dict) -> tuple[Column, ...]:
    """Columns of the table of a layer, from its entry in the manifest."""
    return hidden_columns(
        layer["units"], layer["states"], tuple(layer["max_distance"]), layer["gates"]
    )


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
    """Columns of vocabulary.parquet, a row a token, sorted by token_id; no row for a series."""
    unknown = "the training split is not known"
    return (
        Column(
            "token_id",
            pl.UInt32(),
            "row of the model's embedding; the manifest's corpus.tokens names those with a meaning",
        ),
        Column("token", pl.String(), "the word, or `[padding]`, `[unknown]`, `[start]`"),
        Column("count", pl.UInt32(), "how often it occurs in the training split", "", unknown),
        Column(
            "sequences",
            pl.Array(pl.UInt32(), classes),
            "sequences of the training split that hold it, by class",
            "",
            unknown,
        ),
    )


def polars_schema(columns: tuple[Column, ...]) -> pl.Schema:
    """The Polars schema of a table from its columns, in their order."""
    return pl.Schema({column.name: column.dtype for column in columns})


def run_tables(manifest: dict) -> dict[str, tuple[Column, ...]]:
    """Every Parquet table that a run must hold, by its path relative to the run's folder.

    manifest  dict  a manifest whose shape was validated
    """
    classes, features = (len(manifest["corpus"][key]) for key in ("classes", "features"))
    tables = {
        SEQUENCES: sequence_columns(),
        STEPS: step_columns(classes, manifest["readout"]["outputs"], features),
        VOCABULARY: vocabulary_columns(classes),
    }
    for layer in manifest["layers"]:
        tables[hidden_table(layer["id"])] = layer_columns(layer)
    for projection in manifest["projections"]:
        tables[projection_table(projection["id"])] = projection_columns()
    return tables


def run_files(manifest: dict) -> list[str]:
    """Files besides the tables that a run must hold: the trained model, where it has one."""
    return [MODEL] if manifest["model"]["file"] is not None else []
