"""Select and match: the units that are on over a span of steps, and where else they are.

After LSTMVis (Strobelt et al. 2018, "LSTMVis: a tool for visual analysis of hidden state dynamics
in recurrent neural networks").
"""

from dataclasses import dataclass

import numpy as np

from stateline.app.queries.context import contexts
from stateline.app.queries.limits import UNIT_CONTEXT
from stateline.app.queries.states import state_blocks, states_of
from stateline.app.units.queries import UnitSelection
from stateline.store.reader import Run

MAX_MATCHES = 50  # sent; the page says how many there are
LONGEST_SHOWN = 24  # steps of a match whose words are shown


@dataclass(frozen=True)
class Runs:
    """Maximal runs of steps at which all chosen units are on, in the order of the store.

    first, last  int64 (R,)  rows of the step-grained tables, both included
    others       int64 (R,)  units besides the chosen ones that are on at every step of the run
    """

    first: np.ndarray
    last: np.ndarray
    others: np.ndarray

    def but(self, row: int) -> "Runs":
        """All of them but the one that holds a row."""
        kept = (self.last < row) | (self.first > row)
        return self.only(kept)

    def only(self, kept: np.ndarray) -> "Runs":
        """Some of them, by their numbers or by a flag each."""
        return Runs(self.first[kept], self.last[kept], self.others[kept])

    def ranked(self, length: int) -> np.ndarray:
        """Their numbers, best first: closest in length, then fewest others, then by row."""
        away = np.abs(self.last - self.first + 1 - length)
        return np.lexsort((self.first, self.others, away))


def is_on(h: np.ndarray, threshold: float) -> np.ndarray:
    """Which values are on: at least the threshold, or at most it where it is below 0.

    h        float32 (..., N)
    returns  bool    (..., N)
    """
    level = np.float32(threshold)  # as exact as the states, so that 0.3 reaches 0.3
    return h >= level if threshold >= 0 else h <= level


def units_on(h: np.ndarray, first: int, last: int, threshold: float, edges: bool) -> np.ndarray:
    """Numbers of the units that are on at every step of a span.

    h            float32 (T, N)  states of one sequence
    first, last  steps of the span, both included
    edges        leave out units that are on just before the span or just after it; a span that
                 begins or ends with the sequence has nothing there
    returns      int64 (n,)
    """
    on = is_on(h, threshold)
    found = on[first : last + 1].all(axis=0)
    if edges:
        for beside in (first - 1, last + 1):
            if 0 <= beside < len(on):
                found &= ~on[beside]
    return np.flatnonzero(found)


def find_runs(on: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximal runs of true rows that do not cross from one sequence to the next.

    on       bool  (M,)
    offsets  int64 (S + 1,)  first row of each sequence, and the end
    returns  int64 (R,) first rows and (R,) last rows
    """
    begins = np.zeros(len(on) + 1, dtype=bool)
    begins[offsets] = True
    before, after = np.roll(on, 1), np.roll(on, -1)
    starts = on & (begins[:-1] | ~before)
    stops = on & (begins[1:] | ~after)
    return np.flatnonzero(starts), np.flatnonzero(stops)


def runs_of(run: Run, layer: str, units: np.ndarray, threshold: float) -> tuple[Runs, np.ndarray]:
    """Every run of the store at which all of some units are on, and at how many steps each is.

    units    int64 (n,)  numbers of the chosen units, at least one
    returns  the runs, and int64 (n,) steps of the whole store at which each unit is on
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
    first, last = find_runs(together, run.offsets)
    return Runs(first, last, _others(np.concatenate(bits), last - first + 1, len(units))), steps_on


def _others(bits: np.ndarray, lengths: np.ndarray, chosen: int) -> np.ndarray:
    """Units besides the chosen ones that are on throughout each run: int64 (R,).

    bits     uint8 (sum of lengths, N / 8)  a bit a unit
    lengths  int64 (R,)  steps of each run, which follow one another in `bits`
    """
    if not len(lengths):
        return np.zeros(0, dtype=np.int64)
    begins = np.cumsum(lengths) - lengths
    shared = np.bitwise_and.reduceat(bits, begins, axis=0)
    return np.bitwise_count(shared).sum(axis=1, dtype=np.int64) - chosen


def match(run: Run, chosen: UnitSelection) -> dict:
    """The units that are on over the chosen span, and the runs elsewhere where they are too.

    A match is a maximal run of steps of one sequence at which all the units are on. Those whose
    length is closest to that of the span come first, of these the ones with the fewest other
    units on throughout, then in the order of the store. The run that holds the span itself is
    none.

    chosen   with a span
    returns  "units" that are on, each with "unit", whether it is "used", and "share", of all
             steps the share at which it is on (null where it is not used);
             "total" of the matches and the first MAX_MATCHES of them
    """
    h = states_of(run, chosen.layer, chosen.sequence)
    on = units_on(h, chosen.first, chosen.last, chosen.threshold, chosen.edges)
    used = on[~np.isin(on, chosen.without)]
    shares = dict.fromkeys(on.tolist())
    if not len(used):
        return {"units": _listed(shares), "total": 0, "matches": []}
    runs, steps_on = runs_of(run, chosen.layer, used, chosen.threshold)
    shares |= dict(zip(used.tolist(), (steps_on / run.states).tolist(), strict=True))
    own = run.offsets[chosen.sequence] + chosen.first
    elsewhere = runs.but(own)
    best = elsewhere.ranked(chosen.last - chosen.first + 1)[:MAX_MATCHES]
    return {
        "units": _listed(shares),
        "total": len(elsewhere.first),
        "matches": _described(run, chosen, used, elsewhere.only(best)),
    }


def _listed(shares: dict[int, float | None]) -> list[dict]:
    return [
        {
            "unit": unit,
            "used": share is not None,
            "share": None if share is None else round(share, 6),
        }
        for unit, share in shares.items()
    ]


def _described(run: Run, chosen: UnitSelection, used: np.ndarray, runs: Runs) -> list[dict]:
    """Runs with the words around them, and at each word the share of the used units that is on.

    Of a run longer than LONGEST_SHOWN steps, the words of its beginning are shown.
    """
    shown = np.minimum(runs.last, runs.first + LONGEST_SHOWN - 1)
    found = []
    for number, near in enumerate(contexts(run, runs.first, shown, UNIT_CONTEXT, ("surface",))):
        h = states_of(run, chosen.layer, near.sequence)[near.shown][:, used]
        on = is_on(h, chosen.threshold)
        found.append(
            {
                "from": near.first,
                "to": near.first + int(runs.last[number] - runs.first[number]),
                "others": int(runs.others[number]),
                "on": np.round(on.mean(axis=1), 3).tolist(),
                **near.plain(),
            }
        )
    return found
