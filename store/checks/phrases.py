"""Checks of words.parquet: every number of a token or phrase from the steps and the labels.

P stands for its rows, K for outputs of the head, C for classes.
"""

from typing import NoReturn

import numpy as np
import polars as pl

from stateline.store.checks.phrase_sums import Sums, add_up, effects, spread
from stateline.store.checks.report import Report, fail
from stateline.store.checks.rules import ROUNDING, Values, format_numbers
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.manifest.values import Split
from stateline.store.reader import Run
from stateline.store.schema import (
    LABEL_PRIOR,
    MIN_PHRASE,
    MIN_SHORTCUT,
    SEQUENCES,
    VOCABULARY,
    WORDS,
)


class PhraseChecker:
    """Rules of words.parquet: the first row that breaks one is reported."""

    def __init__(self, run: Run) -> None:
        self.run, self.words = run, run.words

    def keep(self, rule: str, good: np.ndarray, got: Values) -> None:
        """Check a rule of each row.

        good    bool (P,)        whether the row keeps the rule
        got     (P,)             the values that it is about
        raises  StatelineError   at the first row that does not
        """
        if not good.all():
            row = int(np.argmin(good))
            self.fail(f"row {row:,} ({self.words['phrase'][row]})", rule, got[row])

    def fail(self, place: str, rule: str, got: object) -> NoReturn:
        """Raise for one place of the table.

        raises  StatelineError  always
        """
        fail(self.run, WORDS, place, rule, got)

    def same(self, column: str, expected: np.ndarray) -> None:
        """Check a column of whole numbers.

        expected  int64 (P,)
        raises    StatelineError  at the first row that differs
        """
        got = self.words[column].to_numpy()
        self.keep(f"{column} as computed from the steps", got == expected, got)

    def close(self, column: str, expected: np.ndarray) -> None:
        """Check a column that may be off by rounding.

        expected  float64 (P,) or (P, D)  NaN where the column is null
        raises    StatelineError          at the first row that differs
        """
        got, target = self.words[column], expected.reshape(len(expected), -1)
        missing = np.isnan(target).any(axis=1)
        rule = f"{column} null where, and only where, it cannot be known"
        self.keep(rule, got.is_null().to_numpy() == missing, got)
        values = got.to_numpy().astype(np.float64).reshape(target.shape)
        off = np.abs(values - target) / (1 + np.abs(target))
        good = (off <= ROUNDING).all(axis=1) | missing  # false for NaN
        row = int(np.argmin(good))
        self.keep(f"{column} = {format_numbers(target[row])}", good, got)


def check_phrases(run: Run, report: Report) -> None:
    """Check the whole of words.parquet; of a series it is empty.

    raises  StatelineError  at the first row that breaks a rule
    """
    words, checker = run.words, PhraseChecker(run)
    refuse_nulls(run, WORDS, words)
    if run.kind == "series":
        if words.height:
            checker.fail("row 0", "no word of a series", words["phrase"][0])
        report.add("words", "none of a series")
        return
    check_order(checker)
    sums = add_up(run, words)
    check_listed(checker, sums)
    check_counts(checker, sums)
    check_effects(checker, sums)
    check_splits(checker, sums)
    check_labels(checker)
    tokens = int((words["size"] == 1).sum())
    report.add("words", f"{tokens:,} tokens and {words.height - tokens:,} phrases")


def check_order(checker: PhraseChecker) -> None:
    """Check the order by size, count (the largest first) and phrase, each once.

    raises  StatelineError  at the first row that breaks it
    """
    key = checker.words.select("size", "phrase", "count")
    size = key["size"].to_numpy()
    checker.keep("size 1 or 2", (size == 1) | (size == 2), size)
    often = ((key["size"] == 1) | (key["count"] >= MIN_PHRASE)).to_numpy()
    checker.keep(f"a phrase that occurs {MIN_PHRASE} times or more", often, key["count"])
    once = key.select(pl.struct("size", "phrase").is_unique()).to_series()
    checker.keep("each phrase once", once.to_numpy(), key["phrase"])
    ordered = key.sort("size", "count", "phrase", descending=[False, True, False])
    good = (key["phrase"] == ordered["phrase"]).to_numpy()
    checker.keep("sorted by size, count and phrase", good, key["phrase"])


def check_listed(checker: PhraseChecker, sums: Sums) -> None:
    """Check that every token of the steps is listed, and every pair that occurs often enough.

    raises  StatelineError  one is not
    """
    if sums.unlisted is not None:
        checker.fail("tokens", "every token of the steps", f"no {sums.unlisted!r}")
    repeated = len(sums.missing) - len(np.unique(sums.missing))
    if repeated:
        rule = f"every phrase that occurs {MIN_PHRASE} times or more"
        checker.fail("phrases", rule, f"{repeated:,} occurrences of others")


def check_counts(checker: PhraseChecker, sums: Sums) -> None:
    """Check occurrences, sequences, distances, flips and shares of errors.

    raises  StatelineError  at the first row that differs
    """
    run = checker.run
    for column in ("count", "sequences", "flips"):
        checker.same(column, getattr(sums, column))
    checker.close("distance", sums.distance / sums.count)
    wrong = int((~run.sequences["correct"]).sum())
    others = run.sequences.height - sums.sequences
    checker.close("error_with", sums.wrong / sums.sequences)
    without = np.where(others > 0, (wrong - sums.wrong) / np.maximum(others, 1), np.nan)
    checker.close("error_without", without)
    token = (checker.words["size"] == 1).to_numpy()
    flips, known = int(sums.flips[token].sum()), int(run.sequences["flips"].sum())
    if flips != known:
        checker.fail("flips of all tokens", f"{known:,}, those of {SEQUENCES}", f"{flips:,}")


