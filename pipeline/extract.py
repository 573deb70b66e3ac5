"""Stage extract: every hidden state of the stored sequences, proved to be the model's own.

The states are read through the model's own cell. The stage refuses to go on where
reading them in other company (another batch size, other neighbours, other padding)
changes them.
"""

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
from store.errors import StatelineError
from store.schema import MODEL

TOLERANCE = 1e-5
# Another company for the second reading: few mates, and drawn from all lengths.
OTHER_BATCH = 37


def row_offsets(lengths: np.ndarray) -> np.ndarray:
    """Where each sequence's rows begin, and the end: int64 (S + 1,)."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def read_states(
    reader: keras.Model, sequences: list[np.ndarray], batches: list[np.ndarray]
) -> np.ndarray:
    """States at every step, without padding, sequence after sequence.

    reader     a state model: ids (B, T) to states (B, T, N')
    sequences  S arrays of ids, lengths differ
    batches    row numbers of each batch; each row stands in one of them
    returns    float32 (M, N'), M the sum of the lengths
    """
    offsets = row_offsets(np.array([len(ids) for ids in sequences]))
    states = np.empty((offsets[-1], reader.output_shape[-1]), dtype=np.float32)
    for rows in tqdm(batches, desc="extract", unit="batch", disable=None, leave=False):
        read = reader.predict_on_batch(pad_behind([sequences[row] for row in rows]))
        for row, of_sequence in zip(rows, read, strict=True):
            states[offsets[row] : offsets[row + 1]] = of_sequence[: len(sequences[row])]
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


def extract(paths: BuildPaths, stage: StageRun) -> None:
    """Read and verify the states of the stored sequences; write them as arrays."""
    settings = paths.read_settings("extract")
    table = pl.read_parquet(
        paths.need("corpus", SEQUENCES), columns=["split", "label", "ids", "external_id"]
    )
    table = table.filter(pl.col("split") == "test").head(settings["stored"])
    sequences, _ = split_of(table, "test")
    model = keras.models.load_model(paths.need("train", MODEL), safe_mode=True)
    reader = state_model(model)
    offsets = row_offsets(np.array([len(ids) for ids in sequences]))
    batches = LengthBatches(sequences, None, settings["extract_batch"]).draw()
    states = read_states(reader, sequences, batches)
    other = read_states(reader, sequences, shuffled_batches(len(sequences), OTHER_BATCH, seed=0))
    error = largest_difference(
        states, other, offsets, table["external_id"].to_list(), "its states depend on its batch"
    )
    units = recurrent_layer(model).units
    readout = linear_readout(model)
    np.save(stage.folder / HIDDEN, np.ascontiguousarray(states[:, :units]))
    if states.shape[1] > units:
        np.save(stage.folder / CELL, np.ascontiguousarray(states[:, units:]))
    np.save(stage.folder / OFFSETS, offsets)
    np.save(
        stage.folder / PREDICTION,
        probabilities(predict(model, sequences, settings["extract_batch"])),
    )
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
    stage.rows = len(states)


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
