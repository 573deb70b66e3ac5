"""Occurrences of a word: each in its context, and its state on the map."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.app.figures.raster import pixel_place
from stateline.app.queries import contributions
from stateline.app.queries.context import BIN, Context, contexts
from stateline.app.queries.filters import Filter, passing
from stateline.app.queries.grid_query import check_block
from stateline.app.queries.parsing import parse_choice
from stateline.app.queries.run import THUMBNAIL, drawn_rows
from stateline.app.web.cache import CACHE
from stateline.app.words.queries import row_of
from stateline.store.reader import Run

AROUND = 8  # words of context on either side
EFFECT, READING = ORDERS = ("effect", "reading")
DIGITS = 4  # of numbers sent as text
COLUMNS = ("surface", BIN, "confidence")  # of a word and of those around it


@dataclass(frozen=True)
class Occurrences:
    """The n occurrences of a word, in the selected order.

    rows     int64   (n,)  row, among all steps, of the step at which it has just been read
    effects  float32 (n,)  contribution to the class less the mean over the others, summed over
                           the words of a phrase
    towards  that class
    size     number of words: 2 for a phrase
    """

    rows: np.ndarray
    effects: np.ndarray
    towards: int
    size: int


def parse_order(value: str) -> str:
    """Return one of ORDERS.

    raises  StatelineError  anything else
    """
    return parse_choice("order", value, ORDERS)


def occurrences(run: Run, word: str, towards: int | None, order: str) -> Occurrences:
    """Return all occurrences of a word of the run.

    towards  class that effects are towards; None for the one that the word pushes to most, so that
             their mean is the word's own effect
    order    one of ORDERS
    raises   StatelineError  the run has no such word
    """

    def make() -> Occurrences:
        rows = np.flatnonzero(passing(run, (Filter("word", (word,)),)).states)
        at = row_of(run, word)
        size, own = run.words["size"][at], run.words["towards"][at]
        class_ = own if towards is None else towards
        total = _effects(run, rows, size, class_)
        if order == EFFECT:
            # Stable: equal ones keep the order of the store.
            by = np.argsort(-total, kind="stable")
            rows, total = rows[by], total[by]
        return Occurrences(rows, total, class_, size)

    key = (run.name, run.checksum, "occurrences", word, towards, order)
    return CACHE.get(key, make, lambda found: 12 * len(found.rows))


def _effects(run: Run, rows: np.ndarray, size: int, towards: int) -> np.ndarray:
    """Return the effects of the words that end at some rows, summed over the steps of each.

    rows     int64 (n,)
    size     steps of a word or phrase
    returns  float32 (n,)
    """
    read = np.unique(rows[:, None] - np.arange(size))
    stored = run.steps_at(read, ["contribution"])["contribution"].to_numpy()
    moved = contributions.effect(stored, towards)
    total = moved[np.searchsorted(read, rows)]
    for back in range(1, size):
        total = total + moved[np.searchsorted(read, rows - back)]
    return total


def block(run: Run, found: Occurrences, start: int, end: int) -> dict[str, Any]:
    """Return occurrences start to end (exclusive) with the words around each, and their number.

    returns  "rows", each with sequence, step, effect, label, predicted, and the lists of words
             before, word and after; a word is [as written, bin of its expected prediction,
             confidence]. "count"; "towards", class of the effects, their "mean" and its standard
             "error", None where one sequence holds them all; "largest", the largest absolute effect
    raises   StatelineError  a block that is too large or ends before it begins
    """
    check_block(start, end)
    rows, moved = found.rows[start:end], found.effects[start:end].tolist()
    near = contexts(run, rows - found.size + 1, rows, AROUND, COLUMNS)
    effects = found.effects.astype(float)
    error = _clustered_error(effects, np.searchsorted(run.offsets, found.rows, side="right"))
    return {
        "rows": [_plain(each, value) for each, value in zip(near, moved, strict=True)],
        "count": len(found.rows),
        "towards": found.towards,
        "mean": round(float(effects.mean()), DIGITS),
        "error": None if error is None else round(error, DIGITS),
        "largest": round(float(np.abs(effects).max()), DIGITS),
    }


def _clustered_error(effects: np.ndarray, sequence: np.ndarray) -> float | None:
    """Return the standard error of a mean, clustered by sequence, as in the store.

    effects   float64 (n,)
    sequence  int64 (n,)
    """
    _, own = np.unique(sequence, return_inverse=True)
    off = np.bincount(own, effects - effects.mean())
    several = len(off)
    if several == 1:
        return None
    return float(np.sqrt((off**2).sum() * several / (several - 1)) / len(effects))


def _plain(near: Context, effect: float) -> dict[str, Any]:
    words = [
        [surface, shade, round(confidence, DIGITS)]
        for surface, shade, confidence in near.steps.iter_rows()
    ]
    before, word, after = near.parts(words)
    return {
        "sequence": near.sequence,
        "step": near.last,
        "effect": round(effect, DIGITS),
        "label": near.label,
        "predicted": near.predicted,
        "before": before,
        "word": word,
        "after": after,
    }


def places(run: Run, found: Occurrences) -> bytes:
    """Return where the states of all occurrences lie on the picture of the default projection.

    returns  little-endian float32: pixels from the left of each, in the order of `found`, then
             from the top of each, of a picture of the size THUMBNAIL, then the effects
    """
    place = run.coordinates(run.manifest.default_projection)
    drawn = drawn_rows(run.states)
    scale, left, top = pixel_place(place["x"][drawn], place["y"][drawn], *THUMBNAIL)
    across = left + scale * place["x"][found.rows].astype(float)
    down = top - scale * place["y"][found.rows].astype(float)
    return b"".join(values.astype("<f4").tobytes() for values in (across, down, found.effects))
