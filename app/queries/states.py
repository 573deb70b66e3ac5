"""States of a layer in memory: those of one sequence, or all of them block by block."""

from collections.abc import Iterator

import numpy as np

from stateline.app.web.cache import CACHE
from stateline.store.reader import Run
from stateline.store.schema import hidden_table

HELD_BYTES = CACHE.limit // 2  # of states of one kind that stay in memory
BLOCK_BYTES = 64 * 2**20  # of states that are read at once where they do not


def length_of(run: Run, sequence_id: int) -> int:
    """Return the number of steps of a stored sequence."""
    return int(run.offsets[sequence_id + 1] - run.offsets[sequence_id])


def states_of(run: Run, layer: str, sequence: int, state: str = "h") -> np.ndarray:
    """States of one sequence, h or c: float32 (T, N)."""
    return run.hidden_of(sequence, layer, [state])[state].to_numpy()


def state_blocks(run: Run, layer: str, state: str = "h") -> Iterator[tuple[int, np.ndarray]]:
    """All states of a layer, h or c, in order: number of the first row, float32 (m, N) a block.

    Up to HELD_BYTES are one block, which stays in memory for the next request; of more no more
    than BLOCK_BYTES are in memory at a time.
    """
    row_bytes = 4 * run.layer(layer).units
    if run.states * row_bytes <= HELD_BYTES:
        yield 0, _held(run, layer, state)
        return
    rows = max(1, BLOCK_BYTES // row_bytes)
    table = run.scan(hidden_table(layer)).select(state)
    for first in range(0, run.states, rows):
        yield first, table.slice(first, rows).collect()[state].to_numpy()


def _held(run: Run, layer: str, state: str) -> np.ndarray:
    def make() -> np.ndarray:
        return run.scan(hidden_table(layer)).select(state).collect()[state].to_numpy()

    return CACHE.get((run.name, run.checksum, state, layer), make, lambda held: held.nbytes)
