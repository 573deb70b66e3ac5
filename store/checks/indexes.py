"""Checks of the indexes of nearest states, by searches whose answers are known."""

import numpy as np

from stateline.store.checks.report import Report, fail
from stateline.store.index.search import OpenIndex
from stateline.store.reader import Run
from stateline.store.schema import hidden_table, index_file

# States that an index is tried on, and the nearest ones that it should find of each.
TRIED, NEAREST = 50, 10
# Share of them that it must find. Ours find more than nine tenths: what is below this is no graph
# of these states, whatever it holds.
MIN_RECALL = 0.8
# Squared distance of a state from itself, relative to its size: half precision has 11 bits.
ROUNDING = 1e-6
BLOCK_VALUES = 4_000_000  # numbers of the states that are compared at once


def check_indexes(run: Run, report: Report, seed: int = 0) -> None:
    """Check that every index holds its layer's states and finds the nearest of a seeded sample.

    raises  StatelineError  the file is no index, one of other states, or finds too few of the
                            nearest ones
    """
    for layer in run.layer_ids:
        if not run.layer(layer).index:
            continue
        index = OpenIndex(run, layer)
        try:
            share = check_index(run, layer, index, seed)
        finally:
            index.close()
        figure = f"{layer}, {run.states:,} states; finds {share:.0%} of the {NEAREST} nearest"
        report.add("index", figure)


def check_index(run: Run, layer: str, index: OpenIndex, seed: int) -> float:
    """Return the share of the nearest states of a sample that an index finds.

    raises  StatelineError  it holds other states, or finds too few
    """
    rows = np.random.default_rng(seed).choice(run.states, min(TRIED, run.states), replace=False)
    rows.sort()
    asked = states_at(run, layer, rows)
    for row, state in zip(rows.tolist(), asked, strict=True):
        check_state(run, layer, index, row, state)
    count = min(NEAREST, run.states)
    last = nearest_squares(run, layer, asked, count)[:, -1]
    found = [index.search(state, count)[0] for state in asked]
    there = np.unique(np.concatenate(found))
    states = states_at(run, layer, there).astype(np.float64)
    hits = 0
    for state, of_state, far in zip(asked, found, last, strict=True):
        away = np.square(states[np.searchsorted(there, np.unique(of_state))] - state).sum(axis=1)
        # Equal states are interchangeable: none may be farther than the last of the nearest.
        hits += int((away <= far * (1 + ROUNDING) + ROUNDING).sum())
    share = hits / (count * len(rows))
    if share < MIN_RECALL:
        expected = f"{MIN_RECALL:.0%} or more"
        fail(run, index_file(layer), f"finds too few of the {count} nearest states of {len(rows)}",
             expected, f"{share:.0%}")  # fmt: skip
    return share


def check_state(run: Run, layer: str, index: OpenIndex, row: int, state: np.ndarray) -> None:
    """Check that an index holds a state under its row's number, and finds it at no distance.

    state   float32 (N,)
    raises  StatelineError  it holds another one
    """
    kept = index.state(row)
    away = np.inf if kept is None else float(np.square(state - kept).sum())
    nearest = index.search(state, 1)[1]
    far = max(away, float(nearest[0]) if len(nearest) else np.inf)
    limit = ROUNDING * (1 + float(np.square(state, dtype=np.float64).sum()))
    if not far <= limit:
        place = f"holds another state than {hidden_table(layer)} in row {row:,}"
        expected = f"a squared distance of {limit:.1g} at the most"
        fail(run, index_file(layer), place, expected, f"{far:.3g}")


def states_at(run: Run, layer: str, rows: np.ndarray) -> np.ndarray:
    """Return some states of a layer by their rows.

    rows     int64 (n,)  each once, ascending
    returns  float32 (n, N)
    """
    states: np.ndarray = run.hidden_at(layer, rows)["h"].to_numpy()
    return states


def nearest_squares(run: Run, layer: str, asked: np.ndarray, count: int) -> np.ndarray:
    """Return the squared distances of the nearest states of some, by comparing all.

    asked    float32 (A, N)
    returns  float64 (A, count)  ascending
    """
    nearest = np.full((len(asked), count), np.inf)
    asked = asked.astype(np.float64)
    table = run.scan(hidden_table(layer)).select("h")
    step = max(1, BLOCK_VALUES // asked.shape[1])
    for first in range(0, run.states, step):
        states = table.slice(first, step).collect()["h"].to_numpy().astype(np.float64)
        squares = (
            np.square(asked).sum(axis=1)[:, None]
            - 2 * asked @ states.T
            + np.square(states).sum(axis=1)
        )
        both = np.concatenate([nearest, np.maximum(squares, 0)], axis=1)
        nearest = np.partition(both, count - 1, axis=1)[:, :count]
    return np.sort(nearest, axis=1)
