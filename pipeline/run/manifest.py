"""The manifest of a run, from the facts that the stages wrote."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from stateline.pipeline.run.arrays import pieces
from stateline.pipeline.run.artefacts import (
    BASELINE_FACTS,
    CLUSTER_FACTS,
    EXPECTED_FACTS,
    PROJECTION_FACTS,
    READOUT,
    SWAP_FACTS,
    TRAINING_FACTS,
    UNIT_FACTS,
    distance_array,
)
from stateline.pipeline.run.facts import (
    UNKNOWN_TRAINING,
    BaselineFacts,
    ExtractFacts,
    LayerFacts,
)
from stateline.pipeline.run.palette import class_colours
from stateline.pipeline.run.paths import REPORT, BuildPaths
from stateline.pipeline.run.tables import Inputs
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import ManifestDraft
from stateline.store.manifest.validation import validate_draft
from stateline.store.schema import MODEL, SCHEMA_VERSION, index_file, projection_id

PACKAGES = (
    "keras", "tensorflow", "numpy", "polars", "scikit-learn", "openTSNE", "umap-learn", "usearch",
    "fast_hdbscan",
)  # fmt: skip
STAGES = (
    "corpus", "train", "baseline", "extract", "expected", "distances", "words", "swaps",
    "units", "neighbours", "index",
)  # fmt: skip


def maps_of(extracted: ExtractFacts, methods: list[str]) -> list[tuple[str, str, str]]:
    """Return layer, state and method of every map of a run, in the order of the manifest."""
    return [
        (layer["id"], state, method)
        for layer in extracted["layers"]
        for state in layer["mapped"]
        for method in methods
    ]


def default_map(extracted: ExtractFacts, method: str) -> str:
    """Return the map that the app opens with: of the layer the head reads, else the first mapped.

    raises  StatelineError  no layer gets a map
    """
    maps = maps_of(extracted, [method])
    if not maps:
        raise StatelineError("LAYERS", "no layer gets a map", fix="Name one layer or more.")
    read = extracted["readout"]["layer"]
    return projection_id(*min(maps, key=lambda each: (each[0] != read, each[1] != "h")))


def feature_entries(inputs: Inputs) -> list[dict[str, object]]:
    """Return name, smallest and largest stored value of each feature; none for a text."""
    names = inputs.corpus["features"]
    if not names:
        return []
    values = inputs.documents("values")["values"]
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    for block in pieces(inputs.offsets, len(names)):
        part = values.slice(block.first, block.last - block.first).list.explode().to_numpy()
        low, high = np.minimum(low, part.min(axis=0)), np.maximum(high, part.max(axis=0))
    return [
        {"name": name, "low": float(least), "high": float(most)}
        for name, least, most in zip(names, low, high, strict=True)
    ]


def corpus_entry(inputs: Inputs) -> dict[str, Any]:
    """Return the manifest's corpus, with the colour and stored count of each class."""
    facts = inputs.corpus
    colours = class_colours(len(facts["classes"]))
    return {
        "name": facts["name"],
        "source": facts["source"],
        "kind": facts["kind"],
        "classes": [
            each | {"colour": colours[c], "stored": int((inputs.label == c).sum())}
            for c, each in enumerate(facts["classes"])
        ],
        "sizes": facts["sizes"] | {"stored": len(inputs.label)},
        "split": facts["split"],
        "truncation": facts["truncation"],
        "words": facts["words"],
        "html": facts["html"],
        "tokens": facts["tokens"],
        "tokenizer": facts.get("tokenizer"),
        "features": feature_entries(inputs),
        "picture": facts["picture"],
    }


def left_out(inputs: Inputs) -> dict[str, int | None]:
    """Return counts of what the stored run does not show of the corpus."""
    facts = inputs.corpus
    full = inputs.documents("length_full")["length_full"].cast(pl.Int64).to_numpy()
    cut = full - np.diff(inputs.offsets)
    test = facts["sizes"]["test"]
    assert test is not None  # of every corpus; only the other splits may be unknown
    return {
        "truncated_sequences": int((cut > 0).sum()),
        "truncated_words": int(cut.sum()),
        "unknown_steps": int(inputs.unknown_steps().sum()),
        "padding_steps": int(inputs.padding.sum()),
        "unstored_test_sequences": test - len(inputs.label),
        "blank_dropped": facts.get("blank_dropped", 0),
        "without_known_word": facts.get("without_known_word", 0),
        "in_training": facts.get("in_training"),
    }


