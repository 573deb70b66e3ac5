"""A numeric series: two features a step, series of unequal length, steps with names.

    .venv/bin/python examples/series.py store/data/series

Series of numbers are (S, T, F), or a list of S arrays (T, F) as here. `make run RUN=demo-digits`
builds a larger one: handwritten digits, read row by row.
"""

import sys

import keras
import numpy as np

from stateline import build_store

CLASSES = ["steady", "rising", "swinging"]


def day(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Temperature and light, hour by hour, of a day of one of three kinds; float32 (T, 2)."""
    label = int(rng.integers(3))
    hour = np.arange(rng.integers(8, 19))
    course = [np.zeros(len(hour)), hour / 10, np.sin(hour * 1.3)][label]
    light = np.clip(np.sin(hour / len(hour) * np.pi), 0, 1)
    noise = rng.normal(0, 0.25, (len(hour), 2))
    return (np.stack([course, light], axis=1) + noise).astype(np.float32), label


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    days, labels = zip(*(day(rng) for _ in range(600)), strict=True)

    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            keras.layers.Masking(mask_value=-99.0),
            keras.layers.GRU(10),
            keras.layers.Dense(len(CLASSES), activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    x = keras.utils.pad_sequences(days, padding="post", dtype="float32", value=-99.0)
    model.fit(x[:500], np.array(labels[:500]), batch_size=32, epochs=6, verbose=2)

    build_store(
        model,
        list(days[500:]),
        labels[500:],
        tokens=[[f"{t + 5} h" for t in range(len(each))] for each in days[500:]],
        features=["temperature", "light"],
        classes=CLASSES,
        out=out,
        projections=["pca"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
