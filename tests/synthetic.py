"""A small run that holds together, made without a model: fixtures for every side of the house.

States are random walks, the readout is linear, and every other number follows from the two by
plain loops that restate the definitions. Nothing here is shared with the code under test.
"""

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from store import schema
from store.schema import polars_schema
from store.writer import write_run
from tests.synthetic_manifest import LAYER, synthetic_manifest

ROLES = {"not": "negation", "never": "negation", "but": "contrast", "very": "intensifier"}
WORDS = [
    *("the", "film", "was", "good", "bad", "dull", "bright", "not", "never", "but", "very"),
    *("story", "actors", "music", "ending", "slow", "quick", "a", "of", "and", "with", "we"),
    *("saw", "it", "market", "shares", "rose", "fell", "oil", "wheat", "bank", "trade", "price"),
    *("report", "said", "company", "year", "quarter", "profit", "loss", "warm", "cold"),
    *("clever", "simple", "long", "short", "old", "new", "first", "last"),
]
UNSEEN = ("quixotry", "zyzzyva", "floofy", "brobdingnag")


def synthetic_run(
    store: Path,
    name: str = "synthetic",
    sequences: int = 5,
    max_steps: int = 7,
    units: int = 3,
    classes: int = 4,
    outputs: int | None = None,
    seed: int = 0,
    projections: tuple[str, ...] = ("pca", "tsne"),
    default: str = "tsne",
    minimum_steps: int = 1,
) -> Path:
    """Write a run of random walks into a store and return its folder.

    outputs        K, the head's output units; None: one a class. 1 wants classes=2
    projections    of pca, tsne, umap; all but pca are a turned and shaken PCA
    minimum_steps  the shortest sequence; one sequence has max_steps
    """
    manifest, tables = synthetic_tables(
        name, sequences, max_steps, units, classes, outputs or classes, seed, projections, default,
        minimum_steps,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / schema.MODEL
        model.write_bytes(b"a model would be here")
        return write_run(store, manifest, tables, {schema.MODEL: model})


def synthetic_tables(
    name: str,
    sequences: int,
    max_steps: int,
    units: int,
    classes: int,
    outputs: int,
    seed: int,
    projections: tuple[str, ...],
    default: str,
    minimum_steps: int,
) -> tuple[dict, dict[str, pl.DataFrame]]:
    """The manifest (without its tables) and the tables of a run; see `synthetic_run`."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(minimum_steps, max_steps, sequences, endpoint=True)
    lengths[0] = max_steps
    if sequences > 2:
        lengths[2] = minimum_steps
    c = np.concatenate([random_walk(rng, length, units) for length in lengths])
    h = np.tanh(c).astype(np.float32)
    weights = rng.normal(0, 2, (outputs, units)).astype(np.float32)
    bias = rng.normal(0, 0.3, outputs).astype(np.float32)
    key = {
        "sequence_id": np.repeat(np.arange(sequences), lengths),
        "t": np.concatenate([np.arange(length) for length in lengths]),
    }
    answers = readout_columns(h, lengths, weights, bias)
    words = word_columns(rng, lengths)
    steps = frame(key | words | answers, schema.step_columns(classes, outputs))
    table = sequences_table(rng, steps, lengths, classes)
    tables = {
        schema.SEQUENCES: table,
        schema.STEPS: steps,
        schema.VOCABULARY: vocabulary_table(rng, classes),
        schema.hidden_table(LAYER): frame(
            key | {"h": h, "distance": answers["distance"], "c": c},
            schema.hidden_columns(units, cell_state=True),
        ),
    }
    for method in projections:
        tables[schema.projection_table(f"{LAYER}-{method}")] = frame(
            key | places(rng, h, method), schema.projection_columns()
        )
    manifest = synthetic_manifest(name, tables, weights, bias, max_steps, seed)
    manifest["default_projection"] = f"{LAYER}-{default}"
    return manifest, tables


def frame(columns: dict[str, object], wanted: tuple[schema.Column, ...]) -> pl.DataFrame:
    """A table of the schema's columns in the schema's order; (M, D) arrays become vectors."""
    dtypes = polars_schema(wanted)
    made = {}
    for column, dtype in dtypes.items():
        values = columns[column]
        if isinstance(values, np.ndarray) and values.ndim == 2:
            values = pl.Series(column, values.astype(np.float32), dtype=dtype)
        made[column] = values
    return pl.DataFrame(made).cast(dtypes)


def random_walk(rng: np.random.Generator, length: int, units: int) -> np.ndarray:
    """Cell states of one sequence, (T, N): small moves, and now and then a jump."""
    size = np.where(rng.random((length, 1)) < 0.12, 1.2, 0.25)
    return np.cumsum(rng.normal(0, 1, (length, units)) * size, axis=0).astype(np.float32)


def readout_columns(
    h: np.ndarray, lengths: np.ndarray, weights: np.ndarray, bias: np.ndarray
) -> dict[str, np.ndarray]:
    """What the readout answers after each step, and how far each step moved the state.

    h        float32 (M, N)
    weights  float32 (K, N)
    bias     float32 (K,)
    """
    logit = (h @ weights.T + bias).astype(np.float32)
    # One unit z is the pair of logits (0, z): the softmax of the pair is 1 - p, p.
    pair = np.column_stack([np.zeros(len(h)), logit[:, 0]]) if len(bias) == 1 else logit
    power = np.exp(pair.astype(np.float64) - pair.max(axis=1, keepdims=True))
    ep = (power / power.sum(axis=1, keepdims=True)).astype(np.float32)
    centred = weights.astype(np.float64)
    if len(bias) > 1:
        centred = centred - centred.mean(axis=0)
    # The rank of centred rows is one less: what rounding leaves of it is no direction.
    projector = np.linalg.pinv(centred, rcond=1e-9) @ centred
    contribution = np.empty_like(logit)
    moved = np.empty(h.shape)
    row = 0
    for length in lengths:
        state, answer = np.zeros(h.shape[1]), bias
        for _ in range(length):
            contribution[row] = logit[row] - answer
            moved[row] = h[row] - state
            state, answer = h[row].astype(np.float64), logit[row]
            row += 1
    seen = moved @ projector
    return {
        "ep": ep,
        "logit": logit,
        "contribution": contribution,
        "predicted": ep.argmax(axis=1),
        "confidence": ep.max(axis=1),
        "distance": np.linalg.norm(moved, axis=1),
        "visible": np.linalg.norm(seen, axis=1),
        "silent": np.linalg.norm(moved - seen, axis=1),
    }


def word_columns(rng: np.random.Generator, lengths: np.ndarray) -> dict[str, list]:
    """Tokens as the model reads them and as they were written; one in twelve is unknown."""
    token, surface, token_id, role = [], [], [], []
    for length in lengths:
        for t in range(length):
            word = str(rng.choice(WORDS))
            known = t == 0 or rng.random() > 1 / 12
            written = word if known else str(rng.choice(UNSEEN))
            token.append(word if known else "[unknown]")
            surface.append(written.capitalize() if t == 0 else written)
            token_id.append(WORDS.index(word) + 2 if known else schema.UNKNOWN_ID)
            role.append(ROLES.get(word) if known else None)
    known = [each != schema.UNKNOWN_ID for each in token_id]
    role = pl.Series(role, dtype=pl.String)
    return {"token": token, "surface": surface, "token_id": token_id, "known": known, "role": role}


def sequences_table(
    rng: np.random.Generator, steps: pl.DataFrame, lengths: np.ndarray, classes: int
) -> pl.DataFrame:
    """A row a sequence; the second is misclassified, the others mostly are not."""
    rows = []
    for sequence, group in enumerate(steps.partition_by("sequence_id", maintain_order=True)):
        predicted = group["predicted"].to_list()
        label = predicted[-1]
        if sequence == 1 or (sequence > 1 and rng.random() < 0.2):
            label = (label + int(rng.integers(1, classes))) % classes
        changes = [t for t in range(1, len(predicted)) if predicted[t] != predicted[t - 1]]
        distance = group["distance"].to_list()
        longest = distance.index(max(distance))
        # Every third text was longer than the model reads.
        cut = [str(rng.choice(WORDS)) for _ in range(3 if sequence % 3 == 0 else 0)]
        rows.append(
            {
                "sequence_id": sequence,
                "external_id": f"text-{sequence:04d}",
                "label": label,
                "predicted": predicted[-1],
                "correct": label == predicted[-1],
                "confidence": group["confidence"][-1],
                "length": len(predicted),
                "length_full": len(predicted) + len(cut),
                "unknown": group["known"].to_list().count(False),
                "flips": len(changes),
                "settle_step": changes[-1] if changes else 0,
                "max_distance": distance[longest],
                "max_distance_step": longest,
                "turning_step": turning_step(group, label, predicted[-1]),
                "text": " ".join(group["surface"].to_list() + cut) + ".",
            }
        )
    assert len(rows) == len(lengths)
    wanted = polars_schema(schema.sequence_columns())
    return pl.DataFrame(rows, schema_overrides=wanted).select(wanted.names())


def turning_step(group: pl.DataFrame, label: int, predicted: int) -> int | None:
    """The step at which the margin of the actual class falls most; None when it was right."""
    if label == predicted:
        return None
    falls = []
    for contribution in group["contribution"].to_list():
        each = [0.0, contribution[0]] if len(contribution) == 1 else contribution
        falls.append(float(np.float32(each[label]) - np.float32(each[predicted])))
    return falls.index(min(falls))


def vocabulary_table(rng: np.random.Generator, classes: int) -> pl.DataFrame:
    """Every word with counts by class; padding and unknown come first."""
    tokens = ["[padding]", "[unknown]", *WORDS]
    by_class = rng.integers(1, 40, (len(tokens), classes)).astype(np.uint32)
    by_class[0] = 0
    wanted = polars_schema(schema.vocabulary_columns(classes))
    return pl.DataFrame(
        {
            "token_id": range(len(tokens)),
            "token": tokens,
            "count": by_class.sum(axis=1) + 2,
            "sequences": pl.Series(by_class, dtype=wanted["sequences"]),
        }
    ).cast(wanted)


def places(rng: np.random.Generator, h: np.ndarray, method: str) -> dict[str, np.ndarray]:
    """Places of all states on a map, and trust in fifteenths."""
    centred = h - h.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    place = np.zeros((len(h), 2))
    place[:, : len(axes[:2])] = centred @ axes[:2].T
    if method != "pca":
        turn = np.array([[0.6, -0.8], [0.8, 0.6]])
        place = 12 * place @ turn + rng.normal(0, 0.4, place.shape)
    return {"x": place[:, 0], "y": place[:, 1], "trust": rng.integers(3, 16, len(h)) / 15}
