"""Stage words: effects of tokens and two-word phrases over all of their occurrences.

Effects are of the stored sequences; labels are counted in the whole training and test splits, as
the model reads them.
"""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float64Array,
    Int64Array,
    IntArray,
    UInt32Array,
)
from stateline.pipeline.numerics.phrases import SIZES, class_counts, phrases_of
from stateline.pipeline.run.artefacts import (
    CONTRIBUTION,
    EP,
    PREDICTION,
    SEQUENCES,
    VOCABULARY,
    distance_array,
)
from stateline.pipeline.run.stage import BuildPaths, StageRun, stage_main, stage_work
from stateline.pipeline.run.tables import Inputs, nothing, table
from stateline.store.schema import (
    LABEL_PRIOR,
    MIN_PHRASE,
    MIN_SHORTCUT,
    WORDS,
    polars_schema,
    word_columns,
)


def flipped_steps(predicted: IntArray, offsets: Int64Array) -> BoolArray:
    """Return the steps at which the predicted class changed, bool (M,); never the first one.

    predicted  int (M,)
    offsets    int64 (S + 1,)
    """
    changed = np.zeros(len(predicted), dtype=bool)
    changed[1:] = predicted[1:] != predicted[:-1]
    changed[offsets[:-1]] = False
    return changed


def class_effects(outputs: int) -> list[pl.Expr]:
    """Return expressions of the effect towards each class from the contributions c0, c1, …

    outputs  K; 1: one sigmoid unit, which pushes to the second class or away from it
    """
    if outputs == 1:
        return [-pl.col("c0"), pl.col("c0")]
    every = sum(pl.col(f"c{k}") for k in range(outputs))
    return [(outputs * pl.col(f"c{k}") - every) / (outputs - 1) for k in range(outputs)]


def gathered(occurrences: pl.DataFrame, size: int, outputs: int) -> pl.DataFrame:
    """Aggregate the occurrences of each frequent phrase: counts, means, standard deviations.

    occurrences  a row an occurrence: phrase, sequence, c0 to c<K-1>, distance and flipped
    returns      phrase, count, sequences, flips, distance, and of the contributions c0 and so on
                 and the effects on each class e0 and so on the mean and, named <name>_sd, the
                 standard deviation: null of a phrase that occurs once
    """
    towards = {f"e{c}": effect for c, effect in enumerate(class_effects(outputs))}
    own = [f"c{k}" for k in range(outputs)]
    spread = own + list(towards)
    if size > 1:
        often = occurrences.group_by("phrase").len().filter(pl.col("len") >= MIN_PHRASE)
        occurrences = occurrences.join(often, on="phrase", how="semi")
    return (
        # In double precision, so that sums over a corpus do not drift.
        occurrences.with_columns(pl.col("distance", *own).cast(pl.Float64))
        .with_columns(**towards)
        .group_by("phrase")
        .agg(
            pl.len().alias("count"),
            pl.col("sequence").n_unique().alias("sequences"),
            pl.col(spread).mean(),
            pl.col(spread).std(ddof=1).name.suffix("_sd"),
            pl.col("distance").mean(),
            pl.col("flipped").sum().alias("flips"),
        )
        .sort("count", "phrase", descending=[True, False])
    )


def effects(occurrences: pl.DataFrame, size: int, outputs: int) -> pl.DataFrame:
    """Return the effects of each phrase: columns of words.parquet up to flips, sorted alike.

    occurrences  as `gathered` takes them
    size         words of each phrase
    """
    found = gathered(occurrences, size, outputs)
    own = [f"c{k}" for k in range(outputs)]
    pushed = [f"e{c}" for c in range(max(outputs, 2))]
    mean, sd = (found.select(f"{name}{end}" for name in pushed) for end in ("", "_sd"))
    row, class_ = np.arange(found.height), mean.to_numpy().argmax(axis=1)
    root = np.sqrt(found["count"].to_numpy())
    by_output = found.select(f"{name}_sd" for name in own).to_numpy()
    once = (found["count"] == 1).to_numpy()
    return found.select("phrase", "count", "sequences", "distance", "flips").with_columns(
        size=pl.lit(size),
        contribution=vectors(found.select(own).to_numpy()),
        contribution_se=vectors(by_output / root[:, None], once),
        contribution_sd=vectors(by_output, once),
        towards=pl.Series(class_),
        effect=pl.Series(mean.to_numpy()[row, class_]),
        effect_se=pl.Series(sd.to_numpy()[row, class_] / root).set(pl.Series(once), None),
    )


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


def label_lift(
    holding: UInt32Array, towards: IntArray, split: IntArray
) -> tuple[Float64Array, Float64Array]:
    """Log-odds lift of one class of each phrase by the labels of a split.

    holding  uint32 (P, C)  sequences of the split that hold the phrase, by class
    towards  int (P,)       the class
    split    int (C,)       sequences of the whole split
    returns  float64 (P,) log-odds of the class among those that hold the phrase less that among
             all, and its standard error (of log-odds of counts: Woolf 1955)
    """
    # One more of each class, so that one without a sequence has odds too.
    base = (split[towards] + 1) / (split.sum() + len(split))
    hits = holding[np.arange(len(towards)), towards] + LABEL_PRIOR * base
    others = holding.sum(axis=1) + LABEL_PRIOR - hits
    lift = np.log(hits / others) - np.log(base / (1 - base))
    return lift, np.sqrt(1 / hits + 1 / others)


