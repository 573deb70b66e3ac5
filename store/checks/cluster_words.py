"""Check of the characteristic words of the clusters of one level, from the states in them."""

import math

import polars as pl

from stateline.store.checks.counts import add_counts
from stateline.store.checks.significance import FisherTest, discovery_rates
from stateline.store.reader import Run
from stateline.store.schema import (
    CHARACTERISTIC_WORDS,
    MAX_Q,
    MIN_CLUSTER_SEQUENCES,
    VOCABULARY,
)

WORDS = ("words", "word_sequences", "word_q")
# Sums of shares whose last digits depend on the order of adding them are the whole number.
WHOLE = 1e-9


def special_tokens(run: Run) -> list[str]:
    """Return the tokens that are no words: unknown, start, padding."""
    table = run.scan(VOCABULARY).select("token_id", "token").collect()
    ids = [each for each in run.manifest.corpus.tokens.ids.values() if each is not None]
    return table.filter(pl.col("token_id").is_in(ids))["token"].to_list()


class WordCounts:
    """Sequences that hold each word, and the share of them that each cluster of a level has.

    pairs   different pairs of a sequence and a word in it
    held    sequences by word
    inside  sequences by cluster and word, and the sum of their shares
    """

    def __init__(self, level: int, special: list[str]) -> None:
        self.level, self.special = level, special
        self.pairs = 0
        self.held: pl.DataFrame | None = None
        self.inside: pl.DataFrame | None = None
        self.shares: pl.DataFrame | None = None

    def add(self, states: pl.DataFrame) -> None:
        """Count the states of some more sequences, see `clusters.read_states`."""
        cluster = pl.col(f"{self.level}")
        words = states.filter(~pl.col("token").is_in(self.special))
        whole = words.group_by("sequence_id", "token").len("every")
        self.pairs += whole.height
        self.held = add_counts(self.held, whole.group_by("token").len("held"))
        here = words.filter(cluster >= 0).group_by("sequence_id", "token", cluster=cluster).len()
        here = here.join(whole, on=["sequence_id", "token"])
        by = here.group_by("cluster", "token")
        self.inside = add_counts(self.inside, by.agg(sequences=pl.len()))
        share = by.agg(share=(pl.col("len") / pl.col("every")).sum())
        self.shares = add_counts(self.shares, share)

    def listed(self) -> pl.DataFrame:
        """Return the words that each cluster should list: cluster, and the columns of WORDS."""
        assert self.held is not None and self.inside is not None and self.shares is not None
        table = self.inside.join(self.shares, on=["cluster", "token"]).join(self.held, on="token")
        table = table.with_columns(size=pl.col("share").sum().over("cluster"))
        often = self.held.filter(pl.col("held") >= MIN_CLUSTER_SEQUENCES).height
        tested = table["cluster"].n_unique() * often
        table = table.filter(pl.col("sequences") >= MIN_CLUSTER_SEQUENCES)
        p = self.surprises(table)
        table = table.with_columns(p=pl.Series(p), q=pl.Series(discovery_rates(p, tested)))
        table = table.filter(pl.col("q") <= MAX_Q).sort("cluster", "p", "token")
        first = table.group_by("cluster", maintain_order=True).head(CHARACTERISTIC_WORDS)
        return first.group_by("cluster", maintain_order=True).agg(
            words="token", word_sequences="sequences", word_q="q"
        )

    def surprises(self, table: pl.DataFrame) -> list[float]:
        """Return the p of each word of a cluster: of as many of its sequences there, or more.

        At the mean of chance or below it is 1, which is as good as any that is not listed.
        """
        test = FisherTest(self.pairs)
        found = []
        for share, size, held in table.select("share", "size", "held").iter_rows():
            here, drawn = math.floor(share + WHOLE), math.floor(size + 0.5 + WHOLE)
            counts = (here, held - here, drawn - here, self.pairs - held - drawn + here)
            surprise = here * self.pairs > held * drawn
            found.append(test.greater(counts, 1.0) if surprise else 1.0)
        return found
