"""The manifest: what a run says of itself, its shape held here."""

import json
import math
import re
from pathlib import Path

from store.errors import StatelineError
from store.schema import MANIFEST, RUN_NAME, SCHEMA_VERSION

# A shape is a type, a tuple of types, a pattern that a text matches, a dict of shapes by key, or
# a list with the one shape of its items. Keys that a shape does not name are allowed: they are
# news, not faults.
NUMBER = (int, float)
# Colours become part of a page, and a manifest may come from a stranger.
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
DIGEST = re.compile("[0-9a-f]{64}")
PATTERN_NAMES = {
    COLOUR: "a colour #rrggbb",
    INSTANT: "a time in UTC, YYYY-MM-DDThh:mm:ssZ",
    DIGEST: "a SHA-256 in hexadecimal",
}
SHAPE = {
    "schema_version": int,
    "run": str,
    "created": INSTANT,
    "corpus": {
        "name": str,
        "source": str,
        "classes": [
            {
                "name": str,
                "colour": COLOUR,
                "train": int,
                "validation": int,
                "test": int,
                "stored": int,
            }
        ],
        "sizes": {"train": int, "validation": int, "test": int, "stored": int},
        "truncation": {"max_steps": int, "keep": re.compile("first|last")},
    },
    "model": {
        "layers": [{"name": str, "class": str, "parameters": int}],
        "cell": str,
        "units": int,
        "parameters": int,
        "seed": int,
        "epochs": int,
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
            "recall": [(int, float, type(None))],
            "confusion": [[int]],
            "elementwise_accuracy": (int, float, type(None)),
        },
    },
    "readout": {
        "layer": str,
        "linear": bool,
        "activation": re.compile("sigmoid|softmax"),
        "outputs": int,
        "initial_logit": [NUMBER],
        "weights": (list, type(None)),
        "bias": (list, type(None)),
    },
    "layers": [{"id": str, "class": str, "units": int, "cell_state": bool, "max_distance": NUMBER}],
    "projections": [
        {
            "id": str,
            "layer": str,
            "state": re.compile("h"),
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
        }
    ],
    "default_projection": str,
    "left_out": {
        "truncated_sequences": int,
        "truncated_words": int,
        "unknown_steps": int,
        "unstored_test_sequences": int,
    },
    "verified": {"tolerance": NUMBER, "prediction_error": NUMBER, "batch_error": NUMBER},
    "stages": [
        {"stage": str, "seconds": NUMBER, "rows": int, "bytes": int, "peak_memory_bytes": int}
    ],
    "versions": dict,
}
FILE_SHAPE = {"rows": (int, type(None)), "bytes": int, "sha256": DIGEST}
TABLE_SHAPE = FILE_SHAPE | {"rows": int}


def shape_name(shape: object) -> str:
    """What a shape wants, in words."""
    if isinstance(shape, dict) or shape is dict:
        return "an object"
    if isinstance(shape, list) or shape is list:
        return "a list"
    if isinstance(shape, re.Pattern):
        return PATTERN_NAMES.get(shape, shape.pattern.replace("|", " or "))
    types = shape if isinstance(shape, tuple) else (shape,)
    names = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    return " or ".join(
        dict.fromkeys(names.get(t, "null" if t is type(None) else t.__name__) for t in types)
    )


