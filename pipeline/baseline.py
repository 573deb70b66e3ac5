"""Stage baseline: a plain classifier of the same split, beside which the model's accuracy stands.

A text: TF-IDF of words and word pairs with logistic regression. A series: ridge regression on the
whole series, flattened. There is none where the training sequences are not known.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray, Int64Array, IntArray
from stateline.pipeline.numerics.padding import pad_behind
from stateline.pipeline.run.artefacts import BASELINE_FACTS, CORPUS_FACTS, SEQUENCES
from stateline.pipeline.run.facts import BaselineFacts, CorpusFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.sequences import split_of
from stateline.pipeline.run.stage import StageRun, say, stage_main, stage_work
from stateline.pipeline.sources.word_boundaries import normalise, split_words

# A larger training split is sampled: these bound memory (about 2 GB) and time (some minutes).
MAX_WORDS = 10_000_000
MAX_NUMBERS = 50_000_000
MAX_VALIDATION_NUMBERS = 10_000_000
PIECE_NUMBERS = 10_000_000
# Regularisation, strongest first; the validation split chooses, and a tie goes to the stronger.
INVERSE_STRENGTHS = (1.0, 10.0, 100.0)
RIDGE_STRENGTHS = (1000.0, 100.0, 10.0, 1.0)
TEXT_NAME = "TF-IDF and logistic regression"
SERIES_NAME = "ridge regression"
UNKNOWN = "the model came trained, and what it was trained on is not known"
REFITTED = "; then fitted on the training and validation splits"
NO_WORD = "no word stands in two training texts"


class Part(NamedTuple):
    """One split as a classifier reads it.

    read    sparse float32 (S, V) or float32 (S, T x F)
    label   int (S,)
    """

    read: Any
    label: IntArray


class Fitted(NamedTuple):
    """A fitted classifier, and the strength of its regularisation."""

    model: Any
    strength: float


def drawn_rows(sizes: IntArray, most: int) -> Int64Array:
    """Return all rows, or a seeded draw of them whose sizes add up to `most` at the most.

    sizes    int (S,)
    returns  int64 (R,)  row numbers in order, one at the least
    """
    if sizes.sum() <= most:
        return np.arange(len(sizes))
    order = np.random.default_rng(0).permutation(len(sizes))
    count = np.searchsorted(np.cumsum(sizes[order]), most, side="right")
    return np.sort(order[: max(1, int(count))])


def best_of(
    strengths: Sequence[float], make: Callable[[float], Any], train: Part, validation: Part
) -> Fitted:
    """Fit a classifier a strength, and return the one that the validation split prefers.

    strengths  tried in order; of those with the same accuracy the first is taken
    make       a classifier of scikit-learn for a strength
    """
    fitted = [Fitted(make(each).fit(train.read, train.label), each) for each in strengths]
    right = [(each.model.predict(validation.read) == validation.label).mean() for each in fitted]
    return fitted[int(np.argmax(right))]


def text_baseline(table: pl.DataFrame, cut: str, refit: bool = False) -> BaselineFacts:
    """Fit TF-IDF and logistic regression on whole texts, of which the model may read a part.

    table    split, label, text
    cut      how texts are cut into words, as for the model
    refit    fit the strength that was chosen on the training and validation splits, as the model
    returns  no accuracy where no word stands in two training texts
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    words = normalise(split_words(table["text"], cut).list.join(" "))
    lengths = words.str.count_matches(" ").to_numpy() + 1
    label = table["label"].to_numpy()
    features = TfidfVectorizer(
        tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(1, 2), min_df=2,
        sublinear_tf=True, dtype=np.float32,
    )  # fmt: skip

    def rows_of(*names: str) -> Int64Array:
        rows = np.flatnonzero(table["split"].is_in(names))
        return rows[drawn_rows(lengths[rows], MAX_WORDS)] if "train" in names else rows

    def part(rows: Int64Array) -> Part:
        return Part(features.transform(words[rows]), label[rows])

    train = rows_of("train")
    try:
        features.fit(words[train])
    except ValueError:
        return without(NO_WORD)

    def make(strength: float) -> Any:
        # One class against the others: a joint fit of 60 classes would take gigabytes.
        return OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear"))

    found = best_of(INVERSE_STRENGTHS, make, part(train), part(rows_of("validation")))
    model = found.model
    if refit:
        train = rows_of("train", "validation")
        features.fit(words[train])
        model = make(found.strength).fit(*part(train))
    settings = (
        "whole texts; words and word pairs in two training texts or more, logarithmic counts; "
        f"C = {found.strength:g}, the best of {listed(INVERSE_STRENGTHS)} on the validation split"
        f"{REFITTED * refit}"
    )
    test = part(rows_of("test"))
    right = int((model.predict(test.read) == test.label).sum())
    return result(TEXT_NAME, settings, right, len(test.label), len(train))


