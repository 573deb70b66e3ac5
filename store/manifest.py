"""The manifest: what a run says of itself, its shape held here."""

import json
from pathlib import Path

from store.errors import StatelineError
from store.schema import MANIFEST, RUN_NAME, SCHEMA_VERSION

# A shape is a type, a tuple of types, a dict of shapes by key, or a list with the one shape of
# its items. Keys that a shape does not name are allowed: they are news, not faults.
NUMBER = (int, float)
TEXT_OR_NONE = (str, type(None))
SHAPE = {
    "schema_version": int,
    "run": str,
    "created": str,
    "corpus": {
        "name": str,
        "source": str,
        "classes": [
            {
                "name": str,
                "colour": str,
                "train": int,
                "validation": int,
                "test": int,
                "stored": int,
            }
        ],
        "sizes": {"train": int, "validation": int, "test": int, "stored": int},
        "truncation": {"max_steps": int, "keep": str},
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
        "activation": str,
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
            "state": str,
            "method": str,
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
TABLE_SHAPE = {"rows": (int, type(None)), "bytes": int, "sha256": str}


def shape_name(shape: object) -> str:
    """What a shape wants, in words."""
    if isinstance(shape, dict) or shape is dict:
        return "an object"
    if isinstance(shape, list) or shape is list:
        return "a list"
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
    types = shape if isinstance(shape, tuple) else (shape,)
    # Python counts True as a whole number; a manifest does not.
    fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
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
            fault = fault or find_fault(entry, TABLE_SHAPE, f"tables.{name}")
    if fault:
        place, expected, got = fault
        raise StatelineError(where, f"key {place or 'of the whole'}", expected=expected, got=got)
    refuse_contradictions(manifest, where)


def refuse_contradictions(manifest: dict, where: object) -> None:
    """Numbers of the manifest that must agree with each other."""
    classes, readout = len(manifest["corpus"]["classes"]), manifest["readout"]
    outputs = readout["outputs"]
    layers = [layer["id"] for layer in manifest["layers"]]
    projections = [projection["id"] for projection in manifest["projections"]]
    # Names become paths, and a manifest may come from a stranger.
    for name in (manifest["run"], *layers, *projections):
        if not RUN_NAME.fullmatch(name):
            raise StatelineError(where, f"{name!r} is no name of a run, layer or projection")
    confusion = manifest["model"]["metrics"]["confusion"]
    faults = (
        (classes >= 2, "corpus.classes", "two or more", classes),
        (
            outputs == classes or (outputs == 1 and classes == 2),
            "readout.outputs",
            f"{classes}" + (" or 1" if classes == 2 else ""),
            outputs,
        ),
        (
            len(readout["initial_logit"]) == outputs,
            "readout.initial_logit",
            outputs,
            len(readout["initial_logit"]),
        ),
        (
            readout["layer"] in layers,
            "readout.layer",
            f"one of {', '.join(layers)}",
            readout["layer"],
        ),
        (
            manifest["default_projection"] in projections,
            "default_projection",
            f"one of {', '.join(projections)}",
            manifest["default_projection"],
        ),
        (
            len(confusion) == classes and all(len(row) == classes for row in confusion),
            "model.metrics.confusion",
            f"{classes} x {classes}",
            f"{len(confusion)} rows",
        ),
        (
            all(each["layer"] in layers for each in manifest["projections"]),
            "projections",
            f"layers {', '.join(layers)}",
            ", ".join(each["layer"] for each in manifest["projections"]),
        ),
    )
    for fits, key, expected, got in faults:
        if not fits:
            raise StatelineError(where, f"key {key}", expected=expected, got=got)


def read_manifest(folder: Path) -> dict:
    """The validated manifest of a run's folder."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StatelineError(path, "missing", mend=f"Rebuild it: make run RUN={folder.name}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StatelineError(
            path, f"is not JSON ({error})", mend=f"Rebuild it: make run RUN={folder.name}"
        ) from None
    validate_manifest(manifest, path)
    return manifest
