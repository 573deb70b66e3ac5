"""Occurrences of tokens and two-word phrases, and the sequences of each class with them."""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import UInt32Array

COUNTED = 4_096  # sequences whose phrases are counted at once
SIZES = (1, 2)  # words of a phrase; one is a token


def phrases_of(steps: pl.DataFrame, size: int, summed: list[str] | None = None) -> pl.DataFrame:
    """Return every step as a token, or every two consecutive ones as a phrase.

    steps    one row per step in order: sequence, phrase (the token), perhaps `flipped` and others
    size     1 or 2
    summed   columns that are added up over the two steps of a phrase, in double precision
    returns  one row per occurrence, of the same columns; `flipped` of a phrase is true where it is
             at either step
    """
    if size == 1:
        return steps
    double = {name: pl.col(name).cast(pl.Float64) for name in summed or ()}
    both = {name: each + each.shift(1) for name, each in double.items()}
    both["phrase"] = pl.col("phrase").shift(1) + " " + pl.col("phrase")
    if "flipped" in steps.columns:
        both["flipped"] = pl.col("flipped") | pl.col("flipped").shift(1)
    follows = pl.col("sequence") == pl.col("sequence").shift(1)
    return steps.with_columns(follows=follows, **both).filter("follows").drop("follows")


def class_counts(
    documents: pl.DataFrame, spelling: pl.Series, wanted: pl.DataFrame, classes: int
) -> UInt32Array:
    """Count the sequences of each class that hold each phrase.

    documents  one row per sequence: label and ids, a list
    spelling   the token of each id
    wanted     size and phrase of P phrases
    returns    uint32 (P, C)
    """
    counts = np.zeros((wanted.height, classes), dtype=np.uint32)
    numbered = (
        wanted.select("size", "phrase")
        .with_row_index("number")
        .partition_by("size", as_dict=True, include_key=False)
    )
    for start in range(0, documents.height, COUNTED):
        part = documents.slice(start, COUNTED).with_row_index("sequence")
        steps = part.select("sequence", "label", "ids").explode("ids")
        steps = steps.select("sequence", "label", phrase=spelling.gather(steps["ids"]))
        for (size,), rows in numbered.items():
            held = phrases_of(steps, size).join(rows, on="phrase")
            found = held.unique(["sequence", "number"]).group_by("number", "label").len()
            place = found["number"].to_numpy(), found["label"].to_numpy()
            counts[place] += found["len"].to_numpy()
    return counts
