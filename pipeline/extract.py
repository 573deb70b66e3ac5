"""Stage extract: every hidden state of the stored sequences, proved to be the model's own.

The states are read through the model's own cell. The stage refuses to go on where
reading them in other company (another batch size, other neighbours, other padding)
changes them.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from tqdm import tqdm

from pipeline.artefacts import (
    CELL,
    EXTRACT_FACTS,
    HIDDEN,
    OFFSETS,
    PREDICTION,
    READOUT,
    SEQUENCES,
)
from pipeline.backend import keras
from pipeline.model import (
    LengthBatches,
    linear_readout,
    predict,
    probabilities,
    recurrent_layer,
    state_model,
)
from pipeline.stage import BuildPaths, StageRun, running, stage_main
from pipeline.text import pad_behind
from pipeline.train import split_of
from store.blocks import Block, blocks
from store.errors import StatelineError
from store.schema import MODEL

TOLERANCE = 1e-5
# Another company for the second reading: few mates, and drawn from all lengths.
OTHER_BATCH = 37
SHARD_BYTES = 256_000_000


def row_offsets(lengths: np.ndarray) -> np.ndarray:
    """Where each sequence's rows begin, and the end: int64 (S + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def state_shards(reader: keras.Model, offsets: np.ndarray) -> list[Block]:
    """Whole sequences in order, cut so that the states of a shard fit SHARD_BYTES.

    reader   a state model: ids (B, T) to states (B, T, N')
    offsets  (S + 1,) rows of each sequence
    """
    return list(blocks(offsets, SHARD_BYTES // (4 * reader.output_shape[-1])))


def state_arrays(reader: keras.Model, units: int, shards: list[Block]) -> list[np.ndarray]:
    """Memory for the longest shard, one array a kind of state: float32 (M, N), M its rows.

    Every shard is read into the same memory: fresh memory costs as much as the reading.
    """
    rows = max(shard.rows for shard in shards)
    return [np.empty((rows, units), np.float32) for _ in range(reader.output_shape[-1] // units)]


def read_states(
    reader: keras.Model,
    sequences: list[np.ndarray],
    batches: list[np.ndarray],
    arrays: list[np.ndarray],
) -> list[np.ndarray]:
    """States at every step, without padding, sequence after sequence.

    reader     a state model: ids (B, T) to states (B, T, K * N), K kinds side by side
    sequences  S arrays of ids, lengths differ
    batches    row numbers of each batch; each row stands in one of them
    arrays     K arrays float32 (M' >= M, N) to write to, M the sum of the lengths
    returns    their first M rows: h, and c of an LSTM
    """
    offsets = row_offsets(np.array([len(ids) for ids in sequences]))
    states = [values[: offsets[-1]] for values in arrays]
    for rows in batches:
        read = reader.predict_on_batch(pad_behind([sequences[row] for row in rows]))
        for of_kind, values in zip(np.split(read, len(states), axis=2), states, strict=True):
            for row, of_sequence in zip(rows, of_kind, strict=True):
                values[offsets[row] : offsets[row + 1]] = of_sequence[: len(sequences[row])]
    return states


def shuffled_batches(count: int, batch: int, seed: int) -> list[np.ndarray]:
    """Seeded batches of rows from all lengths: other mates and other padding."""
    order = np.random.default_rng(seed).permutation(count)
    return [order[i : i + batch] for i in range(0, count, batch)]


def largest_difference(
    first: np.ndarray, second: np.ndarray, offsets: np.ndarray, ids: list[str], what: str
) -> float:
    """Largest difference of two readings; raises with the first sequence beyond the tolerance.

    first, second  (M, N) row by row
    offsets        (S + 1,) rows of each sequence
    ids            S external ids
    """
    error = np.abs(first - second).max(axis=1)
    beyond = np.flatnonzero(error > TOLERANCE)
    if len(beyond):
        sequence = int(np.searchsorted(offsets, beyond[0], side="right") - 1)
        raise StatelineError(
            f"sequence {ids[sequence]}",
            what,
            expected=f"a difference of {TOLERANCE:g} at the most",
            got=f"{error[beyond[0]]:.3g}",
        )
    return float(error.max())


def start_array(path: Path, rows: int, columns: int, files: ExitStack) -> BinaryIO:
    """A NumPy file of float32 (rows, columns) that is written piece by piece."""
    file = files.enter_context(path.open("wb"))
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
    np.lib.format.write_array_header_1_0(file, header)
    return file


def save_states(
    folder: Path, model: keras.Model, sequences: list[np.ndarray], ids: list[str], batch: int
) -> float:
    """Read all states shard by shard, twice and in different company; write the first reading.

    ids      S external ids
    batch    sequences in a batch of the first reading
    returns  the largest difference between the readings
    """
    offsets = row_offsets(np.array([len(each) for each in sequences]))
    reader, units = state_model(model), recurrent_layer(model).units
    shards = state_shards(reader, offsets)
    first, second = (state_arrays(reader, units, shards) for _ in range(2))
    names = (HIDDEN, CELL)[: len(first)]
    error = 0.0
    with ExitStack() as files:
        written = [start_array(folder / name, int(offsets[-1]), units, files) for name in names]
        for shard in tqdm(shards, desc="extract", unit="shard", disable=None, leave=False):
            some, their_ids = (each[shard.first : shard.last] for each in (sequences, ids))
            rows = offsets[shard.first : shard.last + 1] - shard.start
            states = read_states(reader, some, LengthBatches(some, None, batch).draw(), first)
            again = read_states(reader, some, shuffled_batches(len(some), OTHER_BATCH, 0), second)
            for file, values, other in zip(written, states, again, strict=True):
                difference = largest_difference(
                    values, other, rows, their_ids, "its states depend on its batch"
                )
                error = max(error, difference)
                file.write(values.data)
    return error


def extract(paths: BuildPaths, stage: StageRun) -> None:
    """Read and verify the states of the stored sequences; write them as arrays."""
    settings = paths.read_settings("extract")
    table = pl.read_parquet(
        paths.need("corpus", SEQUENCES), columns=["split", "label", "ids", "external_id"]
    )
    table = table.filter(pl.col("split") == "test").head(settings["stored"])
    sequences, _ = split_of(table, "test")
    model = keras.models.load_model(paths.need("train", MODEL), safe_mode=True)
    batch = settings["extract_batch"]
    ids = table["external_id"].to_list()
    error = save_states(stage.folder, model, sequences, ids, batch)
    readout = linear_readout(model)
    offsets = row_offsets(np.array([len(each) for each in sequences]))
    np.save(stage.folder / OFFSETS, offsets)
    np.save(stage.folder / PREDICTION, probabilities(predict(model, sequences, batch)))
    np.savez(stage.folder / READOUT, weights=readout.weights, bias=readout.bias)
    stage.write_json(
        EXTRACT_FACTS,
        {
            "layer": readout.layer,
            "activation": readout.activation,
            "batch_error": error,
            "tolerance": TOLERANCE,
        },
    )
    stage.rows = int(offsets[-1])


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "extract") as stage:
        extract(paths, stage)


if __name__ == "__main__":
    stage_main(
        "extract",
        work,
        reads="the corpus and train stages",
        writes=f"{HIDDEN}, {CELL} (LSTM), {OFFSETS}, {PREDICTION}, {READOUT}, {EXTRACT_FACTS}",
    )
