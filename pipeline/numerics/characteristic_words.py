"""Characteristic words of the clusters of one level of a map, counted by sequence."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.stats import hypergeom

from stateline.pipeline.numerics.arrays import IntArray
from stateline.pipeline.numerics.significance import benjamini_hochberg
from stateline.store.schema import CHARACTERISTIC_WORDS, MAX_Q, MIN_CLUSTER_SEQUENCES

# Sums of shares whose last digits depend on the order of adding them count as the whole number
# that they stand for.
WHOLE = 1e-9


def characteristic_words(
    cluster: IntArray, sequence: IntArray, token: pl.Series, special: Sequence[str]
) -> pl.DataFrame:
    """Return the words that are read in more sequences of each cluster than chance has it.

    A word counts once a sequence that holds it, with the share of its occurrences there that are in
    the cluster. Were words and clusters independent, those of a word would be drawn from all pairs
    of a sequence and a word in it: the hypergeometric distribution, one-sided. Rates of false
    discovery are controlled over all words and clusters of the level.

    cluster   int (M,)     of one level, -1 for none
    sequence  int (M,)     sequence of each step
    token     String (M,)
    special   tokens that are no words
    returns   cluster, word, sequences (that read it in the cluster), q (adjusted p), sorted by
              cluster; at most CHARACTERISTIC_WORDS of each, the surest first
    source    Benjamini and Hochberg 1995, "Controlling the false discovery rate"
    """
    read = pl.DataFrame({"cluster": cluster, "sequence": sequence, "word": token})
    read = read.filter(~pl.col("word").is_in(list(special)))
    pairs = read.group_by("sequence", "word").agg(occurrences=pl.len())
    held = pairs.group_by("word").agg(held=pl.len())
    inside = (
        read.filter(pl.col("cluster") >= 0)
        .group_by("sequence", "word", "cluster")
        .agg(here=pl.len())
        .join(pairs, on=["sequence", "word"])
        .with_columns(share=pl.col("here") / pl.col("occurrences"))
    )
    sizes = inside.group_by("cluster").agg(size=pl.col("share").sum())
    tested = sizes.height * held.filter(pl.col("held") >= MIN_CLUSTER_SEQUENCES).height
    found = (
        inside.group_by("cluster", "word")
        .agg(share=pl.col("share").sum(), sequences=pl.len())
        # In fewer sequences a word is never listed: as good as a p of 1, whatever it is.
        .filter(pl.col("sequences") >= MIN_CLUSTER_SEQUENCES)
        .join(held, on="word")
        .join(sizes, on="cluster")
    )
    share, size = (found[name].to_numpy() for name in ("share", "size"))
    # Down to whole sequences, so that a share of one never counts as more.
    p = hypergeom.sf(
        np.floor(share + WHOLE) - 1,
        pairs.height,
        np.floor(size + 0.5 + WHOLE),
        found["held"].to_numpy(),
    )
    q = benjamini_hochberg(np.append(p, np.ones(tested - len(p))))[: len(p)]
    return (
        found.with_columns(p=pl.Series(p), q=pl.Series(q))
        .filter(pl.col("q") <= MAX_Q)
        .sort("cluster", "p", "word")
        .group_by("cluster", maintain_order=True)
        .head(CHARACTERISTIC_WORDS)
        .select("cluster", "word", "sequences", "q")
    )
