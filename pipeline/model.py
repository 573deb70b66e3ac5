"""The recurrent classifier: building, batching, and a view of its states at every step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.backend import keras, tf
from pipeline.text import pad_behind
from store.schema import RESERVED_ID, UNKNOWN_ID

RECURRENT = (keras.layers.LSTM, keras.layers.GRU)
CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
OPTIMISERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}


def make_reproducible(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and let no thread order change a sum."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def build_model(settings: dict, vocabulary: int, classes: int) -> keras.Model:
    """The paper's layers: embedding, dropout, one recurrent layer, dropout, dense.

    vocabulary  rows of the embedding; id 0 is padding and masked
    classes     two: one sigmoid unit for the second class; more: softmax
    """
    recurrent = CELLS[settings["cell"]](settings["units"], name=settings["cell"])
    outputs, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32", name="ids"),
            keras.layers.Embedding(
                vocabulary, settings["embedding"], mask_zero=True, name="embedding"
            ),
            keras.layers.SpatialDropout1D(settings["spatial_dropout"], name="embedding_dropout"),
            recurrent,
            keras.layers.Dropout(settings["dropout"], name="state_dropout"),
            keras.layers.Dense(outputs, activation=activation, name="readout"),
        ],
        name="stateline",
    )
    averaging = settings["averaging"]
    optimiser = OPTIMISERS[settings["optimizer"]](
        learning_rate=settings["learning_rate"],
        use_ema=averaging > 0,
        ema_momentum=averaging or None,
    )
    binary = classes == 2 or settings["loss"] == "elementwise"
    model.compile(
        optimizer=optimiser,
        loss="binary_crossentropy" if binary else "categorical_crossentropy",
        metrics=["binary_accuracy" if classes == 2 else "categorical_accuracy"],
    )
    return model


def targets(label: np.ndarray, classes: int) -> np.ndarray:
    """Labels as the loss wants them: float32 (S, 1) for two classes, else one-hot (S, C)."""
    if classes == 2:
        return label.astype(np.float32)[:, None]
    return np.eye(classes, dtype=np.float32)[label]


class LengthBatches:
    """Batches of sequences of like length, padded behind to the longest of each batch.

    sequences  S arrays of ids, lengths differ
    wanted     (S, K) float32 targets, or None
    batch      sequences in a batch
    rng        where given, batches are drawn anew for every epoch; else sorted by length
    unknown    share of words replaced by the unknown id; needs `rng`
    """

    def __init__(
        self,
        sequences: list[np.ndarray],
        wanted: np.ndarray | None,
        batch: int,
        rng: np.random.Generator | None = None,
        unknown: float = 0.0,
    ) -> None:
        self.sequences, self.wanted, self.batch, self.rng = sequences, wanted, batch, rng
        self.unknown = unknown
        self.lengths = np.array([len(ids) for ids in sequences])

    def draw(self) -> list[np.ndarray]:
        """Row numbers of each batch: near in length; with `rng` in random order."""
        key = self.lengths
        if self.rng is not None:
            # A little noise mixes neighbours in length, so that batches differ between epochs.
            key = key + self.rng.uniform(0, 1 + 0.1 * self.lengths)
        order = np.argsort(key, kind="stable")
        batches = [order[i : i + self.batch] for i in range(0, len(order), self.batch)]
        if self.rng is not None:
            self.rng.shuffle(batches)
        return batches

    def padded(self, rows: np.ndarray) -> np.ndarray:
        """Ids of some rows: int32 (B, T)."""
        ids = pad_behind([self.sequences[row] for row in rows])
        if self.unknown:
            dropped = (self.rng.random(ids.shape) < self.unknown) & (ids != RESERVED_ID)
            ids[dropped] = UNKNOWN_ID
        return ids

    def dataset(self) -> object:
        """A tf.data.Dataset of one pass: ids, or ids and targets.

        The signature leaves both axes open. Keras would take the width of the first batches
        it sees for every batch's.
        """
        ids = tf.TensorSpec((None, None), tf.int32)
        if self.wanted is None:
            signature = (ids,)
        else:
            signature = (ids, tf.TensorSpec((None, self.wanted.shape[1]), tf.float32))

        def one_pass() -> Iterator[tuple[np.ndarray, ...]]:
            for rows in self.draw():
                targets = () if self.wanted is None else (self.wanted[rows],)
                yield (self.padded(rows), *targets)

        count = -(-len(self.sequences) // self.batch)
        made = tf.data.Dataset.from_generator(one_pass, output_signature=signature)
        return made.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)


def predict(model: keras.Model, sequences: list[np.ndarray], batch: int) -> np.ndarray:
    """The model's own output for whole sequences: float32 (S, K), in the order given."""
    batches = LengthBatches(sequences, None, batch)
    output = model.predict(batches.dataset(), verbose=0)
    ordered = np.empty_like(output)
    ordered[np.concatenate(batches.draw())] = output
    return ordered


def probabilities(output: np.ndarray) -> np.ndarray:
    """Class probabilities from a head's output: (S, 1) becomes 1 - p, p; (S, C) stays."""
    return np.concatenate([1 - output, output], axis=-1) if output.shape[-1] == 1 else output


class StateRecorder(keras.layers.Layer):
    """A cell that returns all its states as its output, so that an RNN keeps every step's.

    cell  a Keras cell; its weights are shared, not copied
    """

    def __init__(self, cell: keras.layers.Layer, **options: object) -> None:
        super().__init__(**options)
        self.cell = cell
        self.state_size = cell.state_size
        sizes = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
        self.output_size = sum(sizes)
        self.built = True

    def get_initial_state(self, batch_size: int | None = None) -> list:
        """The cell's own initial state: zeros."""
        return self.cell.get_initial_state(batch_size)

    def call(self, inputs: object, states: list, training: bool = False) -> tuple[object, list]:
        """One step of the cell; output (B, sum of its state sizes)."""
        _, states = self.cell(inputs, states, training=training)
        parts = states if isinstance(states, list | tuple) else [states]
        return keras.ops.concatenate(parts, axis=-1), states


def recurrent_layer(model: keras.Model) -> keras.layers.Layer:
    """The model's recurrent layer; there is one."""
    (layer,) = [layer for layer in model.layers if isinstance(layer, RECURRENT)]
    return layer


def state_model(model: keras.Model) -> keras.Model:
    """A model from ids (B, T) to all states of the recurrent layer (B, T, N or 2N).

    LSTM: h and c side by side; GRU: h. At padded steps the state of the step before stands.
    """
    layer = recurrent_layer(model)
    recorder = keras.layers.RNN(StateRecorder(layer.cell), return_sequences=True)
    position = model.layers.index(layer)
    inputs = keras.Input((None,), dtype="int32")
    tensor = inputs
    for before in model.layers[:position]:
        tensor = before(tensor)
    return keras.Model(inputs, recorder(tensor))


@dataclass(frozen=True)
class Readout:
    """A linear readout: logit = weights @ h + bias.

    weights  float32 (K, N)
    bias     float32 (K,)   also the logit of the zero state
    """

    layer: str
    activation: str
    weights: np.ndarray
    bias: np.ndarray


def linear_readout(model: keras.Model) -> Readout:
    """The dense layer that reads the recurrent layer's last state."""
    dense = model.layers[-1]
    kernel, bias = (weight.numpy() for weight in dense.weights)
    return Readout(
        layer=recurrent_layer(model).name,
        activation=dense.activation.__name__,
        weights=np.ascontiguousarray(kernel.T),
        bias=bias,
    )
