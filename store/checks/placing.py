"""Check of the places of states that a map was not fitted on, of a sample of them."""

from collections.abc import Iterator

import numpy as np

from stateline.store.blocks import Block, blocks
from stateline.store.checks.report import fail
from stateline.store.checks.rules import ROUNDING, format_numbers
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import PLACED_BY, hidden_table, projection_table
from stateline.store.table import SlicedTable

CHECKED = 256  # placed states at the most, evenly spaced: each is compared with all fitted ones
BLOCK_STEPS = 16_384
# Squared distances that are closer, relative to the size of the states, are as good as equal: the
# build compared in single precision.
TIE = 1e-5


def check_placing(run: Run, entry: Projection, places: SlicedTable) -> int:
    """Check that placed states lie at the median of their nearest fitted ones; return how many.

    A state is passed over where it is not certain which of two fitted ones is nearer. PCA places
    by a linear function, whose axes are not stored.

    places  table of the map
    raises  StatelineError  at the first state that lies elsewhere
    """
    if not entry.placed_states or entry.method == "PCA":
        return 0
    parts = (places.slice(each.start, each.stop, ["fitted"]) for each in steps_of(run))
    fitted = np.concatenate([part["fitted"].to_numpy() for part in parts])
    placed = np.flatnonzero(~fitted)
    rows = placed[:: -(-len(placed) // CHECKED)]
    near, certain = nearest_fitted(run, entry, rows, fitted)
    needed = np.unique(near)
    base = places.take(needed, ["x", "y"]).to_numpy()
    wanted = np.median(base[np.searchsorted(needed, near)], axis=1)
    place = places.take(rows, ["x", "y"]).to_numpy()
    off = np.abs(place - wanted).max(axis=1) > ROUNDING * (1 + np.abs(wanted).max(axis=1))
    wrong = np.flatnonzero(off & certain)
    if len(wrong):
        row, rule = rows[wrong[0]], "x, y the median of its nearest fitted states: "
        sequence = int(np.searchsorted(run.offsets, row, side="right")) - 1
        where = f"sequence {sequence}, t {row - run.offsets[sequence]} (row {row:,})"
        expected, got = (format_numbers(each[wrong[0]]) for each in (wanted, place))
        fail(run, projection_table(entry.id), where, rule + expected, got)
    return int(certain.sum())


def steps_of(run: Run) -> Iterator[Block]:
    """Yield the steps of a run in blocks."""
    return blocks(run.offsets, BLOCK_STEPS)


def nearest_fitted(
    run: Run, entry: Projection, rows: np.ndarray, fitted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the fitted states that are nearest to some others.

    rows     int64 (P,)
    fitted   bool (M,)
    returns  int64 (P, k)  rows of the nearest; bool (P,)  whether no other is as near
    """
    name = hidden_table(entry.layer)
    hidden = SlicedTable(run.folder / name, run.columns[name])

    def read(some: np.ndarray) -> np.ndarray:
        states: np.ndarray = hidden.take(some, [entry.state])[entry.state].to_numpy()
        return states.astype(np.float64)

    asked = read(rows)
    size = np.square(asked).sum(axis=1)
    # One more than the median is taken of: whether the last of them is as near as the next.
    kept = min(PLACED_BY + 1, int(fitted.sum()))
    square: np.ndarray = np.empty((len(rows), 0))
    number: np.ndarray = np.empty((len(rows), 0), dtype=np.int64)
    for block in steps_of(run):
        here = block.start + np.flatnonzero(fitted[block.start : block.stop])
        if not len(here):
            continue
        states = read(here)
        apart = size[:, None] + np.square(states).sum(axis=1) - 2 * asked @ states.T
        square = np.concatenate([square, apart], axis=1)
        number = np.concatenate([number, np.broadcast_to(here, apart.shape)], axis=1)
        order = np.argsort(square, axis=1, kind="stable")[:, :kept]
        square, number = (np.take_along_axis(each, order, axis=1) for each in (square, number))
    certain = np.ones(len(rows), dtype=bool)
    if kept > PLACED_BY:
        gap = square[:, PLACED_BY] - square[:, PLACED_BY - 1]
        certain = gap > TIE * (1 + size)
    return number[:, :PLACED_BY], certain