def readout_entry(inputs: Inputs) -> dict[str, Any]:
    """Return the manifest's readout; weights and bias of a linear one only."""
    readout = inputs.extracted["readout"]
    weights = bias = None
    if readout["method"] == "linear":
        head = np.load(inputs.paths.need("extract", READOUT))
        weights, bias = head["weights"].tolist(), head["bias"].tolist()
    ends = inputs.corpus.get("ends") or {"side": None, "steps": None}
    padded = {"ends": ends["side"], "steps": ends["steps"]}
    return {**readout, **padded, "weights": weights, "bias": bias}


def layer_entry(inputs: Inputs, layer: LayerFacts) -> dict[str, Any]:
    """Return a layer's entry, with the largest distance of each state kind that has distances."""

    def largest(state: str) -> float:
        path = inputs.paths.need("distances", distance_array(layer["id"], state))
        return float(np.load(path)[~inputs.padding].max())

    kinds = [state for state in layer["states"] if state == "h" or state in layer["mapped"]]
    named = {key: value for key, value in layer.items() if key != "mapped"}
    index = inputs.paths.stage("index") / index_file(layer["id"])
    return named | {
        "max_distance": {state: largest(state) for state in kinds},
        "index": index.exists(),
        "unit_groups": inputs.paths.read_json("units", UNIT_FACTS)[layer["id"]],
    }


def has_model(inputs: Inputs) -> bool:
    """Return whether there is a model; otherwise arrays of its states were provided."""
    return inputs.paths.stage("train").joinpath(MODEL).exists()


def baseline_entry(inputs: Inputs) -> dict[str, Any]:
    """Return the baseline with the seconds of its stage; null where there is none."""
    facts: BaselineFacts = inputs.paths.read_json("baseline", BASELINE_FACTS)
    seconds = inputs.paths.read_json("baseline", REPORT)["seconds"]
    return {**facts, "seconds": None if facts["accuracy"] is None else seconds}


def model_entry(inputs: Inputs) -> dict[str, Any]:
    """Return the model and its training; null or empty where that is not known."""
    read = inputs.extracted["readout"]["layer"]
    layer = next(each for each in inputs.extracted["layers"] if each["id"] == read)
    return {
        "layers": [],
        "parameters": None,
        "rebuilt": None,
        **UNKNOWN_TRAINING,
        "cell": layer["class"],
        "units": layer["units"],
        **inputs.paths.read_json("train", TRAINING_FACTS),
        "baseline": baseline_entry(inputs),
        "file": MODEL if has_model(inputs) else None,
    }


def verified_entry(inputs: Inputs) -> dict[str, float | None]:
    """Return the measured errors; null for provided states, without a model to compare with."""
    extracted = inputs.extracted
    measured = inputs.paths.read_json("expected", EXPECTED_FACTS)["prediction_error"]
    return {
        "tolerance": extracted["tolerance"],
        "prediction_error": measured if has_model(inputs) else None,
        "batch_error": extracted["batch_error"],
        "alone_error": extracted["alone_error"],
    }


def stage_entry(paths: BuildPaths, stage: str) -> dict[str, Any]:
    """Return what a stage took, without what its report says for the next build."""
    report = paths.read_json(stage, REPORT)
    return {key: each for key, each in report.items() if key not in ("made", "inputs")}


def build_manifest(inputs: Inputs, methods: list[str], default: str) -> ManifestDraft:
    """Return the manifest of a run.

    methods  keys of the projections that were made
    default  the one that the app opens with
    """
    paths, extracted = inputs.paths, inputs.extracted
    projected = {m: paths.read_json(f"project-{m}", PROJECTION_FACTS) for m in methods}
    clustered = {m: paths.read_json(f"clusters-{m}", CLUSTER_FACTS) for m in methods}
    stages = [*STAGES, *(f"{stage}-{m}" for stage in ("project", "clusters") for m in methods)]
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "run": paths.run,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": corpus_entry(inputs),
        "model": model_entry(inputs),
        "readout": readout_entry(inputs),
        "layers": [layer_entry(inputs, layer) for layer in extracted["layers"]],
        "projections": [
            {
                "id": projection_id(layer, state, method),
                "layer": layer,
                "state": state,
                **projected[method][f"{layer}.{state}"],
                **clustered[method][f"{layer}.{state}"],
            }
            for layer, state, method in maps_of(extracted, methods)
        ],
        "default_projection": default_map(extracted, default),
        "left_out": left_out(inputs),
        "swap_test": paths.read_json("swaps", SWAP_FACTS),
        "verified": verified_entry(inputs),
        "stages": [stage_entry(paths, stage) for stage in stages],
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
    }
    return validate_draft(manifest, f"manifest of {paths.run}")
