"""Checks of words.parquet: every number of a token or phrase from the steps and the labels.

P stands for its rows, K for outputs of the head, C for classes.
"""

import numpy as np
import polars as pl

from stateline.store.checks.phrase_rules import PhraseChecker
from stateline.store.checks.phrase_sums import Sums, add_up, effects, spread
from stateline.store.checks.report import Report
from stateline.store.checks.rules import ROUNDING
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.checks.shortcuts import check_labels, check_shortcuts
from stateline.store.checks.significance import student_quantile
from stateline.store.reader import Run
from stateline.store.schema import MIN_PHRASE, SEQUENCES, VOCABULARY, WORDS


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
    check_shortcuts(checker)
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
    # Those at padding are no word's.
    if flips > known or (flips < known and not run.manifest.left_out.padding_steps):
        checker.fail("flips of all tokens", f"{known:,}, those of {SEQUENCES}", f"{flips:,}")


def check_effects(checker: PhraseChecker, sums: Sums) -> None:
    """Check mean contributions, their spread and errors, and the effect on the class pushed to.

    raises  StatelineError  at the first row that differs
    """
    mean = sums.contribution / sums.count[:, None]
    outputs = mean.shape[1]
    single, clustered = spread(checker.run, checker.words, mean)
    fewer = np.where(sums.count == 1, np.nan, sums.count - 1.0)[:, None]
    # Clusters are sequences: of one alone nothing is known of how others would differ.
    several = np.where(sums.sequences == 1, np.nan, sums.sequences)[:, None]
    error = np.sqrt(clustered * several / (several - 1)) / sums.count[:, None]
    checker.close("contribution", mean)
    checker.close("contribution_sd", np.sqrt(single / fewer))
    checker.close("contribution_se", error[:, :outputs])
    effect, towards = effects(mean), checker.words["towards"].to_numpy()
    known = towards < effect.shape[1]
    checker.keep(f"towards one of {effect.shape[1]} classes", known, towards)
    row, most = np.arange(len(effect)), effect.max(axis=1)
    good = effect[row, towards] >= most - ROUNDING * (1 + np.abs(most))
    checker.keep("towards the class with the largest effect", good, towards)
    own, own_error = effect[row, towards], error[row, outputs + towards]
    checker.close("effect", own)
    checker.close("effect_se", own_error)
    checker.close("effect_low", own - student_quantile(sums.sequences) * own_error)


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
