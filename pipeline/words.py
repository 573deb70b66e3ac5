"""Stage words: effects of tokens and two-word phrases over all of their occurrences.

Effects are of the stored sequences; labels are counted in the whole training and test splits, as
the model reads them.
"""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import BoolArray, Int64Array, UInt32Array
from stateline.pipeline.numerics.phrase_effects import effects, errors, flipped_steps
from stateline.pipeline.numerics.phrases import SIZES, class_counts, phrases_of
from stateline.pipeline.numerics.shortcuts import (
    Evidence,
    find_shortcuts,
    findings,
    label_lift,
)
from stateline.pipeline.run.artefacts import (
    CONTRIBUTION,
    EP,
    PREDICTION,
    SEQUENCES,
    VOCABULARY,
    distance_array,
)
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work
from stateline.pipeline.run.tables import Inputs, nothing, table
from stateline.store.schema import PROVIDED, WORDS, polars_schema, word_columns


def read_steps(inputs: Inputs, spelling: pl.Series) -> tuple[pl.DataFrame, int]:
    """Return one row per stored step in the form of `phrases_of`, and K.

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
    # Two words with padding between them follow each other: it is no word.
    return steps.filter(pl.Series(~inputs.padding)), outputs


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
    counts = split_counts(inputs, spelling, found)
    columns = dict(found.to_dict()) | label_columns(inputs, found, counts)
    if inputs.corpus["split"]["origin"] == PROVIDED:
        columns |= shortcut_columns(inputs, spelling, found, counts, steps)
    return table(columns, word_columns(classes, outputs))


def split_counts(
    inputs: Inputs, spelling: pl.Series, found: pl.DataFrame
) -> dict[str, UInt32Array]:
    """Count the sequences of each class that hold each phrase, by split; a known split only.

    spelling  the token of each id
    found     size and phrase of P phrases
    returns   uint32 (P, C) of test and, where it is known, of train
    """
    classes = inputs.corpus["classes"]
    documents = pl.scan_parquet(inputs.paths.need("corpus", SEQUENCES))
    counts, padding = {}, inputs.corpus["tokens"]["padding"]
    for split in ("train", "test"):
        if classes[0][split] is not None:
            part = documents.filter(pl.col("split") == split).select("label", "ids").collect()
            if padding is not None:
                words = pl.col("ids").list.eval(pl.element().filter(pl.element() != padding))
                part = part.with_columns(words)
            counts[split] = class_counts(part, spelling, found, len(classes))
    return counts


def split_sizes(inputs: Inputs, split: str) -> Int64Array:
    """Return the sequences of each class in a known split, int64 (C,)."""
    return np.array([each[split] for each in inputs.corpus["classes"]], dtype=np.int64)


def label_columns(
    inputs: Inputs, found: pl.DataFrame, counts: dict[str, UInt32Array]
) -> dict[str, object]:
    """Return the columns of labels: counts, lifts, and no shortcut yet.

    counts  uint32 (P, C) by split
    """
    rows, classes, towards = found.height, len(inputs.corpus["classes"]), found["towards"]
    per_class = pl.Array(pl.UInt32, classes)
    lifts = {
        split: label_lift(holding, towards.to_numpy(), split_sizes(inputs, split))
        for split, holding in counts.items()
    }
    return {
        **{
            split: pl.Series(counts[split], dtype=per_class)
            if split in counts
            else nothing(rows, per_class)
            for split in ("train", "test")
        },
        "lift": lifts["test"][0],
        "lift_se": lifts["test"][1],
        "train_lift": lifts["train"][0] if "train" in lifts else nothing(rows, pl.Float32),
        "q": nothing(rows, pl.Float32),
        "shortcut": nothing(rows, pl.Float32),
        "finding": nothing(rows, pl.String),
    }


def holds(phrase: pl.Series, tokens: pl.Series) -> BoolArray:
    """Return whether each phrase is one of some tokens or begins or ends with one, bool (P,)."""
    found = pl.Series(np.zeros(len(phrase), dtype=bool))
    for token in tokens:
        found |= (phrase == token) | phrase.str.starts_with(f"{token} ")
        found |= phrase.str.ends_with(f" {token}")
    return found.to_numpy()


def shortcut_columns(
    inputs: Inputs,
    spelling: pl.Series,
    found: pl.DataFrame,
    counts: dict[str, UInt32Array],
    steps: pl.DataFrame,
) -> dict[str, object]:
    """Return q, shortcut and finding of each phrase.

    spelling  the token of each id
    found     columns of words.parquet up to flips
    counts    uint32 (P, C) by split
    steps     as from `read_steps`
    """
    tokens = [each for each in inputs.corpus["tokens"].values() if each is not None]
    effect, effect_se, towards, sequences = (
        found[name].to_numpy() for name in ("effect", "effect_se", "towards", "sequences")
    )
    evidence = Evidence(
        effect,
        effect_se,
        towards,
        sequences,
        counts["train"],
        counts["test"],
        (split_sizes(inputs, "train"), split_sizes(inputs, "test")),
        holds(found["phrase"], spelling.gather(tokens)),
    )
    q, score, listed = find_shortcuts(evidence)
    shortcuts = found[listed].select("size", "phrase")
    held = holding_sequences(steps, shortcuts, len(inputs.label))
    head = pl.Series([None] * found.height, dtype=pl.String)
    head[listed] = shortcuts["phrase"].gather(findings(held, towards[listed]))
    none = pl.Series(np.isin(np.arange(found.height), listed, invert=True))
    return {
        "q": pl.Series(q).fill_nan(None),
        "shortcut": pl.Series(score).set(none, None),
        "finding": head,
    }


def holding_sequences(steps: pl.DataFrame, wanted: pl.DataFrame, count: int) -> BoolArray:
    """Return the stored sequences that hold each phrase.

    steps    as from `read_steps`
    wanted   size and phrase of R phrases
    count    S
    returns  bool (R, S)
    """
    held = np.zeros((wanted.height, count), dtype=bool)
    for size in SIZES:
        rows = wanted.with_row_index("row").filter(pl.col("size") == size)
        found = phrases_of(steps.select("sequence", "phrase"), size).join(rows, on="phrase")
        held[found["row"].to_numpy(), found["sequence"].to_numpy()] = True
    return held


def words(paths: BuildPaths, stage: StageRun) -> None:
    """Write words.parquet; it has no row for a series."""
    inputs = Inputs(paths)
    if inputs.corpus["kind"] == "series":
        outputs = inputs.extracted["readout"]["outputs"]
        columns = word_columns(len(inputs.corpus["classes"]), outputs)
        made = pl.DataFrame(schema=polars_schema(columns))
    else:
        made = words_table(inputs)
    stage.write_table(WORDS, made)
    stage.rows = made.height


work = stage_work(words)


if __name__ == "__main__":
    stage_main(
        "words", work, reads="the corpus, extract, expected and distances stages", writes=WORDS
    )