def check_effects(checker: PhraseChecker, sums: Sums) -> None:
    """Check mean contributions, their spread and errors, and the effect on the class pushed to.

    raises  StatelineError  at the first row that differs
    """
    mean = sums.contribution / sums.count[:, None]
    moved, pushed = spread(checker.run, checker.words, mean)
    once = sums.count == 1
    fewer = np.where(once, np.nan, sums.count - 1.0)[:, None]
    sd, root = np.sqrt(moved / fewer), np.sqrt(sums.count)
    checker.close("contribution", mean)
    checker.close("contribution_sd", sd)
    checker.close("contribution_se", sd / root[:, None])
    effect, towards = effects(mean), checker.words["towards"].to_numpy()
    known = towards < effect.shape[1]
    checker.keep(f"towards one of {effect.shape[1]} classes", known, towards)
    row, most = np.arange(len(effect)), effect.max(axis=1)
    good = effect[row, towards] >= most - ROUNDING * (1 + np.abs(most))
    checker.keep("towards the class with the largest effect", good, towards)
    checker.close("effect", effect[row, towards])
    checker.close("effect_se", np.sqrt(pushed / fewer)[row, towards] / root)


def check_splits(checker: PhraseChecker, sums: Sums) -> None:
    """Check counts in the training and test split, as far as the tables bound them.

    raises  StatelineError  at the first row out of bounds
    """
    corpus = checker.run.manifest.corpus
    unstored = np.array([each.test - each.stored for each in corpus.classes])
    test = checker.words["test"].to_numpy().astype(np.int64)
    good = ((test >= sums.holding) & (test - sums.holding <= unstored)).all(axis=1)
    rule = "test at least the stored sequences with it, and at most the unstored ones more"
    checker.keep(rule, good, test)
    train = checker.words["train"]
    known = corpus.sizes.train is not None
    rule = "train null where, and only where, the training split is not known"
    checker.keep(rule, train.is_not_null().to_numpy() == known, train)
    if known:
        check_training_counts(checker)


def check_training_counts(checker: PhraseChecker) -> None:
    """Check counts in a known training split, as far as split and vocabulary bound them.

    raises  StatelineError  at the first row out of bounds
    """
    corpus, train = checker.run.manifest.corpus, checker.words["train"]
    sizes = np.array([each.train for each in corpus.classes])
    good = np.all(train.to_numpy() <= sizes, axis=1)
    checker.keep("train at most the training sequences", good, train)
    vocabulary = checker.run.scan(VOCABULARY).select("token", "sequences").collect()
    # Neither is a word of a text; the unknown token stands for some.
    tokens = (corpus.tokens.padding, corpus.tokens.start)
    special = [each for each in tokens if each is not None]
    # What the vocabulary counts is the whole text, what the model reads may be a part of it.
    counted = vocabulary.with_row_index().filter(~pl.col("index").is_in(special)).drop("index")
    rows = checker.words.select("phrase", "size").join(
        counted, left_on="phrase", right_on="token", how="left", maintain_order="left"
    )
    known = rows["sequences"].is_not_null() & (rows["size"] == 1)
    most = rows["sequences"].filter(known).to_numpy()
    good = np.ones(len(train), dtype=bool)
    good[known.to_numpy()] = (train.filter(known).to_numpy() <= most).all(axis=1)
    checker.keep("train at most what the vocabulary counts", good, train)


def label_lift(checker: PhraseChecker, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds of the class pushed to where a phrase is, less those of the whole split.

    returns  float64 (P,) each: the lifts, and their standard errors
    source   standard error of log-odds of counts: Woolf 1955
    """
    classes = checker.run.manifest.corpus.classes
    whole = np.array([each.of(split) for each in classes], dtype=np.float64) + 1
    towards = checker.words["towards"].to_numpy().astype(np.int64)
    share = (whole / whole.sum())[towards]
    holding = checker.words[split].to_numpy().astype(np.float64)
    own = holding[np.arange(len(towards)), towards]
    yes, no = own + LABEL_PRIOR * share, holding.sum(axis=1) - own + LABEL_PRIOR * (1 - share)
    return np.log(yes) - np.log(no) - np.log(share) + np.log1p(-share), (1 / yes + 1 / no) ** 0.5


def check_labels(checker: PhraseChecker) -> None:
    """Check lifts, their errors, and shortcuts.

    raises  StatelineError  at the first row that differs
    """
    lift, error = label_lift(checker, "test")
    checker.close("lift", lift)
    checker.close("lift_se", error)
    effect, effect_se = (
        checker.words[name].to_numpy().astype(np.float64) for name in ("effect", "effect_se")
    )
    sure = effect - 2 * effect_se
    if checker.run.manifest.corpus.sizes.train is None:
        checker.close("train_lift", np.full(len(lift), np.nan))
        score = sure - np.maximum(lift, 0) - 2 * error
    else:
        train, train_error = label_lift(checker, "train")
        checker.close("train_lift", train)
        fallen = train - np.maximum(lift, 0) - 2 * (error**2 + train_error**2) ** 0.5
        score = np.minimum(sure, fallen)
    few = (checker.words["sequences"] < MIN_SHORTCUT).to_numpy()
    kept = (score > 0) & ~few
    shortcut = checker.words["shortcut"]
    # Within rounding of 0 either is right.
    near = (np.abs(score) <= ROUNDING * (1 + np.abs(effect))) & ~few
    good = (shortcut.is_not_null().to_numpy() == kept) | near
    checker.keep("shortcut null where, and only where, there is none", good, shortcut)
    there = shortcut.is_not_null().to_numpy()
    checker.close("shortcut", np.where(there, score, np.nan))
