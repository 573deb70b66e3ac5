"""Checks of swaps.parquet: what follows without the model is computed again, the rest bounded.

W stands for its rows.
"""

from math import sqrt

import numpy as np
import polars as pl

from stateline.store.checks.report import Report, fail
from stateline.store.checks.rules import ROUNDING, Values, first_false
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.checks.significance import (
    central_share,
    discovery_rates,
    student_quantile,
)
from stateline.store.manifest.swap_test import SwapTest
from stateline.store.reader import Run
from stateline.store.schema import (
    MAX_CONTROLS,
    MAX_Q,
    MAX_SWAPPED,
    MIN_SWAPPED,
    SWAPS,
    VOCABULARY,
    WORDS,
)

NORMAL = 1.959963984540054  # 97.5 % quantile of the normal distribution


class SwapChecker:
    """Rules of swaps.parquet: the first row that breaks one is reported."""

    def __init__(self, run: Run, swaps: pl.DataFrame, test: SwapTest) -> None:
        self.run, self.swaps, self.test = run, swaps, test

    def keep(self, rule: str, good: pl.Series | np.ndarray, got: Values) -> None:
        """Check a rule of each row.

        good    bool (W,)       whether the row keeps the rule; null counts as true
        got     (W,)            the values that it is about
        raises  StatelineError  at the first row that does not
        """
        kept = pl.Series(good).fill_null(True)
        if not kept.all():
            row = first_false(kept)
            place = f"row {row:,} ({self.swaps['token'][row]})"
            fail(self.run, SWAPS, place, rule, got[row])

    def holds(self, rule: str, good: pl.Expr, column: str) -> None:
        """Check a rule of each row, about a column.

        raises  StatelineError  at the first row that breaks it
        """
        self.keep(rule, self.swaps.select(good).to_series(), self.swaps[column])

    def close(self, column: str, expected: np.ndarray) -> None:
        """Check a column that may be off by rounding; null where NaN is expected.

        expected  float64 (W,)
        raises    StatelineError  at the first row that differs
        """
        got = self.swaps[column]
        values, missing = got.to_numpy().astype(np.float64), np.isnan(expected)
        off = np.abs(values - expected) <= ROUNDING * (1 + np.abs(expected))
        good = np.where(missing, got.is_null().to_numpy(), off)
        row = int(np.argmin(good))
        self.keep(f"{column} = {expected[row]:.6g}", good, got)


def check_swaps(run: Run, report: Report) -> None:
    """Check the whole of swaps.parquet, where the run has one.

    raises  StatelineError  at the first row that breaks a rule
    """
    swaps, test = run.swaps, run.manifest.swap_test
    if swaps is None or test is None:
        report.add("swaps", "no swap test")
        return
    refuse_nulls(run, SWAPS, swaps)
    checker = SwapChecker(run, swaps, test)
    check_tested(checker)
    check_counts(checker)
    check_changes(checker)
    check_controls(checker)
    check_shares(checker)
    check_labels(checker)
    check_findings(checker)
    found = int((swaps["q"] <= MAX_Q).sum())
    report.add("swaps", f"{found:,} of {swaps.height:,} tested words move the answer")


def check_tested(checker: SwapChecker) -> None:
    """Check that each row is another known word, and the rows those that the manifest counts.

    raises  StatelineError  at the first that does not fit
    """
    swaps, test, run = checker.swaps, checker.test, checker.run
    for name, got, expected in (
        ("rows", swaps.height, test.tested),
        ("controls", int(swaps["control"].sum()), test.controls),
    ):
        if got != expected:
            fail(run, SWAPS, name, f"{expected:,}, the manifest's", f"{got:,}")
    checker.holds("each token once", pl.col("token").is_unique(), "token")
    tokens = run.manifest.corpus.tokens
    special = [each for each in tokens.ids.values() if each is not None]
    vocabulary = run.scan(VOCABULARY).select("token_id", "token").collect()
    known = vocabulary.filter(~pl.col("token_id").is_in(special))["token"]
    checker.holds("a word of the vocabulary", pl.col("token").is_in(known.implode()), "token")
    classes = len(run.manifest.corpus.classes)
    checker.holds(f"towards one of {classes} classes", pl.col("towards") < classes, "towards")
    order = swaps.sort("p", "token")["token"]
    checker.keep("sorted by p and token", swaps["token"] == order, swaps["token"])


def check_counts(checker: SwapChecker) -> None:
    """Check how many sequences hold each word, and in how many it was replaced.

    raises  StatelineError  at the first row that differs
    """
    run, swaps = checker.run, checker.swaps
    tokens = run.words.filter(pl.col("size") == 1)
    held = tokens.select(token="phrase", held=pl.col("test").arr.sum())
    expected = swaps.select("token").join(held, on="token", how="left", maintain_order="left")
    # A word of no stored sequence has no row there.
    good = expected["held"] == swaps["sequences"]
    checker.keep(f"sequences as {WORDS} has them", good, swaps["sequences"])
    checker.holds(
        f"sequences {MIN_SWAPPED} or more", pl.col("sequences") >= MIN_SWAPPED, "sequences"
    )
    swapped = pl.min_horizontal("sequences", pl.lit(MAX_SWAPPED))
    rule = f"swapped in every sequence, {MAX_SWAPPED} at the most"
    checker.holds(rule, pl.col("swapped") == swapped, "swapped")
    checker.holds("position 0 to 1", pl.col("position").is_between(0, 1), "position")
    ids = run.manifest.corpus.tokens.ids.values()
    names = run.scan(VOCABULARY).select("token").collect()["token"]
    special = [names[each] for each in ids if each is not None]
    often = held.filter(pl.col("held") >= MIN_SWAPPED, ~pl.col("token").is_in(special)).height
    if checker.test.eligible < often:
        rule = f"{often:,} or more, the words of {WORDS} that are eligible"
        fail(run, SWAPS, "the manifest's swap_test.eligible", rule, f"{checker.test.eligible:,}")


