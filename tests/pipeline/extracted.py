"""A build folder as the extract stage leaves it, small and of unequal sizes, without a model.

S = 5 sequences of 7 steps at the most, C = 4 classes; layer `lstm` of N = 3 units with cell
states and a gate, layer `bidirectional-backward` of 2 units.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import expected_prediction
from stateline.pipeline.run import artefacts
from stateline.pipeline.run.artefacts import state_array
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.schema import MODEL, polars_schema, vocabulary_columns

RUN = "small"
LENGTHS = np.array([7, 1, 4, 2, 6])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
SEQUENCES, ROWS, UNITS, CLASSES = len(LENGTHS), int(OFFSETS[-1]), 3, 4
FEATURES = ("height", "width")
WORDS = ("[padding]", "[unknown]", "bad", "dull", "good", "fine")
LAYERS = [
    {
        "id": "lstm",
        "layer": "lstm",
        "class": "LSTM",
        "units": UNITS,
        "direction": "forward",
        "states": ["h", "c"],
        "gates": ["input"],
        "mapped": ["h", "c"],
    },
    {
        "id": "bidirectional-backward",
        "layer": "bidirectional",
        "class": "GRU",
        "units": 2,
        "direction": "backward",
        "states": ["h"],
        "gates": [],
        "mapped": [],
    },
]


def write_extracted(build: Path, *, kind: str = "text", method: str = "linear") -> BuildPaths:
    """Write the folders corpus, train, extract and settings of a run.

    kind    text or series
    method  of the readout: linear, head, prefix or given
    """
    paths = BuildPaths(build, RUN)
    for stage in ("corpus", "train", "extract/states", "settings"):
        (paths.root / stage).mkdir(parents=True)
    rng = np.random.default_rng(7)
    write_corpus(paths, kind, rng)
    write_states(paths, method, rng)
    write_settings(paths, 50)
    write(paths.stage("train") / artefacts.TRAINING_FACTS, {"metrics": metrics(paths)})
    if method != "given":
        (paths.stage("train") / MODEL).write_bytes(b"a model")
    for stage in ("corpus", "train", "extract"):
        report = {"stage": stage, "seconds": 0, "rows": 0, "bytes": 0, "peak_memory_bytes": 0}
        write(paths.stage(stage) / "stage.json", report)
    return paths


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def write_settings(paths: BuildPaths, fit_states: int) -> None:
    """Settings of the stages after extract."""
    fit = {"fit_states": fit_states, "seed": 1}
    write(paths.settings("neighbours"), fit)
    write(paths.settings("swaps"), {"swap_words": 3, "swap_tested": 400, "seed": 1})
    write(paths.settings("units"), {"unit_groups": 8, "seed": 1})
    write(paths.settings("index"), {"index_states": 200_000, "seed": 1})
    write(paths.settings("project-pca"), fit)
    write(paths.settings("project-tsne"), fit | {"perplexity": 2.0, "tsne_iterations": 30})
    write(paths.settings("export"), {"projections": ["pca"], "default_projection": "pca"})


def write_corpus(paths: BuildPaths, kind: str, rng: np.random.Generator) -> None:
    """Two training sequences before the stored ones, which are those of the test split."""
    texts = [[str(word) for word in rng.choice(WORDS[2:], n)] for n in (3, 2, *LENGTHS)]
    texts[2][1] = "unseen"
    ids = [[WORDS.index(word) if word in WORDS else 1 for word in text] for text in texts]
    names = [[str(t) for t in range(len(text))] for text in texts]
    split = ["train", "validation"] + ["test"] * SEQUENCES
    columns = {
        "split": split,
        "external_id": [f"id-{row}" for row in range(len(split))],
        "label": pl.Series([0, 1, 2, 0, 3, 1, 1], dtype=pl.UInt16),
        "text": ["" if kind == "series" else " ".join(text) for text in texts],
        "surface": names if kind == "series" else texts,
        "role": pl.Series([None] * len(split), dtype=pl.List(pl.String)),
        "length_full": pl.Series([len(text) for text in texts], dtype=pl.UInt32),
    }
    if kind == "series":
        values = [rng.normal(size=(len(text), len(FEATURES))).tolist() for text in texts]
        inner = pl.Array(pl.Float32, len(FEATURES))
        columns["values"] = pl.Series(values, dtype=pl.List(inner))
    else:
        columns["ids"] = pl.Series(ids, dtype=pl.List(pl.UInt32))
        words = {"token_id": range(len(WORDS)), "token": WORDS}
        counts = {"count": [None] * len(WORDS), "sequences": [None] * len(WORDS)}
        pl.DataFrame(
            words | counts, schema=polars_schema(vocabulary_columns(CLASSES))
        ).write_parquet(paths.stage("corpus") / artefacts.VOCABULARY)
    pl.DataFrame(columns).write_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
    facts = {
        "name": "small",
        "source": "made by a test",
        "kind": kind,
        "classes": [
            {"name": name, "train": None, "validation": None, "test": test}
            for name, test in zip("abcd", (1, 2, 1, 1), strict=True)
        ],
        "sizes": {"train": None, "validation": None, "test": SEQUENCES},
        "split": {"origin": "unknown", "seed": None},
        "truncation": {"max_steps": None, "keep": None},
        "words": None,
        "html": None,
        "tokens": {"padding": None, "unknown": None, "start": None}
        if kind == "series"
        else {"padding": 0, "unknown": 1, "start": None},
        "features": list(FEATURES) if kind == "series" else [],
        "picture": False,
    }
    write(paths.stage("corpus") / artefacts.CORPUS_FACTS, facts)


def write_states(paths: BuildPaths, method: str, rng: np.random.Generator) -> None:
    """States, offsets, the readout and the model's predictions, which agree with it."""
    folder = paths.stage("extract")
    for layer in LAYERS:
        kinds = [*layer["states"], *(f"gate_{gate}" for gate in layer["gates"])]
        for kind in kinds:
            values = rng.uniform(0, 1, (ROWS, layer["units"])).astype(np.float32)
            np.save(folder / state_array(layer["id"], kind), values)
    h = np.load(folder / state_array("lstm", "h"))
    weights = rng.normal(size=(CLASSES, UNITS)).astype(np.float32)
    bias = rng.normal(size=CLASSES).astype(np.float32)
    logit = (h @ weights.T + bias).astype(np.float32)
    if method == "linear":
        np.savez(folder / artefacts.READOUT, weights=weights, bias=bias)
    else:
        logit = np.tanh(logit)
        np.save(folder / artefacts.LOGIT, logit)
    np.save(folder / artefacts.OFFSETS, OFFSETS)
    np.save(folder / artefacts.PADDING, np.zeros(ROWS, dtype=bool))
    np.save(folder / artefacts.PREDICTION, expected_prediction(logit[OFFSETS[1:] - 1]))
    initial = {"linear": bias, "head": np.tanh(bias)}.get(method, np.zeros(CLASSES))
    facts = {
        "layers": LAYERS,
        "readout": {
            "layer": "lstm",
            "method": method,
            "activation": "softmax",
            "outputs": CLASSES,
            "initial_logit": initial.tolist(),
        },
        "batch_error": None if method == "given" else 0.0,
        "alone_error": None if method == "given" else 0.0,
        "tolerance": 1e-5,
    }
    write(folder / artefacts.EXTRACT_FACTS, facts)


def metrics(paths: BuildPaths) -> dict[str, object]:
    """How well the stored sequences are classified, which are the whole test split."""
    table = pl.read_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
    label = table.filter(pl.col("split") == "test")["label"].to_numpy()
    predicted = np.load(paths.stage("extract") / artefacts.PREDICTION).argmax(axis=1)
    confusion = np.zeros((CLASSES, CLASSES), dtype=int)
    np.add.at(confusion, (label, predicted), 1)
    return {
        "test": SEQUENCES,
        "accuracy": float((label == predicted).mean()),
        "recall": [float(row[c] / row.sum()) for c, row in enumerate(confusion)],
        "confusion": confusion.tolist(),
        "elementwise_accuracy": None,
        "unseen_accuracy": None,
    }
