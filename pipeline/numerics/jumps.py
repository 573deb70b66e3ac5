"""How far each step moved a state, and the part of that a linear readout sees."""

from typing import NamedTuple

import numpy as np

from stateline.pipeline.numerics.arrays import Float32Array, Float64Array, Int64Array
from stateline.store.blocks import Block, blocks
from stateline.store.schema import RANK_TOLERANCE

BLOCK_ROWS = 2_048


class Jumps(NamedTuple):
    """Distances of each step, float32 (M,) each; visible and silent are None without a readout."""

    distance: Float32Array
    visible: Float32Array | None
    silent: Float32Array | None


def visible_basis(weights: Float32Array) -> Float64Array:
    """Orthonormal basis of the directions that a linear readout sees.

    weights  float32 (K, N)  rows are centred over classes, since softmax ignores a common
                             shift; one sigmoid unit needs no centring
    returns  float64 (R, N)  R is the rank
    """
    rows = weights.astype(np.float64)
    if len(rows) > 1:
        rows = rows - rows.mean(axis=0)
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    seen: Float64Array = basis[sizes > sizes[0] * RANK_TOLERANCE]
    return seen


def move(states: Float32Array, block: Block, direction: str, moved: Float64Array) -> None:
    """Subtract from each state the layer's state before it, zero at its first step.

    states     float32 (M, N)  of the block
    direction  forward: the state before is that of the step before; backward: of the step behind
    moved      float64 (M, N)  is written to
    """
    if direction == "backward":
        np.subtract(states[:-1], states[1:], out=moved[:-1], dtype=np.float64)
        began = block.starts + block.lengths - 1
    else:
        np.subtract(states[1:], states[:-1], out=moved[1:], dtype=np.float64)
        began = block.starts
    moved[began] = states[began]


def jumps(
    h: Float32Array,
    offsets: Int64Array,
    weights: Float32Array | None = None,
    direction: str = "forward",
) -> Jumps:
    """Distance of each step, and its parts that the readout sees and does not see.

    h          float32 (M, N)    sequence after sequence, padding removed; or cell states
    offsets    int64 (S + 1,)    rows of each sequence
    weights    float32 (K, N)    of the linear readout; None: one of another kind, or none
    direction  "forward", or "backward" for a layer that reads from the end
    returns    distance, visible, silent: Euclidean, in hidden-state units;
               visible² + silent² = distance²; the step that is read first is measured from the
               zero state
    source     Garcia et al. 2021, "Visualizing the distances between hidden states"
    """
    basis = None if weights is None else visible_basis(weights)
    distance = np.empty(len(h), dtype=np.float32)
    visible = silent = None
    if basis is not None:
        visible, silent = np.empty_like(distance), np.empty_like(distance)
    # Block by block in one buffer, which stays in the processor's cache; and in double
    # precision: what is silent is the rest of two squares, which may be nearly equal.
    cut = list(blocks(offsets, BLOCK_ROWS))
    buffer = np.empty((max(block.rows for block in cut), h.shape[1]))
    for block in cut:
        rows, moved = slice(block.start, block.stop), buffer[: block.rows]
        move(h[rows], block, direction, moved)
        square = np.einsum("mn,mn->m", moved, moved)
        distance[rows] = np.sqrt(square)
        if basis is not None and visible is not None and silent is not None:
            seen = np.square(moved @ basis.T).sum(axis=1)
            visible[rows] = np.sqrt(seen)
            silent[rows] = np.sqrt(np.maximum(square - seen, 0))
    return Jumps(distance, visible, silent)
