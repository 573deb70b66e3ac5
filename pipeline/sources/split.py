"""Split of the documents, and the order in which test documents are stored."""

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, Int64Array, IntArray
from stateline.pipeline.run.facts import Settings
from stateline.pipeline.run.stage import say
from stateline.store.errors import StatelineError
from stateline.store.schema import DRAWN, PROVIDED, UNKNOWN_SPLIT


def split_entry(seed: int | None, known: bool = True) -> dict[str, str | int | None]:
    """Return how the split came about, for the manifest.

    seed   of a split that was drawn at random; None of one that the corpus provides
    known  the training sequences are
    """
    if not known:
        return {"origin": UNKNOWN_SPLIT, "seed": None}
    return {"origin": PROVIDED if seed is None else DRAWN, "seed": seed}


# Common names of the three parts of a split.
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
}


def stratified_draw(
    label: IntArray, rows: Int64Array, share: float, rng: np.random.Generator
) -> Int64Array:
    """Draw a seeded, stratified share of some rows, at least one of each class.

    label    int (S,)    class of every row
    rows     int64 (R,)  row numbers to draw from
    returns  int64 row numbers, at least one and never all of a class with two rows or more
    """
    drawn = []
    for cls in np.unique(label[rows]):
        own = rng.permutation(rows[label[rows] == cls])
        count = min(max(1, round(share * len(own))), len(own) - 1)
        drawn.append(own[:count])
    return np.sort(np.concatenate(drawn))


def complete_split(
    split: list[str | None], label: IntArray, settings: Settings, where: str
) -> AnyArray:
    """Return the part of each document: seeded where the corpus does not say.

    split    S names or nulls (all or none)
    label    int (S,)  class
    returns  object (S,) of str: train, validation, test
    raises   StatelineError  a part without a row, or too few rows to validate on
    """
    rng = np.random.default_rng(settings["seed"])
    rows = np.arange(len(label))
    parts = np.array(["train" if name is None else name for name in split], dtype=object)
    if all(name is None for name in split):
        parts[stratified_draw(label, rows, settings["test_share"], rng)] = "test"
        say(
            f"corpus: no SPLIT is named; {(parts == 'test').sum():,} of {len(parts):,} texts, "
            f"drawn at random (seed {settings['seed']}), are the test split"
        )
    for part in ("train", "test"):
        if not (parts == part).any():
            raise StatelineError(
                where, f"no row is in the {part} split", fix="Leave SPLIT= empty to draw one."
            )
    if not (parts == "validation").any():
        train = rows[parts == "train"]
        chosen = stratified_draw(label, train, settings["validation_share"], rng)
        if len(chosen) == 0:
            raise StatelineError(where, "too few training rows to validate on")
        parts[chosen] = "validation"
    return parts


def order_to_store(split: AnyArray, label: IntArray, seed: int, drawn: bool) -> Int64Array:
    """Return the order of the rows, with test rows mixed so that any first ones show all classes.

    Only the first test rows may be stored, and many files are sorted by class.

    split    (S,) of str
    label    int (S,)
    drawn    the split was drawn here; else a file's own test rows stay where they are mixed
    returns  int64 (S,)  a seeded, stratified order of the test rows at their places
    """
    order = np.arange(len(split))
    rows = np.flatnonzero(split == "test")
    if not drawn and is_mixed(label[rows]):
        return order
    if not drawn:
        say("corpus: the test rows are not in random order; a seeded order mixes their classes")
    rng = np.random.default_rng(seed)
    place = np.empty(len(rows))
    for cls in np.unique(label[rows]):
        own = np.flatnonzero(label[rows] == cls)
        place[rng.permutation(own)] = (np.arange(len(own)) + rng.random(len(own))) / len(own)
    order[rows] = rows[np.argsort(place)]
    return order


def is_mixed(label: IntArray) -> bool:
    """Return whether classes come in random order: no prefix holds √S too many of one.

    label   int (S,)  in one of a thousand shuffled orders of two classes the answer is no
    source  Kolmogorov's bound, 2 exp(-8) for two equal classes
    """
    row = np.arange(1, len(label) + 1)
    return all(
        np.abs(np.cumsum(label == cls) - row * (label == cls).mean()).max() <= np.sqrt(len(label))
        for cls in np.unique(label)
    )
