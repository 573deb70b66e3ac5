"""Read the states of all sequences, shard by shard, and verify them."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from tqdm import tqdm

from stateline.pipeline.models.keras.batches import LengthBatches
from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.structure import GATES, RecurrentLayer
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, Int64Array, IntArray
from stateline.pipeline.run.arrays import array_file
from stateline.pipeline.run.artefacts import state_array
from stateline.store.blocks import Block, blocks
from stateline.store.errors import StatelineError
from stateline.store.schema import TOLERANCE

# Batch composition of the second reading: few sequences, drawn from all lengths.
OTHER_BATCH = 37
SHARD_BYTES = 256_000_000


def row_offsets(sequences: list[AnyArray]) -> Int64Array:
    """Return the first row of each sequence, and the end: int64 (S + 1,).

    sequences  S arrays of ids (T,) or of numbers (T, F)
    """
    lengths = [len(each) for each in sequences]
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def widths(layers: tuple[RecurrentLayer, ...], gates: bool) -> dict[str, int]:
    """Return the number of units of every stored array of states by its name."""
    found: dict[str, int] = {}
    for each in layers:
        kinds = [*each.states, *(f"gate_{g}" for g in GATES.get(each.cell, ()) if gates)]
        found |= {f"{each.id}.{kind}": each.units for kind in kinds}
    return found


def state_shards(columns: dict[str, int], offsets: Int64Array) -> list[Block]:
    """Divide the sequences, in order, into shards whose states fit SHARD_BYTES.

    columns  units of each array of states
    offsets  int64 (S + 1,) rows of each sequence
    """
    return list(blocks(offsets, max(1, SHARD_BYTES // (4 * sum(columns.values())))))


def state_arrays(columns: dict[str, int], shards: list[Block]) -> dict[str, Float32Array]:
    """Allocate memory for the longest shard: float32 (M, N) for each array of states.

    Every shard is read into the same memory: fresh memory costs as much as the reading.
    """
    rows = max(shard.rows for shard in shards)
    return {name: np.empty((rows, units), np.float32) for name, units in columns.items()}


def read_states(
    reader: ModelReader,
    sequences: list[AnyArray],
    batches: list[Int64Array],
    arrays: dict[str, Float32Array],
    ids: list[str] | None = None,
) -> dict[str, Float32Array]:
    """Read the states at every step, without padding, sequence after sequence.

    sequences  S arrays of ids (T,) or of numbers (T, F), lengths differ
    batches    int64 (B,) row numbers of each batch; each row is in one of them
    arrays     float32 (M' >= M, N) by name, to write to; M is the sum of the lengths
    ids        S external ids; None: their numbers
    returns    their first M rows
    raises     StatelineError  a layer has another number of states than the model reads steps
    """
    offsets = row_offsets(sequences)
    states = {name: values[: offsets[-1]] for name, values in arrays.items()}
    padding = reader.structure.padding
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
    rows: IntArray,
    sequences: list[AnyArray],
    ids: list[str] | None,
) -> StatelineError:
    """Return the error for a layer whose states and steps differ in number.

    rows       int (B,)  sequences of the batch, of which the longest is named
    sequences  S arrays of ids (T,) or of numbers (T, F)
    """
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
    sequences: list[AnyArray], batch: int, seed: int, padding: float | None = 0.0
) -> list[Int64Array]:
    """Return seeded batches of another composition: of mixed lengths, where padding is masked.

    sequences  S arrays of ids (T,) or of numbers (T, F)
    returns    int64 (B,) row numbers of each batch
    """
    order = np.random.default_rng(seed).permutation(len(sequences))
    if padding is None:
        shuffled = [sequences[row] for row in order]
        return [order[rows] for rows in LengthBatches(shuffled, None, batch, padding=None).draw()]
    return [order[i : i + batch] for i in range(0, len(order), batch)]


def largest_difference(
    first: Float32Array, second: Float32Array, offsets: IntArray, ids: list[str], what: str
) -> float:
    """Largest difference between two readings of the same states.

    Relative to the size of a state beyond -1 to 1, as cell states may be: float32 has seven digits.

    first, second  float32 (M, N)
    offsets        int64 (S + 1,)  rows of each sequence
    ids            S external ids
    raises         StatelineError  a sequence is beyond the tolerance; names the first
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
    sequences: list[AnyArray],
    ids: list[str],
    batch: int,
) -> float:
    """Read all states twice, in batches of different composition; write the first reading.

    sequences  S arrays of ids (T,) or of numbers (T, F)
    ids        S external ids
    batch      sequences in a batch of the first reading
    returns    the largest difference between the readings
    raises     StatelineError  a sequence is beyond the tolerance; names the first
    """
    offsets, padding = row_offsets(sequences), reader.structure.padding
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
            some = sequences[shard.first : shard.last]
            their_ids = ids[shard.first : shard.last]
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


def single_sequence_error(
    folder: Path, reader: ModelReader, sequences: list[AnyArray], ids: list[str]
) -> float:
    """Largest difference of stored states from those of single-sequence runs without padding.

    Runs every sequence.

    sequences  S arrays of ids (T,) or of numbers (T, F)
    raises     StatelineError  a sequence is beyond the tolerance; names the first
    """
    offsets = row_offsets(sequences)
    worst = 0.0
    rows = tqdm(
        range(len(sequences)), desc="single sequences", unit="sequence", disable=None, leave=False
    )
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
                "its states change in a single-sequence run",
            )
            worst = max(worst, error)
    return worst
