"""The recurrent classifier that the pipeline trains itself."""

from functools import partial

import numpy as np

from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, IntArray
from stateline.pipeline.numerics.count_ratios import log_count_ratios
from stateline.pipeline.run.facts import Settings

CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
OPTIMISERS = {
    "adam": keras.optimizers.Adam,
    # Keras adds epsilon to the mean square itself. Its default, 1e-7, is more than that of most
    # gradients of an embedding, whose words would then hardly be learned.
    "rmsprop": partial(keras.optimizers.RMSprop, epsilon=1e-14),
}


def make_reproducible(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and let no thread order change a sum."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def build_model(
    settings: Settings, vocabulary: int, classes: int, features: int | None = None
) -> keras.Model:
    """Build the paper's model: embedding, dropout, one recurrent layer, dropout, dense.

    vocabulary  rows of the embedding; id 0 is padding and masked
    classes     two: one sigmoid unit for the second class; more: softmax
    features    F of a numeric series, which needs no embedding; None for text
    """
    recurrent = CELLS[settings["cell"]](settings["units"], name=settings["cell"])
    outputs, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    if features is None:
        read = [
            keras.Input((None,), dtype="int32", name="ids"),
            keras.layers.Embedding(
                vocabulary, settings["embedding"], mask_zero=True, name="embedding"
            ),
            keras.layers.SpatialDropout1D(settings["spatial_dropout"], name="embedding_dropout"),
        ]
    else:
        read = [keras.Input((None, features), name="values")]
    model = keras.Sequential(
        [
            *read,
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


def begin_embedding(
    model: keras.Model, sequences: list[AnyArray], label: IntArray, classes: int, scale: float
) -> None:
    """Let the first dimensions of the embedding begin with what the words say by themselves.

    A small corpus learns in fewer epochs, and better, what its words say by class. Where the
    ratios need more than half of the dimensions, the embedding stays as it is.

    sequences  S arrays of ids (T,)
    label      int (S,)
    scale      standard deviation of what they begin with
    """
    layer = model.get_layer("embedding")
    weights = layer.get_weights()[0]
    ratios = log_count_ratios(sequences, label, len(weights), classes)
    dimensions = ratios.shape[1]
    if 2 * dimensions <= weights.shape[1]:
        weights[:, :dimensions] = scale * ratios
        layer.set_weights([weights])


def targets(label: IntArray, classes: int) -> Float32Array:
    """Return the targets of the loss.

    label    int (S,)
    returns  float32 (S, 1) for two classes, else one-hot float32 (S, C)
    """
    if classes == 2:
        return label.astype(np.float32)[:, None]
    one_hot: Float32Array = np.eye(classes, dtype=np.float32)[label]
    return one_hot
