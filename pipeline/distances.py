"""Stage distances: how far each step moved the state, and the part that the readout sees."""

from contextlib import ExitStack

import numpy as np

from stateline.pipeline.numerics.arrays import Float32Array, Int64Array
from stateline.pipeline.numerics.jumps import jumps
from stateline.pipeline.run.arrays import array_file, edges, pieces, read_rows
from stateline.pipeline.run.artefacts import (
    DISTANCES,
    EXTRACT_FACTS,
    OFFSETS,
    PADDING,
    READOUT,
    SILENT,
    VISIBLE,
    distance_array,
    state_array,
)
from stateline.pipeline.run.facts import ExtractFacts, LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work


def largest(distance: Float32Array, offsets: Int64Array) -> tuple[Float32Array, Int64Array]:
    """Return the largest distance of each sequence and its first step.

    Steps that count for nothing, padding, are 0 here.

    distance  float32 (M,)
    offsets   int64 (S + 1,)  rows of each sequence
    returns   float32 (S,), int64 (S,)
    """
    step = np.array([distance[a:b].argmax() for a, b in zip(offsets, offsets[1:], strict=False)])
    return distance[offsets[:-1] + step], step


def save_distances(
    paths: BuildPaths, stage: StageRun, layer: LayerFacts, state: str, weights: Float32Array | None
) -> None:
    """Write the distances of one state kind; with weights, their visible and silent parts too.

    layer    as the extract stage describes it
    weights  float32 (K, N) of a linear readout of these states, else None
    """
    source = paths.need("extract", state_array(layer["id"], state))
    offsets = np.load(paths.need("extract", OFFSETS))
    names = [distance_array(layer["id"], state)]
    if weights is not None:
        names += [VISIBLE, SILENT]
    with ExitStack() as files:
        write = [
            files.enter_context(array_file(stage.folder / name, (int(offsets[-1]),)))
            for name in names
        ]
        for block in pieces(offsets, layer["units"]):
            made = jumps(read_rows(source, block), edges(block), weights, layer["direction"])
            # Without weights there is a file for the distances only.
            for each, values in zip(write, made, strict=False):
                assert values is not None
                each(values)


def distances(paths: BuildPaths, stage: StageRun) -> None:
    """Write the distances of all stored steps of every layer, and the largest of each sequence."""
    facts: ExtractFacts = paths.read_json("extract", EXTRACT_FACTS)
    readout = facts["readout"]
    weights = None
    if readout["method"] == "linear":
        weights = np.load(paths.need("extract", READOUT))["weights"]
    for layer in facts["layers"]:
        for state in sorted({"h", *layer["mapped"]}, reverse=True):
            read = state == "h" and layer["id"] == readout["layer"]
            save_distances(paths, stage, layer, state, weights if read else None)
    offsets = np.load(paths.need("extract", OFFSETS))
    moved = np.load(stage.folder / distance_array(readout["layer"], "h"))
    padding = np.load(paths.need("extract", PADDING))
    distance, step = largest(np.where(padding, np.float32(0), moved), offsets)
    np.savez(stage.folder / DISTANCES, max_distance=distance, max_distance_step=step)
    stage.rows = int(offsets[-1])


work = stage_work(distances)


if __name__ == "__main__":
    stage_main(
        "distances",
        work,
        reads="the extract stage",
        writes=f"<layer>.h.npy, <layer>.c.npy, {VISIBLE}, {SILENT}, {DISTANCES}",
    )
