"""Logits of whole sequences, in batches of similar length."""

import numpy as np

from stateline.pipeline.models.keras.batches import LengthBatches
from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array


def read_logits(reader: ModelReader, sequences: list[AnyArray], batch: int) -> Float32Array:
    """Return the model's output before sigmoid or softmax for each sequence.

    sequences  S arrays of ids (T,) or of numbers (T, F); lengths differ
    batch      sequences read at once
    returns    float32 (S, K)  in the order of `sequences`
    """
    batches = LengthBatches(sequences, None, batch, padding=reader.structure.padding)
    logit = np.empty((len(sequences), reader.structure.outputs), np.float32)
    for rows in batches.draw():
        logit[rows] = reader.logits(batches.padded(rows))
    return logit