def find_fault(value: object, shape: object, path: str) -> tuple[str, str, str] | None:
    """The first place where a value leaves its shape: place, expected, got; None where it fits."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return path, "an object", type(value).__name__
        for key, inner in shape.items():
            place = f"{path}.{key}" if path else key
            if key not in value:
                return place, shape_name(inner), "nothing"
            fault = find_fault(value[key], inner, place)
            if fault:
                return fault
        return None
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


def validate_manifest(manifest: object, where: object, *, tables: bool = True) -> None:
    """Raise StatelineError for the first key that is missing or of a wrong kind.

    tables  also its list of tables, which the writer adds last
    """
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise StatelineError(
            where,
            "written in another schema version",
            expected=SCHEMA_VERSION,
            got=version,
            mend="Rebuild the run, or open it with the release that wrote it.",
        )
    shape = SHAPE | ({"tables": dict} if tables else {})
    fault = find_fault(manifest, shape, "")
    if fault is None and tables:
        for name, entry in manifest["tables"].items():
            shape = TABLE_SHAPE if name.endswith(".parquet") else FILE_SHAPE
            fault = fault or find_fault(entry, shape, f"tables.{name}")
    fault = fault or find_contradiction(manifest)
    if fault:
        place, expected, got = fault
        raise StatelineError(
            where, f"key {place or 'of the whole'}", expected=expected, got=got, mend=mend(manifest)
        )


def mend(manifest: object) -> str | None:
    """The command that makes a bad manifest good; None where it does not say whose it is."""
    run = manifest.get("run") if isinstance(manifest, dict) else None
    named = isinstance(run, str) and RUN_NAME.fullmatch(run)
    return f"Rebuild it: make run RUN={run}" if named else None


def find_contradiction(manifest: dict) -> tuple[str, str, str] | None:
    """The first entry that disagrees with another one: place, expected, got; None where none."""
    classes, readout = len(manifest["corpus"]["classes"]), manifest["readout"]
    outputs, metrics = readout["outputs"], manifest["model"]["metrics"]
    layers = [each["id"] for each in manifest["layers"]]
    projections = [each["id"] for each in manifest["projections"]]
    # Names become paths, and a manifest may come from a stranger.
    for key, names in {
        "run": [manifest["run"]],
        "layers": layers,
        "projections": projections,
    }.items():
        for name in names:
            if not RUN_NAME.fullmatch(name):
                return key, "a name of lower-case letters, digits, . _ -", repr(name)[:40]
        if len(set(names)) != len(names):
            return key, "each id once", ", ".join(names)
    one_of = {
        "layers": f"one of {', '.join(layers)}",
        "maps": f"one of {', '.join(projections) or 'none'}",
    }
    head = f"{classes}" + (" or 1" if classes == 2 else "")
    activation = "sigmoid" if outputs == 1 else "softmax"
    confusion, initial, recall = metrics["confusion"], readout["initial_logit"], metrics["recall"]
    square = len(confusion) == classes and all(len(row) == classes for row in confusion)
    stray = [each["layer"] for each in manifest["projections"] if each["layer"] not in layers]
    default = manifest["default_projection"]
    facts = (
        (classes >= 2, "corpus.classes", "two or more", classes),
        (outputs == classes or (outputs, classes) == (1, 2), "readout.outputs", head, outputs),
        (
            readout["activation"] == activation,
            "readout.activation",
            f"{activation} of {outputs} outputs",
            readout["activation"],
        ),
        (len(initial) == outputs, "readout.initial_logit", f"{outputs} numbers", len(initial)),
        (readout["layer"] in layers, "readout.layer", one_of["layers"], readout["layer"]),
        (default in projections, "default_projection", one_of["maps"], default),
        (
            square,
            "model.metrics.confusion",
            f"{classes} x {classes}",
            f"{len(confusion)} x {'/'.join(sorted({str(len(row)) for row in confusion}))}",
        ),
        (len(recall) == classes, "model.metrics.recall", f"{classes} numbers", len(recall)),
        (not stray, "projections", f"layers {', '.join(layers)}", ", ".join(stray)),
    )
    return next(((key, str(want), str(got)) for fits, key, want, got in facts if not fits), None)


def read_manifest(folder: Path) -> dict:
    """The validated manifest of a run's folder."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StatelineError(path, "missing", mend=f"Rebuild it: make run RUN={folder.name}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise StatelineError(
            path, f"is not JSON ({error})", mend=f"Rebuild it: make run RUN={folder.name}"
        ) from None
    except OSError as error:
        raise StatelineError(path, f"cannot be read ({error.strerror or error})") from None
    validate_manifest(manifest, path)
    return manifest
