"""Stage neighbours: each state's nearest states among the units, exact.

Every projection is judged by them, so they are found once.
"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from pipeline.artefacts import HIDDEN, NEIGHBOURS
from pipeline.stage import BuildPaths, StageRun, running, stage_main

NEIGHBOUR_COUNT = 15


def nearest_neighbours(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest other points of each point.

    points   float32 (M, D)
    count    k; where there are fewer other points, all of them
    returns  distance float32 (M, k), row int32 (M, k), nearest first
    """
    finder = NearestNeighbors(n_neighbors=min(count, len(points) - 1), n_jobs=-1)
    distance, row = finder.fit(points).kneighbors()
    return distance.astype(np.float32), row.astype(np.int32)


def neighbours(paths: BuildPaths, stage: StageRun) -> None:
    """Nearest neighbours of all stored states."""
    h = np.load(paths.need("extract", HIDDEN))
    distance, row = nearest_neighbours(h, NEIGHBOUR_COUNT)
    np.savez(stage.folder / NEIGHBOURS, distance=distance, row=row)
    stage.rows = len(h)


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "neighbours") as stage:
        neighbours(paths, stage)


if __name__ == "__main__":
    stage_main("neighbours", work, reads="the extract stage", writes=NEIGHBOURS)
