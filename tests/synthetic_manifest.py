"""The manifest of a synthetic run, counted from its tables."""

import colorsys
from datetime import UTC, datetime

import numpy as np
import polars as pl

from stateline.store import schema
from tests.synthetic_evidence import TRAINING, UNSTORED, map_figures
from tests.synthetic_shape import Layer, Shape
from tests.synthetic_swaps import swap_entry

REPEATED = 1  # test sequences that stand in training too, classified correctly
METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
CLASS_NAMES = ("negative", "positive", "neutral", "mixed", "money", "trade", "crude", "grain")


def colour(index: int, classes: int) -> str:
    """Return one of evenly spaced hues, `#rrggbb`."""
    channels = colorsys.hls_to_rgb(index / classes, 0.42, 0.6)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)


def projection_entry(
    layer: Layer, state: str, method: str, tables: dict[str, pl.DataFrame], seed: int
) -> dict:
    """Return the manifest's entry of one projection."""
    id_ = f"{layer.id}-{method}" if state == "h" else f"{layer.id}-c-{method}"
    table, hidden, clusters = (
        tables[name]
        for name in (
            schema.projection_table(id_), schema.hidden_table(layer.id), schema.cluster_table(id_)
        )
    )  # fmt: skip
    return {
        "id": id_,
        "layer": layer.id,
        "state": state,
        "method": METHODS[method],
        "settings": {} if method == "pca" else {"perplexity": 30},
        "seed": seed,
        "seconds": 0.25,
        "fitted_states": int(table["fitted"].sum()),
        "placed_states": int((~table["fitted"]).sum()),
        "trustworthiness": 0.97,
        "continuity": 0.96,
        "quality_sample": table.height,
        "mean_trust": {
            "fitted": table.filter("fitted")["trust"].mean(),
            "placed": table.filter(~pl.col("fitted"))["trust"].mean(),
        },
        **map_figures(table, hidden, clusters, layer, state),
    }


def class_entries(labels: list[int], classes: int, training: bool) -> list[dict]:
    """Return the manifest's entries of the classes."""
    return [
        {
            "name": CLASS_NAMES[each] if each < len(CLASS_NAMES) else f"class {each}",
            "colour": colour(each, classes),
            "train": TRAINING if training else None,
            "validation": 10 if training else None,
            "test": labels.count(each) + UNSTORED,
            "stored": labels.count(each),
        }
        for each in range(classes)
    ]


def model_entry(tables: dict[str, pl.DataFrame], shape: Shape, classes: int, seed: int) -> dict:
    """Return the manifest's model; the unstored test sequences were classified correctly."""
    table, tokens = tables[schema.SEQUENCES], tables[schema.VOCABULARY].height
    confusion = [[UNSTORED if a == b else 0 for b in range(classes)] for a in range(classes)]
    for label, predicted in table.select("label", "predicted").iter_rows():
        confusion[label][predicted] += 1
    tested = sum(map(sum, confusion))
    right = sum(confusion[each][each] for each in range(classes))
    here = shape.model and shape.training
    return {
        "file": schema.MODEL if shape.model else None,
        "layers": network(shape, classes, tokens) if shape.model else [],
        "cell": shape.layers[0].cell,
        "units": shape.layers[0].units,
        "parameters": 1234 if shape.model else None,
        "seed": seed if here else None,
        "epochs": 2 if here else None,
        "refit_epochs": None,
        "settings": {"learning_rate": 0.002, "batch": 64} if here else {},
        "history": [
            {"epoch": epoch, "loss": 0.9 / epoch, "accuracy": 0.6 + 0.1 * epoch,
             "val_loss": 1.0 / epoch, "val_accuracy": 0.5 + 0.1 * epoch}
            for epoch in (1, 2) if here
        ],
        "metrics": {
            "test": tested,
            "accuracy": right / tested,
            "unseen_accuracy": (right - REPEATED) / (tested - REPEATED) if shape.training else None,
            "recall": [confusion[each][each] / sum(confusion[each]) for each in range(classes)],
            "confusion": confusion,
            "elementwise_accuracy": None,
        },
        "rebuilt": None,
        "baseline": baseline_entry(tested, shape.training),
    }  # fmt: skip


def baseline_entry(tested: int, training: bool) -> dict:
    """Return the manifest's baseline, which errs once."""
    known = {
        "name": "TF-IDF and logistic regression",
        "settings": "whole texts; C = 10",
        "accuracy": (tested - 1) / tested,
        "train": TRAINING,
        "seconds": 0.5,
    }
    return known | {"reason": None} if training else dict.fromkeys(known) | {
        "reason": "the model came trained"
    }  # fmt: skip


def network(shape: Shape, classes: int, tokens: int) -> list[dict]:
    """Return the model's own layers, from the first to the head."""
    embedding = {"name": "embedding", "class": "Embedding", "parameters": 8 * tokens}
    return [
        *([] if shape.features else [embedding]),
        *(
            {"name": layer.layer or layer.id, "class": layer.cell,
             "parameters": 4 * layer.units * (layer.units + 9)}
            for layer in shape.layers
        ),
        {"name": "head", "class": "Dense", "parameters": classes * (shape.layers[0].units + 1)},
    ]  # fmt: skip


