"""Reading the states of all sequences, shard by shard, and proving them the model's own."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from tqdm import tqdm

from stateline.pipeline.models.keras.batches import LengthBatches
from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.structure import GATES, RecurrentLayer
from stateline.pipeline.run.arrays import array_file
from stateline.pipeline.run.artefacts import state_array
from stateline.store.blocks import Block, blocks
from stateline.store.errors import StatelineError
from stateline.store.schema import TOLERANCE

# Another company for the second reading: few mates, and drawn from all lengths.
OTHER_BATCH = 37
SHARD_BYTES = 256_000_000


def row_offsets(sequences: list[np.ndarray]) -> np.ndarray:
    """Where each sequence's rows begin, and the end: int64 (S + 1,)."""
    lengths = [len(each) for each in sequences]
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def widths(layers: tuple[RecurrentLayer, ...], gates: bool) -> dict[str, int]:
    """Every array of states that is stored, by name, with its units."""
    found = {}
    for each in layers:
        kinds = [*each.states, *(f"gate_{g}" for g in GATES.get(each.cell, ()) if gates)]
        found |= {f"{each.id}.{kind}": each.units for kind in kinds}
    return found


def state_shards(columns: dict[str, int], offsets: np.ndarray) -> list[Block]:
    """Whole sequences in order, cut so that the states of a shard fit SHARD_BYTES.

    columns  units of each array of states
    offsets  (S + 1,) rows of each sequence
    """
    return list(blocks(offsets, max(1, SHARD_BYTES // (4 * sum(columns.values())))))


def state_arrays(columns: dict[str, int], shards: list[Block]) -> dict[str, np.ndarray]:
    """Memory for the longest shard, float32 (M, N) an array of states, M its rows.

    Every shard is read into the same memory: fresh memory costs as much as the reading.
    """
    rows = max(shard.rows for shard in shards)
    return {name: np.empty((rows, units), np.float32) for name, units in columns.items()}


def read_states(
    reader: ModelReader,
    sequences: list[np.ndarray],
    batches: LengthBatches | list[np.ndarray],
    arrays: dict[str, np.ndarray],
    ids: list[str] | None = None,
) -> dict[str, np.ndarray]:
    """States at every step, without padding, sequence after sequence.

    sequences  S arrays of ids or of numbers, lengths differ
    batches    row numbers of each batch; each row stands in one of them
    arrays     float32 (M' >= M, N) by name, to write to; M is the sum of the lengths
    ids        S external ids; None: their numbers
    returns    their first M rows
    raises     StatelineError  a layer has another number of states than the model reads steps
    """
    offsets = row_offsets(sequences)
    states = {name: values[: offsets[-1]] for name, values in arrays.items()}
    padding = reader.about.padding
    for rows in batches:
        batch = LengthBatches([sequences[row] for row in rows], None, len(rows), padding=padding)
        read = reader.read(batch.padded(np.arange(len(rows))))
        for name, values in states.items():
            if read[name].shape[1] != batch.lengths.max():
                raise other_steps(name, read[name].shape[1], rows, sequences, ids)
            for row, of_sequence in zip(rows, read[name], strict=True):
                values[offsets[row] : offsets[row + 1]] = of_sequence[: len(sequences[row])]
    return states


def other_steps(
    name: str,
    states: int,
    rows: np.ndarray,
    sequences: list[np.ndarray],
    ids: list[str] | None,
) -> StatelineError:
    """The error for a layer that has no state for some steps; names the longest of a batch."""
    row = max(rows, key=lambda row: len(sequences[row]))
    layer = name.rsplit(".", 1)[0]
    return StatelineError(
        f"sequence {row if ids is None else ids[row]}",
        f"layer {layer} has another number of states than the sequence has steps",
        expected=len(sequences[row]),
        got=states,
        fix="Leave the number of steps as it is before a recurrent layer: no strides, no pooling",
    )


def shuffled_batches(
    sequences: list[np.ndarray], batch: int, seed: int, padding: float | None = 0.0
) -> list[np.ndarray]:
    """Seeded batches of rows in other company: from all lengths, where padding is masked."""
    order = np.random.default_rng(seed).permutation(len(sequences))
    if padding is None:
        mates = [sequences[row] for row in order]
        return [order[rows] for rows in LengthBatches(mates, None, batch, padding=None).draw()]
    return [order[i : i + batch] for i in range(0, len(order), batch)]


def largest_difference(
    first: np.ndarray, second: np.ndarray, offsets: np.ndarray, ids: list[str], what: str
) -> float:
    """Largest difference of two readings; raises with the first sequence beyond the tolerance.

    A state beyond -1 to 1, as cell states are, is measured by its size: float32 has seven digits.

    first, second  (M, N) row by row
    offsets        (S + 1,) rows of each sequence
    ids            S external ids
    """
    error = (np.abs(first - second) / np.maximum(1, np.abs(second))).max(axis=1)
    beyond = np.flatnonzero(~(error <= TOLERANCE))  # not-a-number is beyond
    if len(beyond):
        sequence = int(np.searchsorted(offsets, beyond[0], side="right") - 1)
        raise StatelineError(
            f"sequence {ids[sequence]}",
            what,
            expected=f"a difference of {TOLERANCE:g} at the most",
            got=f"{error[beyond[0]]:.3g}",
        )
    return float(error.max())


def save_states(
    folder: Path,
    reader: ModelReader,
    sequences: list[np.ndarray],
    ids: list[str],
    batch: int,
) -> float:
    """Read all states shard by shard, twice and in different company; write the first reading.

    ids      S external ids
    batch    sequences in a batch of the first reading
    returns  the largest difference between the readings
    """
    offsets, padding = row_offsets(sequences), reader.about.padding
    columns = widths(reader.layers, reader.gates)
    shards = state_shards(columns, offsets)
    first, second = (state_arrays(columns, shards) for _ in range(2))
    error = 0.0
    (folder / "states").mkdir()
    with ExitStack() as files:
        write = {
            name: files.enter_context(
                array_file(folder / state_array(*name.rsplit(".", 1)), (int(offsets[-1]), units))
            )
            for name, units in columns.items()
        }
        for shard in tqdm(shards, desc="extract", unit="shard", disable=None, leave=False):
            some, their_ids = (each[shard.first : shard.last] for each in (sequences, ids))
            rows = offsets[shard.first : shard.last + 1] - shard.start
            batches = LengthBatches(some, None, batch, padding=padding).draw()
            states = read_states(reader, some, batches, first, their_ids)
            fewer = max(1, min(OTHER_BATCH, len(some) // 2))
            others = shuffled_batches(some, fewer, 0, padding)
            again = read_states(reader, some, others, second)
            for name, values in states.items():
                difference = largest_difference(
                    values, again[name], rows, their_ids, "its states depend on its batch"
                )
                error = max(error, difference)
                write[name](values)
    return error


def alone_error(
    folder: Path, reader: ModelReader, sequences: list[np.ndarray], ids: list[str]
) -> float:
    """Largest difference of stored states from those of a sequence that is run alone, unpadded.

    Runs every sequence; raises with the first beyond the tolerance.
    """
    offsets = row_offsets(sequences)
    worst = 0.0
    rows = tqdm(range(len(sequences)), desc="alone", unit="sequence", disable=None, leave=False)
    for row in rows:
        read = reader.read(np.asarray(sequences[row])[None])
        for name in widths(reader.layers, reader.gates):
            path = folder / state_array(*name.rsplit(".", 1))
            stored = np.load(path, mmap_mode="r")[offsets[row] : offsets[row + 1]]
            error = largest_difference(
                read[name][0],
                stored,
                np.array([0, len(stored)]),
                [ids[row]],
                "its states change when it is run alone",
            )
            worst = max(worst, error)
    return worst
