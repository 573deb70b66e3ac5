"""Small Keras models of every kind that people train, and the sequences that they read.

S = 5 sequences of T = 7 steps at the most, N = 3 units, C = 4 classes, 11 token ids, 2 features.
"""

import numpy as np

from stateline.pipeline.models.keras.backend import keras

L = keras.layers
VOCABULARY, UNITS, CLASSES, FEATURES, LONGEST = 11, 3, 4, 2, 7
LABELS = [0, 3, 1, 2, 1]
IDS = [
    np.array(ids, dtype=np.int32)
    for ids in ([4, 5, 6, 7, 8, 9, 10], [3], [1, 2, 2, 9], [10, 1], [5, 5, 5, 5, 5, 6])
]
VALUES = [
    np.random.default_rng(row).normal(size=(len(ids), FEATURES)).astype(np.float32)
    for row, ids in enumerate(IDS)
]


def answer(units: int = CLASSES, activation: str | None = "softmax") -> keras.layers.Layer:
    return L.Dense(units, activation=activation, name="answer")


def lively(model: keras.Model) -> keras.Model:
    """The model with weights that hide nothing: no bias is zero, no two units are alike."""
    rng = np.random.default_rng(4)
    model.set_weights([rng.uniform(0.1, 0.9, each.shape) - 0.4 for each in model.get_weights()])
    for _, layer in every_layer(model):
        if isinstance(layer, L.BatchNormalization):
            layer.moving_variance.assign(rng.uniform(0.5, 2, layer.moving_variance.shape))
    return model


def every_layer(model: keras.Model) -> list[tuple[str, keras.layers.Layer]]:
    from stateline.pipeline.models.keras.graphs import inner_layers

    return list(inner_layers(model))


def text(*layers: keras.layers.Layer, mask: bool = True, length: int | None = None) -> keras.Model:
    """A Sequential model that reads token ids; without an answer of its own it gets softmax."""
    last = [] if layers[-1].name.startswith("answer") else [answer()]
    read = [keras.Input((length,)), L.Embedding(VOCABULARY, 5, mask_zero=mask, name="embedding")]
    return lively(keras.Sequential([*read, *layers, *last], name="own"))


def series(*layers: keras.layers.Layer) -> keras.Model:
    """A Sequential model that reads numbers."""
    return lively(keras.Sequential([keras.Input((None, FEATURES)), *layers, answer()], name="own"))


def attention(mask: bool = True) -> keras.Model:
    """Functional: every step looks at every other."""
    ids = keras.Input((None,))
    h = L.GRU(UNITS, return_sequences=True, name="gru")(
        L.Embedding(VOCABULARY, 5, mask_zero=mask)(ids)
    )
    pooled = L.GlobalAveragePooling1D()(L.Attention()([h, h]))
    return lively(keras.Model(ids, answer()(pooled), name="own"))


def nested() -> keras.Model:
    """A model inside a model."""
    encoder = keras.Sequential(
        [L.Embedding(VOCABULARY, 5, mask_zero=True), L.LSTM(UNITS, name="lstm")], name="encoder"
    )
    return lively(keras.Sequential([keras.Input((None,)), encoder, answer()], name="own"))


def encoder_decoder() -> keras.Model:
    """The second layer begins with the states that the first ends with."""
    ids = keras.Input((None,))
    read = L.Embedding(VOCABULARY, 5, mask_zero=True)(ids)
    _, h, c = L.LSTM(UNITS, return_state=True, name="reader")(read)
    told = L.LSTM(UNITS, name="teller")(read, initial_state=[h, c])
    return lively(keras.Model(ids, answer()(told), name="own"))


def two_branches() -> keras.Model:
    """Two recurrent layers side by side."""
    ids = keras.Input((None,))
    read = L.Embedding(VOCABULARY, 5, mask_zero=True)(ids)
    both = L.Concatenate()([L.LSTM(UNITS, name="lstm")(read), L.GRU(2, name="gru")(read)])
    return lively(keras.Model(ids, answer()(both), name="own"))


