"""A generated run of any size, to measure what reading and checking cost.

States are random walks squashed into -1 to 1, so that they compress as badly as real ones;
all that follows from them is computed by the pipeline's own functions, block by block, and
the run passes the same check as a built one.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.distances import jumps
from pipeline.expected import (
    expected_prediction,
    flips_and_settle,
    readout_logits,
    step_differences,
    turning_steps,
)
from store import schema
from store.schema import Column, polars_schema
from store.writer import write_run

CLASSES = (("first", "#4477aa"), ("second", "#ee6677"))
LAYER, PROJECTION = "lstm", "lstm-pca"
SHORTEST, LONGEST = 50, 200
SEQUENCES_PER_BLOCK = 256
WORDS = 20_000
SEED = 0


def generated_run(store: Path, states: int, units: int) -> Path:
    """Write a binary run of that many states into a store and return its folder.

    states  M, rows of each table a row a step
    units   N
    """
    rng = np.random.default_rng(SEED)
    weights = rng.normal(0, 1 / np.sqrt(units), (1, units)).astype(np.float32)
    bias = np.array([0.1], dtype=np.float32)
    lengths = sequence_lengths(rng, states)
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store, prefix=".generated-") as folder:
        parts = Path(folder)
        sequences, trust = [], 0.0
        for number, block in enumerate(generated_blocks(rng, lengths, weights, bias)):
            sequences.append(block.pop(schema.SEQUENCES))
            trust += float(block[schema.projection_table(PROJECTION)]["trust"].sum())
            for name, frame in block.items():
                part = parts / name.removesuffix(".parquet") / f"{number:06d}.parquet"
                part.parent.mkdir(parents=True, exist_ok=True)
                frame.write_parquet(part, compression="uncompressed")
        table = pl.concat(sequences)
        tables = {
            name: pl.scan_parquet(parts / name.removesuffix(".parquet") / "*.parquet")
            for name in block
        }
        tables |= {schema.SEQUENCES: table, schema.VOCABULARY: vocabulary()}
        manifest = generated_manifest(table, weights, bias, trust / states)
        model = parts / schema.MODEL
        model.write_bytes(b"no model: generated to measure reading")
        return write_run(store, manifest, tables, {schema.MODEL: model})


def sequence_lengths(rng: np.random.Generator, states: int) -> np.ndarray:
    """Lengths that add up to `states`; the last is what is left."""
    lengths = rng.integers(SHORTEST, LONGEST, states // SHORTEST + 1, endpoint=True)
    ends = np.cumsum(lengths)
    count = int(np.searchsorted(ends, states)) + 1
    lengths = lengths[:count]
    lengths[-1] -= ends[count - 1] - states
    return lengths


def generated_blocks(
    rng: np.random.Generator, lengths: np.ndarray, weights: np.ndarray, bias: np.ndarray
) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of a few hundred sequences at a time."""
    for first in range(0, len(lengths), SEQUENCES_PER_BLOCK):
        some = lengths[first : first + SEQUENCES_PER_BLOCK]
        shape = (len(some), LONGEST, weights.shape[1])
        walks = np.cumsum(0.2 * rng.standard_normal(shape, dtype=np.float32), axis=1)
        c = walks[np.arange(LONGEST) < some[:, None]]
        yield block_tables(rng, first, some, c, weights, bias)


def block_tables(
    rng: np.random.Generator,
    first: int,
    lengths: np.ndarray,
    c: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
) -> dict[str, pl.DataFrame]:
    """All tables of a block of sequences.

    first    the number of its first sequence
    lengths  int64 (B,)
    c        float32 (M, N)  cell states
    """
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    starts, rows = offsets[:-1], int(offsets[-1])
    h = np.tanh(c)
    key = {
        "sequence_id": first + np.repeat(np.arange(len(lengths)), lengths),
        "t": np.arange(rows) - np.repeat(starts, lengths),
    }
    logit = readout_logits(h, weights, bias)
    ep = expected_prediction(logit)
    distance, visible, silent = jumps(h, offsets, weights)
    ids = rng.integers(schema.UNKNOWN_ID, WORDS, rows)
    words = pl.Series(token_names()).gather(ids)
    answers = {
        "token": words,
        "surface": words,
        "token_id": ids,
        "known": ids != schema.UNKNOWN_ID,
        "role": [None] * rows,
        "ep": ep,
        "logit": logit,
        "contribution": step_differences(logit, starts, bias),
        "predicted": ep.argmax(axis=1),
        "confidence": ep.max(axis=1),
        "distance": distance,
        "visible": visible,
        "silent": silent,
    }
    places = {"x": c[:, 0], "y": c[:, 1 % c.shape[1]], "trust": rng.integers(3, 16, rows) / 15}
    hidden = {"h": h, "distance": distance, "c": c}
    return {
        schema.SEQUENCES: sequences_table(rng, first, offsets, answers),
        schema.STEPS: frame(key | answers, schema.step_columns(2, 1)),
        schema.hidden_table(LAYER): frame(
            key | hidden, schema.hidden_columns(c.shape[1], ("h", "c"))
        ),
        schema.projection_table(PROJECTION): frame(key | places, schema.projection_columns()),
    }


def frame(columns: dict[str, object], wanted: tuple[Column, ...]) -> pl.DataFrame:
    """A table of the schema's columns; arrays (M, D) become vectors."""
    dtypes = polars_schema(wanted)
    vectors = {
        name: pl.Series(name, columns[name], dtype=dtype)
        for name, dtype in dtypes.items()
        if isinstance(dtype, pl.Array)
    }
    return pl.DataFrame({name: (columns | vectors)[name] for name in dtypes}).cast(dtypes)


