"""Stage neighbours: exact nearest neighbours of each state among the fitted states.

Beyond FIT_STATES states the maps are fitted on a seeded sample of whole sequences. Every map is
evaluated with the same neighbours, so they are computed once.
"""

from pathlib import Path

import numpy as np

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, Int64Array
from stateline.pipeline.numerics.neighbours import NEIGHBOUR_COUNT, Nearest, sample_rows
from stateline.pipeline.run.arrays import not_fitted, read_some
from stateline.pipeline.run.artefacts import EXTRACT_FACTS, OFFSETS, map_arrays, state_array
from stateline.pipeline.run.stage import BuildPaths, StageRun, stage_main, stage_work


def fitted_distances(source: Path, offsets: Int64Array, fitted: BoolArray) -> Float32Array:
    """Compute the distances of all states to their nearest fitted states.

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
    """Write the neighbour distances of all stored states that get a map."""
    settings = paths.read_settings("neighbours")
    offsets = np.load(paths.need("extract", OFFSETS))
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"])
    for layer in paths.read_json("extract", EXTRACT_FACTS)["layers"]:
        for state in layer["mapped"]:
            source = paths.need("extract", state_array(layer["id"], state))
            distance = fitted_distances(source, offsets, fitted)
            np.savez(stage.folder / map_arrays(layer["id"], state), distance=distance)
    stage.rows = int(offsets[-1])


work = stage_work(neighbours)


if __name__ == "__main__":
    stage_main("neighbours", work, reads="the extract stage", writes="<layer>.<state>.npz")
