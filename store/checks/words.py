"""Checks of what the model read at each step: the words of a text, the numbers of a series."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.judge import ROUNDING, Judge, shown
from stateline.store.manifest.models import Feature
from stateline.store.schema import MANIFEST, STEPS


def check_words(judge: Judge, block: Block, steps: pl.DataFrame, vocabulary: pl.Series) -> None:
    """Each token is the vocabulary's, or names the step of a series; unknown ones are counted."""
    known = steps["known"].to_numpy()
    if judge.run.kind == "text":
        check_tokens(judge, block, steps, vocabulary)
    else:
        ids, token = steps["token_id"], steps["token"]
        rule = "token_id null in a series"
        judge.rows(block, STEPS, rule, ids.is_null().to_numpy(), ids)
        judge.rows(block, STEPS, "known true in a series", known, known)
        good = ((token == steps["surface"]) & (token != "")).to_numpy()
        rule = "token and surface, both the name of the step"
        judge.rows(block, STEPS, rule, good, token)
    said = judge.run.sequences["unknown"][block.first : block.last].to_numpy()
    counted = np.add.reduceat((~known).astype(np.int64), block.starts)
    judge.sequences(block, "unknown as counted in the steps", said == counted, said)


def check_tokens(judge: Judge, block: Block, steps: pl.DataFrame, vocabulary: pl.Series) -> None:
    """The words of a text: no padding, the vocabulary's token, known or not."""
    tokens = judge.run.manifest.corpus.tokens
    there = steps["token_id"].is_not_null().to_numpy()
    judge.rows(block, STEPS, "token_id never null in a text", there, ["null"] * len(there))
    ids, known = steps["token_id"].to_numpy(), steps["known"].to_numpy()
    # Compared with null, no id is equal: a model may have neither of the two.
    padding, unknown = ids == tokens.padding, ids == tokens.unknown
    judge.rows(block, STEPS, "token_id of a word, never padding", ~padding, ids)
    judge.rows(block, STEPS, "token_id of the vocabulary", ids < len(vocabulary), ids)
    written = vocabulary.gather(steps["token_id"])
    good = ((steps["token"] == written) & (steps["token"] != "")).to_numpy()
    judge.rows(block, STEPS, "token that the vocabulary holds at token_id", good, steps["token"])
    rule = "known false where, and only where, token_id is the unknown word's"
    judge.rows(block, STEPS, rule, known == ~unknown, known)


@dataclass
class Features:
    """The numbers of a series against what the manifest says of each feature.

    entries  the manifest's corpus.features; none for a text
    """

    entries: Sequence[Feature]
    low: np.ndarray = field(init=False)  # float32 (F,) smallest value so far
    high: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.low = np.full(len(self.entries), np.inf, dtype=np.float32)
        self.high = -self.low

    def check(self, judge: Judge, block: Block, steps: pl.DataFrame) -> None:
        """Values of a block are finite and between the manifest's low and high."""
        if not self.entries:
            return
        values = steps["values"].to_numpy()
        judge.entries(block, STEPS, "values finite", np.isfinite(values), values)
        good = (values >= self.said("low")) & (values <= self.said("high"))
        judge.entries(block, STEPS, "values between low and high of their feature", good, values)
        self.low = np.minimum(self.low, values.min(axis=0))
        self.high = np.maximum(self.high, values.max(axis=0))

    def check_total(self, judge: Judge) -> None:
        """Low and high are the smallest and the largest value that is stored."""
        for key, found in (("low", self.low), ("high", self.high)):
            error = np.abs(self.said(key) - found)
            for entry, off, value in zip(self.entries, error, found, strict=True):
                if not off <= ROUNDING * (1 + abs(value)):
                    place = f"corpus.features, {entry.name}: {key}"
                    judge.fail(MANIFEST, place, shown(value), shown(getattr(entry, key)))

    def said(self, key: str) -> np.ndarray:
        """float32 (F,): the manifest's low or high of each feature."""
        return np.array([getattr(each, key) for each in self.entries], dtype=np.float32)
