"""Stage export: all tables and the manifest into the store, checked, then swapped in."""

import argparse
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.artefacts import (
    CELL,
    COORDINATES,
    CORPUS_FACTS,
    DISTANCES,
    EXPECTED,
    EXPECTED_FACTS,
    EXTRACT_FACTS,
    HIDDEN,
    OFFSETS,
    PREDICTION,
    PROJECTION_FACTS,
    READOUT,
    SEQUENCES,
    TRAINING_FACTS,
    VOCABULARY,
)
from pipeline.palette import class_colours
from pipeline.stage import REPORT, BuildPaths, StageRun, running, say, stage_main
from pipeline.text import UNKNOWN_TOKEN
from store import schema
from store.schema import UNKNOWN_ID, polars_schema
from store.writer import write_run

STORE = Path("store/data")
PACKAGES = ("keras", "tensorflow", "numpy", "polars", "scikit-learn", "openTSNE", "umap-learn")


class Inputs:
    """What the stages before left for one run, loaded once.

    documents  stored sequences in order, a row each
    offsets    int64 (S + 1,) rows of each sequence in every step-grained array
    """

    def __init__(self, paths: BuildPaths) -> None:
        self.paths = paths
        self.offsets = np.load(paths.need("extract", OFFSETS))
        stored = len(self.offsets) - 1
        test = pl.scan_parquet(paths.need("corpus", SEQUENCES)).filter(pl.col("split") == "test")
        self.documents = test.head(stored).collect()
        self.vocabulary = pl.read_parquet(paths.need("corpus", VOCABULARY))
        self.prediction = np.load(paths.need("extract", PREDICTION))
        self.expected = np.load(paths.need("expected", EXPECTED))
        self.distances = np.load(paths.need("distances", DISTANCES))
        lengths = np.diff(self.offsets)
        self.key = {
            "sequence_id": np.repeat(np.arange(stored, dtype=np.uint32), lengths),
            "t": (np.arange(self.offsets[-1]) - np.repeat(self.offsets[:-1], lengths)).astype(
                np.uint32
            ),
        }


def sequences_table(inputs: Inputs) -> pl.DataFrame:
    """A row a sequence; predicted and confidence are the model's own."""
    documents, expected, distances = inputs.documents, inputs.expected, inputs.distances
    predicted = inputs.prediction.argmax(axis=1)
    label = documents["label"].to_numpy()
    turning = pl.Series(expected["turning_step"])
    return pl.DataFrame(
        {
            "sequence_id": np.arange(documents.height),
            "external_id": documents["external_id"],
            "label": label,
            "predicted": predicted,
            "correct": label == predicted,
            "confidence": inputs.prediction.max(axis=1),
            "length": np.diff(inputs.offsets),
            "length_full": documents["length_full"],
            "unknown": documents["ids"].list.eval(pl.element() == UNKNOWN_ID).list.sum(),
            "flips": expected["flips"],
            "settle_step": expected["settle_step"],
            "max_distance": distances["max_distance"],
            "max_distance_step": distances["max_distance_step"],
            "turning_step": turning.set(turning < 0, None),
            "text": documents["text"],
        }
    ).cast(polars_schema(schema.sequence_columns()))


def steps_table(inputs: Inputs) -> pl.DataFrame:
    """A row a step of the stored sequences."""
    documents, expected, distances = inputs.documents, inputs.expected, inputs.distances
    classes, outputs = expected["ep"].shape[1], expected["logit"].shape[1]
    ids = documents["ids"].list.explode()
    role = documents["role"].list.explode()
    if documents["role"].null_count() == documents.height:
        role = pl.repeat(None, len(ids), dtype=pl.String, eager=True)
    words = inputs.vocabulary["token"].gather(ids)
    columns = inputs.key | {
        "token": words.set(ids == UNKNOWN_ID, UNKNOWN_TOKEN),
        "surface": documents["surface"].list.explode(),
        "token_id": ids,
        "known": ids != UNKNOWN_ID,
        "role": role,
        "ep": expected["ep"],
        "logit": expected["logit"],
        "contribution": expected["contribution"],
        "predicted": expected["predicted"],
        "confidence": expected["confidence"],
        "distance": distances["distance"],
        "visible": distances["visible"],
        "silent": distances["silent"],
    }
    wanted = polars_schema(schema.step_columns(classes, outputs))
    return pl.DataFrame(
        {
            name: as_array(values) if name in ("ep", "logit", "contribution") else values
            for name, values in columns.items()
        }
    ).cast(wanted)


def as_array(values: np.ndarray) -> pl.Series:
    """A column of float32 vectors from an array (M, D)."""
    return pl.Series(values, dtype=pl.Array(pl.Float32, values.shape[1]))


def hidden_table(inputs: Inputs) -> pl.DataFrame:
    """A row a step with the states of the layer that the head reads."""
    folder = inputs.paths.stage("extract")
    h = np.load(folder / HIDDEN)
    columns = inputs.key | {"h": as_array(h), "distance": inputs.distances["distance"]}
    if (folder / CELL).exists():
        columns["c"] = as_array(np.load(folder / CELL))
    return pl.DataFrame(columns).cast(
        polars_schema(schema.hidden_columns(h.shape[1], "c" in columns))
    )


