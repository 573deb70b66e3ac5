"""Which sequences hold which words, and where in them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import Float64Array, Int64Array, IntArray

COUNTED = 4_096  # sequences whose words are listed at once


@dataclass(frozen=True)
class HeldWords:
    """Pairs of a word and a sequence that holds it, sorted by word, then sequence.

    word, sequence  int64 (H,)
    first           int64 (V + 1,)  where the pairs of each word begin
    position        float64 (V,)    mean over the sequences of where the word stands in them,
                                    0 at the beginning to 1 at the end; not-a-number of none
    """

    word: Int64Array
    sequence: Int64Array
    first: Int64Array
    position: Float64Array

    @property
    def counts(self) -> Int64Array:
        """Sequences that hold each word: int64 (V,)."""
        return np.diff(self.first)

    def of(self, word: int) -> Int64Array:
        """Return the sequences that hold a word, in order: int64 (n,)."""
        return self.sequence[self.first[word] : self.first[word + 1]]


def held_words(ids: pl.Series, words: int) -> HeldWords:
    """List the sequences that hold each word.

    ids    S lists of token ids
    words  V
    """
    parts = []
    for start in range(0, len(ids), COUNTED):
        part = ids.slice(start, COUNTED).to_frame("word").with_row_index("sequence", start)
        parts.append(
            part.with_columns(length=pl.col("word").list.len())
            .explode("word")
            .with_columns(t=pl.int_range(pl.len()).over("sequence"))
            .with_columns(place=pl.col("t") / (pl.col("length") - 1))
            # The only word of a sequence stands in its middle.
            .with_columns(pl.col("place").fill_nan(0.5))
            .group_by("word", "sequence")
            .agg(pl.col("place").mean())
        )
    pairs = pl.concat(parts).sort("word", "sequence")
    word = pairs["word"].to_numpy().astype(np.int64)
    counts = np.bincount(word, minlength=words)
    with np.errstate(invalid="ignore"):
        position = np.bincount(word, pairs["place"].to_numpy(), minlength=words) / counts
    first = np.concatenate([[0], np.cumsum(counts)])
    return HeldWords(word, pairs["sequence"].to_numpy().astype(np.int64), first, position)


def spaced_sample(values: IntArray, wanted: int, rng: np.random.Generator) -> Int64Array:
    """Draw a seeded sample that is spread evenly over an order of numbers.

    values   int (W,)  what to order by
    wanted   numbers to draw, at the most
    returns  int64 (n,) row numbers in order of the values, one from each of n equal parts
    """
    order = np.argsort(values, kind="stable")
    edges = np.linspace(0, len(order), min(wanted, len(order)) + 1).astype(np.int64)
    drawn: Int64Array = order[rng.integers(edges[:-1], edges[1:])]
    return drawn
