"""Stage neighbours: each state's nearest states among those that the maps are fitted on, exact.

Beyond FIT_STATES states the maps are fitted on a seeded sample of whole sequences. Every map
is judged by the same neighbours, so they are found once.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.neighbors import NearestNeighbors

from stateline.pipeline.run.arrays import pieces, read_rows, read_some, width_of
from stateline.pipeline.run.artefacts import EXTRACT_FACTS, OFFSETS, map_arrays, state_array
from stateline.pipeline.run.stage import BuildPaths, StageRun, running, stage_main
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


def not_fitted(
    source: Path, offsets: np.ndarray, fitted: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The states that are not among the fitted ones, in pieces: rows int64 (P,), states (P, N).

    source   array of the states (M, N) in a NumPy file
    fitted   bool (M,)
    """
    for block in pieces(offsets, width_of(source)):
        other = np.flatnonzero(~fitted[block.start : block.stop])
        if len(other):
            yield block.start + other, read_rows(source, block)[other]


def fitted_distances(source: Path, offsets: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """Distances of all states to their nearest among the fitted ones.

    source   array of the states (M, N) in a NumPy file
    fitted   bool (M,)
    returns  float32 (M, k), nearest first
    """
    finder = Nearest(read_some(source, fitted), NEIGHBOUR_COUNT)
    distance = np.empty((len(fitted), finder.count), dtype=np.float32)
    distance[fitted], _ = finder.of_themselves()
    for rows, states in not_fitted(source, offsets, fitted):
        distance[rows], _ = finder.of(states)
    return distance


def neighbours(paths: BuildPaths, stage: StageRun) -> None:
    """Nearest fitted neighbours of all stored states that get a map."""
    settings = paths.read_settings("neighbours")
    offsets = np.load(paths.need("extract", OFFSETS))
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"])
    for layer in paths.read_json("extract", EXTRACT_FACTS)["layers"]:
        for state in layer["mapped"]:
            source = paths.need("extract", state_array(layer["id"], state))
            distance = fitted_distances(source, offsets, fitted)
            np.savez(stage.folder / map_arrays(layer["id"], state), distance=distance)
    stage.rows = int(offsets[-1])


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "neighbours") as stage:
        neighbours(paths, stage)


if __name__ == "__main__":
    stage_main("neighbours", work, reads="the extract stage", writes="<layer>.<state>.npz")
