"""Labels along all trajectories: the words at, and before, a jump or a change of the answer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.filters import Passing
from stateline.app.queries.state_kinds import distance_shares, state_kind
from stateline.app.web.cache import CACHE
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS, STEPS

CAUSES = ("distance", "confidence", "class")
KINDS = tuple(f"{when}-{cause}" for cause in CAUSES for when in ("after", "before"))
MAX_LABELS = 5_000  # sent at once; the strongest, and the page says how many there are


@dataclass(frozen=True)
class Changes:
    """Change of the model's answer at every step.

    confidence  float32 (M,)  largest change of the expected prediction over classes; 0 at a
                              first step, which has none before it
    flip        bool (M,)     whether the most likely class changed
    """

    confidence: np.ndarray
    flip: np.ndarray

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(part.nbytes for part in vars(self).values())


@dataclass(frozen=True)
class Moves:
    """Change of state and answer at every step.

    share     float32 (M,)  distance as a share of the largest
    changed   of the answer
    offsets   int (N + 1,)  first row of each sequence, and the end
    backward  whether the layer read the steps from the end
    """

    share: np.ndarray
    changed: Changes
    offsets: np.ndarray
    backward: bool


def changes_of(ep: np.ndarray, predicted: np.ndarray, first: np.ndarray) -> Changes:
    """Return the change of the answer at every step.

    ep         float32 (M, C)  expected prediction
    predicted  int (M,)        most likely class
    first      int (N,)        rows of first steps
    """
    confidence = np.zeros(len(ep), dtype=np.float32)
    confidence[1:] = np.abs(ep[1:] - ep[:-1]).max(axis=1)
    flip = np.zeros(len(ep), dtype=bool)
    flip[1:] = predicted[1:] != predicted[:-1]
    confidence[first], flip[first] = 0, False
    return Changes(confidence, flip)


def changes(run: Run) -> Changes:
    """Change of confidence and change of class at every step of a run."""

    def make() -> Changes:
        steps = run.scan(STEPS).select("ep", "predicted").collect()
        return changes_of(steps["ep"].to_numpy(), steps["predicted"].to_numpy(), run.offsets[:-1])

    return CACHE.get((run.name, run.checksum, "changes"), make, lambda found: found.nbytes)


def labels(
    run: Run,
    projection: str,
    kinds: tuple[str, ...],
    distance: float,
    confidence: float,
    passing: Passing,
) -> dict[str, Any]:
    """Return the labels of all states that pass, for the map.

    kinds       some of KINDS: after a cause stands the word that caused it, before it the word
                before that one, each at its own state
    distance    least share of the largest distance of the states that the projection shows
    confidence  least change of the expected prediction
    returns     "count" of all, and of the strongest MAX_LABELS "words", "x", "y" and "before"
    """
    kind = state_kind(run, projection)
    moves = Moves(distance_shares(run, kind), changes(run), run.offsets, kind.backward)
    row, before = labelled(moves, kinds, distance, confidence, passing.states)
    return _written(run, projection, row[:MAX_LABELS], before[:MAX_LABELS], len(row))


def labelled(
    moves: Moves, kinds: tuple[str, ...], distance: float, confidence: float, passes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to label, the strongest change first, equal ones in the order of the rows.

    kinds, distance, confidence  as `labels` has them
    passes   bool (M,)   steps whose changes count
    returns  int64 (L,)  row of each label, and bool (L,), whether it is the step before the change
    """
    strength = np.maximum(moves.share, moves.changed.confidence)
    causes = _causes(moves, distance, confidence, passes)
    found = []
    for when in ("after", "before"):
        chosen = [causes[cause] for cause in CAUSES if f"{when}-{cause}" in kinds]
        # Of a word that two causes label, the stronger one counts.
        best = np.full(len(strength), -1, dtype=np.float32)
        for at, before in chosen:
            to = at + before if when == "before" else at
            best[to] = np.maximum(best[to], strength[at])
        found.append(best)
    rows = [np.flatnonzero(best >= 0) for best in found]
    row = np.concatenate(rows)
    earlier = np.arange(len(row)) >= len(rows[0])
    strongest = np.concatenate([best[at] for best, at in zip(found, rows, strict=True)])
    order = np.argsort(-strongest, kind="stable")
    return row[order], earlier[order]


def _causes(
    moves: Moves, distance: float, confidence: float, passes: np.ndarray
) -> dict[str, tuple[np.ndarray, int]]:
    """Rows of the words that caused something, by cause, and where the word before each stands.

    Answers change from word to word of the sequence. A layer that reads from the end was moved by
    a word after it had read the next one, and its first state is at the last word.
    """
    changed, starts, ends = moves.changed, moves.offsets[:-1], moves.offsets[1:] - 1
    rest = np.ones(len(passes), dtype=bool)
    rest[starts] = False
    read_before = np.ones(len(passes), dtype=bool)
    read_before[ends if moves.backward else starts] = False
    far = moves.share >= distance
    return {
        "distance": (np.flatnonzero(far & read_before & passes), 1 if moves.backward else -1),
        "confidence": (np.flatnonzero((changed.confidence >= confidence) & rest & passes), -1),
        "class": (np.flatnonzero(changed.flip & passes), -1),
    }


def _written(
    run: Run, projection: str, row: np.ndarray, earlier: np.ndarray, count: int
) -> dict[str, Any]:
    """Words and places of the rows labelled, as the page reads them."""
    place = run.coordinates(projection)
    words = run.scan(STEPS).select(pl.col("surface").gather(row)).collect()["surface"]
    return {
        "count": count,
        "words": words.to_list(),
        "before": earlier.tolist(),
        **{
            axis: np.round(place[axis][row].astype(np.float64), SENT_DIGITS).tolist()
            for axis in ("x", "y")
        },
    }


def parse_kinds(text: str) -> tuple[str, ...]:
    """Return kinds of labels, separated by commas.

    raises  StatelineError  an unknown kind, saying which there are
    """
    kinds = tuple(text.split(",")) if text else ()
    if len(kinds) > len(KINDS) or not set(kinds) <= set(KINDS):
        raise StatelineError(
            "labels", "no such labels", expected=f"some of {', '.join(KINDS)}", got=text[:80]
        )
    return kinds