def series_baseline(table: pl.DataFrame, refit: bool = False) -> BaselineFacts:
    """Fit ridge regression on flattened series, padded at the end as the model reads them.

    table    split, label, values
    refit    fit the strength that was chosen on the training and validation splits, as the model
    """
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    longest = max(len(each) for each in split_of(table, "train")[0])

    def flat(some: list[AnyArray]) -> AnyArray:
        return pad_behind(some, longest=longest).reshape(len(some), -1)

    def part(most: int, *names: str) -> tuple[Part, int]:
        """Return what is read of some splits, and of how many series it is a draw."""
        sequences, label = split_of(table, *names)
        rows = drawn_rows(np.full(len(sequences), longest * sequences[0].shape[1]), most)
        return Part(flat([sequences[row] for row in rows]), label[rows]), len(sequences)

    def make(strength: float) -> Any:
        return make_pipeline(StandardScaler(), RidgeClassifier(alpha=strength))

    train, _ = part(MAX_NUMBERS, "train")
    validation, held = part(MAX_VALIDATION_NUMBERS, "validation")
    found = best_of(RIDGE_STRENGTHS, make, train, validation)
    model, kept = found.model, len(validation.label)
    if refit:
        train, _ = part(MAX_NUMBERS, "train", "validation")
        model = make(found.strength).fit(*train)
    settings = (
        f"all numbers of a series as one row, padded to {longest:,} steps, standardised; "
        f"alpha = {found.strength:g}, the best of {listed(RIDGE_STRENGTHS)} on "
        f"{f'{kept:,} of {held:,} series of ' * (kept < held)}the validation split"
        f"{REFITTED * refit}"
    )
    sequences, label = split_of(table, "test")
    at_once = max(1, PIECE_NUMBERS // train.read.shape[1])
    pieces = [slice(at, at + at_once) for at in range(0, len(sequences), at_once)]
    right = sum(int((model.predict(flat(sequences[each])) == label[each]).sum()) for each in pieces)
    return result(SERIES_NAME, settings, right, len(label), len(train.label))


def listed(strengths: Sequence[float]) -> str:
    """Return numbers in words: `1, 10 and 100`."""
    *first, last = [f"{each:g}" for each in sorted(strengths)]
    return f"{', '.join(first)} and {last}"


def result(name: str, settings: str, right: int, test: int, train: int) -> BaselineFacts:
    """Return the facts of a fitted baseline, its accuracy over the whole test split."""
    return {
        "name": name,
        "settings": settings,
        "accuracy": right / test,
        "train": train,
        "reason": None,
    }


def without(reason: str) -> BaselineFacts:
    """Return the facts where there is no baseline."""
    return {
        "name": None,
        "settings": None,
        "accuracy": None,
        "train": None,
        "reason": reason,
    }


def baseline(paths: BuildPaths, stage: StageRun) -> None:
    """Fit the baseline of a text or a series and write its facts."""
    facts: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
    if facts["sizes"]["train"] is None:
        found = without(UNKNOWN)
    else:
        series = bool(facts["features"])
        columns = ["split", "label", "values" if series else "text"]
        table = pl.read_parquet(paths.need("corpus", SEQUENCES), columns=columns)
        refit = paths.read_settings("baseline")["refit"]
        found = (
            series_baseline(table, refit)
            if series
            else text_baseline(table, facts["words"] or "auto", refit)
        )
    if found["accuracy"] is not None:
        say(f"baseline: {found['accuracy']:.4f} top-1 accuracy, {found['name']}")
    stage.write_json(BASELINE_FACTS, found)
    stage.rows = found["train"] or 0


work = stage_work(baseline)


if __name__ == "__main__":
    stage_main("baseline", work, reads="the corpus stage", writes=BASELINE_FACTS)
