"""The manifest of a synthetic run, counted from its tables."""

import colorsys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from store import schema

LAYER = "lstm"
METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
CLASS_NAMES = ("negative", "positive", "neutral", "mixed", "money", "trade", "crude", "grain")


def colour(index: int, classes: int) -> str:
    """Evenly spaced hues, `#rrggbb`."""
    channels = colorsys.hls_to_rgb(index / classes, 0.42, 0.6)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)


def projection_entry(method: str, table: pl.DataFrame, seed: int) -> dict:
    """What the manifest says of one projection."""
    return {
        "id": f"{LAYER}-{method}",
        "layer": LAYER,
        "state": "h",
        "method": METHODS[method],
        "settings": {} if method == "pca" else {"perplexity": 30},
        "seed": seed,
        "seconds": 0.25,
        "fitted_states": table.height,
        "placed_states": 0,
        "trustworthiness": 0.97,
        "continuity": 0.96,
        "quality_sample": table.height,
        "mean_trust": float(table["trust"].mean()),
    }


def class_entries(labels: list[int], classes: int) -> list[dict]:
    """What the manifest says of each class."""
    return [
        {
            "name": CLASS_NAMES[each] if each < len(CLASS_NAMES) else f"class {each}",
            "colour": colour(each, classes),
            "train": 80,
            "validation": 10,
            "test": labels.count(each) + 2,
            "stored": labels.count(each),
        }
        for each in range(classes)
    ]


def model_entry(
    table: pl.DataFrame, units: int, entries: list[dict], seed: int, tokens: int
) -> dict:
    """What the manifest says of the model; the unstored test sequences were classified right."""
    classes = len(entries)
    confusion = [[2 if a == b else 0 for b in range(classes)] for a in range(classes)]
    for label, predicted in table.select("label", "predicted").iter_rows():
        confusion[label][predicted] += 1
    tested = sum(map(sum, confusion))
    right = sum(confusion[each][each] for each in range(classes))
    return {
        "layers": [
            {"name": "embedding", "class": "Embedding", "parameters": 8 * tokens},
            {"name": LAYER, "class": "LSTM", "parameters": 4 * units * (units + 9)},
            {"name": "head", "class": "Dense", "parameters": classes * (units + 1)},
        ],
        "cell": "LSTM",
        "units": units,
        "parameters": 1234,
        "seed": seed,
        "epochs": 2,
        "settings": {"learning_rate": 0.002, "batch": 64},
        "history": [
            {"epoch": epoch, "loss": 0.9 / epoch, "accuracy": 0.6 + 0.1 * epoch,
             "val_loss": 1.0 / epoch, "val_accuracy": 0.5 + 0.1 * epoch}
            for epoch in (1, 2)
        ],
        "metrics": {
            "test": tested,
            "accuracy": right / tested,
            "recall": [confusion[each][each] / sum(confusion[each]) for each in range(classes)],
            "confusion": confusion,
            "elementwise_accuracy": None,
        },
    }  # fmt: skip


def synthetic_manifest(
    name: str,
    tables: dict[str, pl.DataFrame],
    weights: np.ndarray,
    bias: np.ndarray,
    max_steps: int,
    seed: int,
) -> dict:
    """The manifest that fits the tables, all but its default projection."""
    table, steps = tables[schema.SEQUENCES], tables[schema.STEPS]
    classes = tables[schema.VOCABULARY].schema["sequences"].shape[0]
    entries = class_entries(table["label"].to_list(), classes)
    sizes = {
        split: sum(each[split] for each in entries) for split in ("train", "validation", "test")
    }
    cut = table["length_full"] - table["length"]
    units = weights.shape[1]
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "run": name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": {
            "name": "Synthetic",
            "source": "random walks with a linear readout; no text was read",
            "classes": entries,
            "sizes": sizes | {"stored": table.height},
            "truncation": {"max_steps": max_steps, "keep": "first"},
        },
        "model": model_entry(table, units, entries, seed, tables[schema.VOCABULARY].height),
        "readout": {
            "layer": LAYER,
            "linear": True,
            "activation": "sigmoid" if len(bias) == 1 else "softmax",
            "outputs": len(bias),
            "initial_logit": bias.tolist(),
            "weights": weights.tolist(),
            "bias": bias.tolist(),
        },
        "layers": [
            {"id": LAYER, "class": "LSTM", "units": units, "cell_state": True,
             "max_distance": float(steps["distance"].max())}
        ],
        "projections": [
            projection_entry(Path(path).stem.removeprefix(f"{LAYER}-"), projected, seed)
            for path, projected in tables.items()
            if path.startswith("projections/")
        ],
        "left_out": {
            "truncated_sequences": int((cut > 0).sum()),
            "truncated_words": int(cut.sum()),
            "unknown_steps": int((~steps["known"]).sum()),
            "unstored_test_sequences": sizes["test"] - table.height,
        },
        "verified": {"tolerance": 1e-5, "prediction_error": 1e-7, "batch_error": 1e-7},
        "stages": [
            {"stage": "corpus", "seconds": 0.5, "rows": table.height, "bytes": 2048,
             "peak_memory_bytes": 2**26},
        ],
        "versions": {"python": "3.11.7", "polars": pl.__version__},
    }  # fmt: skip
