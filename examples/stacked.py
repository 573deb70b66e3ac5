"""Two recurrent layers with normalisation between them, and a head of several dense layers.

    .venv/bin/python examples/stacked.py store/data/stacked

`layers=["all"]` stores and maps both layers. The head is not linear, so it is run on every state
of the upper layer: the manifest says "head".
"""

import sys

import keras
import numpy as np

from stateline import build_store

TOKENS = "[padding] [unknown] up down left right wait".split()
CLASSES = ["north-east", "north-west", "south-east", "south-west"]


def walk(rng: np.random.Generator) -> tuple[list[int], int]:
    """Steps over a grid, and the quarter in which they end, never on the border of two."""
    while True:
        ids = rng.integers(2, 7, rng.integers(4, 12)).tolist()
        up, right = ids.count(2) - ids.count(3), ids.count(5) - ids.count(4)
        if up and right:
            return ids, 2 * (up < 0) + (right < 0)


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    ids, labels = zip(*(walk(rng) for _ in range(1_300)), strict=True)
    x, y = keras.utils.pad_sequences(ids, padding="post"), np.array(labels)

    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(len(TOKENS), 6, mask_zero=True),
            keras.layers.GRU(12, return_sequences=True, name="lower"),
            keras.layers.LayerNormalization(),
            keras.layers.GRU(8, name="upper"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(len(CLASSES), activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(x[:1200], y[:1200], batch_size=32, epochs=8, verbose=2)

    names = {"tokens": TOKENS, "classes": CLASSES}
    build_store(model, x[1200:], y[1200:], **names, layers=["all"], projections=["pca"], out=out)


if __name__ == "__main__":
    main(sys.argv[1])