def stacked() -> keras.Model:
    """Two layers, normalised, and a deep head."""
    return text(
        L.LSTM(UNITS, return_sequences=True, name="lower"),
        L.LayerNormalization(),
        L.Dropout(0.5),
        L.GRU(4, name="upper"),
        L.BatchNormalization(),
        L.Dense(6, activation="relu"),
        L.Dropout(0.2),
    )


# Models whose answer is head(h[t]) of one dense layer, of a deeper head, or takes the whole model.
LINEAR = {
    "lstm": lambda: text(L.LSTM(UNITS, name="lstm")),
    "gru, sigmoid": lambda: text(L.GRU(UNITS, name="gru"), answer(1, "sigmoid")),
    "simple, logits": lambda: text(L.SimpleRNN(UNITS, name="simple"), answer(CLASSES, None)),
    "cell, one logit": lambda: text(L.RNN(L.GRUCell(UNITS), name="rnn"), answer(1, None)),
    "softmax of two": lambda: text(L.LSTM(UNITS, name="lstm"), answer(2)),
    "softmax layer": lambda: text(
        L.LSTM(UNITS, name="lstm"), L.Dense(CLASSES), L.Softmax(name="answer")
    ),
    "activation layer": lambda: text(
        L.LSTM(UNITS, name="lstm"), L.Dense(1), L.Activation("sigmoid", name="answer")
    ),
    "fixed length, unrolled": lambda: text(L.LSTM(UNITS, unroll=True, name="lstm"), length=LONGEST),
    "fixed length, unmasked": lambda: text(L.LSTM(UNITS, name="lstm"), mask=False, length=LONGEST),
    "series, masked": lambda: series(L.Masking(-9.0), L.GRU(UNITS, name="gru")),
}
DEEP = {
    "stacked": stacked,
    "head is a model": lambda: text(
        L.LSTM(UNITS, name="lstm"),
        keras.Sequential([L.Dense(5, activation="tanh"), answer()], name="answering"),
        L.Softmax(name="answer"),
    ),
}
WHOLE = {
    "bidirectional": lambda: text(L.Bidirectional(L.LSTM(UNITS), name="both")),
    "bidirectional below": lambda: text(
        L.Bidirectional(L.GRU(UNITS, return_sequences=True), name="both"), L.LSTM(2, name="lstm")
    ),
    "backwards": lambda: text(L.LSTM(UNITS, go_backwards=True, name="lstm")),
    "mean of all": lambda: text(
        L.LSTM(UNITS, return_sequences=True, name="lstm"), L.GlobalAveragePooling1D()
    ),
    "largest of all": lambda: text(
        L.GRU(UNITS, return_sequences=True, name="gru"), L.GlobalMaxPooling1D()
    ),
    "attention": attention,
    "attention, unmasked": lambda: attention(mask=False),
    "model in a model": nested,
    "two branches": two_branches,
    "encoder and decoder": encoder_decoder,
    "series, normalised over the steps": lambda: series(
        L.UnitNormalization(axis=1), L.GRU(UNITS, name="gru")
    ),
    "causal convolution": lambda: text(
        L.Conv1D(4, 3, padding="causal"), L.LSTM(UNITS, name="lstm")
    ),
    "series, dense a step": lambda: series(
        L.Masking(0.0), L.TimeDistributed(L.Dense(4)), L.LSTM(UNITS, name="lstm")
    ),
}


def sequences_for(name: str) -> list[np.ndarray]:
    """Return the sequences that a model reads, by its name above."""
    return VALUES if name.startswith("series") else IDS


def padded(sequences: list[np.ndarray], padding: float, front: bool = False) -> np.ndarray:
    """One array of all sequences."""
    made = np.full((len(sequences), LONGEST, *sequences[0].shape[1:]), padding, sequences[0].dtype)
    for row, each in zip(made, sequences, strict=True):
        row[LONGEST - len(each) if front else 0 :][: len(each)] = each
    return made
