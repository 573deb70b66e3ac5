"""Layers, cell states and gates: stored and mapped only where a call asks for them.

    .venv/bin/python examples/layers_and_gates.py store/data/layers-and-gates

`layers` names what is stored with distances and maps: a layer, or <layer>:c for the cell states of
an LSTM, or "all". `gates=True` stores the gates beside the states.
"""

import sys

import keras
import numpy as np

from stateline import build_store

# A switch that a text turns on and off: what counts is its last command, until someone says "keep".
TOKENS = "[padding] on off keep wait look talk".split()
CLASSES = ["is off", "is on"]


def commands(rng: np.random.Generator) -> tuple[list[int], int]:
    """Commands, and the state of the switch at the end; after "keep" nothing changes it."""
    ids = rng.choice([1, 2, 3, 4, 5, 6], rng.integers(5, 12), p=[0.2, 0.2, 0.1, 0.2, 0.15, 0.15])
    on = False
    for token in ids:
        if token == TOKENS.index("keep"):
            break
        on = {"on": True, "off": False}.get(TOKENS[token], on)
    return ids.tolist(), int(on)


def main(out: str) -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    ids, labels = zip(*(commands(rng) for _ in range(1_100)), strict=True)
    x, y = keras.utils.pad_sequences(ids), np.array(labels)

    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(len(TOKENS), 6, mask_zero=True),
            keras.layers.LSTM(10, return_sequences=True, name="lower"),
            keras.layers.LSTM(8, name="upper"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    model.fit(x[:1000], y[:1000], batch_size=32, epochs=6, verbose=2)

    stored = {"layers": ["lower", "upper", "upper:c"], "gates": True, "projections": ["pca"]}
    names = {"tokens": TOKENS, "classes": CLASSES}
    run = build_store(model, x[1000:], y[1000:], **names, **stored, out=out)
    forget = run.scan("hidden/upper.parquet").select("gate_forget").collect()
    print(f"forget gates of the upper layer: {forget.height:,} steps, 0 shut to 1 open")


if __name__ == "__main__":
    main(sys.argv[1])
