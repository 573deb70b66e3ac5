"""Stage neighbours: exact nearest neighbours of each state among the fitted states.

Beyond FIT_STATES states the maps are fitted on a seeded sample of whole sequences. The others are
placed, and every map is evaluated, by the same neighbours, so they are computed once.
"""

from pathlib import Path

import numpy as np

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, Int32Array, Int64Array
from stateline.pipeline.numerics.neighbours import NEIGHBOUR_COUNT, Nearest, sample_rows
from stateline.pipeline.run.arrays import not_fitted, read_some
from stateline.pipeline.run.artefacts import (
    EXTRACT_FACTS,
    OFFSETS,
    PADDING,
    map_arrays,
    state_array,
)
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work
from stateline.store.schema import PLACED_BY


def fitted_neighbours(
    source: Path, offsets: Int64Array, fitted: BoolArray
) -> tuple[Float32Array, Int32Array]:
    """Find the nearest fitted states of all states.

    source   array of the states (M, N) in a NumPy file
    fitted   bool (M,)
    returns  distances float32 (M, k), nearest first; of the states that are not fitted, in order,
             the PLACED_BY nearest, int32 (P, n), as rows among the fitted ones
    """
    finder = Nearest(read_some(source, fitted), NEIGHBOUR_COUNT)
    distance = np.empty((len(fitted), finder.count), dtype=np.float32)
    distance[fitted], _ = finder.of_themselves()
    nearest = [np.empty((0, min(PLACED_BY, finder.count)), dtype=np.int32)]
    for rows, states in not_fitted(source, offsets, fitted):
        distance[rows], near = finder.of(states)
        nearest.append(near[:, :PLACED_BY])
    return distance, np.concatenate(nearest)


def neighbours(paths: BuildPaths, stage: StageRun) -> None:
    """Write the nearest fitted states of all stored states that get a map."""
    settings = paths.read_settings("neighbours")
    offsets = np.load(paths.need("extract", OFFSETS))
    padding = np.load(paths.need("extract", PADDING))
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"], padding)
    for layer in paths.read_json("extract", EXTRACT_FACTS)["layers"]:
        for state in layer["mapped"]:
            source = paths.need("extract", state_array(layer["id"], state))
            distance, nearest = fitted_neighbours(source, offsets, fitted)
            np.savez(
                stage.folder / map_arrays(layer["id"], state), distance=distance, nearest=nearest
            )
    stage.rows = int(offsets[-1])


work = stage_work(neighbours)


if __name__ == "__main__":
    stage_main("neighbours", work, reads="the extract stage", writes="<layer>.<state>.npz")
