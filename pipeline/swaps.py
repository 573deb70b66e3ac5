"""Stage swaps: the swap test, which words move the answer by themselves, and with the labels.

Each tested word is replaced, in the test texts that hold it, by words of like frequency and
position and by the unknown word, and the model reads the texts again. Beside it stands what the
labels say of the word beyond the rest of the text. No split is compared with another.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, Float64Array, Int64Array
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.numerics.held_words import spaced_sample
from stateline.pipeline.numerics.regression import WordRegression, at_least, fit_words
from stateline.pipeline.numerics.significance import t_quantile
from stateline.pipeline.numerics.swaps import (
    like_words,
    mean_and_error,
    push_probability,
    q_values,
    wilson_interval,
)
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SWAP_FACTS
from stateline.pipeline.run.facts import CorpusFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, say, stage_main, stage_work
from stateline.pipeline.run.tables import nothing, table
from stateline.pipeline.run.texts import Texts, read_texts
from stateline.store.schema import (
    MAX_CONTROLS,
    MAX_Q,
    MIN_SWAPPED,
    MODEL,
    SWAPS,
    WORDS,
    swap_columns,
)

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.swapping import Swapped

MIN_CONTROLS = 20  # words that must be eligible: fewer are no standard
CONTROL_SAMPLE = 300  # words drawn as controls where not every word is tested

Columns = dict[str, AnyArray]


def chosen_words(
    texts: Texts, weights: Float64Array, effects: pl.DataFrame, most: int, seed: int
) -> tuple[Int64Array, BoolArray]:
    """Return the words to test, and which of them serve as controls.

    All eligible ones; of more, the `most` that rank first by their mean effect in the stored
    sequences or by their weight in the regression, whichever ranks higher, and a seeded sample of
    controls.

    weights  float64 (V, C)
    effects  phrase and effect of the tokens of the stored sequences
    returns  int64 (W,) ascending, bool (W,)
    """
    eligible = texts.eligible
    if len(eligible) <= most + CONTROL_SAMPLE:
        return eligible, np.ones(len(eligible), dtype=bool)
    named = pl.DataFrame({"phrase": texts.spelling[eligible]})
    effect = named.join(effects, on="phrase", how="left", maintain_order="left")["effect"]
    scores = (effect.fill_null(0).to_numpy(), weights[eligible].max(axis=1))
    ranks = np.min([np.argsort(np.argsort(-each, kind="stable")) for each in scores], axis=0)
    first = eligible[np.argsort(ranks, kind="stable")[:most]]
    frequency = texts.everywhere.counts[eligible]
    sample = eligible[spaced_sample(frequency, CONTROL_SAMPLE, np.random.default_rng(seed))]
    words = np.union1d(first, sample)
    return words, np.isin(words, sample)


def own_columns(results: "list[Swapped]", towards: Int64Array) -> Columns:
    """Return the columns that follow from the texts in which each word was replaced.

    towards  int64 (W,)
    """
    count = np.array([len(each.sequences) for each in results])
    change, error = of_class([each.change for each in results], towards)
    half = error * t_quantile(count)
    flips = np.array([each.flips.mean() for each in results])
    low, high = wilson_interval(flips, count)
    return {
        "swapped": count,
        "change": change,
        "change_se": error,
        "change_low": change - half,
        "change_high": change + half,
        "flips": flips,
        "flips_low": low,
        "flips_high": high,
    }


def of_class(values: list[Float64Array], towards: Int64Array) -> tuple[Float64Array, Float64Array]:
    """Return mean and standard error of each word's values towards its class.

    values   W arrays float64 (n, C)
    towards  int64 (W,)
    returns  float64 (W,) each
    """
    pairs = [mean_and_error(each[:, c]) for each, c in zip(values, towards, strict=True)]
    mean, error = np.array(pairs).T
    return mean, error


def unknown_columns(results: "list[Swapped]", towards: Int64Array) -> dict[str, object]:
    """Return the columns of the replacement by the unknown word; nulls where there is none.

    towards  int64 (W,)
    """
    names = ("unknown_change", "unknown_se", "unknown_flips", "unknown_low", "unknown_high")
    changes = [each.unknown for each in results if each.unknown is not None]
    lost = [each.lost for each in results if each.lost is not None]
    if not changes:
        return {name: nothing(len(results), pl.Float32) for name in names}
    flips, count = np.array([each.mean() for each in lost]), np.array([len(each) for each in lost])
    values = (*of_class(changes, towards), flips, *wilson_interval(flips, count))
    return dict(zip(names, values, strict=True))


def control_columns(
    texts: Texts,
    words: Int64Array,
    control: BoolArray,
    results: "list[Swapped]",
    towards: Int64Array,
) -> Columns:
    """Return the columns of the controls of each word.

    words, towards  int64 (W,); control bool (W,)
    """
    sample = np.flatnonzero(control)
    own = np.where(control, np.searchsorted(sample, np.arange(len(words))), -1)
    near = like_words(texts.place[words], texts.place[words[sample]], MAX_CONTROLS, own)
    means = np.array([each.change.mean(axis=0) for each in results])
    rates = np.array([each.flips.mean() for each in results])
    rows = []
    for row, found in enumerate(near):
        others = sample[found]
        size = np.median(np.abs(means[others, towards[row]]))
        sequences = np.unique(np.concatenate([results[each].sequences for each in others]))
        rows.append((len(others), size, rates[others].mean(), len(sequences)))
    names = ("controls", "control_change", "control_flips", "control_sequences")
    columns = dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
    low, high = wilson_interval(columns["control_flips"], columns["control_sequences"])
    return columns | {"control_low": low, "control_high": high}


def label_columns(
    texts: Texts, words: Int64Array, towards: Int64Array, fitted: WordRegression
) -> Columns:
    """Return what the labels say of each word, beside the other words of its texts.

    words, towards  int64 (W,)
    """
    rows = []
    for word, class_ in zip(words.tolist(), towards.tolist(), strict=True):
        held = texts.everywhere.of(word)
        chance = fitted.rest(word, held, class_)
        hits = int((texts.label[held] == class_).sum())
        rows.append((len(held), hits, chance.sum(), at_least(chance, hits)))
    names = ("frequency", "labelled", "expected", "p_labels")
    columns = dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
    ordered = np.sort(fitted.effects[texts.known], axis=0)
    weight = fitted.effects[words, towards]
    above = [
        len(ordered) - np.searchsorted(ordered[:, class_], own, "right")
        for own, class_ in zip(weight, towards, strict=True)
    ]
    return columns | {"weight": weight, "weight_rank": np.array(above) + 1}


def swaps_table(
    texts: Texts,
    words: Int64Array,
    control: BoolArray,
    results: "list[Swapped]",
    fitted: WordRegression,
) -> pl.DataFrame:
    """Return swaps.parquet, the surest words first.

    words  int64 (W,), tested; control bool (W,)
    """
    means = np.array([each.change.mean(axis=0) for each in results])
    towards = means.argmax(axis=1)
    columns: Columns = {
        **own_columns(results, towards),
        **control_columns(texts, words, control, results, towards),
        **label_columns(texts, words, towards, fitted),
    }
    # The class is the one of the C that the word pushes to most.
    classes = means.shape[1]
    pushed = push_probability(*(columns[name] for name in ("change", "change_se", "swapped")))
    moved, said = (np.minimum(classes * each, 1) for each in (pushed, columns["p_labels"]))
    beyond = columns["change_low"] > columns["control_change"]
    p = np.where(beyond, np.maximum(moved, said), 1)
    every: dict[str, object] = {
        "token": texts.spelling[words],
        "sequences": texts.tested.counts[words],
        "position": texts.everywhere.position[words],
        "towards": towards,
        "control": control,
        **columns,
        **unknown_columns(results, towards),
        "p_change": moved,
        "p_labels": said,
        "p": p,
        "q": q_values(p, len(texts.eligible)),
    }
    return table(every, swap_columns()).sort("p", "token")


def swap_test(paths: BuildPaths, stage: StageRun) -> dict[str, object] | None:
    """Write swaps.parquet; return its facts, or None where there is nothing to test."""
    settings = paths.read_settings("swaps")
    facts: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
    model = paths.stage("train") / MODEL
    if facts["kind"] == "series" or not settings["swap_words"] or not model.exists():
        return None
    texts, seed = read_texts(paths, facts), settings["seed"]
    frequent = int((np.bincount(texts.label) > 1).sum())
    if len(texts.eligible) < MIN_CONTROLS or frequent < 2:
        say(
            f"swaps: no swap test; {len(texts.eligible)} known words stand in {MIN_SWAPPED} test "
            f"texts or more, and {frequent} classes have two labelled texts or more; it takes "
            f"{MIN_CONTROLS} words and two classes"
        )
        return None
    held = texts.everywhere
    classes = len(facts["classes"])
    fitted = fit_words(held.sequence, held.word, texts.label, len(texts.spelling), classes, seed)
    tokens = pl.read_parquet(paths.need("words", WORDS)).filter(pl.col("size") == 1)
    effects = tokens.select("phrase", "effect")
    words, control = chosen_words(texts, fitted.effects, effects, settings["swap_tested"], seed)
    from stateline.pipeline.models.keras.swapping import Swapper

    reader = load_reader(model, Ends.of(facts.get("ends")))
    results = Swapper(texts, reader, settings["swap_words"], seed).run(words)
    made = swaps_table(texts, words, control, results, fitted)
    stage.write_table(SWAPS, made)
    stage.rows = made.height
    found = int((made["q"] <= MAX_Q).sum())
    say(
        f"swaps: {found:,} of {len(words):,} tested words move the answer by themselves; "
        f"{len(texts.eligible) - len(words):,} words of {MIN_SWAPPED} test texts or more not tested"
    )
    return {
        "replacements": settings["swap_words"],
        "eligible": len(texts.eligible),
        "tested": len(words),
        "controls": int(control.sum()),
        "seed": seed,
    }


def load_reader(model: Path, ends: Ends | None = None) -> "ModelReader":
    """Return a reader of the logits of a model file; loads TensorFlow.

    ends  how sequences are padded; None: they are read as they are
    """
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.structure import model_structure

    loaded = load_model(model)
    return ModelReader(loaded, model_structure(loaded, ends), ())


def swaps(paths: BuildPaths, stage: StageRun) -> None:
    """Write swaps.parquet and its facts: null of a series, without a model, or switched off."""
    stage.write_json(SWAP_FACTS, swap_test(paths, stage))


work = stage_work(swaps)


if __name__ == "__main__":
    stage_main(
        "swaps", work, reads="the corpus, train and words stages", writes=f"{SWAPS}, {SWAP_FACTS}"
    )
