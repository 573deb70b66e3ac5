"""A bidirectional GRU: both directions are stored, and answers come from the model on prefixes.

    .venv/bin/python examples/bidirectional.py store/data/bidirectional

The backward half has read the end of the text before its beginning, so no state of one moment
tells what the model would have answered there. The model is run on every beginning instead, which
is exact; the manifest says "prefix". Sequences are passed ragged, words as lists.
"""

import sys

import keras
import numpy as np

from stateline import build_store

# The class is the part of the day that is named first, wherever in the text it stands.
TIMES = {"morning": 0, "noon": 1, "evening": 2, "night": 3}
FILLER = "we met again that day in town and went home by train".split()
NUMBER = {word: number for number, word in enumerate([*FILLER, *TIMES], start=1)}


def diary(rng: np.random.Generator) -> tuple[list[str], int]:
    """A line of five to twelve words with two times of the day in it."""
    words = [str(word) for word in rng.choice(FILLER, rng.integers(5, 13))]
    places = sorted(rng.choice(len(words), 2, replace=False))
    for place, time in zip(places, rng.permutation(list(TIMES))[:2], strict=True):
        words[place] = str(time)
    return words, TIMES[next(word for word in words if word in TIMES)]


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    words, labels = zip(*(diary(rng) for _ in range(900)), strict=True)
    ids = [np.array([NUMBER[word] for word in line]) for line in words]

    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(len(NUMBER) + 1, 8, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.GRU(10)),
            keras.layers.Dense(len(TIMES), activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    x = keras.utils.pad_sequences(ids, padding="post")
    model.fit(x[:800], np.array(labels[:800]), batch_size=32, epochs=8, verbose=2)

    names = {"tokens": words[800:], "classes": list(TIMES)}
    build_store(model, ids[800:], labels[800:], **names, projections=["pca"], out=out)


if __name__ == "__main__":
    main(sys.argv[1])
