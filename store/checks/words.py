"""Checks of the input of each step: the words of a text, the numbers of a series."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.rules import ROUNDING, RuleChecker, format_numbers
from stateline.store.manifest.models import Feature
from stateline.store.schema import MANIFEST, STEPS


def check_words(
    checker: RuleChecker, block: Block, steps: pl.DataFrame, vocabulary: pl.Series
) -> None:
    """Check the tokens of a text or the step names of a series, and the count of unknown ones.

    steps       the block's rows of steps.parquet
    vocabulary  String (V,)  token of each id
    raises      StatelineError  at the first row or sequence that breaks a rule
    """
    known = steps["known"].to_numpy()
    check_padding(checker, block, steps)
    if checker.run.kind == "text":
        check_tokens(checker, block, steps, vocabulary)
    else:
        ids, token = steps["token_id"], steps["token"]
        rule = "token_id null in a series"
        checker.rows(block, STEPS, rule, ids.is_null().to_numpy(), ids)
        checker.rows(block, STEPS, "known true in a series", known, known)
        good = ((token == steps["surface"]) & (token != "")).to_numpy()
        rule = "token and surface, both the name of the step"
        checker.rows(block, STEPS, rule, good, token)
    for column, counts in (("unknown", ~known), ("padding", steps["padding"].to_numpy())):
        stored = checker.run.sequences[column][block.first : block.last].to_numpy()
        counted = np.add.reduceat(counts.astype(np.int64), block.starts)
        rule = f"{column} as counted in the steps"
        checker.sequences(block, rule, stored == counted, stored)


def check_padding(checker: RuleChecker, block: Block, steps: pl.DataFrame) -> None:
    """Check which steps are padding: those of its id, or those of a series that are all 0.

    Where beginnings are padded, each sequence has the same number of steps, and padding on one
    side changes no answer: in front it is that of a sequence of nothing else, behind that of the
    whole.

    steps   the block's rows of steps.parquet
    raises  StatelineError  at the first row that breaks a rule
    """
    readout, padding = checker.run.manifest.readout, steps["padding"].to_numpy()
    id_ = checker.run.manifest.corpus.tokens.padding
    if checker.run.kind == "text":
        wanted = np.zeros(len(padding), dtype=bool)
        if id_ is not None:
            wanted = steps["token_id"].to_numpy() == id_
        rule = "padding where, and only where, token_id is that of padding"
        checker.rows(block, STEPS, rule, padding == wanted, padding)
    else:
        empty = (steps["values"].to_numpy() == 0).all(axis=1) & (readout.ends is not None)
        checker.rows(block, STEPS, "padding only where all values are 0", ~padding | empty, padding)
    words = np.add.reduceat((~padding).astype(np.int64), block.starts)
    checker.sequences(block, "a step besides padding", words > 0, words)
    if readout.ends is None:
        return
    good = block.lengths == readout.steps
    checker.sequences(block, f"{readout.steps} steps, as padded", good, block.lengths)
    logit = steps["logit"].to_numpy()
    before = block.before(logit, np.array(readout.initial_logit, dtype=np.float32))
    outer = edge_run(padding, block, readout.ends)
    same = np.abs(logit - before).max(axis=1) <= ROUNDING * (1 + np.abs(before).max(axis=1))
    checker.rows(block, STEPS, "an answer that padding does not change", same | ~outer, logit)


def edge_run(padding: np.ndarray, block: Block, side: str) -> np.ndarray:
    """Return which steps stand in the run of padding at one end of their sequence: bool (M,).

    padding  bool (M,)
    side     pre: at its beginning, post: at its end
    """
    found = np.zeros(len(padding), dtype=bool)
    for start, length in zip(block.starts, block.lengths, strict=True):
        words = np.flatnonzero(~padding[start : start + length])
        if side == "pre":
            found[start : start + words[0]] = True
        else:
            found[start + words[-1] + 1 : start + length] = True
    return found


def check_tokens(
    checker: RuleChecker, block: Block, steps: pl.DataFrame, vocabulary: pl.Series
) -> None:
    """Check the words of a text: the vocabulary's token, known or not.

    steps       the block's rows of steps.parquet
    vocabulary  String (V,)  token of each id
    raises      StatelineError  at the first row that breaks a rule
    """
    tokens = checker.run.manifest.corpus.tokens
    there = steps["token_id"].is_not_null().to_numpy()
    checker.rows(block, STEPS, "token_id never null in a text", there, ["null"] * len(there))
    ids, known = steps["token_id"].to_numpy(), steps["known"].to_numpy()
    # Compared with None, no id is equal: a model may have no such id.
    unknown = np.zeros(len(ids), dtype=bool) if tokens.unknown is None else ids == tokens.unknown
    checker.rows(block, STEPS, "token_id of the vocabulary", ids < len(vocabulary), ids)
    written = vocabulary.gather(steps["token_id"])
    good = ((steps["token"] == written) & (steps["token"] != "")).to_numpy()
    rule = "the token of token_id in the vocabulary"
    checker.rows(block, STEPS, rule, good, steps["token"])
    rule = "known false where, and only where, token_id is the unknown word's"
    checker.rows(block, STEPS, rule, known == ~unknown, known)


@dataclass
class FeatureRange:
    """Range of each feature of a series, against the manifest's low and high.

    entries    the manifest's corpus.features, F; none for a text
    low, high  float32 (F,)  of the values seen so far
    """

    entries: Sequence[Feature]
    low: np.ndarray = field(init=False)
    high: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.low = np.full(len(self.entries), np.inf, dtype=np.float32)
        self.high = -self.low

    def check(self, checker: RuleChecker, block: Block, steps: pl.DataFrame) -> None:
        """Check that the values of a block are finite and between the manifest's low and high.

        steps   the block's rows of steps.parquet
        raises  StatelineError  at the first row with a value that is not
        """
        if not self.entries:
            return
        values = steps["values"].to_numpy()
        checker.entries(block, STEPS, "values finite", np.isfinite(values), values)
        low, high = (np.array(each, dtype=np.float32) for each in self.bounds())
        good = (values >= low) & (values <= high)
        checker.entries(block, STEPS, "values between low and high of their feature", good, values)
        self.low = np.minimum(self.low, values.min(axis=0))
        self.high = np.maximum(self.high, values.max(axis=0))

    def check_total(self, checker: RuleChecker) -> None:
        """Check that low and high are the smallest and the largest value that is stored.

        raises  StatelineError  at the first feature of which one is not
        """
        found = {"low": self.low, "high": self.high}
        for (key, values), bounds in zip(found.items(), self.bounds(), strict=True):
            for entry, value, bound in zip(self.entries, values, bounds, strict=True):
                if not abs(np.float32(bound) - value) <= ROUNDING * (1 + abs(value)):
                    place = f"corpus.features, {entry.name}: {key}"
                    checker.fail(MANIFEST, place, format_numbers(value), format_numbers(bound))

    def bounds(self) -> tuple[list[float], list[float]]:
        """Return the manifest's low and high of each feature."""
        return [each.low for each in self.entries], [each.high for each in self.entries]
