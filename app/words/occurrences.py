"""Where a word was read: every occurrence in its context, and its state on the map."""

from dataclasses import dataclass

import numpy as np

from stateline.app.figures.raster import pixel_place
from stateline.app.queries import contributions
from stateline.app.queries.context import BIN, Context, contexts
from stateline.app.queries.filters import Filter, passing
from stateline.app.queries.grid_query import check_block
from stateline.app.queries.parsing import parse_choice
from stateline.app.queries.run import THUMBNAIL, drawn_rows
from stateline.app.web.cache import CACHE
from stateline.store.reader import Run

AROUND = 8  # words of context on either side
EFFECT, READING = ORDERS = ("effect", "reading")
DIGITS = 4  # of numbers sent as text
SAID = ("surface", BIN, "confidence")  # of a word and of those around it


@dataclass(frozen=True)
class Occurrences:
    """All occurrences of a word, in the order asked for.

    rows     int64   (n,)  step at which it has just been read, among all steps
    effects  float32 (n,)  of it there: contribution to the class less the mean over the others,
                           summed over a phrase
    towards  that class
    size     words of it
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
    """All occurrences of a word of the run.

    towards  class that effects are towards; None for the one that the word pushes to most, so that
             their mean is the word's own effect
    order    one of ORDERS
    """

    def make() -> Occurrences:
        rows = np.flatnonzero(passing(run, (Filter("word", (word,)),)).states)
        at = run.words["phrase"].index_of(word)
        size, own = run.words["size"][at], run.words["towards"][at]
        class_ = own if towards is None else towards
        total = _effects(run, rows, size, class_)
        if order == EFFECT:
            # Stable: equal ones stay as they were read.
            by = np.argsort(-total, kind="stable")
            rows, total = rows[by], total[by]
        return Occurrences(rows, total, class_, size)

    key = (run.name, run.checksum, "occurrences", word, towards, order)
    return CACHE.get(key, make, lambda found: 12 * len(found.rows))


def _effects(run: Run, rows: np.ndarray, size: int, towards: int) -> np.ndarray:
    """float32 (n,) of the words that end at some rows, summed over the steps of each."""
    read = np.unique(rows[:, None] - np.arange(size))
    stored = run.steps_at(read, ["contribution"])["contribution"].to_numpy()
    moved = contributions.effect(stored, towards)
    return sum(moved[np.searchsorted(read, rows - back)] for back in range(size))


def block(run: Run, found: Occurrences, start: int, end: int) -> dict:
    """Occurrences start to end (exclusive) with the words around each, and how many there are.

    returns  "rows", each with sequence, step, effect, label, predicted, and the lists of words
             before, word and after; a word is [as written, bin of its expected prediction,
             confidence]. "count"; "towards", class of the effects, their "mean" and its standard
             "error", None of a single one; "largest", the largest size of any
    """
    check_block(start, end)
    rows, moved = found.rows[start:end], found.effects[start:end].tolist()
    near = contexts(run, rows - found.size + 1, rows, AROUND, SAID)
    effects = found.effects.astype(float)
    # As the store has it: divided by n - 1.
    error = effects.std(ddof=1) / np.sqrt(len(effects)) if len(effects) > 1 else None
    return {
        "rows": [_plain(each, value) for each, value in zip(near, moved, strict=True)],
        "count": len(found.rows),
        "towards": found.towards,
        "mean": round(float(effects.mean()), DIGITS),
        "error": None if error is None else round(float(error), DIGITS),
        "largest": round(float(np.abs(effects).max()), DIGITS),
    }


def _plain(near: Context, effect: float) -> dict:
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
    """Where the states of all occurrences lie on the picture of the default projection.

    returns  little-endian float32 pixels from the left of each, in the order of `found`, then from
             the top of each, of a picture of the size queries.THUMBNAIL, then the effects
    """
    place = run.coordinates(run.manifest.default_projection)
    drawn = drawn_rows(run.states)
    scale, left, top = pixel_place(place["x"][drawn], place["y"][drawn], *THUMBNAIL)
    across = left + scale * place["x"][found.rows].astype(float)
    down = top - scale * place["y"][found.rows].astype(float)
    return b"".join(values.astype("<f4").tobytes() for values in (across, down, found.effects))