def unsupported(
    effect: Float64Array,
    effect_se: Float64Array,
    test: tuple[Float64Array, Float64Array],
    train: tuple[Float64Array, Float64Array] | None,
) -> Float64Array:
    """Effect that the test labels do not support: larger for a more certain shortcut.

    The model must use the word, and the training labels must have said more for it than the test
    labels do, each by more than two standard errors; the weaker of the two counts.

    effect, effect_se  float64 (P,)  not-a-number where a phrase occurs once
    test, train        lift and its standard error, float64 (P,) each; None: not known
    returns            float64 (P,)  in logits
    """
    lift, error = test
    sure = effect - 2 * effect_se
    if train is None:
        # An effect is an effect in its context, a lift is not: without the training labels, words
        # whose meaning depends on others rank as high as shortcuts do.
        untrained: Float64Array = sure - np.maximum(lift, 0) - 2 * error
        return untrained
    fallen = train[0] - np.maximum(lift, 0) - 2 * np.hypot(error, train[1])
    weaker: Float64Array = np.minimum(sure, fallen)
    return weaker


def read_steps(inputs: Inputs, spelling: pl.Series) -> tuple[pl.DataFrame, int]:
    """Return a row a stored step in the form of `phrases_of`, and K.

    spelling  the token of each id
    """
    paths, offsets = inputs.paths, inputs.offsets
    contribution = np.load(paths.need("expected", CONTRIBUTION))
    predicted = np.load(paths.need("expected", EP), mmap_mode="r").argmax(axis=1)
    read = inputs.extracted["readout"]["layer"]
    distance = np.load(paths.need("distances", distance_array(read, "h")))
    outputs = contribution.shape[1]
    steps = pl.DataFrame(
        {
            "sequence": np.repeat(np.arange(len(offsets) - 1, dtype=np.uint32), np.diff(offsets)),
            "phrase": spelling.gather(inputs.documents("ids")["ids"].list.explode()),
            **{f"c{k}": contribution[:, k] for k in range(outputs)},
            "distance": distance,
            "flipped": flipped_steps(predicted, offsets),
        }
    )
    return steps, outputs


def words_table(inputs: Inputs) -> pl.DataFrame:
    """Return words.parquet of a text."""
    paths, classes = inputs.paths, len(inputs.corpus["classes"])
    spelling = pl.read_parquet(paths.need("corpus", VOCABULARY), columns=["token"])["token"]
    steps, outputs = read_steps(inputs, spelling)
    summed = [*(f"c{k}" for k in range(outputs)), "distance"]
    wrong = np.load(paths.need("extract", PREDICTION)).argmax(axis=1) != inputs.label
    parts = []
    for size in SIZES:
        occurrences = phrases_of(steps, size, summed)
        part = effects(occurrences, size, outputs)
        shares = errors(occurrences, part["phrase"], wrong)
        parts.append(pl.concat([part, shares], how="horizontal"))
    found = pl.concat(parts)
    columns: dict[str, object] = dict(found.to_dict())
    documents = pl.scan_parquet(paths.need("corpus", SEQUENCES)).select("split", "label", "ids")
    lifts = {}
    for split in ("train", "test"):
        sizes = [each[split] for each in inputs.corpus["classes"]]
        if sizes[0] is None:
            columns |= {split: nothing(found.height, pl.Array(pl.UInt32, classes))}
            continue
        part = documents.filter(pl.col("split") == split).select("label", "ids").collect()
        counts = class_counts(part, spelling, found, classes)
        columns[split] = pl.Series(counts, dtype=pl.Array(pl.UInt32, classes))
        lifts[split] = label_lift(counts, found["towards"].to_numpy(), np.array(sizes))
    return table(columns | shortcut_columns(found, lifts), word_columns(classes, outputs))


def shortcut_columns(
    found: pl.DataFrame, lifts: dict[str, tuple[Float64Array, Float64Array]]
) -> dict[str, object]:
    """Return the lift and shortcut columns of each phrase.

    lifts  by split, float64 (P,) twice as from `label_lift`; train is missing where not known
    """
    effect, error = (found[name].to_numpy() for name in ("effect", "effect_se"))
    score = unsupported(effect, error, lifts["test"], lifts.get("train"))
    # Not-a-number, of a phrase that occurs once, is not above 0.
    kept = (score > 0) & (found["sequences"] >= MIN_SHORTCUT).to_numpy()
    return {
        "lift": lifts["test"][0],
        "lift_se": lifts["test"][1],
        "train_lift": lifts["train"][0] if "train" in lifts else nothing(len(effect), pl.Float32),
        "shortcut": pl.Series(score).set(pl.Series(~kept), None),
    }


def words(paths: BuildPaths, stage: StageRun) -> None:
    """Write words.parquet; it has no row for a series."""
    inputs = Inputs(paths)
    if inputs.corpus["kind"] == "series":
        outputs = inputs.extracted["readout"]["outputs"]
        columns = word_columns(len(inputs.corpus["classes"]), outputs)
        made = pl.DataFrame(schema=polars_schema(columns))
    else:
        made = words_table(inputs)
    made.write_parquet(stage.folder / WORDS)
    stage.rows = made.height


work = stage_work(words)


if __name__ == "__main__":
    stage_main(
        "words", work, reads="the corpus, extract, expected and distances stages", writes=WORDS
    )