def projection_table(inputs: Inputs, method: str) -> pl.DataFrame:
    """A row a step with its place on one map."""
    made = np.load(inputs.paths.need(f"project-{method}", COORDINATES))
    places = made["places"]
    columns = inputs.key | {"x": places[:, 0], "y": places[:, 1], "trust": made["trust"]}
    return pl.DataFrame(columns).cast(polars_schema(schema.projection_columns()))


def corpus_entry(facts: dict, label: np.ndarray) -> dict:
    """The manifest's corpus: sources, classes with colours and counts, truncation."""
    colours = class_colours(len(facts["classes"]))
    return {
        "name": facts["name"],
        "source": facts["source"],
        "classes": [
            each | {"colour": colours[c], "stored": int((label == c).sum())}
            for c, each in enumerate(facts["classes"])
        ],
        "sizes": facts["sizes"] | {"stored": len(label)},
        "truncation": facts["truncation"],
    }


def left_out(inputs: Inputs, facts: dict) -> dict[str, int]:
    """What the stored run does not show of the corpus."""
    cut = inputs.documents["length_full"].cast(pl.Int64) - np.diff(inputs.offsets)
    return {
        "truncated_sequences": int((cut > 0).sum()),
        "truncated_words": int(cut.sum()),
        "unknown_steps": int((inputs.documents["ids"].list.explode() == UNKNOWN_ID).sum()),
        "unstored_test_sequences": facts["sizes"]["test"] - inputs.documents.height,
        "blank_dropped": facts["blank_dropped"],
        "without_known_word": facts["without_known_word"],
    }


def readout_entry(readout: dict, extracted: dict) -> dict:
    """The manifest's readout; the logit of the zero state is the bias."""
    return {
        "layer": extracted["layer"],
        "linear": True,
        "activation": extracted["activation"],
        "outputs": len(readout["bias"]),
        "initial_logit": readout["bias"].tolist(),
        "weights": readout["weights"].tolist(),
        "bias": readout["bias"].tolist(),
    }


def build_manifest(inputs: Inputs, methods: list[str], default: str) -> dict:
    """Everything that the store says of the run, but for its tables."""
    paths = inputs.paths
    facts = paths.read_json("corpus", CORPUS_FACTS)
    training = paths.read_json("train", TRAINING_FACTS)
    extracted = paths.read_json("extract", EXTRACT_FACTS)
    layer = extracted["layer"]
    projected = {m: paths.read_json(f"project-{m}", PROJECTION_FACTS) for m in methods}
    stages = ["corpus", "train", "extract", "expected", "distances", "neighbours"]
    reports = [paths.read_json(s, REPORT) for s in [*stages, *(f"project-{m}" for m in methods)]]
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "run": paths.run,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": corpus_entry(facts, inputs.documents["label"].to_numpy()),
        "model": training,
        "readout": readout_entry(dict(np.load(paths.need("extract", READOUT))), extracted),
        "layers": [
            {
                "id": layer,
                "class": training["cell"],
                "units": training["units"],
                "cell_state": paths.stage("extract").joinpath(CELL).exists(),
                "max_distance": float(inputs.distances["distance"].max()),
            }
        ],
        "projections": [
            {"id": f"{layer}-{method}", "layer": layer, "state": "h", **projected[method]}
            for method in methods
        ],
        "default_projection": f"{layer}-{default}",
        "left_out": left_out(inputs, facts),
        "verified": {
            "tolerance": extracted["tolerance"],
            "batch_error": extracted["batch_error"],
            "prediction_error": paths.read_json("expected", EXPECTED_FACTS)["prediction_error"],
        },
        "stages": reports,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
    }


def export(paths: BuildPaths, stage: StageRun, store: Path) -> None:
    """Write the run into the store; on any failure the run that was there stays."""
    settings = paths.read_settings("export")
    inputs = Inputs(paths)
    manifest = build_manifest(inputs, settings["projections"], settings["default_projection"])
    layer = manifest["layers"][0]["id"]
    tables = {
        schema.SEQUENCES: sequences_table(inputs),
        schema.STEPS: steps_table(inputs),
        schema.VOCABULARY: inputs.vocabulary,
        schema.hidden_table(layer): hidden_table(inputs),
    }
    for method in settings["projections"]:
        tables[schema.projection_table(f"{layer}-{method}")] = projection_table(inputs, method)
    model = paths.need("train", schema.MODEL)
    folder = write_run(store, manifest, tables, {schema.MODEL: model})
    stage.rows = int(inputs.offsets[-1])
    say(f"export: {folder}")


def work(paths: BuildPaths, given: argparse.Namespace) -> None:
    """Run the stage."""
    with running(paths, "export") as stage:
        export(paths, stage, given.store)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The stage's own option."""
    parser.add_argument(
        "--store", type=Path, default=STORE, help=f"folder of the built runs [{STORE}]"
    )


if __name__ == "__main__":
    stage_main(
        "export",
        work,
        reads="all stages before",
        writes="the run into the store",
        options=add_options,
    )
