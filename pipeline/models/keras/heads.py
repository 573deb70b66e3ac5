"""Expected predictions where the head is more than one dense layer: by the head, or by prefixes."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.models.keras.capture import ModelReader, without_activation
from stateline.pipeline.models.keras.readout import head_of
from stateline.pipeline.models.keras.structure import Anatomy
from stateline.pipeline.run.arrays import array_file

HEAD_ROWS = 16_384


def head_function(model: keras.Model, about: Anatomy) -> tf.types.experimental.PolymorphicFunction:
    """The head in inference mode: float32 (M, N) states to (M, K) logits."""
    head = head_of(model, about.reads.layer)

    def run(states: object) -> object:
        with without_activation(about.output):
            return head(states, training=False)

    signature = [tf.TensorSpec((None, about.reads.units), tf.float32)]
    return tf.function(run, input_signature=signature)


def initial_logit(model: keras.Model, about: Anatomy) -> list[float]:
    """What the head answers to the zero state: K numbers."""
    zero = np.zeros((1, about.reads.units), np.float32)
    return head_function(model, about)(zero).numpy()[0].tolist()


def head_logits(model: keras.Model, about: Anatomy, states: Path, out: Path) -> None:
    """The head on every state.

    states  a NumPy file of float32 (M, N)
    out     becomes a NumPy file of float32 (M, K)
    """
    head, h = head_function(model, about), np.load(states, mmap_mode="r")
    with array_file(out, (len(h), about.outputs)) as write:
        for start in range(0, len(h), HEAD_ROWS):
            write(head(np.array(h[start : start + HEAD_ROWS])).numpy())


def prefix_logits(reader: ModelReader, sequences: list[np.ndarray], batch: int, out: Path) -> None:
    """The whole model on the beginning of every sequence up to every step.

    Prefixes of one length make a batch, so that nothing is padded, and a batch holds about as
    many steps as `batch` of the longest sequences: no more is computed than the sum of all
    prefixes' lengths.

    sequences  S arrays of ids or of numbers, lengths differ
    out        becomes a NumPy file of float32 (M, K)
    source     Garcia et al. 2021, "expected prediction", for a model whose head reads more than
               the last state
    """
    lengths = np.array([len(each) for each in sequences])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    logit = np.empty((int(starts[-1]), reader.about.outputs), np.float32)
    longest = int(lengths.max())
    for t in tqdm(range(longest), desc="prefixes", unit="step", disable=None, leave=False):
        rows = np.flatnonzero(lengths > t)
        most = max(1, batch * longest // (t + 1))
        for some in np.split(rows, range(most, len(rows), most)):
            given = np.stack([sequences[row][: t + 1] for row in some])
            logit[starts[some] + t] = reader.logits(given)
    with array_file(out, logit.shape) as write:
        write(logit)
