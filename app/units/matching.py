"""Select and match: the units that are on over a span of steps, and where else they are on.

source  Strobelt et al. 2018, "LSTMVis: a tool for visual analysis of hidden state dynamics in
        recurrent neural networks"
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.app.queries.context import contexts
from stateline.app.queries.limits import UNIT_CONTEXT
from stateline.app.queries.states import state_blocks, states_of
from stateline.app.units.queries import UnitSelection
from stateline.store.reader import Run

MAX_MATCHES = 50  # sent; the page says how many there are
LONGEST_SHOWN = 24  # steps of a match whose words are shown


@dataclass(frozen=True)
class Intervals:
    """R maximal intervals of steps at which all chosen units are on, in the order of the store.

    first, last  int64 (R,)  rows of the step-grained tables, both included
    others       int64 (R,)  other units that are on at every step of the interval
    """

    first: np.ndarray
    last: np.ndarray
    others: np.ndarray

    def but(self, row: int) -> "Intervals":
        """Return all intervals but the one that holds a row."""
        kept = (self.last < row) | (self.first > row)
        return self.only(kept)

    def only(self, kept: np.ndarray) -> "Intervals":
        """Return some intervals.

        kept  int64 (n,) their positions, or bool (R,)
        """
        return Intervals(self.first[kept], self.last[kept], self.others[kept])

    def ranked(self, length: int) -> np.ndarray:
        """Return the positions, best first: closest in length, then fewest others, then by row.

        length   steps of the span to match
        returns  int64 (R,)
        """
        away = np.abs(self.last - self.first + 1 - length)
        return np.lexsort((self.first, self.others, away))


def is_on(h: np.ndarray, threshold: float) -> np.ndarray:
    """Return which values are on: at least the threshold, or at most a negative threshold.

    h        float32 (..., N)
    returns  bool    (..., N)
    """
    level = np.float32(threshold)  # the precision of the states, so that 0.3 reaches 0.3
    return h >= level if threshold >= 0 else h <= level


def units_on(h: np.ndarray, first: int, last: int, threshold: float, edges: bool) -> np.ndarray:
    """Return the indices of the units that are on at every step of a span.

    h            float32 (T, N)  states of one sequence
    first, last  steps of the span, both included
    edges        whether to leave out units that are on just before or just after the span; no
                 step lies beyond the ends of the sequence
    returns      int64 (n,)
    """
    on = is_on(h, threshold)
    found = on[first : last + 1].all(axis=0)
    if edges:
        for beside in (first - 1, last + 1):
            if 0 <= beside < len(on):
                found &= ~on[beside]
    return np.flatnonzero(found)


def true_intervals(on: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the maximal intervals of true rows, each within one sequence.

    on       bool  (M,)
    offsets  int64 (S + 1,)  first row of each sequence, and the end
    returns  int64 (R,) first rows and int64 (R,) last rows
    """
    begins = np.zeros(len(on) + 1, dtype=bool)
    begins[offsets] = True
    before, after = np.roll(on, 1), np.roll(on, -1)
    starts = on & (begins[:-1] | ~before)
    stops = on & (begins[1:] | ~after)
    return np.flatnonzero(starts), np.flatnonzero(stops)


def find_intervals(
    run: Run, layer: str, units: np.ndarray, threshold: float
) -> tuple[Intervals, np.ndarray]:
    """Return all intervals of the run in which all chosen units are on.

    units    int64 (n,)  indices of the chosen units, at least one
    returns  the intervals, and int64 (n,) steps of the whole run at which each unit is on
    """
    together = np.empty(run.states, dtype=bool)
    steps_on = np.zeros(len(units), dtype=np.int64)
    bits = []  # of all units, at the steps where the chosen ones are on together
    for start, h in state_blocks(run, layer):
        chosen = is_on(h[:, units], threshold)
        steps_on += chosen.sum(axis=0)
        here = chosen.all(axis=1)
        together[start : start + len(h)] = here
        bits.append(np.packbits(is_on(h[here], threshold), axis=1))
    first, last = true_intervals(together, run.offsets)
    others = _others(np.concatenate(bits), last - first + 1, len(units))
    return Intervals(first, last, others), steps_on


def _others(bits: np.ndarray, lengths: np.ndarray, chosen: int) -> np.ndarray:
    """Count the units besides the chosen ones that are on throughout each interval.

    bits     uint8 (sum of lengths, ceil(N / 8))  a bit a unit
    lengths  int64 (R,)  steps of each interval; they follow one another in `bits`
    chosen   number of chosen units
    returns  int64 (R,)
    """
    if not len(lengths):
        return np.zeros(0, dtype=np.int64)
    begins = np.cumsum(lengths) - lengths
    shared = np.bitwise_and.reduceat(bits, begins, axis=0)
    units: np.ndarray = np.bitwise_count(shared).sum(axis=1, dtype=np.int64)
    return units - chosen


def match(run: Run, chosen: UnitSelection) -> dict[str, Any]:
    """Return the units that are on over the chosen span, and where else they are on together.

    A match is a maximal interval of steps of one sequence at which all the units are on. Matches
    closest in length to the span come first, of these the ones with the fewest other units on
    throughout, then in the order of the store. The interval that holds the span is no match.

    chosen   selection with a span
    returns  "units" that are on, each with "unit", whether it is "used", and "share", of all
             steps the share at which it is on (null where it is not used);
             "total", the number of matches; "matches", the first MAX_MATCHES
    raises   StatelineError  the selection has no span
    """
    first, last = chosen.span()
    h = states_of(run, chosen.layer, chosen.sequence)
    on = units_on(h, first, last, chosen.threshold, chosen.edges)
    used = on[~np.isin(on, chosen.without)]
    shares: dict[int, float | None] = dict.fromkeys(on.tolist())
    if not len(used):
        return {"units": _listed(shares), "total": 0, "matches": []}
    intervals, steps_on = find_intervals(run, chosen.layer, used, chosen.threshold)
    shares |= dict(zip(used.tolist(), (steps_on / run.states).tolist(), strict=True))
    elsewhere = intervals.but(run.offsets[chosen.sequence] + first)
    best = elsewhere.ranked(last - first + 1)[:MAX_MATCHES]
    return {
        "units": _listed(shares),
        "total": len(elsewhere.first),
        "matches": _described(run, chosen, used, elsewhere.only(best)),
    }


def _listed(shares: dict[int, float | None]) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit,
            "used": share is not None,
            "share": None if share is None else round(share, 6),
        }
        for unit, share in shares.items()
    ]


def _described(
    run: Run, chosen: UnitSelection, used: np.ndarray, intervals: Intervals
) -> list[dict[str, Any]]:
    """Return intervals with the words around them, and the share of the used units on at each.

    Of an interval longer than LONGEST_SHOWN steps, only the first words are shown.
    used  int64 (n,)  indices of units
    """
    shown = np.minimum(intervals.last, intervals.first + LONGEST_SHOWN - 1)
    found = []
    around = contexts(run, intervals.first, shown, UNIT_CONTEXT, ("surface",))
    for number, near in enumerate(around):
        h = states_of(run, chosen.layer, near.sequence)[near.shown][:, used]
        on = is_on(h, chosen.threshold)
        found.append(
            {
                "from": near.first,
                "to": near.first + int(intervals.last[number] - intervals.first[number]),
                "others": int(intervals.others[number]),
                "on": np.round(on.mean(axis=1), 3).tolist(),
                **near.plain(),
            }
        )
    return found
