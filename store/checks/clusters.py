"""Checks of the clusters of a map: their table from the memberships of its states.

What the states say is added up block by block of whole sequences.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from stateline.store.blocks import blocks
from stateline.store.checks.judge import ROUNDING
from stateline.store.checks.phrase_sums import BLOCK_STEPS
from stateline.store.checks.report import fix
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import (
    CHARACTERISTIC_WORDS,
    CLUSTER_LEVELS,
    MANIFEST,
    cluster_table,
    projection_table,
)
from stateline.store.table import SlicedTable

KEY = ("level", "cluster")


def fail(run: Run, table: str, place: str, rule: str, got: object) -> None:
    """Raise for one place of a table."""
    raise StatelineError(run.folder / table, place, expected=rule, got=got, fix=fix(run.name))


def keep(run: Run, name: str, table: pl.DataFrame, rule: str, good: pl.Series, got: str) -> None:
    """A rule that each cluster keeps; `got` is the column that is judged."""
    if not good.all():
        row = int((~good).arg_max())
        place = f"level {table['level'][row]}, cluster {table['cluster'][row]}"
        fail(run, name, place, rule, table[got][row])


def check_clusters(run: Run, entry: Projection, places: SlicedTable, steps: SlicedTable) -> int:
    """Every cluster of one map; returns how many there are.

    entry   the manifest's of the map
    places  its table
    steps   steps.parquet
    """
    name, table = cluster_table(entry.id), run.clusters(entry.id)
    refuse_nulls(table, run.columns[name], run.folder / name, run.name)
    sizes = entry.cluster_sizes
    if len(sizes) != CLUSTER_LEVELS:
        key = f"projections, {entry.id}: cluster_sizes"
        fail(run, MANIFEST, key, f"{CLUSTER_LEVELS} sizes, coarse to fine", len(sizes))
    levels = [Level(level, table) for level in range(CLUSTER_LEVELS)]
    for states in read_states(run, entry.id, places, steps):
        for each in levels:
            each.add(states)
    wanted = pl.concat(each.table() for each in levels)
    if not table.select(KEY).equals(wanted.select(KEY)):
        rule = f"the {wanted.height} that the states are in, sorted by level and cluster"
        fail(run, name, "its clusters", rule, table.height)
    for column in wanted.columns[len(KEY) :]:
        off = (table[column].cast(pl.Float64) - wanted[column].cast(pl.Float64)).abs()
        keep(run, name, table, f"{column} as its states have it", off <= ROUNDING, column)
    least = table["level"].replace_strict(range(CLUSTER_LEVELS), sizes, return_dtype=pl.UInt32)
    keep(run, name, table, "states not below cluster_sizes", table["states"] >= least, "states")
    falls = table.select(pl.col("states").diff().over("level").fill_null(0) <= 0).to_series()
    keep(run, name, table, "numbered from the largest on", falls, "states")
    check_labels(run, name, table, levels)
    return table.height


def read_states(
    run: Run, projection: str, places: SlicedTable, steps: SlicedTable
) -> Iterator[pl.DataFrame]:
    """A row a state of a map, some sequences at a time.

    yields  sequence_id, predicted, token; label of its sequence; x, y and its cluster at each
            level, in columns 0, 1 and so on
    """
    labels = run.sequences["label"].to_numpy()
    clusters = [pl.col("cluster").arr.get(each).alias(f"{each}") for each in range(CLUSTER_LEVELS)]
    for block in blocks(run.offsets, BLOCK_STEPS):
        members = places.slice(block.start, block.stop, ["x", "y", "cluster"])
        members = members.select("x", "y", *clusters)
        low = members.select(pl.min_horizontal(pl.exclude("x", "y")) < -1).to_series()
        if low.any():
            row, name = int(low.arg_max()), projection_table(projection)
            rule = "clusters from 0 on, or -1 for none"
            fail(run, name, f"row {block.start + row:,}", rule, members[row, 2:])
        label = np.repeat(labels[block.first : block.last], block.lengths)
        read = steps.slice(block.start, block.stop, ["sequence_id", "predicted", "token"])
        label = pl.DataFrame({"label": label})
        yield pl.concat([read, label, members], how="horizontal")


class Level:
    """What the states say of the clusters of one level, and what of their table is still unproven.

    counts    states by cluster, parent (their cluster one level coarser), label and predicted
    held      sequences by cluster
    unplaced  clusters at whose label no state stood so far
    unread    words of a cluster that no state of it read so far
    """

    def __init__(self, level: int, table: pl.DataFrame) -> None:
        self.level = level
        own = table.filter(pl.col("level") == level)
        self.unplaced = own.select("cluster", "x", "y")
        self.unread = own.select("cluster", token="words").explode("token").drop_nulls("token")
        self.counts: pl.DataFrame | None = None
        self.held: pl.DataFrame | None = None

    def add(self, states: pl.DataFrame) -> None:
        """The states of some more sequences, see `read_states`."""
        own = pl.col(f"{self.level}")
        inside = states.filter(own >= 0).with_columns(
            cluster=own.cast(pl.UInt32),
            parent=pl.col(f"{self.level - 1}") if self.level else pl.lit(-1, dtype=pl.Int32),
        )
        counts = inside.group_by("cluster", "parent", "label", "predicted").agg(states=pl.len())
        self.counts = added(self.counts, counts)
        held = inside.group_by("cluster").agg(sequences=pl.col("sequence_id").n_unique())
        self.held = added(self.held, held)
        self.unplaced = self.unplaced.join(inside, on=["cluster", "x", "y"], how="anti")
        self.unread = self.unread.join(inside, on=["cluster", "token"], how="anti")

    def table(self) -> pl.DataFrame:
        """The columns of the clusters' table that the states prove, sorted."""
        states = pl.col("states")
        right = states.filter(pl.col("label") == pl.col("predicted")).sum()
        found = self.counts.group_by("cluster").agg(states=states.sum(), right=right)
        found = found.join(self.held, on="cluster")
        for column in ("parent", "label", "predicted"):
            found = found.join(self.most(column), on="cluster")
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

    def most(self, column: str) -> pl.DataFrame:
        """The most common value of a column in each cluster, the least of equals; its states."""
        of = f"of_{column}"
        counted = self.counts.group_by("cluster", column).agg(pl.col("states").sum().alias(of))
        counted = counted.sort("cluster", of, column, descending=[False, True, False])
        return counted.unique("cluster", keep="first", maintain_order=True)


def added(total: pl.DataFrame | None, more: pl.DataFrame) -> pl.DataFrame:
    """Counts, in the last column, of the keys in the others, with more of them added."""
    *keys, count = more.columns
    both = more if total is None else pl.concat([total, more])
    return both.group_by(keys).agg(pl.col(count).sum())


def check_labels(run: Run, name: str, table: pl.DataFrame, levels: list[Level]) -> None:
    """A label stands at a state of its cluster, and its words are words that its states read."""
    words = table["words"]
    most = 0 if run.kind == "series" else CHARACTERISTIC_WORDS
    good = (words.list.len() <= most) & (words.list.n_unique() == words.list.len())
    keep(run, name, table, f"{most} words at the most, each once", good, "words")
    for each in levels:
        for left, column, rule in (
            (each.unplaced, "x", "x, y the place of one of its states"),
            (each.unread, "token", "words that its states read"),
        ):
            if left.height:
                place = f"level {each.level}, cluster {left['cluster'][0]}"
                fail(run, name, place, rule, left[column][0])
