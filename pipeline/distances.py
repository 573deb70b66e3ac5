"""Stage distances: how far each word moved the state, and how much of that the answer sees."""

import numpy as np

from pipeline.artefacts import DISTANCES, HIDDEN, OFFSETS, READOUT
from pipeline.expected import step_differences
from pipeline.stage import BuildPaths, StageRun, running, stage_main


def step_distances(h: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Distance each hidden state moved from the one before.

    h        float32 (M, N)  sequence after sequence, padding removed
    starts   int64 (S,)      first row of each sequence
    returns  float32 (M,)    Euclidean, in hidden-state units; a first step is measured from
                             the zero state
    source   Garcia et al. 2021, "Visualizing the distances between hidden states"
    """
    moved = step_differences(h, starts, np.zeros(h.shape[1], dtype=h.dtype))
    return np.sqrt(np.einsum("mn,mn->m", moved, moved))


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


def visible_silent(
    h: np.ndarray, starts: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each jump split into what the readout sees and what changes the memory only.

    h        float32 (M, N)
    starts   int64 (S,)
    weights  float32 (K, N) of the linear readout
    returns  visible (M,), silent (M,)  float32; visible² + silent² = distance²
    """
    moved = step_differences(h, starts, np.zeros(h.shape[1], dtype=h.dtype)).astype(np.float64)
    basis = visible_basis(weights)
    along = moved @ basis.T
    rest = moved - along @ basis
    return (
        np.linalg.norm(along, axis=1).astype(np.float32),
        np.linalg.norm(rest, axis=1).astype(np.float32),
    )


def distances(paths: BuildPaths, stage: StageRun) -> None:
    """Distances of all stored steps, and the largest of each sequence."""
    h = np.load(paths.need("extract", HIDDEN))
    offsets = np.load(paths.need("extract", OFFSETS))
    readout = np.load(paths.need("extract", READOUT))
    starts = offsets[:-1]
    distance = step_distances(h, starts)
    visible, silent = visible_silent(h, starts, readout["weights"])
    largest = [distance[a:b].argmax() for a, b in zip(offsets, offsets[1:], strict=False)]
    np.savez(
        stage.folder / DISTANCES,
        distance=distance,
        visible=visible,
        silent=silent,
        max_distance_step=np.array(largest),
        max_distance=distance[starts + np.array(largest)],
    )
    stage.rows = len(h)


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "distances") as stage:
        distances(paths, stage)


if __name__ == "__main__":
    stage_main("distances", work, reads="the extract stage", writes=DISTANCES)
