"""The clusters of the states on a map, as the page draws them."""

from typing import Any

import polars as pl

from stateline.app.web.cache import CACHE
from stateline.store.reader import Run
from stateline.store.schema import CLUSTER_LEVELS, SENT_DIGITS, STEPS

NUMBERS = ("x", "y", "purity", "accuracy", "answered")


def clusters(run: Run, projection: str) -> list[dict[str, Any]]:
    """One row per cluster of every level, coarse to fine, the largest first.

    Beside the columns of the store, `answered` is the share of a cluster's states at which the
    answer is the most common one there, `predicted`.
    """

    def make() -> list[dict[str, Any]]:
        shares = answered(run, projection)
        rows = run.clusters(projection).drop("parent").to_dicts()
        for row in rows:
            row["answered"] = shares[row["level"], row["cluster"]]
        return [row | {name: round(row[name], SENT_DIGITS) for name in NUMBERS} for row in rows]

    key = (run.name, run.checksum, "clusters", projection)
    return CACHE.get(key, make, lambda rows: 512 * len(rows))


def answered(run: Run, projection: str) -> dict[tuple[int, int], float]:
    """Of each level and cluster the share of its states that have its most common answer."""
    members = run.memberships(projection)
    answers = run.scan(STEPS).select("predicted").collect()
    shares: dict[tuple[int, int], float] = {}
    for level in range(CLUSTER_LEVELS):
        counts = (
            answers.with_columns(pl.Series("cluster", members[:, level]))
            .group_by("cluster", "predicted")
            .len()
            .group_by("cluster")
            .agg(pl.col("len").max() / pl.col("len").sum())
        )
        shares |= {(level, cluster): share for cluster, share in counts.iter_rows()}
    return shares
