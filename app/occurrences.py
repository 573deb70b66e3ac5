"""Where a word was read: every occurrence in its context, and its state on the map."""

from dataclasses import dataclass

import numpy as np

from app.cache import CACHE
from app.figures.raster import pixel_place
from app.filters import Filter, passing
from app.grid import check_block
from app.queries import THUMBNAIL, drawn_rows, expected_bins
from app.words import contribution_towards
from store.errors import StatelineError
from store.reader import Run
from store.schema import STEPS

AROUND = 8  # words of context on either side
CONTRIBUTION, READING = ORDERS = ("contribution", "reading")
DIGITS = 4  # of numbers sent as text
CONTEXT = ("surface", "ep", "predicted", "confidence")


@dataclass(frozen=True)
class Occurrences:
    """All occurrences of a word, in the order asked for.

    rows           int64   (n,)  step at which it has just been read, among all steps
    sequences      int64   (n,)
    contributions  float32 (n,)  of it towards the chosen class, summed over a phrase
    size           words of it
    """

    rows: np.ndarray
    sequences: np.ndarray
    contributions: np.ndarray
    size: int


def parse_order(value: str) -> str:
    """By contribution, the largest first, or in the order of the store."""
    if value not in ORDERS:
        raise StatelineError(
            "order", "no such order", expected=f"one of {', '.join(ORDERS)}", got=value[:80]
        )
    return value


def occurrences(run: Run, word: str, towards: int, order: str) -> Occurrences:
    """All occurrences of a word of the run; `order` is one of ORDERS."""

    def make() -> Occurrences:
        rows = np.flatnonzero(passing(run, (Filter("word", (word,)),)).states)
        size = run.words["size"][run.words["phrase"].index_of(word)]
        moved = contribution_towards(_contributions(run), towards)
        total = sum(moved[rows - back] for back in range(size))
        if order == CONTRIBUTION:
            # Stable: equal ones stay as they were read.
            by = np.argsort(-total, kind="stable")
            rows, total = rows[by], total[by]
        sequences = np.searchsorted(run.offsets, rows, side="right") - 1
        return Occurrences(rows, sequences, total, size)

    key = (run.name, run.checksum, "occurrences", word, towards, order)
    return CACHE.get(key, make, lambda found: 20 * len(found.rows))


def _contributions(run: Run) -> np.ndarray:
    """float32 (M, K) of all steps."""
    return run.scan(STEPS).select("contribution").collect()["contribution"].to_numpy()


def block(run: Run, found: Occurrences, start: int, end: int) -> dict:
    """Occurrences start to end (exclusive) with the words around each, and how many there are.

    returns  "rows", each with sequence, step, contribution, label, predicted, and the lists of
             words before, word and after; a word is [as written, bin of its expected prediction,
             confidence]. "count"; "largest", the largest size of any contribution
    """
    check_block(start, end)
    rows, sequences = found.rows[start:end], found.sequences[start:end]
    first = run.offsets[sequences]
    begins = np.maximum(first, rows - found.size + 1 - AROUND)
    ends = np.minimum(run.offsets[sequences + 1], rows + 1 + AROUND)
    windows = _windows(run, begins, ends)
    facts = run.sequences[sequences].select("label", "predicted").to_dicts()
    listed = []
    for i, words in enumerate(windows):
        after = int(rows[i] - begins[i]) + 1
        listed.append(
            {
                "sequence": int(sequences[i]),
                "step": int(rows[i] - first[i]),
                "contribution": round(float(found.contributions[start + i]), DIGITS),
                **facts[i],
                "before": words[: after - found.size],
                "word": words[after - found.size : after],
                "after": words[after:],
            }
        )
    largest = float(np.abs(found.contributions).max(initial=0))
    return {"rows": listed, "count": len(found.rows), "largest": round(largest, DIGITS)}


def _windows(run: Run, begins: np.ndarray, ends: np.ndarray) -> list[list[list]]:
    """Words of the steps from each begin to its end (exclusive), each with bin and confidence."""
    if not len(begins):
        return []
    spans = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
    wanted = np.unique(np.concatenate(spans))
    steps = run.scan(STEPS).select(CONTEXT).collect()[wanted]
    words = [
        [surface, int(shade), round(confidence, DIGITS)]
        for surface, shade, confidence in zip(
            steps["surface"], expected_bins(steps, run), steps["confidence"], strict=True
        )
    ]
    at = np.searchsorted(wanted, begins)
    return [words[start : start + len(span)] for start, span in zip(at, spans, strict=True)]


def places(run: Run, found: Occurrences) -> bytes:
    """Where the states of all occurrences lie on the picture of the default projection.

    returns  little-endian float32 pixels from the left of each, in the order of `found`, then from
             the top of each, of a picture of the size queries.THUMBNAIL, then the contributions
    """
    place = run.coordinates(run.manifest["default_projection"])
    drawn = drawn_rows(run.states)
    scale, left, top = pixel_place(place["x"][drawn], place["y"][drawn], *THUMBNAIL)
    across = left + scale * place["x"][found.rows].astype(float)
    down = top - scale * place["y"][found.rows].astype(float)
    return b"".join(
        values.astype("<f4").tobytes() for values in (across, down, found.contributions)
    )