def sequences_table(
    rng: np.random.Generator, first: int, offsets: np.ndarray, answers: dict
) -> pl.DataFrame:
    """A row a sequence; one in five is misclassified."""
    starts, lengths = offsets[:-1], np.diff(offsets)
    last = offsets[1:] - 1
    predicted = answers["predicted"][last]
    label = np.where(rng.random(len(starts)) < 0.2, 1 - predicted, predicted)
    flips, settle = flips_and_settle(answers["predicted"], offsets)
    longest = [answers["distance"][a:b].argmax() for a, b in zip(starts, offsets[1:], strict=True)]
    turning = pl.Series(turning_steps(answers["contribution"], label, predicted, offsets))
    numbers = first + np.arange(len(starts))
    texts = [
        " ".join(answers["token"][int(a) : int(b)])
        for a, b in zip(starts, offsets[1:], strict=True)
    ]
    return frame(
        {
            "sequence_id": numbers,
            "external_id": [f"generated-{number}" for number in numbers],
            "label": label,
            "predicted": predicted,
            "correct": label == predicted,
            "confidence": answers["confidence"][last],
            "length": lengths,
            "length_full": lengths,
            "unknown": np.add.reduceat((~answers["known"]).astype(np.int64), starts),
            "flips": flips,
            "settle_step": settle,
            "max_distance": answers["distance"][starts + longest],
            "max_distance_step": longest,
            "turning_step": turning.set(turning < 0, None),
            "text": texts,
        },
        schema.sequence_columns(),
    )


def token_names() -> list[str]:
    """One name a row of the embedding."""
    return ["[padding]", "[unknown]", *(f"word{number}" for number in range(2, WORDS))]


def vocabulary() -> pl.DataFrame:
    """The made-up words, each seen once a class."""
    columns = {
        "token_id": np.arange(WORDS),
        "token": token_names(),
        "count": np.full(WORDS, 2),
        "sequences": np.ones((WORDS, 2), dtype=np.uint32),
    }
    return frame(columns, schema.vocabulary_columns(2))


def binary_metrics(label: np.ndarray, predicted: np.ndarray) -> dict[str, object]:
    """What the manifest says of a binary classifier: label and predicted int (S,), 0 or 1."""
    confusion = np.zeros((2, 2), dtype=int)
    np.add.at(confusion, (label, predicted), 1)
    return {
        "test": len(label),
        "accuracy": float((label == predicted).mean()),
        "recall": (confusion.diagonal() / np.maximum(confusion.sum(axis=1), 1)).tolist(),
        "confusion": confusion.tolist(),
        "elementwise_accuracy": None,
    }


def generated_manifest(
    table: pl.DataFrame, weights: np.ndarray, bias: np.ndarray, mean_trust: float
) -> dict:
    """A manifest that says what the run is: generated, not trained."""
    units, states = weights.shape[1], int(table["length"].sum())
    metrics = binary_metrics(table["label"].to_numpy(), table["predicted"].to_numpy())
    stored = [sum(row) for row in metrics["confusion"]]
    sizes = {"train": 0, "validation": 0, "test": table.height, "stored": table.height}
    return {
        "schema_version": schema.SCHEMA_VERSION,
        "run": "generated",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": {
            "name": "Generated",
            "source": "random walks, to measure the store",
            "classes": [
                {"name": name, "colour": colour, "train": 0, "validation": 0,
                 "test": stored[index], "stored": stored[index]}
                for index, (name, colour) in enumerate(CLASSES)
            ],
            "sizes": sizes,
            "truncation": {"max_steps": LONGEST, "keep": "last"},
            "kind": "text",
            "tokens": {
                "padding": schema.RESERVED_ID, "unknown": schema.UNKNOWN_ID, "start": None,
            },
            "features": [],
            "picture": False,
        },
        "model": {
            "file": schema.MODEL, "layers": [], "cell": "LSTM", "units": units, "parameters": 0,
            "seed": SEED, "epochs": 0, "settings": {}, "history": [],
            "metrics": metrics,
        },
        "readout": {
            "layer": LAYER, "method": "linear", "activation": "sigmoid", "outputs": 1,
            "initial_logit": bias.tolist(), "weights": weights.tolist(), "bias": bias.tolist(),
        },
        "layers": [
            {"id": LAYER, "layer": LAYER, "class": "LSTM", "units": units,
             "direction": "forward", "states": ["h", "c"], "gates": [],
             "max_distance": {"h": table["max_distance"].max()}}
        ],
        "projections": [
            {"id": PROJECTION, "layer": LAYER, "state": "h", "method": "PCA", "settings": {},
             "seed": SEED, "seconds": 0.0, "fitted_states": states, "placed_states": 0,
             "trustworthiness": 0.0, "continuity": 0.0, "quality_sample": 0,
             "mean_trust": mean_trust}
        ],
        "default_projection": PROJECTION,
        "left_out": {
            "truncated_sequences": 0, "truncated_words": 0,
            "unknown_steps": int(table["unknown"].sum()), "unstored_test_sequences": 0,
        },
        "verified": {
            "tolerance": 1e-5, "prediction_error": 0.0, "batch_error": 0.0, "alone_error": None,
        },
        "stages": [],
        "versions": {},
    }  # fmt: skip
