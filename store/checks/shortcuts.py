"""Checks of lifts and shortcuts in words.parquet: from the counts of labels and the effects."""

import numpy as np

from stateline.store.checks.phrase_rules import PhraseChecker
from stateline.store.checks.phrase_sums import holding
from stateline.store.checks.rules import ROUNDING
from stateline.store.checks.significance import FisherTest, discovery_rates, student_quantile
from stateline.store.manifest.values import Split
from stateline.store.schema import (
    LABEL_PRIOR,
    MAX_Q,
    MIN_OVERLAP,
    MIN_SHORTCUT,
    PROVIDED,
    VOCABULARY,
)


def class_sizes(checker: PhraseChecker, split: Split) -> np.ndarray:
    """Return the sequences of each class in a split, and one more: float64 (C,)."""
    classes = checker.run.manifest.corpus.classes
    return np.array([each.of(split) for each in classes], dtype=np.float64) + 1


def label_lift(checker: PhraseChecker, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return what the labels of a split say for the class pushed to, as a logit less the others'.

    returns  float64 (P,) each: the lifts, and their standard errors
    source   variance of the logarithm of a count: its reciprocal (Woolf 1955)
    """
    whole = class_sizes(checker, split)
    share = whole / whole.sum()
    number = checker.words[split].to_numpy().astype(np.float64) + LABEL_PRIOR * share
    logit = np.log(number / share)
    rows, towards = np.arange(len(number)), checker.words["towards"].to_numpy().astype(np.int64)
    others = len(whole) - 1
    own, own_variance = logit[rows, towards], 1 / number[rows, towards]
    lift = own - (logit.sum(axis=1) - own) / others
    rest = ((1 / number).sum(axis=1) - own_variance) / others**2
    return lift, np.sqrt(own_variance + rest)


def check_labels(checker: PhraseChecker) -> None:
    """Check lifts and their errors.

    raises  StatelineError  at the first row that differs
    """
    lift, error = label_lift(checker, "test")
    checker.close("lift", lift)
    checker.close("lift_se", error)
    known = checker.run.manifest.corpus.sizes.train is not None
    train = label_lift(checker, "train")[0] if known else np.full(len(lift), np.nan)
    checker.close("train_lift", train)


def check_shortcuts(checker: PhraseChecker) -> None:
    """Check q, shortcuts, and which of them are one finding.

    raises  StatelineError  at the first row that differs
    """
    words = checker.words
    q = discoveries(checker)
    checker.close("q", q)
    effect, effect_se, lift, lift_se = (
        words[name].to_numpy().astype(np.float64)
        for name in ("effect", "effect_se", "lift", "lift_se")
    )
    quantile = student_quantile(words["sequences"].to_numpy())
    score = effect - np.maximum(lift, 0) - quantile * np.sqrt(effect_se**2 + lift_se**2)
    kept = (q <= MAX_Q) & (score > 0)
    # Within rounding of a threshold either is right.
    near = (np.abs(score) <= ROUNDING * (1 + np.abs(effect))) | (np.abs(q - MAX_Q) <= ROUNDING)
    near &= ~np.isnan(q) & ~np.isnan(score)
    there = words["shortcut"].is_not_null().to_numpy()
    rule = "shortcut null where, and only where, there is none"
    checker.keep(rule, (there == kept) | near, words["shortcut"])
    checker.close("shortcut", np.where(there, score, np.nan))
    check_findings(checker, np.flatnonzero(there))


def discoveries(checker: PhraseChecker) -> np.ndarray:
    """Return q of each row that is tested, else not-a-number: float64 (P,)."""
    words = checker.words
    q = np.full(words.height, np.nan)
    if checker.run.manifest.corpus.split.origin != PROVIDED:
        return q
    often = np.flatnonzero(words["test"].arr.sum().to_numpy() >= MIN_SHORTCUT)
    special = special_tokens(checker)
    tested = [row for row in often.tolist() if not holds_one(words["phrase"][row], special)]
    train, test = (words[split].to_numpy().astype(np.int64) for split in ("train", "test"))
    towards = words["towards"].to_list()
    ratio = odds(class_sizes(checker, "train")) / odds(class_sizes(checker, "test"))
    fisher = FisherTest(int((train.sum(axis=1) + test.sum(axis=1)).max(initial=0)))
    p = []
    for row in tested:
        own = towards[row]
        a, c = int(train[row, own]), int(test[row, own])
        table = (a, int(train[row].sum()) - a, c, int(test[row].sum()) - c)
        # Once a class, of which the model chose one.
        p.append(min(1.0, len(ratio) * fisher.greater(table, ratio[own])))
    q[tested] = discovery_rates(p)
    return q


def odds(sizes: np.ndarray) -> np.ndarray:
    """Return the odds of each class by its count, float64 (C,)."""
    ratio: np.ndarray = sizes / (sizes.sum() - sizes)
    return ratio


def special_tokens(checker: PhraseChecker) -> list[str]:
    """Return the tokens of the run that are no words."""
    tokens = checker.run.scan(VOCABULARY).select("token").collect()["token"]
    ids = checker.run.manifest.corpus.tokens.ids.values()
    return [tokens[each] for each in ids if each is not None]


def holds_one(phrase: str, tokens: list[str]) -> bool:
    """Return whether a phrase is one of some tokens, or has one as its first or last word."""
    return any(
        phrase == each or phrase.startswith(each + " ") or phrase.endswith(" " + each)
        for each in tokens
    )


def check_findings(checker: PhraseChecker, listed: np.ndarray) -> None:
    """Check that shortcuts of the same sequences are told under the one that is listed first.

    listed  int64 (R,)  rows of the shortcuts
    raises  StatelineError  at the first row that differs
    """
    words, count = checker.words, checker.run.sequences.height
    by_score = listed[np.argsort(-words["shortcut"].gather(listed).to_numpy(), kind="stable")]
    held, towards = holding(checker.run, words, by_score), words["towards"].gather(by_score)
    heads: list[int] = []
    expected: list[str | None] = [None] * words.height
    for place, row in enumerate(by_score.tolist()):
        same = (
            head
            for head in heads
            if towards[head] == towards[place] and together(held[head], held[place], count)
        )
        head = next(same, place)
        if head == place:
            heads.append(place)
        expected[row] = words["phrase"][int(by_score[head])]
    got = words["finding"].to_list()
    good = np.array([one == other for one, other in zip(got, expected, strict=True)])
    checker.keep("finding as its sequences say", good, got)


def together(one: set[int], other: set[int], count: int) -> bool:
    """Return whether two phrases stand in the same sequences more often than expected by chance.

    count  sequences of the run
    """
    fewer, more = sorted((len(one), len(other)))
    chance = more / count
    return chance < 1 and (len(one & other) / fewer - chance) / (1 - chance) >= MIN_OVERLAP
