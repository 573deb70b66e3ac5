"""Columns of steps.parquet: input and answer of the model at each step."""

import polars as pl

from stateline.store.schema.columns import KEY, Column

# Singular values of a linear readout below this share of the largest one count as zero: the visible
# part of a distance lies in the directions of the others.
RANK_TOLERANCE = 1e-7


def step_columns(classes: int, outputs: int, features: int = 0) -> tuple[Column, ...]:
    """Return the columns of steps.parquet, one row per step, sorted by sequence_id and t.

    classes   C, the number of classes
    outputs   K, the head's output units: 1 for one sigmoid unit, else C
    features  F, the numbers per step of a series; 0 for text
    """
    return read_columns(features) + answer_columns(classes, outputs)


def read_columns(features: int) -> tuple[Column, ...]:
    """Return the first columns of steps.parquet, the input of each step.

    features  F, the numbers per step of a series; 0 for text
    """
    columns: tuple[Column, ...] = (
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
            "row of the model's embedding; that of padding only where the model reads it",
            "",
            "a series",
        ),
        Column(
            "known", pl.Boolean(), "the word is in the vocabulary; true for every step of a series"
        ),
        Column(
            "padding",
            pl.Boolean(),
            "padding that the model reads, no word; it counts in no table of words, clusters or "
            "units and in no largest distance",
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
    """Return the last columns of steps.parquet: answers, and distances of the state.

    classes  C, the number of classes
    outputs  K, the head's output units
    """
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
