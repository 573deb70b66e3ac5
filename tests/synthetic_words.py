"""Input of a synthetic model: words or numbers, its vocabulary, the table of sequences."""

import numpy as np
import polars as pl

from stateline.store import schema
from stateline.store.schema import polars_schema
from tests.synthetic_shape import Shape

ROLES = {"not": "negation", "never": "negation", "but": "contrast", "very": "intensifier"}
WORDS = [
    *("the", "film", "was", "good", "bad", "dull", "bright", "not", "never", "but", "very"),
    *("story", "actors", "music", "ending", "slow", "quick", "a", "of", "and", "with", "we"),
    *("saw", "it", "market", "shares", "rose", "fell", "oil", "wheat", "bank", "trade", "price"),
    *("report", "said", "company", "year", "quarter", "profit", "loss", "warm", "cold"),
    *("clever", "simple", "long", "short", "old", "new", "first", "last"),
]
UNSEEN = ("quixotry", "zyzzyva", "floofy", "brobdingnag")


def vocabulary(tokens: dict[str, int | None]) -> list[str]:
    """Every word and every token with a meaning, each at its id.

    tokens  ids of padding, unknown and start, None where there is no such id
    """
    listed = list(WORDS)
    for name, id_ in sorted(tokens.items(), key=lambda each: each[1] or 0):
        if id_ is not None:
            listed.insert(id_, f"[{name}]")
    return listed


def word_columns(
    rng: np.random.Generator, lengths: np.ndarray, tokens: dict[str, int | None]
) -> dict[str, object]:
    """Tokens as the model reads them and as they were written; one in twelve is unknown."""
    listed, token, surface, role = vocabulary(tokens), [], [], []
    for length in lengths:
        for t in range(length):
            word = str(rng.choice(WORDS))
            known = t == 0 or rng.random() > 1 / 12
            written = word if known else str(rng.choice(UNSEEN))
            if tokens["start"] is not None and t == 0:
                word = written = "[start]"
            if tokens["unknown"] is None:
                known, written = True, word
            token.append(word if known else "[unknown]")
            surface.append(written.capitalize() if t == 0 else written)
            role.append(ROLES.get(word) if known else None)
    return {
        "token": token,
        "surface": surface,
        "token_id": [listed.index(each) for each in token],
        "known": [each != "[unknown]" for each in token],
        "padding": [False] * len(token),
        "role": pl.Series(role, dtype=pl.String),
    }


def place_words(
    columns: dict[str, object], contribution: np.ndarray, lengths: np.ndarray, shape: Shape
) -> dict[str, list]:
    """The columns with other words at the steps that push most, a twentieth of all.

    contribution  (M, K)
    """
    token, surface, token_id, known = (
        list(columns[name]) for name in ("token", "surface", "token_id", "known")
    )
    listed, firsts = vocabulary(shape.tokens), set(np.cumsum(lengths[:-1]).tolist()) | {0}
    order = np.argsort(-contribution[:, -1], kind="stable")
    rows = [row for row in order[: len(token) // 20].tolist() if row not in firsts]
    for number, row in enumerate(rows):
        phrase = shape.pushing[number % len(shape.pushing)].split()
        for at, word in zip(range(row, -1, -1), reversed(phrase), strict=False):
            if at not in firsts:
                token[at] = surface[at] = word
                token_id[at], known[at] = listed.index(word), True
    return {"token": token, "surface": surface, "token_id": token_id, "known": known}


def value_columns(
    rng: np.random.Generator, lengths: np.ndarray, features: int
) -> dict[str, object]:
    """Steps of a series: named by their number, with F values of very different sizes."""
    names = [str(t) for length in lengths for t in range(length)]
    sizes = 10.0 ** np.arange(features)
    return {
        "token": names,
        "surface": names,
        "token_id": [None] * len(names),
        "known": [True] * len(names),
        "padding": [False] * len(names),
        "role": pl.Series([None] * len(names), dtype=pl.String),
        "values": (rng.normal(0, 1, (len(names), features)) * sizes).astype(np.float32),
    }


def sequences_table(
    rng: np.random.Generator, steps: pl.DataFrame, classes: int, shape: Shape
) -> pl.DataFrame:
    """One row per sequence; the second is misclassified, the others mostly are not."""
    rows = []
    for sequence, group in enumerate(steps.partition_by("sequence_id", maintain_order=True)):
        predicted = group["predicted"].to_list()
        label = predicted[-1]
        if sequence == 1 or (sequence > 1 and rng.random() < 0.2):
            label = (label + int(rng.integers(1, classes))) % classes
        changes = [t for t in range(1, len(predicted)) if predicted[t] != predicted[t - 1]]
        distance = group["distance"].to_list()
        longest = distance.index(max(distance))
        # Every third sequence was longer than the model reads.
        cut = [str(rng.choice(WORDS)) for _ in range(3 if shape.cut and sequence % 3 == 0 else 0)]
        text = " ".join(group["surface"].to_list() + cut) + "."
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
                "padding": 0,
                "flips": len(changes),
                "settle_step": changes[-1] if changes else 0,
                "max_distance": distance[longest],
                "max_distance_step": longest,
                "turning_step": turning_step(group, label, predicted[-1]),
                "right_until": max(
                    (t for t, p in enumerate(predicted) if p == label), default=None
                ),
                "peak_label": max(ep[label] for ep in group["ep"].to_list()),
                "peak_confidence": max(group["confidence"].to_list()),
                "text": "" if shape.features else text,
            }
        )
    wanted = polars_schema(schema.sequence_columns())
    return pl.DataFrame(rows, schema_overrides=wanted).select(wanted.names())


def turning_step(group: pl.DataFrame, label: int, predicted: int) -> int | None:
    """The step at which the margin of the actual class falls most; None where it does not fall."""
    if label == predicted:
        return None
    falls = []
    for contribution in group["contribution"].to_list():
        each = [0.0, contribution[0]] if len(contribution) == 1 else contribution
        falls.append(float(np.float32(each[label]) - np.float32(each[predicted])))
    return falls.index(min(falls)) if min(falls) < 0 else None


def vocabulary_table(rng: np.random.Generator, classes: int, shape: Shape) -> pl.DataFrame:
    """Every word with counts by class, null where the training split is not known."""
    tokens = [] if shape.features else vocabulary(shape.tokens)
    by_class = rng.integers(1, 40, (len(tokens), classes)).astype(np.uint32)
    if shape.tokens["padding"] is not None:
        by_class[shape.tokens["padding"] : shape.tokens["padding"] + 1] = 0
    wanted = polars_schema(schema.vocabulary_columns(classes))
    made = pl.DataFrame(
        {
            "token_id": range(len(tokens)),
            "token": tokens,
            "count": by_class.sum(axis=1) + 2,
            "sequences": pl.Series(by_class, dtype=wanted["sequences"]),
        }
    ).cast(wanted)
    if shape.training:
        return made
    return made.with_columns(
        pl.lit(None, dtype=wanted[column]).alias(column) for column in ("count", "sequences")
    )
