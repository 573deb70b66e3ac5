"""Generated runs of any size, to measure reading and checking.

States are random walks squashed into -1 to 1, so that they compress as badly as real ones; they
stand where the extract stage would have left a model's, and the stages do the rest.
"""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.build import run_stages
from stateline.pipeline.numerics.answers import expected_prediction, readout_logits
from stateline.pipeline.numerics.arrays import Float32Array, Int64Array, IntArray
from stateline.pipeline.numerics.metrics import classification_metrics
from stateline.pipeline.run.arrays import array_file
from stateline.pipeline.run.artefacts import (
    CORPUS_FACTS,
    EXTRACT_FACTS,
    OFFSETS,
    PADDING,
    PREDICTION,
    READOUT,
    SEQUENCES,
    TRAINING_FACTS,
    VOCABULARY,
    state_array,
)
from stateline.pipeline.run.facts import UNKNOWN_TRAINING
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import running
from stateline.store.schema import (
    RESERVED_ID,
    TOLERANCE,
    UNKNOWN_ID,
    polars_schema,
    vocabulary_columns,
)

RUN, LAYER = "generated", "lstm"
CLASSES = ("first", "second")
SHORTEST, LONGEST = 50, 200
SEQUENCES_PER_BLOCK = 256
FIT_STATES = 10_000
WORDS = 20_000
SEED = 0


def generated_run(store: Path, states: int, units: int) -> Path:
    """Write a binary run of that many states into a store and return its folder.

    states  M, rows of each table with one row per step
    units   N
    """
    rng = np.random.default_rng(SEED)
    lengths = sequence_lengths(rng, states)

    def prepare(paths: BuildPaths) -> None:
        with running(paths, "corpus") as stage:
            write_corpus(stage.folder, lengths, "random walks, to measure the store")
        with running(paths, "extract") as stage:
            prediction = write_states(stage.folder, rng, lengths, units)
        label = np.arange(len(lengths)) % len(CLASSES)
        training = {"layers": [], "parameters": None, **UNKNOWN_TRAINING}
        with running(paths, "train") as stage:
            metrics = classification_metrics(prediction, label, False)
            stage.write_json(TRAINING_FACTS, training | {"metrics": metrics})

    store.mkdir(parents=True, exist_ok=True)
    knobs = {"fit_states": FIT_STATES, "seed": SEED}
    with tempfile.TemporaryDirectory(dir=store, prefix=".generated-") as build:
        run_stages(store / RUN, build, ("pca",), knobs, len(lengths), [prepare])
    return store / RUN


def sequence_lengths(rng: np.random.Generator, states: int) -> Int64Array:
    """Return int64 (S,) random lengths that add up to `states`; the last one is the remainder."""
    lengths = rng.integers(SHORTEST, LONGEST, states // SHORTEST + 1, endpoint=True)
    ends = np.cumsum(lengths)
    count = int(np.searchsorted(ends, states)) + 1
    lengths = lengths[:count]
    lengths[-1] -= ends[count - 1] - states
    return lengths


def write_corpus(folder: Path, lengths: IntArray, source: str) -> None:
    """Write the files of the corpus stage: generated words, all sequences in the test split.

    lengths  int (S,)  the classes take turns
    """
    rng = np.random.default_rng(SEED)
    ids = pl.Series(rng.integers(UNKNOWN_ID, WORDS, int(lengths.sum()), dtype=np.uint32))
    label = np.arange(len(lengths)) % len(CLASSES)
    names = pl.Series(["[padding]", "[unknown]", *(f"word{each}" for each in range(2, WORDS))])
    sequence = np.repeat(np.arange(len(lengths)), lengths)
    steps = pl.DataFrame({"sequence": sequence, "ids": ids, "surface": names.gather(ids)})
    documents = steps.group_by("sequence", maintain_order=True).agg("ids", "surface")
    documents.select(
        pl.lit("test").alias("split"),
        pl.format("generated-{}", "sequence").alias("external_id"),
        pl.Series("label", label, dtype=pl.UInt16),
        pl.col("surface").list.join(" ").alias("text"),
        pl.lit(None, dtype=pl.List(pl.String)).alias("role"),
        "surface",
        pl.col("ids").list.len().alias("length_full"),
        "ids",
    ).write_parquet(folder / SEQUENCES)
    nothing = pl.DataFrame({"token_id": range(WORDS), "token": names, "count": None}).with_columns(
        sequences=None
    )
    nothing.cast(polars_schema(vocabulary_columns(len(CLASSES)))).write_parquet(folder / VOCABULARY)
    facts = {
        "name": "Generated",
        "source": source,
        "kind": "text",
        "classes": [
            {"name": name, "train": None, "validation": None, "test": int((label == c).sum())}
            for c, name in enumerate(CLASSES)
        ],
        "sizes": {"train": None, "validation": None, "test": len(lengths)},
        "split": {"origin": "unknown", "seed": None},
        "truncation": {"max_steps": None, "keep": None},
        "words": None,
        "html": None,
        "tokens": {"padding": RESERVED_ID, "unknown": UNKNOWN_ID, "start": None},
        "features": [],
        "picture": False,
    }
    (folder / CORPUS_FACTS).write_text(json.dumps(facts), encoding="utf-8")


def write_states(
    folder: Path, rng: np.random.Generator, lengths: IntArray, units: int
) -> Float32Array:
    """Write the files of the extract stage without a model: states h and c, a linear readout.

    returns  float32 (S, C) the readout's answers after the last steps
    """
    weights = rng.normal(0, 1 / np.sqrt(units), (1, units)).astype(np.float32)
    bias = np.array([0.1], dtype=np.float32)
    shape, last = (int(lengths.sum()), units), []
    (folder / "states").mkdir()
    with ExitStack() as files:
        write_h, write_c = (
            files.enter_context(array_file(folder / state_array(LAYER, kind), shape))
            for kind in ("h", "c")
        )
        for first in range(0, len(lengths), SEQUENCES_PER_BLOCK):
            some = lengths[first : first + SEQUENCES_PER_BLOCK]
            walk = rng.standard_normal((len(some), LONGEST, units), dtype=np.float32)
            c = np.cumsum(0.2 * walk, axis=1)[np.arange(LONGEST) < some[:, None]]
            h = np.tanh(c)
            write_h(h)
            write_c(c)
            last.append(h[np.cumsum(some) - 1])
    prediction = expected_prediction(readout_logits(np.concatenate(last), weights, bias))
    np.save(folder / OFFSETS, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))
    np.save(folder / PADDING, np.zeros(int(np.sum(lengths)), dtype=bool))
    np.save(folder / PREDICTION, prediction)
    np.savez(folder / READOUT, weights=weights, bias=bias)
    layer = {
        "id": LAYER, "layer": LAYER, "class": "LSTM", "units": units, "direction": "forward",
        "states": ["h", "c"], "gates": [], "mapped": ["h"],
    }  # fmt: skip
    readout = {
        "layer": LAYER, "method": "linear", "activation": "sigmoid", "outputs": 1,
        "initial_logit": bias.tolist(),
    }  # fmt: skip
    unmeasured = {"batch_error": None, "alone_error": None, "tolerance": TOLERANCE}
    facts = {"layers": [layer], "readout": readout} | unmeasured
    (folder / EXTRACT_FACTS).write_text(json.dumps(facts), encoding="utf-8")
    return prediction
