"""Checks of the clusters of a map: their table from the memberships of its states."""

import polars as pl

from store.blocks import ROUNDING
from store.errors import StatelineError
from store.evidence import CHARACTERISTIC_WORDS, CLUSTER_LEVELS
from store.reader import Run
from store.report import mend
from store.schema import MANIFEST, cluster_table, projection_table
from store.sequence_checks import refuse_nulls

KEY = ("level", "cluster")


def fail(run: Run, table: str, place: str, rule: str, got: object) -> None:
    """Raise for one place of a table."""
    raise StatelineError(run.folder / table, place, expected=rule, got=got, mend=mend(run.name))


def keep(run: Run, name: str, table: pl.DataFrame, rule: str, good: pl.Series, got: str) -> None:
    """A rule that each cluster keeps; `got` is the column that is judged."""
    if not good.all():
        row = int((~good).arg_max())
        place = f"level {table['level'][row]}, cluster {table['cluster'][row]}"
        fail(run, name, place, rule, table[got][row])


def check_clusters(run: Run, entry: dict, steps: pl.DataFrame) -> int:
    """Every cluster of one map; returns how many there are.

    entry  the manifest's of the map
    steps  a row a step: sequence_id, predicted, token, and label of its sequence
    """
    name, table = cluster_table(entry["id"]), run.clusters(entry["id"])
    refuse_nulls(table, run.columns[name], run.folder / name, run.name)
    sizes = entry["cluster_sizes"]
    if len(sizes) != CLUSTER_LEVELS:
        key = f"projections, {entry['id']}: cluster_sizes"
        fail(run, MANIFEST, key, f"{CLUSTER_LEVELS} sizes, coarse to fine", len(sizes))
    states = pl.concat([steps, read_members(run, entry["id"])], how="horizontal")
    wanted = pl.concat(level_table(states, level) for level in range(CLUSTER_LEVELS))
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
    check_labels(run, name, table, states)
    return table.height


def read_members(run: Run, projection: str) -> pl.DataFrame:
    """A row a state of a map: x, y and its cluster at each level, in columns 0, 1 and so on."""
    name = projection_table(projection)
    levels = [pl.col("cluster").arr.get(each).alias(f"{each}") for each in range(CLUSTER_LEVELS)]
    members = run.scan(name).select("x", "y", *levels).collect()
    low = members.select(pl.min_horizontal(pl.exclude("x", "y")) < -1).to_series()
    if low.any():
        row = int(low.arg_max())
        fail(run, name, f"row {row:,}", "clusters from 0 on, or -1 for none", members[row, 2:])
    return members


def level_table(states: pl.DataFrame, level: int) -> pl.DataFrame:
    """What the states say of the clusters of one level, sorted: the columns that they prove."""
    label, predicted = pl.col("label"), pl.col("predicted")
    # The coarser cluster of more than half of the states; -1 stands for none.
    coarser = pl.col(f"{level - 1}") if level else pl.lit(-1)
    most = coarser.mode().first()
    inside = states.filter(pl.col(f"{level}") >= 0).rename({f"{level}": "cluster"})
    found = inside.group_by("cluster").agg(
        parent=pl.when((coarser == most).mean() > 0.5).then(most).otherwise(-1),
        states=pl.len(),
        sequences=pl.col("sequence_id").n_unique(),
        label=label.mode().min(),
        purity=(label == label.mode().min()).mean(),
        predicted=predicted.mode().min(),
        accuracy=(label == predicted).mean(),
    )
    return found.sort("cluster").select(
        pl.lit(level, dtype=pl.UInt8).alias("level"),
        pl.col("cluster").cast(pl.UInt32),
        pl.exclude("cluster"),
    )


def check_labels(run: Run, name: str, table: pl.DataFrame, states: pl.DataFrame) -> None:
    """A label stands at a state of its cluster, and its words are words that its states read."""
    words = table["words"]
    most = 0 if run.kind == "series" else CHARACTERISTIC_WORDS
    good = (words.list.len() <= most) & (words.list.n_unique() == words.list.len())
    keep(run, name, table, f"{most} words at the most, each once", good, "words")
    for level in range(CLUSTER_LEVELS):
        own = table.filter(pl.col("level") == level)
        cluster = pl.col(f"{level}").cast(pl.UInt32).alias("cluster")
        here = states.filter(pl.col(f"{level}") >= 0).select(cluster, "x", "y", "token")
        placed = here.join(own, on=["cluster", "x", "y"], how="semi")["cluster"].unique()
        good = own["cluster"].is_in(placed.implode())
        keep(run, name, own, "x, y the place of one of its states", good, "x")
        listed = own.select("cluster", token="words").explode("token").drop_nulls("token")
        strange = listed.join(here, on=["cluster", "token"], how="anti")
        if strange.height:
            number, word = strange.row(0)
            place = f"level {level}, cluster {number}"
            fail(run, name, place, "words that its states read", word)