def corpus_entry(tables: dict[str, pl.DataFrame], shape: Shape, max_steps: int, seed: int) -> dict:
    """Return the manifest's corpus."""
    table, steps = tables[schema.SEQUENCES], tables[schema.STEPS]
    classes = steps.schema["ep"].shape[0]
    entries = class_entries(table["label"].to_list(), classes, shape.training)
    sizes = {
        split: None if entries[0][split] is None else sum(each[split] for each in entries)
        for split in ("train", "validation", "test")
    }
    values = steps["values"].to_numpy() if shape.features else np.empty((1, 0))
    return {
        "name": "Synthetic",
        "source": "random walks; nothing was read",
        "kind": "series" if shape.features else "text",
        "classes": entries,
        "sizes": sizes | {"stored": table.height},
        "split": {
            "origin": shape.split if shape.training else "unknown",
            "seed": seed if shape.training and shape.split == "drawn" else None,
        },
        "truncation": {
            "max_steps": max_steps if shape.cut else None,
            "keep": "first" if shape.cut else None,
        },
        "words": "auto" if shape.cut and not shape.features else None,
        "html": "strip" if shape.cut and not shape.features else None,
        "tokens": dict.fromkeys(shape.tokens) if shape.features else shape.tokens,
        "tokenizer": None,
        "features": [
            {"name": f"feature {index}", "low": float(each.min()), "high": float(each.max())}
            for index, each in enumerate(values.T)
        ],
        "picture": shape.picture,
    }


def layer_entry(layer: Layer, tables: dict[str, pl.DataFrame]) -> dict:
    """Return the manifest's entry of one stored layer."""
    table = tables[schema.hidden_table(layer.id)]
    of_words = tables[schema.response_table(layer.id)]["cluster"]
    groups = {*tables[schema.unit_table(layer.id)]["cluster"].drop_nulls(), *of_words}
    columns = {"h": "distance", "c": "distance_c"}
    return {
        "id": layer.id,
        "layer": layer.layer or layer.id,
        "class": layer.cell,
        "units": layer.units,
        "direction": layer.direction,
        "states": list(layer.states),
        "gates": list(layer.gate_names),
        "max_distance": {state: float(table[columns[state]].max()) for state in layer.mapped},
        "index": False,
        "unit_groups": {"runs": 200, "agreement": 0.81} if len(groups) > 1 else None,
    }


def synthetic_manifest(
    name: str,
    tables: dict[str, pl.DataFrame],
    shape: Shape,
    readout: tuple[np.ndarray, np.ndarray, np.ndarray],
    max_steps: int,
    seed: int,
    methods: tuple[str, ...],
) -> dict:
    """Return the manifest of the tables, all but its default projection.

    readout  weights (K, N), bias (K,) and the logit before the first step (K,)
    """
    weights, bias, initial = readout
    corpus = corpus_entry(tables, shape, max_steps, seed)
    table, steps = tables[schema.SEQUENCES], tables[schema.STEPS]
    linear = shape.readout == "linear"
    cut = table["length_full"] - table["length"]
    error = 1e-7 if shape.model else None
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "run": name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": corpus,
        "model": model_entry(tables, shape, len(corpus["classes"]), seed),
        "readout": {
            "layer": shape.layers[0].id,
            "method": shape.readout,
            "activation": "sigmoid" if len(bias) == 1 else "softmax",
            "outputs": len(bias),
            "initial_logit": initial.tolist(),
            "ends": None,
            "steps": None,
            "weights": weights.tolist() if linear else None,
            "bias": bias.tolist() if linear else None,
        },
        "layers": [
            layer_entry(layer, tables) for layer in shape.layers
        ],
        "projections": [
            projection_entry(layer, state, method, tables, seed)
            for layer in shape.layers
            for state in layer.mapped
            for method in methods
        ],
        "left_out": {
            "truncated_sequences": int((cut > 0).sum()),
            "truncated_words": int(cut.sum()),
            "unknown_steps": int((~steps["known"]).sum()),
            "padding_steps": int(steps["padding"].sum()),
            "unstored_test_sequences": corpus["sizes"]["test"] - table.height,
            "blank_dropped": 0,
            "without_known_word": 0,
            "in_training": REPEATED if shape.training else None,
        },
        "swap_test": swap_entry(tables[schema.SWAPS], seed) if shape.swaps else None,
        "verified": {
            "tolerance": 1e-5,
            "prediction_error": error,
            "batch_error": error,
            "alone_error": error,
        },
        "stages": [
            {"stage": "corpus", "seconds": 0.5, "rows": table.height, "bytes": 2048,
             "peak_memory_bytes": 2**26},
        ],
        "versions": {"python": "3.11.7", "polars": pl.__version__},
    }  # fmt: skip
