"""An LSTM that reads short reviews: token ids, padding in front, a linear softmax head.

    .venv/bin/python examples/keras_lstm.py store/data/keras-lstm

The padded array goes in as `model.predict` takes it: the steps that the model masks are taken out.
The expected prediction after every word is the head applied to the LSTM's state there.
"""

import sys

import keras
import numpy as np

from stateline import build_store

TOKENS = "[padding] [unknown] the film plot cast was is so really not good fine bad dull".split()
OPINIONS = {"good": 2, "fine": 1, "dull": 1, "bad": 0}
CLASSES = ["bad", "mixed", "good"]


def review(rng: np.random.Generator) -> tuple[list[str], int]:
    """A few words, and the class of the opinion at the end, which a "not" turns round."""
    opinion = str(rng.choice(list(OPINIONS)))
    turned = rng.random() < 0.3
    words = ["the", str(rng.choice(["film", "plot", "cast"])), str(rng.choice(["was", "is"]))]
    words += ["so", "really"][: rng.integers(3)] + (["not"] if turned else []) + [opinion]
    return words, 2 - OPINIONS[opinion] if turned else OPINIONS[opinion]


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    words, labels = zip(*(review(rng) for _ in range(700)), strict=True)
    ids = [[TOKENS.index(word) for word in text] for text in words]
    x, y = keras.utils.pad_sequences(ids, padding="pre"), np.array(labels)

    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(len(TOKENS), 8, mask_zero=True),
            keras.layers.LSTM(12),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(len(CLASSES), activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(x[:600], y[:600], batch_size=32, epochs=8, verbose=2)

    maps = ["pca"]
    build_store(model, x[600:], y[600:], tokens=TOKENS, classes=CLASSES, out=out, projections=maps)


if __name__ == "__main__":
    main(sys.argv[1])
