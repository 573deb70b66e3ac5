"""Checks of the clusters of a map: their table from the memberships of its states.

States are counted block by block of whole sequences.
"""

from collections.abc import Iterator
from typing import NoReturn

import numpy as np
import polars as pl

from stateline.store.blocks import blocks
from stateline.store.checks.cluster_words import WORDS, WordCounts, special_tokens
from stateline.store.checks.counts import add_counts
from stateline.store.checks.phrase_sums import BLOCK_STEPS
from stateline.store.checks.report import fail
from stateline.store.checks.rules import ROUNDING, first_false
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import (
    CLUSTER_LEVELS,
    MANIFEST,
    cluster_table,
    projection_table,
)
from stateline.store.table import SlicedTable

KEY = ("level", "cluster")
ROUNDING_Q = 1e-4  # of products of some hundred factors, relative to their size
SMALLEST_Q = 1e-30  # near the smallest number of single precision


class ClusterChecker:
    """Rules of the table of the clusters of one map."""

    def __init__(self, run: Run, projection: str) -> None:
        self.run, self.name = run, cluster_table(projection)
        self.table = run.clusters(projection)

    def fail(self, place: str, rule: str, got: object) -> NoReturn:
        """Raise for one place of the table.

        raises  StatelineError  always
        """
        fail(self.run, self.name, place, rule, got)

    def keep(self, rule: str, good: pl.Series, column: str) -> None:
        """Check a rule of each cluster.

        good    Boolean (clusters,)
        column  the values that the rule is about
        raises  StatelineError  at the first cluster that breaks it
        """
        if not good.all():
            row = first_false(good)
            place = f"level {self.table['level'][row]}, cluster {self.table['cluster'][row]}"
            self.fail(place, rule, self.table[column][row])


def check_clusters(run: Run, entry: Projection, places: SlicedTable, steps: SlicedTable) -> int:
    """Check every cluster of one map; return how many there are.

    places  table of the map
    steps   steps.parquet
    raises  StatelineError  at the first cluster that differs
    """
    checker = ClusterChecker(run, entry.id)
    table = checker.table
    refuse_nulls(run, checker.name, table)
    sizes = entry.cluster_sizes
    if len(sizes) != CLUSTER_LEVELS:
        key = f"projections, {entry.id}: cluster_sizes"
        fail(run, MANIFEST, key, f"{CLUSTER_LEVELS} sizes, coarse to fine", len(sizes))
    levels = [LevelCounts(level, table) for level in range(CLUSTER_LEVELS)]
    worded = CLUSTER_LEVELS if run.kind == "text" else 0
    words = [WordCounts(level, special_tokens(run)) for level in range(worded)]
    for states in read_states(run, entry.id, places, steps):
        for each in levels:
            each.add(states)
        for of_words in words:
            of_words.add(states)
    expected = pl.concat(each.table() for each in levels)
    if not table.select(KEY).equals(expected.select(KEY)):
        rule = f"the {expected.height} that the states are in, sorted by level and cluster"
        checker.fail("its clusters", rule, table.height)
    for column in expected.columns[len(KEY) :]:
        off = (table[column].cast(pl.Float64) - expected[column].cast(pl.Float64)).abs()
        checker.keep(f"{column} as computed from its states", off <= ROUNDING, column)
    least = table["level"].replace_strict(range(CLUSTER_LEVELS), sizes, return_dtype=pl.UInt32)
    checker.keep("states not below cluster_sizes", table["states"] >= least, "states")
    falls = table.select(pl.col("states").diff().over("level").fill_null(0) <= 0).to_series()
    checker.keep("numbered from the largest on", falls, "states")
    check_labels(checker, levels)
    check_words(checker, words)
    return table.height


def read_states(
    run: Run, projection: str, places: SlicedTable, steps: SlicedTable
) -> Iterator[pl.DataFrame]:
    """Yield one row per state of a map, some sequences at a time.

    yields  sequence_id, predicted, token; label of its sequence; x, y and its cluster at each
            level, in columns 0, 1 and so on
    raises  StatelineError  a state has a cluster below -1
    """
    labels = run.sequences["label"].to_numpy()
    clusters = [pl.col("cluster").arr.get(each).alias(f"{each}") for each in range(CLUSTER_LEVELS)]
    for block in blocks(run.offsets, BLOCK_STEPS):
        members = places.slice(block.start, block.stop, ["x", "y", "cluster"])
        members = members.select("x", "y", *clusters)
        good = members.select(pl.min_horizontal(pl.exclude("x", "y")) >= -1).to_series()
        if not good.all():
            row, name = first_false(good), projection_table(projection)
            rule = "clusters from 0 on, or -1 for none"
            fail(run, name, f"row {block.start + row:,}", rule, members[row, 2:])
        label = np.repeat(labels[block.first : block.last], block.lengths)
        read = steps.slice(
            block.start, block.stop, ["sequence_id", "predicted", "token", "padding"]
        )
        free = members.select(pl.max_horizontal(pl.exclude("x", "y")) < 0).to_series()
        good = free | ~read["padding"]
        if not good.all():
            row, name = first_false(good), projection_table(projection)
            fail(run, name, f"row {block.start + row:,}", "no cluster of padding", members[row, 2:])
        parts = [read, pl.DataFrame({"label": label}), members]
        yield pl.concat(parts, how="horizontal")


