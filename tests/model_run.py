"""A small run with a real model, whose states and answers come from plain loops over its weights.

The model is untrained, with weights large enough that words move it. What the store holds of it is
not read by the code under test, so that a text typed in can be held against it.
"""

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from stateline.store import schema
from stateline.store.writer import write_run
from tests.synthetic import frame, readout_columns
from tests.synthetic_evidence import clusters_table, map_columns, words_table
from tests.synthetic_manifest import synthetic_manifest
from tests.synthetic_shape import LAYER, Layer, Shape
from tests.synthetic_states import moves, places
from tests.synthetic_units import unit_tables
from tests.synthetic_words import WORDS, sequences_table, vocabulary_table, word_columns

SETTINGS = {
    "cell": LAYER, "units": 6, "embedding": 5, "spatial_dropout": 0.1, "dropout": 0.2,
    "optimizer": "adam", "learning_rate": 1e-3, "averaging": 0.0, "loss": "crossentropy",
}  # fmt: skip
SCALE = 4  # of the weights that were drawn
SEQUENCES, MAX_STEPS = 40, 12
METHODS = ("pca", "tsne")
SHAPE = Shape(layers=(Layer(units=SETTINGS["units"]),))


def model_run(store: Path, name: str = "modelled", classes: int = 2, seed: int = 3) -> Path:
    """Write the run into a store and return its folder; loads TensorFlow."""
    from stateline.pipeline.models.keras.classifier import build_model, make_reproducible

    make_reproducible(seed)
    model = build_model(SETTINGS, len(WORDS) + 2, classes)
    model.set_weights([SCALE * weight for weight in model.get_weights()])
    tables, weights, bias = model_tables(model, classes, seed)
    readout = (weights, bias, bias)
    manifest = synthetic_manifest(name, tables, SHAPE, readout, MAX_STEPS, seed, METHODS)
    manifest["default_projection"] = f"{LAYER}-tsne"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / schema.MODEL
        model.save(path)
        return write_run(store, manifest, tables, {schema.MODEL: path})


def model_tables(
    model: object, classes: int, seed: int
) -> tuple[dict[str, pl.DataFrame], np.ndarray, np.ndarray]:
    """The tables of a run of random words, and the readout's weights (K, N) and bias (K,)."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, MAX_STEPS, SEQUENCES, endpoint=True)
    lengths[0] = MAX_STEPS
    words = word_columns(rng, lengths, SHAPE.tokens)
    parts = np.split(np.array(words["token_id"]), np.cumsum(lengths)[:-1])
    read = [lstm_by_hand(model, ids) for ids in parts]
    h, c = (np.concatenate([states[kind] for states in read]) for kind in (0, 1))
    kernel, bias = model.layers[-1].get_weights()
    key = {
        "sequence_id": np.repeat(np.arange(SEQUENCES), lengths),
        "t": np.concatenate([np.arange(length) for length in lengths]),
    }
    h, c = h.astype(np.float32), c.astype(np.float32)
    distance = np.linalg.norm(moves(h, lengths, "forward"), axis=1)
    states = {"h": h, "c": c, "distance": distance}
    answers, _ = readout_columns(SHAPE, states, lengths, kernel.T, bias, rng)
    steps = frame(key | words | answers, schema.step_columns(classes, len(bias)))
    tables = {
        schema.SEQUENCES: whole_texts(sequences_table(rng, steps, classes, SHAPE), steps),
        schema.STEPS: steps,
        schema.VOCABULARY: vocabulary_table(rng, classes, SHAPE),
        schema.hidden_table(LAYER): frame(
            key | states, schema.hidden_columns(h.shape[1], ("h", "c"))
        ),
    }
    tables[schema.WORDS] = words_table(
        steps, tables[schema.SEQUENCES], tables[schema.VOCABULARY], SHAPE
    )
    tables |= unit_tables(SHAPE.layers[0], h, lengths, words["token"], kernel.T, len(bias))
    for method in METHODS:
        placed = places(rng, h, method, lengths)
        follows = map_columns(placed, distance, lengths, "forward")
        table = frame(key | placed | follows, schema.projection_columns())
        tables[schema.projection_table(f"{LAYER}-{method}")] = table
        tables[schema.cluster_table(f"{LAYER}-{method}")] = clusters_table(
            table, steps, tables[schema.SEQUENCES]
        )
    return tables, kernel.T, bias


def whole_texts(table: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """The sequences with texts of which only those are cut that are as long as the model reads."""
    words = steps.group_by("sequence_id", maintain_order=True).agg("surface")["surface"]
    cut = table["length"] == MAX_STEPS
    text = words.list.join(" ") + "."
    return table.with_columns(
        length_full=pl.when(cut).then("length_full").otherwise("length"),
        text=pl.when(cut).then("text").otherwise(text),
    )


def lstm_by_hand(model: object, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h and c after every step, one gate at a time: float64 (T, N) each."""
    (table,) = model.layers[0].get_weights()
    (layer,) = [layer for layer in model.layers if layer.name == LAYER]
    kernel, recurrent, bias = layer.get_weights()
    h = c = np.zeros(recurrent.shape[0])
    states = []
    for row in table[ids].astype(np.float64):
        i, f, g, o = np.split(row @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        states.append((h, c))
    return np.array([h for h, _ in states]), np.array([c for _, c in states])


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))