def check_changes(checker: SwapChecker) -> None:
    """Check the interval of each change, and nulls without an unknown word.

    raises  StatelineError  at the first row that differs
    """
    swaps = checker.swaps
    change, error, count = (
        swaps[name].to_numpy().astype(np.float64) for name in ("change", "change_se", "swapped")
    )
    half = student_quantile(count) * error
    checker.close("change_low", change - half)
    checker.close("change_high", change + half)
    known = checker.run.manifest.corpus.tokens.unknown is not None
    rule = "null where, and only where, there is no unknown word"
    for name in ("change", "se", "flips", "low", "high"):
        column = f"unknown_{name}"
        checker.keep(f"{column} {rule}", swaps[column].is_not_null() == known, swaps[column])
    for name in ("change_se", "unknown_se", "control_change"):
        checker.holds(f"{name} 0 or more", pl.col(name) >= 0, name)


def wilson(rate: float, count: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a rate over a number of sequences."""
    square = NORMAL * NORMAL
    root = NORMAL * sqrt(square + 4 * count * rate * (1 - rate))
    low, high = (
        (2 * count * rate + square + sign * root) / (2 * (count + square)) for sign in (-1, 1)
    )
    return max(low, 0.0), min(high, 1.0)


def check_shares(checker: SwapChecker) -> None:
    """Check that shares of changed answers lie in 0 to 1, and their intervals.

    raises  StatelineError  at the first row that differs
    """
    for rate, count, low, high in (
        ("flips", "swapped", "flips_low", "flips_high"),
        ("unknown_flips", "swapped", "unknown_low", "unknown_high"),
        ("control_flips", "control_sequences", "control_low", "control_high"),
    ):
        checker.holds(f"{rate} 0 to 1", pl.col(rate).is_between(0, 1), rate)
        pairs = [
            (np.nan, np.nan) if share is None else wilson(share, number)
            for share, number in checker.swaps.select(rate, count).iter_rows()
        ]
        expected = np.array(pairs)
        checker.close(low, expected[:, 0])
        checker.close(high, expected[:, 1])


def check_controls(checker: SwapChecker) -> None:
    """Check the number of controls of each word, and of the sequences that hold them.

    raises  StatelineError  at the first row that differs
    """
    most = checker.test.controls - pl.col("control").cast(pl.Int64)
    wanted = pl.min_horizontal(most, pl.lit(MAX_CONTROLS))
    rule = f"the other controls, {MAX_CONTROLS} at the most"
    checker.holds(rule, pl.col("controls") == wanted, "controls")
    tested = checker.run.manifest.corpus.sizes.test
    good = pl.col("control_sequences").is_between(MIN_SWAPPED, tested)
    rule = f"control_sequences {MIN_SWAPPED} to {tested}, the test split"
    checker.holds(rule, good, "control_sequences")


def check_labels(checker: SwapChecker) -> None:
    """Check counts of labels, and that ranks follow the weights of words of the same class.

    raises  StatelineError  at the first row that breaks it
    """
    swaps = checker.swaps
    rules = {
        "frequency at least sequences": pl.col("frequency") >= pl.col("sequences"),
        "labelled at most frequency": pl.col("labelled") <= pl.col("frequency"),
        "expected 0 to frequency": pl.col("expected").is_between(0, pl.col("frequency")),
        "weight_rank 1 or more": pl.col("weight_rank") >= 1,
    }
    for rule, good in rules.items():
        checker.holds(rule, good, rule.split(" ", 1)[0])
    ordered = swaps.with_row_index().sort(
        "towards", "weight", "weight_rank", descending=[False, True, False]
    )
    same = ordered["towards"] == ordered["towards"].shift(1)
    falls = ordered["weight_rank"] < ordered["weight_rank"].shift(1)
    kept = ordered.select("index", good=~(same & falls)).sort("index")["good"]
    checker.keep("weight_rank in the order of the weights", kept, swaps["weight_rank"])


def tail(change: float, error: float, count: int) -> float:
    """Return the probability of a mean change so far above 0, one-sided."""
    if error == 0:
        return 0.0 if change > 0 else 0.5
    above = change / error
    outside = (1 - central_share(abs(above), count - 1)) / 2
    return outside if above > 0 else 1 - outside


def check_findings(checker: SwapChecker) -> None:
    """Check p, the larger of its two parts, and q as it follows from it.

    raises  StatelineError  at the first row that differs
    """
    swaps = checker.swaps
    for name in ("p_change", "p_labels"):
        checker.holds(f"{name} 0 to 1", pl.col(name).is_between(0, 1), name)
    classes = len(checker.run.manifest.corpus.classes)
    tested = swaps.select("change", "change_se", "swapped").iter_rows()
    checker.close("p_change", np.array([min(classes * tail(*row), 1.0) for row in tested]))
    beyond = pl.col("change_low") > pl.col("control_change")
    both = pl.max_horizontal("p_change", "p_labels")
    near = (pl.col("change_low") - pl.col("control_change")).abs() <= ROUNDING
    good = pl.when(beyond).then(pl.col("p") == both).otherwise(pl.col("p") == 1)
    rule = "p the larger of p_change and p_labels, 1 unless change_low is above control_change"
    checker.holds(rule, good | near, "p")
    untested = [1.0] * (checker.test.eligible - swaps.height)
    checker.close("q", np.array(discovery_rates(swaps["p"].to_list() + untested)[: swaps.height]))
