"""Labels along all trajectories: the words at, and before, a jump or a change of the answer."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from app.cache import CACHE
from app.filters import Passing
from app.queries import DIGITS, largest_distance
from store.errors import StatelineError
from store.reader import Run
from store.schema import STEPS

CAUSES = ("distance", "confidence", "class")
KINDS = tuple(f"{when}-{cause}" for cause in CAUSES for when in ("after", "before"))
MOST_LABELS = 5_000  # sent at once; the strongest, and the page says how many there are


@dataclass(frozen=True)
class Changes:
    """What every step changed.

    distance    float32 (M,)  share of the run's largest distance
    confidence  float32 (M,)  largest change of the expected prediction over classes; 0 at a
                              first step, which has none before it
    flip        bool (M,)     whether the most likely class changed
    first       bool (M,)     the first step of a sequence
    """

    distance: np.ndarray
    confidence: np.ndarray
    flip: np.ndarray
    first: np.ndarray

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(part.nbytes for part in vars(self).values())


def changes(run: Run) -> Changes:
    """Distance, change of confidence and change of class of every step of a run."""

    def make() -> Changes:
        steps = run.scan(STEPS).select("ep", "predicted", "distance").collect()
        ep, predicted = steps["ep"].to_numpy(), steps["predicted"].to_numpy()
        first = np.zeros(run.states, dtype=bool)
        first[run.offsets[:-1]] = True
        confidence = np.zeros(run.states, dtype=np.float32)
        confidence[1:] = np.abs(ep[1:] - ep[:-1]).max(axis=1)
        flip = np.zeros(run.states, dtype=bool)
        flip[1:] = predicted[1:] != predicted[:-1]
        confidence[first], flip[first] = 0, False
        distance = steps["distance"].to_numpy() / np.float32(largest_distance(run) or 1)
        return Changes(distance, confidence, flip, first)

    return CACHE.get((run.name, run.checksum, "changes"), make, lambda found: found.nbytes)


def labels(
    run: Run,
    projection: str,
    kinds: tuple[str, ...],
    distance: float,
    confidence: float,
    passing: Passing,
) -> dict:
    """The labels of all states that pass, for the map.

    kinds       some of KINDS: after a cause stands the word that caused it, before it the word
                before that one, each at its own state
    distance    least share of the run's largest distance
    confidence  least change of the expected prediction
    returns     "count" of all, and of the strongest MOST_LABELS "words", "x", "y" and "before"
    """
    found = changes(run)
    causes = {
        "distance": found.distance >= distance,
        "confidence": found.confidence >= confidence,
        "class": found.flip,
    }
    rows, before = [], []
    for when in ("after", "before"):
        chosen = [causes[cause] for cause in CAUSES if f"{when}-{cause}" in kinds]
        if not chosen:
            continue
        at = np.flatnonzero(np.logical_or.reduce(chosen) & ~found.first & passing.states)
        rows.append(at)
        before.append(np.full(len(at), when == "before"))
    row = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
    earlier = np.concatenate(before) if before else np.empty(0, dtype=bool)
    strength = np.maximum(found.distance[row], found.confidence[row])
    order = np.argsort(-strength, kind="stable")[:MOST_LABELS]
    at, earlier = row[order] - earlier[order], earlier[order]
    place = run.coordinates(projection)
    words = run.scan(STEPS).select(pl.col("surface").gather(at)).collect()["surface"]
    return {
        "count": len(row),
        "words": words.to_list(),
        "before": earlier.tolist(),
        **{
            axis: np.round(place[axis][at].astype(np.float64), DIGITS).tolist()
            for axis in ("x", "y")
        },
    }


def parse_kinds(text: str) -> tuple[str, ...]:
    """Kinds of labels, separated by commas; raises StatelineError that says which there are."""
    kinds = tuple(text.split(",")) if text else ()
    if len(kinds) > len(KINDS) or not set(kinds) <= set(KINDS):
        raise StatelineError(
            "labels", "no such labels", expected=f"some of {', '.join(KINDS)}", got=text[:80]
        )
    return kinds


def parse_share(name: str, text: str) -> float:
    """A threshold from 0 to 1; raises StatelineError otherwise."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:  # not-a-number is not
        raise StatelineError(name, "no such threshold", expected="0 to 1", got=text[:80])
    return share
