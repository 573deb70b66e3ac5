"""Exact nearest neighbours, and the sample of states that they are searched among."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    Int32Array,
    Int64Array,
)
from stateline.store.errors import StatelineError

NEIGHBOUR_COUNT = 15


def sample_rows(offsets: Int64Array, limit: int, seed: int, padding: BoolArray | None) -> BoolArray:
    """Return the rows of a seeded sample of whole sequences with at most `limit` states.

    offsets  int64 (S + 1,)
    padding  bool (M,)  steps that are never among them; None: none are
    returns  bool (M,)  all true besides padding where everything fits in
    raises   StatelineError  fewer than the two states that a map needs
    """
    padding = np.zeros(offsets[-1], dtype=bool) if padding is None else padding
    lengths = np.add.reduceat((~padding).astype(np.int64), offsets[:-1])
    total = int(lengths.sum())
    if total < 2:
        raise StatelineError(
            "states",
            "too few for a map",
            expected="2 at the least",
            got=total,
            fix="Store more sequences, or longer ones",
        )
    if total <= limit:
        return ~padding
    order = np.random.default_rng(seed).permutation(len(lengths))
    chosen = order[np.cumsum(lengths[order]) <= limit]
    if lengths[chosen].sum() < 2:
        raise StatelineError(
            f"FIT_STATES={limit}",
            "no whole sequence of two steps fits in",
            expected=f"{lengths[lengths > 1].min(initial=total)} states or more",
            got=limit,
        )
    held = np.isin(np.arange(len(lengths)), chosen)
    return np.repeat(held, np.diff(offsets)) & ~padding


class Nearest:
    """Exact nearest-neighbour search among some points.

    points  float32 (B, D)
    count   k; where there are fewer other points, all of them
    """

    def __init__(self, points: Float32Array, count: int) -> None:
        self.count = min(count, len(points) - 1)
        self.finder = NearestNeighbors(n_neighbors=self.count, n_jobs=-1).fit(points)

    def of_themselves(self) -> tuple[Float32Array, Int32Array]:
        """Return the nearest others of each point: distance float32 (B, k), row int32 (B, k)."""
        return self.plain(*self.finder.kneighbors())

    def of(self, others: Float32Array) -> tuple[Float32Array, Int32Array]:
        """Return the nearest points of each of `others`.

        others   float32 (M, D)
        returns  distance float32 (M, k), row int32 (M, k), nearest first
        """
        return self.plain(*self.finder.kneighbors(others))

    @staticmethod
    def plain(distance: AnyArray, row: AnyArray) -> tuple[Float32Array, Int32Array]:
        """Return distance float32 (M, k) and row int32 (M, k): half the memory."""
        return distance.astype(np.float32), row.astype(np.int32)


def nearest_neighbours(points: Float32Array, count: int) -> tuple[Float32Array, Int32Array]:
    """Return the nearest other points of each point.

    points   float32 (M, D)
    count    k; where there are fewer other points, all of them
    returns  distance float32 (M, k), row int32 (M, k), nearest first
    """
    return Nearest(points, count).of_themselves()
