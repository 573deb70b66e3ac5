"""Checks of words.parquet: every number of a token or phrase from the steps and the labels."""

import numpy as np
import polars as pl

from stateline.store.checks.judge import ROUNDING, shown
from stateline.store.checks.phrase_sums import Sums, add_up, effects, spread
from stateline.store.checks.report import Report, fix
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Split
from stateline.store.reader import Run
from stateline.store.schema import MIN_PHRASE, MIN_SHORTCUT, SEQUENCES, VOCABULARY, WORDS

# Sequences that a word is taken to occur in besides its own, at the average share of each class.
EVEN = 2


class Rows:
    """Refuses the first row of words.parquet that breaks a rule."""

    def __init__(self, run: Run) -> None:
        self.run, self.words = run, run.words

    def keep(self, rule: str, good: np.ndarray, got: object) -> None:
        """A rule that each row keeps, (P,) bool; `got` are the values that are judged."""
        if not good.all():
            row = int(np.argmin(good))
            self.fail(f"row {row:,} ({self.words['phrase'][row]})", rule, got[row])

    def fail(self, place: str, rule: str, got: object) -> None:
        """Raise for one place of the table."""
        name = self.run.name
        raise StatelineError(self.run.folder / WORDS, place, expected=rule, got=got, fix=fix(name))

    def same(self, column: str, wanted: np.ndarray) -> None:
        """A column of whole numbers is what it should be."""
        got = self.words[column].to_numpy()
        self.keep(f"{column} as the steps have it", got == wanted, got)

    def close(self, column: str, wanted: np.ndarray) -> None:
        """A column is what it should be but for rounding.

        wanted  float64 (P,) or (P, D); not-a-number where the column is null
        """
        got, target = self.words[column], wanted.reshape(len(wanted), -1)
        missing = np.isnan(target).any(axis=1)
        rule = f"{column} null where, and only where, it cannot be known"
        self.keep(rule, got.is_null().to_numpy() == missing, got)
        values = got.to_numpy().astype(np.float64).reshape(target.shape)
        off = np.abs(values - target) / (1 + np.abs(target))
        good = (off <= ROUNDING).all(axis=1) | missing  # not-a-number is not good
        row = int(np.argmin(good))
        self.keep(f"{column} = {shown(target[row])}", good, got)


def check_phrases(run: Run, report: Report) -> None:
    """The whole of words.parquet; a series has none."""
    words, rows = run.words, Rows(run)
    refuse_nulls(words, run.columns[WORDS], run.folder / WORDS, run.name)
    if run.kind == "series":
        if words.height:
            rows.fail("row 0", "no word of a series", words["phrase"][0])
        report.add("words", "none of a series")
        return
    check_order(rows)
    sums = add_up(run, words)
    check_listed(rows, sums)
    check_counts(rows, sums)
    check_effects(rows, sums)
    check_splits(rows, sums)
    check_labels(rows)
    tokens = int((words["size"] == 1).sum())
    report.add("words", f"{tokens:,} tokens and {words.height - tokens:,} phrases")


def check_order(rows: Rows) -> None:
    """Sorted by size, count (the largest first) and phrase, each once."""
    key = rows.words.select("size", "phrase", "count")
    size = key["size"].to_numpy()
    rows.keep("size 1 or 2", (size == 1) | (size == 2), size)
    often = ((key["size"] == 1) | (key["count"] >= MIN_PHRASE)).to_numpy()
    rows.keep(f"a phrase that occurs {MIN_PHRASE} times or more", often, key["count"])
    once = key.select(pl.struct("size", "phrase").is_unique()).to_series()
    rows.keep("each phrase once", once.to_numpy(), key["phrase"])
    ordered = key.sort("size", "count", "phrase", descending=[False, True, False])
    good = (key["phrase"] == ordered["phrase"]).to_numpy()
    rows.keep("sorted by size, count and phrase", good, key["phrase"])


def check_listed(rows: Rows, sums: Sums) -> None:
    """Every token of the steps is there, and every pair that occurs often enough."""
    if sums.unlisted is not None:
        rows.fail("tokens", "every token of the steps", f"no {sums.unlisted!r}")
    repeated = len(sums.missing) - len(np.unique(sums.missing))
    if repeated:
        rule = f"every phrase that occurs {MIN_PHRASE} times or more"
        rows.fail("phrases", rule, f"{repeated:,} occurrences of others")


def check_counts(rows: Rows, sums: Sums) -> None:
    """Occurrences, sequences, distances, flips and shares of errors."""
    run = rows.run
    for column in ("count", "sequences", "flips"):
        rows.same(column, getattr(sums, column))
    rows.close("distance", sums.distance / sums.count)
    wrong = int((~run.sequences["correct"]).sum())
    others = run.sequences.height - sums.sequences
    rows.close("error_with", sums.wrong / sums.sequences)
    without = np.where(others > 0, (wrong - sums.wrong) / np.maximum(others, 1), np.nan)
    rows.close("error_without", without)
    token = (rows.words["size"] == 1).to_numpy()
    flips, told = int(sums.flips[token].sum()), int(run.sequences["flips"].sum())
    if flips != told:
        rows.fail("flips of all tokens", f"{told:,}, those of {SEQUENCES}", f"{flips:,}")


