"""Which rows are learned from and which are tested, and in what order the tested ones stand."""

import numpy as np

from stateline.pipeline.run.stage import say
from stateline.store.errors import StatelineError


def stratified_draw(
    label: np.ndarray, rows: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """A seeded share of some rows, the same of each class, one of each at the least.

    label    (S,)  class of every row
    rows     (R,)  row numbers to draw from
    returns  row numbers, at least one and never all of a class with two rows or more
    """
    drawn = []
    for cls in np.unique(label[rows]):
        own = rng.permutation(rows[label[rows] == cls])
        count = min(max(1, round(share * len(own))), len(own) - 1)
        drawn.append(own[:count])
    return np.sort(np.concatenate(drawn))


def complete_split(
    split: list[str | None], label: np.ndarray, settings: dict, where: str
) -> np.ndarray:
    """Each document's part: drawn by seed where the corpus does not say.

    split    S names or nulls (all or none)
    label    (S,) class
    returns  (S,) of str: train, validation, test
    """
    rng = np.random.default_rng(settings["seed"])
    rows = np.arange(len(label))
    parts = np.array(["train" if name is None else name for name in split], dtype=object)
    if all(name is None for name in split):
        parts[stratified_draw(label, rows, settings["test_share"], rng)] = "test"
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


def order_to_store(split: np.ndarray, label: np.ndarray, seed: int, drawn: bool) -> np.ndarray:
    """Rows in their order, those of the test split such that any first of them show all classes.

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
        say(
            "corpus: the test rows do not stand in random order; a seeded order mixes their classes"
        )
    rng = np.random.default_rng(seed)
    place = np.empty(len(rows))
    for cls in np.unique(label[rows]):
        own = np.flatnonzero(label[rows] == cls)
        place[rng.permutation(own)] = (np.arange(len(own)) + rng.random(len(own))) / len(own)
    order[rows] = rows[np.argsort(place)]
    return order


def is_mixed(label: np.ndarray) -> bool:
    """Whether classes come in the order of chance: no beginning holds √S too many of one.

    label   int (S,)  in one of a thousand shuffled orders of two classes the answer is no
    source  Kolmogorov's bound, 2 exp(-8) for two equal classes
    """
    row = np.arange(1, len(label) + 1)
    return all(
        np.abs(np.cumsum(label == cls) - row * (label == cls).mean()).max() <= np.sqrt(len(label))
        for cls in np.unique(label)
    )
