"""Batches of sequences of unequal length: padded at the end, or of one length without padding."""

from collections.abc import Iterator

import numpy as np

from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.models.keras.variable_length import any_length, open_in_time
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, Int64Array, IntArray
from stateline.pipeline.numerics.padding import pad_behind
from stateline.store.schema import RESERVED_ID, UNKNOWN_ID


class LengthBatches:
    """Batches of sequences of similar length, padded at the end to the longest of each batch.

    sequences  S arrays of ids (T,) or of numbers (T, F); lengths differ
    wanted     (S, K) float32 targets, or None
    batch      sequences in a batch
    rng        batches are drawn anew for every epoch; None: sorted by length
    unknown    share of words replaced by the unknown id; needs `rng`
    padding    value of a padded step; None: the model reads padding, so a batch holds
               sequences of one length only
    """

    def __init__(
        self,
        sequences: list[AnyArray],
        wanted: Float32Array | None,
        batch: int,
        rng: np.random.Generator | None = None,
        unknown: float = 0.0,
        padding: float | None = RESERVED_ID,
    ) -> None:
        self.sequences, self.wanted, self.batch, self.rng = sequences, wanted, batch, rng
        self.unknown, self.padding = unknown, padding
        self.lengths = np.array([len(ids) for ids in sequences])

    def draw(self) -> list[Int64Array]:
        """Return the row numbers of each batch, int64 (B,); with `rng` in random order."""
        key = self.lengths
        if self.rng is not None:
            # A little noise mixes neighbours in length, so that batches differ between epochs.
            key = key + self.rng.uniform(0, 1 + 0.1 * self.lengths)
        order = np.argsort(key, kind="stable")
        if self.padding is None:
            ends = np.flatnonzero(np.diff(self.lengths[order])) + 1
            groups = np.split(order, ends)
        else:
            groups = [order]
        batches = [
            group[i : i + self.batch] for group in groups for i in range(0, len(group), self.batch)
        ]
        if self.rng is not None:
            self.rng.shuffle(batches)
        return batches

    def padded(self, rows: IntArray) -> AnyArray:
        """Return the sequences of some rows, padded: int32 (B, T) or float32 (B, T, F)."""
        made = pad_behind([self.sequences[row] for row in rows], self.padding or RESERVED_ID)
        if self.unknown and self.rng is not None:
            dropped = (self.rng.random(made.shape) < self.unknown) & (made != RESERVED_ID)
            made[dropped] = UNKNOWN_ID
        return made

    def dataset(self) -> tf.data.Dataset:
        """Return a tf.data.Dataset of one pass: sequences, or sequences and targets.

        The signature leaves both axes open where lengths differ. Keras would take the width of the
        first batches it sees for every batch's.
        """
        features = self.sequences[0].shape[1:]
        steps = int(self.lengths[0]) if len(set(self.lengths)) == 1 else None
        read = tf.TensorSpec((None, steps, *features), tf.float32 if features else tf.int32)
        if self.wanted is None:
            signature: tuple[tf.TensorSpec, ...] = (read,)
        else:
            signature = (read, tf.TensorSpec((None, self.wanted.shape[1]), tf.float32))

        def one_pass() -> Iterator[tuple[AnyArray, ...]]:
            for rows in self.draw():
                targets = () if self.wanted is None else (self.wanted[rows],)
                yield (self.padded(rows), *targets)

        made = tf.data.Dataset.from_generator(one_pass, output_signature=signature)
        count = len(self.draw()) if self.padding is None else -(-len(self.sequences) // self.batch)
        return made.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)


def predict(
    model: keras.Model,
    sequences: list[AnyArray],
    batch: int,
    padding: float | None = RESERVED_ID,
) -> Float32Array:
    """Return the model's own output for whole sequences.

    sequences  S arrays of ids (T,) or of numbers (T, F); lengths differ
    padding    as in `LengthBatches`
    returns    float32 (S, K)  in the order of `sequences`
    """
    batches = LengthBatches(sequences, None, batch, padding=padding)
    whole = set(batches.lengths) == {model.inputs[0].shape[1]}
    with any_length(model):
        output = (model if whole else open_in_time(model)).predict(batches.dataset(), verbose=0)
    ordered: Float32Array = np.empty_like(output)
    ordered[np.concatenate(batches.draw())] = output
    return ordered