class LevelCounts:
    """Counts of the states in the clusters of one level.

    counts     states by cluster, parent (their cluster one level coarser), label and predicted
    sequences  sequences by cluster
    unplaced   clusters at whose label no state was found so far
    """

    def __init__(self, level: int, table: pl.DataFrame) -> None:
        self.level = level
        own = table.filter(pl.col("level") == level)
        self.unplaced = own.select("cluster", "x", "y")
        self.counts: pl.DataFrame | None = None
        self.sequences: pl.DataFrame | None = None

    def add(self, states: pl.DataFrame) -> None:
        """Count the states of some more sequences, see `read_states`."""
        own = pl.col(f"{self.level}")
        inside = states.filter(own >= 0).with_columns(
            cluster=own.cast(pl.UInt32),
            parent=pl.col(f"{self.level - 1}") if self.level else pl.lit(-1, dtype=pl.Int32),
        )
        counts = inside.group_by("cluster", "parent", "label", "predicted").agg(states=pl.len())
        self.counts = add_counts(self.counts, counts)
        sequences = inside.group_by("cluster").agg(sequences=pl.col("sequence_id").n_unique())
        self.sequences = add_counts(self.sequences, sequences)
        self.unplaced = self.unplaced.join(inside, on=["cluster", "x", "y"], how="anti")

    def table(self) -> pl.DataFrame:
        """Return the columns of the clusters' table that follow from the states, sorted."""
        states = pl.col("states")
        right = states.filter(pl.col("label") == pl.col("predicted")).sum()
        assert self.counts is not None and self.sequences is not None, "a run has a state"
        found = self.counts.group_by("cluster").agg(states=states.sum(), right=right)
        found = found.join(self.sequences, on="cluster")
        for column in ("parent", "label", "predicted"):
            found = found.join(most_common(self.counts, column), on="cluster")
        # The coarser cluster of more than half of the states; -1 stands for none.
        parent = pl.when(2 * pl.col("of_parent") > states).then(pl.col("parent")).otherwise(-1)
        return found.sort("cluster").select(
            pl.lit(self.level, dtype=pl.UInt8).alias("level"),
            "cluster",
            parent.alias("parent"),
            "states",
            "sequences",
            "label",
            (pl.col("of_label") / states).alias("purity"),
            "predicted",
            (pl.col("right") / states).alias("accuracy"),
        )


def most_common(counts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the most common value of a column in each cluster, and the states that have it.

    Of values as common as each other the smallest is taken.
    counts  states by cluster and other columns
    """
    of = f"of_{column}"
    counted = counts.group_by("cluster", column).agg(pl.col("states").sum().alias(of))
    counted = counted.sort("cluster", of, column, descending=[False, True, False])
    return counted.unique("cluster", keep="first", maintain_order=True)


def check_labels(checker: ClusterChecker, levels: list[LevelCounts]) -> None:
    """Check that each label is at a state of its cluster.

    raises  StatelineError  at the first cluster of which it is not
    """
    for each in levels:
        if each.unplaced.height:
            place = f"level {each.level}, cluster {each.unplaced['cluster'][0]}"
            rule = "x, y the place of one of its states"
            checker.fail(place, rule, each.unplaced["x"][0])


def check_words(checker: ClusterChecker, levels: list[WordCounts]) -> None:
    """Check the characteristic words of each cluster; a series has none.

    raises  StatelineError  at the first cluster whose words are others
    """
    wanted = {
        (each.level, row["cluster"]): row for each in levels for row in each.listed().to_dicts()
    }
    nothing: dict[str, list[object]] = {name: [] for name in WORDS}
    for row in checker.table.select(*KEY, *WORDS).to_dicts():
        expected = wanted.get((row["level"], row["cluster"]), nothing)
        place = f"level {row['level']}, cluster {row['cluster']}"
        for name in ("words", "word_sequences"):
            if row[name] != expected[name]:
                checker.fail(place, f"{name} {expected[name]}", row[name])
        if not np.allclose(row["word_q"], expected["word_q"], rtol=ROUNDING_Q, atol=SMALLEST_Q):
            checker.fail(place, f"word_q {expected['word_q']}", row["word_q"])
