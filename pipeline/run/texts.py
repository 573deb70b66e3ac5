"""The labelled texts of a run, with the words that each of them holds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import Float64Array, Int64Array
from stateline.pipeline.numerics.held_words import HeldWords, held_words
from stateline.pipeline.run.artefacts import SEQUENCES, VOCABULARY
from stateline.pipeline.run.facts import CorpusFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.schema import MIN_SWAPPED


@dataclass(frozen=True)
class Texts:
    """All labelled texts as the model reads them.

    ids       S lists of token ids, those of the test split first, in the order of the store
    label     int64 (S,)
    test      sequences of the test split
    special   token ids that stand for no word
    unknown   id of unknown words; None: there is none
    spelling  the token of each id, V of them
    """

    ids: pl.Series
    label: Int64Array
    test: int
    special: list[int]
    unknown: int | None
    spelling: pl.Series

    @cached_property
    def everywhere(self) -> HeldWords:
        """Words of all texts."""
        return held_words(self.ids, len(self.spelling))

    @cached_property
    def tested(self) -> HeldWords:
        """Words of the test split."""
        return held_words(self.ids.head(self.test), len(self.spelling))

    @cached_property
    def eligible(self) -> Int64Array:
        """Known words that MIN_SWAPPED test texts hold, or more: int64 (W,), ascending."""
        often = self.tested.counts >= MIN_SWAPPED
        often[self.special] = False
        return np.flatnonzero(often)

    @cached_property
    def known(self) -> Int64Array:
        """Known words that a text holds: int64 (W,), ascending."""
        there = self.everywhere.counts > 0
        there[self.special] = False
        return np.flatnonzero(there)

    @cached_property
    def place(self) -> Float64Array:
        """Log frequency and mean position of each word of a text, float64 (V, 2).

        In units of their standard deviation over the eligible words.
        """
        frequency = np.log(np.maximum(self.everywhere.counts, 1))
        place = np.stack([frequency, self.everywhere.position], axis=1)
        spread = place[self.eligible].std(axis=0)
        scaled: Float64Array = place / np.where(spread > 0, spread, 1)
        return scaled


def read_texts(paths: BuildPaths, facts: CorpusFacts) -> Texts:
    """Return the texts of a run, from the corpus stage."""
    columns = pl.scan_parquet(paths.need("corpus", SEQUENCES)).select("split", "label", "ids")
    is_test = pl.col("split") == "test"
    test, others = (columns.filter(each).collect() for each in (is_test, ~is_test))
    rows = pl.concat([test, others])
    return Texts(
        ids=rows["ids"],
        label=rows["label"].to_numpy().astype(np.int64),
        test=test.height,
        special=[each for each in facts["tokens"].values() if each is not None],
        unknown=facts["tokens"]["unknown"],
        spelling=pl.read_parquet(paths.need("corpus", VOCABULARY), columns=["token"])["token"],
    )
