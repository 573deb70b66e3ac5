"""Effects of tokens and two-word phrases over all of their occurrences.

A frame of occurrences holds one row per occurrence: phrase, sequence, c0 to c<K-1> (its
contribution to each output), distance and flipped.
"""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float64Array,
    Int64Array,
    IntArray,
)
from stateline.pipeline.numerics.significance import clustered_errors, t_quantile
from stateline.store.schema import MIN_PHRASE


def flipped_steps(predicted: IntArray, offsets: Int64Array) -> BoolArray:
    """Return the steps at which the predicted class changed, bool (M,); never the first one.

    predicted  int (M,)
    offsets    int64 (S + 1,)
    """
    changed = np.zeros(len(predicted), dtype=bool)
    changed[1:] = predicted[1:] != predicted[:-1]
    changed[offsets[:-1]] = False
    return changed


def gathered(occurrences: pl.DataFrame, size: int, outputs: int) -> pl.DataFrame:
    """Aggregate the occurrences of each frequent phrase: counts, means, standard deviations.

    occurrences  frame of occurrences
    returns      phrase, count, sequences, flips, distance, and of the contributions c0 and so on
                 the mean and, named <name>_sd, the standard deviation: null of a phrase that
                 occurs once
    """
    own = [f"c{k}" for k in range(outputs)]
    if size > 1:
        often = occurrences.group_by("phrase").len().filter(pl.col("len") >= MIN_PHRASE)
        occurrences = occurrences.join(often, on="phrase", how="semi")
    return (
        # In double precision, so that sums over a corpus do not drift.
        occurrences.with_columns(pl.col("distance", *own).cast(pl.Float64))
        .group_by("phrase")
        .agg(
            pl.len().alias("count"),
            pl.col("sequence").n_unique().alias("sequences"),
            pl.col(own).mean(),
            pl.col(own).std(ddof=1).name.suffix("_sd"),
            pl.col("distance").mean(),
            pl.col("flipped").sum().alias("flips"),
        )
        .sort("count", "phrase", descending=[True, False])
    )


def effects(occurrences: pl.DataFrame, size: int, outputs: int) -> pl.DataFrame:
    """Return the effects of each phrase: columns of words.parquet up to flips, sorted alike.

    occurrences  frame of occurrences
    size         words of each phrase
    """
    found = gathered(occurrences, size, outputs)
    own = [f"c{k}" for k in range(outputs)]
    pushed = class_effects(found.select(own).to_numpy())
    row, class_ = np.arange(found.height), pushed.argmax(axis=1)
    errors, sequences = occurrence_errors(occurrences, found["phrase"], own, class_)
    one, effect, error = sequences == 1, pushed[row, class_], errors[:, -1]
    return found.select("phrase", "count", "sequences", "distance", "flips").with_columns(
        size=pl.lit(size),
        contribution=vectors(found.select(own).to_numpy()),
        contribution_se=vectors(errors[:, :-1], one),
        contribution_sd=vectors(
            found.select(f"{name}_sd" for name in own).to_numpy(), (found["count"] == 1).to_numpy()
        ),
        towards=pl.Series(class_),
        effect=pl.Series(effect),
        effect_se=pl.Series(error).set(pl.Series(one), None),
        effect_low=pl.Series(effect - t_quantile(sequences) * error).set(pl.Series(one), None),
    )


def occurrence_errors(
    occurrences: pl.DataFrame, phrase: pl.Series, own: list[str], towards: IntArray
) -> tuple[Float64Array, Int64Array]:
    """Return standard errors of mean contributions and effects, clustered by sequence.

    occurrences  frame of occurrences
    phrase       P phrases
    own          names of the K contributions
    towards      int (P,)  the class of each effect
    returns      float64 (P, K + 1), the effect's last, and the sequences of each phrase, int64 (P,)
    """
    rows = phrase.to_frame().with_row_index("row")
    listed = occurrences.join(rows, on="phrase")
    moved = listed.select(own).cast(pl.Float64).to_numpy()
    row, sequence = (listed[name].to_numpy().astype(np.int64) for name in ("row", "sequence"))
    effect = np.empty(len(moved))
    for class_ in np.unique(towards):
        there = towards[row] == class_
        effect[there] = class_effects(moved[there])[:, class_]
    values = np.concatenate([moved, effect[:, None]], axis=1)
    return clustered_errors(values, row, sequence, len(phrase))


def vectors(values: AnyArray, missing: BoolArray | None = None) -> pl.Series:
    """Return a column of vectors from an array (P, D), null where `missing`, bool (P,), is true."""
    column = pl.Series(values, dtype=pl.Array(pl.Float32, values.shape[1]))
    return column if missing is None else column.set(pl.Series(missing), None)


def errors(occurrences: pl.DataFrame, phrase: pl.Series, wrong: BoolArray) -> pl.DataFrame:
    """Return the misclassified shares of the sequences with each phrase and without it.

    occurrences  phrase and sequence
    phrase       phrases to count
    wrong        bool (S,)
    returns      error_with, and error_without: null where every sequence holds the phrase
    """
    rows = phrase.to_frame()
    held = occurrences.select("phrase", "sequence").join(rows, on="phrase", how="semi").unique()
    missed = held.with_columns(wrong=pl.Series(wrong).gather(held["sequence"]))
    counted = missed.group_by("phrase").agg(pl.len(), pl.col("wrong").sum())
    others = len(wrong) - pl.col("len")
    return rows.join(counted, on="phrase", how="left", maintain_order="left").select(
        error_with=pl.col("wrong") / pl.col("len"),
        error_without=pl.when(others > 0).then((int(wrong.sum()) - pl.col("wrong")) / others),
    )