def check_effects(rows: Rows, sums: Sums) -> None:
    """Mean contributions, their spread and errors, and the effect on the class pushed to."""
    mean = sums.contribution / sums.count[:, None]
    moved, pushed = spread(rows.run, rows.words, mean)
    once = sums.count == 1
    fewer = np.where(once, np.nan, sums.count - 1.0)[:, None]
    sd, root = np.sqrt(moved / fewer), np.sqrt(sums.count)
    rows.close("contribution", mean)
    rows.close("contribution_sd", sd)
    rows.close("contribution_se", sd / root[:, None])
    effect, towards = effects(mean), rows.words["towards"].to_numpy()
    known = towards < effect.shape[1]
    rows.keep(f"towards one of {effect.shape[1]} classes", known, towards)
    row, most = np.arange(len(effect)), effect.max(axis=1)
    good = effect[row, towards] >= most - ROUNDING * (1 + np.abs(most))
    rows.keep("towards the class with the largest effect", good, towards)
    rows.close("effect", effect[row, towards])
    rows.close("effect_se", np.sqrt(pushed / fewer)[row, towards] / root)


def check_splits(rows: Rows, sums: Sums) -> None:
    """Counts in the training and test split: what the tables prove, and bounds of the rest."""
    corpus = rows.run.manifest.corpus
    sizes = {split: [c.of(split) for c in corpus.classes] for split in ("train", "test")}
    stored = np.array([each.stored for each in corpus.classes])
    test = rows.words["test"].to_numpy().astype(np.int64)
    good = ((test >= sums.holding) & (test - sums.holding <= sizes["test"] - stored)).all(axis=1)
    rule = "test at least the stored sequences with it, and at most the unstored ones more"
    rows.keep(rule, good, test)
    train = rows.words["train"]
    known = corpus.sizes.train is not None
    rule = "train null where, and only where, the training split is not known"
    rows.keep(rule, train.is_not_null().to_numpy() == known, train)
    if not known:
        return
    good = (train.to_numpy() <= np.array(sizes["train"])).all(axis=1)
    rows.keep("train at most the training sequences", good, train)
    vocabulary = rows.run.scan(VOCABULARY).select("token", "sequences").collect()
    # Neither is a word of a text; the unknown token stands for some.
    special = (corpus.tokens.padding, corpus.tokens.start)
    special = [each for each in special if each is not None]
    # What the vocabulary counts is the whole text, what the model reads may be a part of it.
    counted = vocabulary.with_row_index().filter(~pl.col("index").is_in(special)).drop("index")
    tokens = rows.words.select("phrase", "size").join(
        counted, left_on="phrase", right_on="token", how="left", maintain_order="left"
    )
    told = tokens["sequences"].is_not_null() & (tokens["size"] == 1)
    most = tokens["sequences"].filter(told).to_numpy()
    good = np.ones(len(train), dtype=bool)
    good[told.to_numpy()] = (train.filter(told).to_numpy() <= most).all(axis=1)
    rows.keep("train at most what the vocabulary counts", good, train)


def label_lift(rows: Rows, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of the class pushed to where a phrase is, less those of the split; their error."""
    classes = rows.run.manifest.corpus.classes
    whole = np.array([each.of(split) for each in classes], dtype=np.float64) + 1
    towards = rows.words["towards"].to_numpy().astype(np.int64)
    share = (whole / whole.sum())[towards]
    holding = rows.words[split].to_numpy().astype(np.float64)
    own = holding[np.arange(len(towards)), towards]
    yes, no = own + EVEN * share, holding.sum(axis=1) - own + EVEN * (1 - share)
    return np.log(yes) - np.log(no) - np.log(share) + np.log1p(-share), (1 / yes + 1 / no) ** 0.5


def check_labels(rows: Rows) -> None:
    """Lifts, their errors, and shortcuts."""
    lift, error = label_lift(rows, "test")
    rows.close("lift", lift)
    rows.close("lift_se", error)
    effect, effect_se = (
        rows.words[name].to_numpy().astype(np.float64) for name in ("effect", "effect_se")
    )
    sure = effect - 2 * effect_se
    if rows.run.manifest.corpus.sizes.train is None:
        rows.close("train_lift", np.full(len(lift), np.nan))
        score = sure - np.maximum(lift, 0) - 2 * error
    else:
        train, train_error = label_lift(rows, "train")
        rows.close("train_lift", train)
        fallen = train - np.maximum(lift, 0) - 2 * (error**2 + train_error**2) ** 0.5
        score = np.minimum(sure, fallen)
    few = (rows.words["sequences"] < MIN_SHORTCUT).to_numpy()
    kept = (score > 0) & ~few
    shortcut = rows.words["shortcut"]
    # Within rounding of 0 either is right.
    near = (np.abs(score) <= ROUNDING * (1 + np.abs(effect))) & ~few
    good = (shortcut.is_not_null().to_numpy() == kept) | near
    rows.keep("shortcut null where, and only where, there is none", good, shortcut)
    there = shortcut.is_not_null().to_numpy()
    rows.close("shortcut", np.where(there, score, np.nan))
