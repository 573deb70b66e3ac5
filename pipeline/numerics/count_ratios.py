"""Log-count ratios: how much more often sequences of a class hold a word than other sequences."""

import numpy as np

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, IntArray
from stateline.store.schema import UNKNOWN_ID


def log_count_ratios(
    sequences: list[AnyArray], label: IntArray, vocabulary: int, classes: int
) -> Float32Array:
    """Return the log-count ratios of naive Bayes (Wang and Manning, 2012), at unit variance.

    A word's count is of sequences that hold it, plus one. Of two classes the second is compared
    with the first; of more, each with the mean of the others.

    sequences  S arrays of ids (T,)
    label      int (S,)
    returns    float32 (V, 1) for two classes, else (V, C); zeros for padding and the unknown word
    """
    row = np.repeat(np.arange(len(sequences)), [len(ids) for ids in sequences])
    held = np.unique(row * vocabulary + np.concatenate(sequences))
    counts = np.ones((vocabulary, classes))
    np.add.at(counts, (held % vocabulary, label[held // vocabulary]), 1)
    share = np.log(counts / np.bincount(label, minlength=classes).clip(1))
    ratio = class_effects(share)[:, 1 if classes == 2 else 0 :]
    ratio[: UNKNOWN_ID + 1] = 0
    made: Float32Array = (ratio / max(ratio.std(), 1e-6)).astype(np.float32)
    return made
