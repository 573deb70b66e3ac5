"""Expected predictions of heads that are not linear: by the head, or by prefixes."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from stateline.pipeline.models.keras.backend import Tensor, keras, tf
from stateline.pipeline.models.keras.capture import ModelReader, without_activation
from stateline.pipeline.models.keras.readout import head_of
from stateline.pipeline.models.keras.structure import ModelStructure
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.run.arrays import array_file

HEAD_ROWS = 16_384


def head_function(
    model: keras.Model, structure: ModelStructure
) -> tf.types.experimental.PolymorphicFunction:
    """Return the head in inference mode: states float32 (M, N) to logits float32 (M, K)."""
    head = head_of(model, structure.reads.layer)
    assert head is not None  # the method of the structure says so

    def run(states: Tensor) -> Tensor:
        with without_activation(structure.output):
            return head(states, training=False)

    signature = [tf.TensorSpec((None, structure.reads.units), tf.float32)]
    return tf.function(run, input_signature=signature)


def initial_logit(model: keras.Model, structure: ModelStructure) -> list[float]:
    """Return the K logits of the zero state."""
    zero = np.zeros((1, structure.reads.units), np.float32)
    logit: list[float] = head_function(model, structure)(zero).numpy()[0].tolist()
    return logit


def head_logits(model: keras.Model, structure: ModelStructure, states: Path, out: Path) -> None:
    """Apply the head to every state.

    states  a NumPy file of float32 (M, N)
    out     becomes a NumPy file of float32 (M, K)
    """
    head, h = head_function(model, structure), np.load(states, mmap_mode="r")
    with array_file(out, (len(h), structure.outputs)) as write:
        for start in range(0, len(h), HEAD_ROWS):
            write(head(np.array(h[start : start + HEAD_ROWS])).numpy())


def prefix_logits(reader: ModelReader, sequences: list[AnyArray], batch: int, out: Path) -> None:
    """Apply the whole model to every prefix of every sequence.

    Prefixes of one length make a batch, so that nothing is padded, and a batch holds about as
    many steps as `batch` of the longest sequences: no more is computed than the sum of all
    prefixes' lengths.

    sequences  S arrays of ids or of numbers, lengths differ
    out        becomes a NumPy file of float32 (M, K)
    source     Garcia et al. 2021, "expected prediction", for a model whose head reads more than
               the last state
    """
    if reader.structure.ends is not None:
        padded_logits(reader, reader.structure.ends, sequences, batch, out)
        return
    lengths = np.array([len(each) for each in sequences])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    logit = np.empty((int(starts[-1]), reader.structure.outputs), np.float32)
    longest = int(lengths.max())
    for t in tqdm(range(longest), desc="prefixes", unit="step", disable=None, leave=False):
        rows = np.flatnonzero(lengths > t)
        most = max(1, batch * longest // (t + 1))
        for some in np.split(rows, range(most, len(rows), most)):
            prefixes = np.stack([sequences[row][: t + 1] for row in some])
            logit[starts[some] + t] = reader.logits(prefixes)
    with array_file(out, logit.shape) as write:
        write(logit)


def padded_logits(
    reader: ModelReader, ends: Ends, sequences: list[AnyArray], batch: int, out: Path
) -> None:
    """Apply the whole model to every beginning of every sequence, padded as the whole is.

    Padding in front is answered as a sequence of nothing else, padding behind as the whole.

    sequences  S arrays (L,) of ids or (L, F) of numbers
    batch      beginnings that are read at once
    out        becomes a NumPy file of float32 (M, K)
    """
    empty = padding_logit(reader, sequences[0])
    with array_file(out, (len(sequences) * ends.steps, reader.structure.outputs)) as write:
        for row in tqdm(sequences, desc="prefixes", unit="sequence", disable=None, leave=False):
            write(beginning_logits(reader, ends, row, empty, batch))


def beginning_logits(
    reader: ModelReader, ends: Ends, row: AnyArray, empty: Float32Array, batch: int
) -> Float32Array:
    """Return the logits after each step of one padded sequence: float32 (L, K).

    row    (L,) ids or (L, F) numbers
    empty  float32 (K,)  of a sequence of padding only
    """
    beginnings, where = ends.beginnings(row)
    parts = [beginnings[start : start + batch] for start in range(0, len(beginnings), batch)]
    logit = np.tile(empty, (len(row), 1))
    logit[where] = np.concatenate([reader.logits(as_input(part)) for part in parts])
    logit[where.stop :] = logit[where.stop - 1]
    return logit


def padding_logit(reader: ModelReader, row: AnyArray) -> Float32Array:
    """Return the logit of a sequence of padding only: float32 (K,).

    row  (L,) ids or (L, F) numbers, of the shape of any sequence
    """
    assert reader.structure.ends is not None
    whole = reader.structure.ends.fill(row[:0])
    logit: Float32Array = reader.logits(as_input(whole[None]))[0]
    return logit


def as_input(batch: AnyArray) -> AnyArray:
    """Return sequences in the type in which a model reads them.

    batch    (B, T) ids or (B, T, F) numbers
    returns  the same as int32 (B, T) or float32 (B, T, F)
    """
    return batch.astype(np.int32 if batch.ndim == 2 else np.float32)
