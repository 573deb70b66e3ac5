"""One question, yes or no, answered in three forms: one sigmoid unit, softmax of two, and logits.

    .venv/bin/python examples/outputs.py store/data/outputs

Three runs, <folder>/sigmoid, <folder>/softmax and <folder>/logits. A model without activation
gives logits: one of them is read as a sigmoid's, two or more as softmax's.
"""

import sys
from pathlib import Path

import keras
import numpy as np

from stateline import build_store

TOKENS = ["[padding]", "0", "1"]
FORMS = {
    "sigmoid": (1, "sigmoid", keras.losses.BinaryCrossentropy()),
    "softmax": (2, "softmax", keras.losses.SparseCategoricalCrossentropy()),
    "logits": (2, None, keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
}


def bits(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Three to nine bits, and whether more than half of them are ones."""
    ids = rng.integers(1, 3, rng.integers(3, 10))
    return ids, int((ids == 2).mean() > 0.5)


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    ids, labels = zip(*(bits(rng) for _ in range(500)), strict=True)
    x, y = keras.utils.pad_sequences(ids), np.array(labels)
    for name, (units, activation, loss) in FORMS.items():
        model = keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                keras.layers.Embedding(len(TOKENS), 4, mask_zero=True),
                keras.layers.SimpleRNN(6),
                keras.layers.Dense(units, activation=activation),
            ]
        )
        model.compile(keras.optimizers.Adam(0.01), loss)
        model.fit(x[:400], y[:400], batch_size=16, epochs=6, verbose=2)
        build_store(
            model,
            x[400:],
            y[400:],
            tokens=TOKENS,
            classes=["mostly zeros", "mostly ones"],
            out=Path(out) / name,
            projections=["pca"],
        )


if __name__ == "__main__":
    main(sys.argv[1])
