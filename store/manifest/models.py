"""The shape of a manifest: which keys it holds and of what kind each is."""

import math
import re
from dataclasses import dataclass

# A shape is a type, a tuple of types, a pattern that a text matches, a dict of shapes by key, a
# list with the one shape of its items, or one of the two below. Keys that a shape does not name
# are allowed: they are news, not faults.
NUMBER = (int, float)
# Colours become part of a page, and a manifest may come from a stranger.
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
DIGEST = re.compile("[0-9a-f]{64}")
# Gates become names of columns.
GATE = re.compile("[a-z][a-z0-9_]{0,31}")
PATTERN_NAMES = {
    COLOUR: "a colour #rrggbb",
    INSTANT: "a time in UTC, YYYY-MM-DDThh:mm:ssZ",
    DIGEST: "a SHA-256 in hexadecimal",
    GATE: "a name of lower-case letters, digits and _",
}


@dataclass(frozen=True)
class Maybe:
    """A shape, or null where it is not known or does not apply."""

    shape: object


@dataclass(frozen=True)
class Each:
    """An object whose keys are all of one pattern and whose values are all of one shape."""

    key: re.Pattern
    shape: object


COUNT = Maybe(int)
SHAPE = {
    "schema_version": int,
    "run": str,
    "created": INSTANT,
    "corpus": {
        "name": str,
        "source": str,
        "kind": re.compile("text|series"),
        "classes": [
            {
                "name": str,
                "colour": COLOUR,
                "train": COUNT,
                "validation": COUNT,
                "test": int,
                "stored": int,
            }
        ],
        "sizes": {"train": COUNT, "validation": COUNT, "test": int, "stored": int},
        "truncation": {"max_steps": COUNT, "keep": Maybe(re.compile("first|last"))},
        "tokens": {"padding": COUNT, "unknown": COUNT, "start": COUNT},
        "features": [{"name": str, "low": NUMBER, "high": NUMBER}],
        "picture": bool,
    },
    "model": {
        "file": Maybe(re.compile(r"model\.keras")),
        "layers": [{"name": str, "class": str, "parameters": int}],
        "cell": str,
        "units": int,
        "parameters": COUNT,
        "seed": COUNT,
        "epochs": COUNT,
        "settings": dict,
        "history": [
            {
                "epoch": int,
                "loss": NUMBER,
                "accuracy": NUMBER,
                "val_loss": NUMBER,
                "val_accuracy": NUMBER,
            }
        ],
        "metrics": {
            "test": int,
            "accuracy": NUMBER,
            "recall": [Maybe(NUMBER)],
            "confusion": [[int]],
            "elementwise_accuracy": Maybe(NUMBER),
        },
    },
    "readout": {
        "layer": str,
        "method": re.compile("linear|head|prefix|given"),
        "activation": re.compile("sigmoid|softmax"),
        "outputs": int,
        "initial_logit": [NUMBER],
        "weights": Maybe(list),
        "bias": Maybe(list),
    },
    "layers": [
        {
            "id": str,
            "layer": str,
            "class": str,
            "units": int,
            "direction": re.compile("forward|backward"),
            "states": [re.compile("h|c")],
            "gates": [GATE],
            "max_distance": Each(re.compile("h|c"), NUMBER),
            "index": bool,
        }
    ],
    "projections": [
        {
            "id": str,
            "layer": str,
            "state": re.compile("h|c"),
            "method": re.compile("t-SNE|PCA|UMAP"),
            "settings": dict,
            "seed": int,
            "seconds": NUMBER,
            "fitted_states": int,
            "placed_states": int,
            "trustworthiness": NUMBER,
            "continuity": NUMBER,
            "quality_sample": int,
            "mean_trust": NUMBER,
            "segment_scale": Maybe(NUMBER),
            "cluster_sizes": [int],
        }
    ],
    "default_projection": str,
    "left_out": {
        "truncated_sequences": int,
        "truncated_words": int,
        "unknown_steps": int,
        "unstored_test_sequences": int,
        "blank_dropped": int,
        "without_known_word": int,
    },
    "verified": {
        "tolerance": NUMBER,
        "prediction_error": Maybe(NUMBER),
        "batch_error": Maybe(NUMBER),
        "alone_error": Maybe(NUMBER),
    },
    "stages": [
        {"stage": str, "seconds": NUMBER, "rows": int, "bytes": int, "peak_memory_bytes": int}
    ],
    "versions": dict,
}
FILE_SHAPE = {"rows": COUNT, "bytes": int, "sha256": DIGEST}
TABLE_SHAPE = FILE_SHAPE | {"rows": int}


def shape_name(shape: object) -> str:
    """What a shape wants, in words."""
    if isinstance(shape, Maybe):
        return f"{shape_name(shape.shape)} or null"
    if isinstance(shape, dict | Each) or shape is dict:
        return "an object"
    if isinstance(shape, list) or shape is list:
        return "a list"
    if isinstance(shape, re.Pattern):
        return PATTERN_NAMES.get(shape, shape.pattern.replace("|", " or ").replace("\\", ""))
    types = shape if isinstance(shape, tuple) else (shape,)
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    return " or ".join(dict.fromkeys(names.get(t, t.__name__) for t in types))


def find_fault(value: object, shape: object, path: str) -> tuple[str, str, str] | None:
    """The first place where a value leaves its shape: place, expected, got; None where it fits."""
    if isinstance(shape, Maybe):
        fault = None if value is None else find_fault(value, shape.shape, path)
        # A fault of the value itself says that null would have done too.
        return fault if fault is None or fault[0] != path else (path, shape_name(shape), fault[2])
    if isinstance(shape, dict | Each):
        return find_inner_fault(value, shape, path)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return path, "a list", type(value).__name__
        faults = (find_fault(item, shape[0], f"{path}[{i}]") for i, item in enumerate(value))
        return next((fault for fault in faults if fault), None)
    if isinstance(shape, re.Pattern):
        fits = isinstance(value, str) and shape.fullmatch(value)
        return None if fits else (path, shape_name(shape), repr(value)[:40])
    types = shape if isinstance(shape, tuple) else (shape,)
    # Python counts True as a whole number; a manifest does not.
    fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
    # Nor is not-a-number a number: no other reader of JSON takes it.
    fits = fits and not (isinstance(value, float) and not math.isfinite(value))
    return None if fits else (path, shape_name(shape), repr(value)[:40])


def find_inner_fault(value: object, shape: dict | Each, path: str) -> tuple[str, str, str] | None:
    """The first fault of an object or of what it holds; see `find_fault`."""
    if not isinstance(value, dict):
        return path, "an object", type(value).__name__
    if isinstance(shape, Each):
        stray = [key for key in value if not shape.key.fullmatch(key)]
        if stray:
            return path, f"keys {shape_name(shape.key)}", repr(stray[0])[:40]
        shape = dict.fromkeys(value, shape.shape)
    for key, inner in shape.items():
        place = f"{path}.{key}" if path else key
        if key not in value:
            return place, shape_name(inner), "nothing"
        fault = find_fault(value[key], inner, place)
        if fault:
            return fault
    return None
