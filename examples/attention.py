"""A functional model with attention and pooling over all states: its answer needs every state.

    .venv/bin/python examples/attention.py store/data/attention

The head reads more than the last state, so the model is run on every beginning of a sequence: the
manifest says "prefix". `MultiHeadAttention`, pooling, several branches: all go the same way.
"""

import sys

import keras
import numpy as np

from stateline import build_store

BASES = "ACGT"
MOTIFS = {"promoter": "TATA", "start": "ATGG", "neither": ""}


def strand(rng: np.random.Generator) -> tuple[str, int]:
    """A random piece of DNA with one motif at a random place, or with none."""
    label = int(rng.integers(3))
    while True:
        bases = "".join(rng.choice(list(BASES), rng.integers(8, 17)))
        motif = list(MOTIFS.values())[label]
        place = rng.integers(len(bases) - len(motif))
        bases = bases[:place] + motif + bases[place + len(motif) :]
        if [motif for motif in MOTIFS.values() if motif and motif in bases] == [motif] * (
            label < 2
        ):
            return bases, label


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    strands, labels = zip(*(strand(rng) for _ in range(1_600)), strict=True)
    ids = [[BASES.index(base) + 1 for base in bases] for bases in strands]
    x, y = keras.utils.pad_sequences(ids, padding="post"), np.array(labels)

    read = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(len(BASES) + 1, 6, mask_zero=True)(read)
    states = keras.layers.GRU(12, return_sequences=True)(embedded)
    looked = keras.layers.Attention()([states, states])
    pooled = keras.layers.GlobalAveragePooling1D()(looked)
    model = keras.Model(read, keras.layers.Dense(3, activation="softmax")(pooled))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(x[:1500], y[:1500], batch_size=32, epochs=10, verbose=2)

    names = {"tokens": ["-", *BASES], "classes": list(MOTIFS)}
    build_store(model, x[1500:], y[1500:], **names, projections=["pca"], out=out)


if __name__ == "__main__":
    main(sys.argv[1])
