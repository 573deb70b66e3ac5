"""Exact nearest neighbours, and the sample of states that they are searched among."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from stateline.store.errors import StatelineError

NEIGHBOUR_COUNT = 15


def sample_rows(offsets: np.ndarray, limit: int, seed: int) -> np.ndarray:
    """Rows of a seeded sample of whole sequences that holds `limit` states at the most.

    offsets  int64 (S + 1,)
    returns  bool (M,)  all true where everything fits in
    raises   StatelineError  fewer than the two states that a map needs
    """
    lengths, total = np.diff(offsets), int(offsets[-1])
    if total < 2:
        raise StatelineError(
            "states",
            "too few for a map",
            expected="2 at the least",
            got=total,
            fix="Store more sequences, or longer ones",
        )
    if total <= limit:
        return np.ones(total, dtype=bool)
    order = np.random.default_rng(seed).permutation(len(lengths))
    chosen = order[np.cumsum(lengths[order]) <= limit]
    if lengths[chosen].sum() < 2:
        raise StatelineError(
            f"FIT_STATES={limit}",
            "no whole sequence of two steps fits in",
            expected=f"{lengths[lengths > 1].min(initial=total)} states or more",
            got=limit,
        )
    return np.repeat(np.isin(np.arange(len(lengths)), chosen), lengths)


class Nearest:
    """Finds the nearest of some points, exactly.

    points  float32 (B, D)
    count   k; where there are fewer other points, all of them
    """

    def __init__(self, points: np.ndarray, count: int) -> None:
        self.count = min(count, len(points) - 1)
        self.finder = NearestNeighbors(n_neighbors=self.count, n_jobs=-1).fit(points)

    def of_themselves(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each point the nearest others: distance float32 (B, k), row int32 (B, k)."""
        return self.plain(*self.finder.kneighbors())

    def of(self, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each of other points (M, D): distance float32 (M, k), row int32 (M, k)."""
        return self.plain(*self.finder.kneighbors(others))

    @staticmethod
    def plain(distance: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """In half the memory."""
        return distance.astype(np.float32), row.astype(np.int32)


def nearest_neighbours(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest other points of each point.

    points   float32 (M, D)
    count    k; where there are fewer other points, all of them
    returns  distance float32 (M, k), row int32 (M, k), nearest first
    """
    return Nearest(points, count).of_themselves()
