"""A small run that holds together, made without a model: fixtures for every side of the house.

States are random walks, and every other number follows from them by plain loops that restate
the definitions. Nothing here is shared with the code under test.
"""

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from stateline.store import schema
from stateline.store.schema import Column, polars_schema
from stateline.store.writer import write_run
from tests.synthetic_evidence import UNSTORED, clusters_table, map_columns, words_table
from tests.synthetic_manifest import synthetic_manifest
from tests.synthetic_shape import Layer, Shape
from tests.synthetic_states import (
    answer_columns,
    answered,
    layer_columns,
    moves,
    places,
    seen_columns,
)
from tests.synthetic_swaps import swaps_table
from tests.synthetic_units import unit_tables
from tests.synthetic_words import (
    place_words,
    sequences_table,
    value_columns,
    vocabulary_table,
    word_columns,
)


def synthetic_run(
    store: Path,
    name: str = "synthetic",
    sequences: int = 5,
    max_steps: int = 7,
    units: int = 3,
    classes: int = 4,
    outputs: int | None = None,
    seed: int = 0,
    projections: tuple[str, ...] = ("pca", "tsne"),
    default: str = "tsne",
    minimum_steps: int = 1,
    **shape: object,
) -> Path:
    """Write a run of random walks into a store and return its folder.

    outputs        K, the head's output units; None: one a class. 1 wants classes=2
    projections    of pca, tsne, umap; all but pca are a turned and shaken PCA
    minimum_steps  the shortest sequence; one sequence has max_steps
    shape          options of tests.synthetic_shape.Shape: layers, readout, features and so on
    """
    manifest, tables = synthetic_tables(
        name, sequences, max_steps, units, classes, outputs or classes, seed, projections, default,
        minimum_steps, **shape,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        if manifest["model"]["file"]:
            files[schema.MODEL] = Path(folder) / schema.MODEL
            files[schema.MODEL].write_bytes(b"a model would be here")
        return write_run(store, manifest, tables, files)


def synthetic_tables(
    name: str,
    sequences: int,
    max_steps: int,
    units: int,
    classes: int,
    outputs: int,
    seed: int,
    projections: tuple[str, ...],
    default: str,
    minimum_steps: int,
    **options: object,
) -> tuple[dict, dict[str, pl.DataFrame]]:
    """The manifest (without its tables) and the tables of a run; see `synthetic_run`."""
    shape = Shape(**options).sized(units)
    rng, more = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    lengths = sequence_lengths(rng, sequences, minimum_steps, max_steps)
    read = shape.layers[0]
    states = {read.id: layer_columns(rng, more, lengths, read)}
    weights = rng.normal(0, 2, (outputs, read.units)).astype(np.float32)
    bias = rng.normal(0, 0.3, outputs).astype(np.float32)
    # What only some options ask for is drawn from a generator of its own: the plain run stays
    # what it is.
    for layer in shape.layers[1:]:
        states[layer.id] = layer_columns(more, more, lengths, layer)
    key = {
        "sequence_id": np.repeat(np.arange(sequences), lengths),
        "t": np.concatenate([np.arange(length) for length in lengths]),
    }
    answers, initial = readout_columns(shape, states[read.id], lengths, weights, bias, more)
    words = step_words(rng, more, lengths, shape)
    if shape.pushing:
        words |= place_words(words, answers["contribution"], lengths, shape)
    steps = frame(
        key | words | answers,
        schema.step_columns(classes, outputs, shape.features),
    )
    tables = {
        schema.SEQUENCES: sequences_table(rng, steps, classes, shape),
        schema.STEPS: steps,
        schema.VOCABULARY: vocabulary_table(rng, classes, shape),
    }
    told = (tables[schema.SEQUENCES], tables[schema.VOCABULARY])
    tables[schema.WORDS] = words_table(steps, *told, shape)
    if shape.swaps:
        tested = sequences + classes * UNSTORED
        tables[schema.SWAPS] = swaps_table(tables[schema.WORDS], tested, shape, seed)
    for layer in shape.layers:
        wanted = schema.hidden_columns(layer.units, layer.states, layer.mapped, layer.gate_names)
        tables[schema.hidden_table(layer.id)] = frame(key | states[layer.id], wanted)
        seen = weights if layer is read and shape.readout == "linear" else None
        tokens = [] if shape.features else steps["token"].to_list()
        h = states[layer.id]["h"]
        tables |= unit_tables(layer, h, lengths, tokens, seen, outputs)
    maps = [(layer, state) for layer in shape.layers for state in layer.mapped]
    for layer, state in maps:
        for method in projections:
            table = schema.projection_table(map_id(layer, state, method))
            source = rng if (layer, state) == maps[0] else more
            placed = places(source, states[layer.id][state], method, lengths)
            moved = states[layer.id]["distance" if state == "h" else "distance_c"]
            follows = map_columns(placed, moved, lengths, layer.direction)
            tables[table] = frame(key | placed | follows, schema.projection_columns())
            clusters = clusters_table(tables[table], steps, tables[schema.SEQUENCES])
            tables[schema.cluster_table(map_id(layer, state, method))] = clusters
    manifest = synthetic_manifest(
        name, tables, shape, (weights, bias, initial), max_steps, seed, projections
    )
    manifest["default_projection"] = f"{read.id}-{default}"
    return manifest, tables


def map_id(layer: Layer, state: str, method: str) -> str:
    """The id of a projection."""
    return f"{layer.id}-{method}" if state == "h" else f"{layer.id}-c-{method}"


def sequence_lengths(
    rng: np.random.Generator, sequences: int, shortest: int, longest: int
) -> np.ndarray:
    """Unequal lengths, the first the longest and the third the shortest."""
    lengths = rng.integers(shortest, longest, sequences, endpoint=True)
    lengths[0] = longest
    if sequences > 2:
        lengths[2] = shortest
    return lengths


def step_words(
    rng: np.random.Generator, more: np.random.Generator, lengths: np.ndarray, shape: Shape
) -> dict[str, object]:
    """Return the column that the model reads at each step: words or values."""
    if shape.features:
        return value_columns(more, lengths, shape.features)
    return word_columns(rng, lengths, shape.tokens)


def readout_columns(
    shape: Shape,
    states: dict[str, np.ndarray],
    lengths: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    rng: np.random.Generator,
) -> tuple[dict[str, object], np.ndarray]:
    """Columns of the steps that follow from the states, and the logit before the first step."""
    h = states["h"]
    logit, initial = answered(shape.readout, h, lengths, weights, bias, rng)
    columns = answer_columns(logit, initial, lengths) | {"distance": states["distance"]}
    if shape.readout == "linear":
        columns |= seen_columns(moves(h, lengths, shape.layers[0].direction), weights)
    else:
        columns |= dict.fromkeys(("visible", "silent"), [None] * len(h))
    return columns, initial


def frame(columns: dict[str, object], wanted: tuple[Column, ...]) -> pl.DataFrame:
    """A table of the schema's columns in the schema's order; (M, D) arrays become vectors."""
    dtypes = polars_schema(wanted)
    made = {}
    for column, dtype in dtypes.items():
        values = columns[column]
        if isinstance(values, np.ndarray) and values.ndim == 2:
            values = pl.Series(column, values.astype(np.float32), dtype=dtype)
        made[column] = values
    return pl.DataFrame(made).cast(dtypes)
