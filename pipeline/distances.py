"""Stage distances: how far each word moved the state, and how much of that the answer sees."""

import numpy as np

from pipeline.artefacts import DISTANCES, HIDDEN, OFFSETS, READOUT
from pipeline.stage import BuildPaths, StageRun, running, stage_main
from store.blocks import blocks

BLOCK_ROWS = 2_048


def visible_basis(weights: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the directions that a linear readout sees.

    weights  float32 (K, N)  rows are centred over classes, since softmax ignores a common
                             shift; one sigmoid unit needs no centring
    returns  float64 (R, N)  R is the rank
    """
    rows = weights.astype(np.float64)
    if len(rows) > 1:
        rows = rows - rows.mean(axis=0)
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    return basis[sizes > sizes[0] * 1e-7]


def jumps(
    h: np.ndarray, offsets: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far each word moved the state, and the parts that the readout sees and does not see.

    h        float32 (M, N)    sequence after sequence, padding removed
    offsets  int64 (S + 1,)    rows of each sequence
    weights  float32 (K, N)    of the linear readout
    returns  distance, visible, silent: float32 (M,) each, Euclidean, in hidden-state units;
             visible² + silent² = distance²; a first step is measured from the zero state
    source   Garcia et al. 2021, "Visualizing the distances between hidden states"
    """
    basis = visible_basis(weights)
    distance, visible, silent = (np.empty(len(h), dtype=np.float32) for _ in range(3))
    # Block by block in one buffer, which stays in the processor's cache; and in double
    # precision: what is silent is the rest of two squares, which may be nearly equal.
    cut = list(blocks(offsets, BLOCK_ROWS))
    buffer = np.empty((max(block.rows for block in cut), h.shape[1]))
    for block in cut:
        rows = slice(block.start, block.stop)
        states, moved = h[rows], buffer[: block.rows]
        np.subtract(states[1:], states[:-1], out=moved[1:], dtype=np.float64)
        moved[block.starts] = states[block.starts]
        square = np.einsum("mn,mn->m", moved, moved)
        seen = np.square(moved @ basis.T).sum(axis=1)
        distance[rows], visible[rows] = np.sqrt(square), np.sqrt(seen)
        silent[rows] = np.sqrt(np.maximum(square - seen, 0))
    return distance, visible, silent


def distances(paths: BuildPaths, stage: StageRun) -> None:
    """Distances of all stored steps, and the largest of each sequence."""
    h = np.load(paths.need("extract", HIDDEN), mmap_mode="r")
    offsets = np.load(paths.need("extract", OFFSETS))
    readout = np.load(paths.need("extract", READOUT))
    distance, visible, silent = jumps(h, offsets, readout["weights"])
    largest = [distance[a:b].argmax() for a, b in zip(offsets, offsets[1:], strict=False)]
    np.savez(
        stage.folder / DISTANCES,
        distance=distance,
        visible=visible,
        silent=silent,
        max_distance_step=np.array(largest),
        max_distance=distance[offsets[:-1] + np.array(largest)],
    )
    stage.rows = len(h)


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "distances") as stage:
        distances(paths, stage)


if __name__ == "__main__":
    stage_main("distances", work, reads="the extract stage", writes=DISTANCES)
