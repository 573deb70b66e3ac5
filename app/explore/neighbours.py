"""The states of other sequences that are nearest to one, in the space of its layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from stateline.app.explore.indexes import INDEXES
from stateline.app.queries.context import BIN, Context, contexts
from stateline.app.queries.limits import MAX_NEIGHBOURS, NEAR, NEIGHBOUR_CONTEXT
from stateline.app.queries.parsing import parse_whole, unknown_value
from stateline.app.queries.state_kinds import StateKind, state_kind
from stateline.app.queries.states import length_of, state_blocks, states_of
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS

SAID = ("surface", "predicted", "confidence", BIN)  # of a neighbour and its context
FETCHED = 4  # times the states wanted are fetched from an index, then twice as many
MAX_FETCHED = 4_096
BLOCK = 2_048  # rows whose differences fit into a processor's own memory


def parse_count(text: str) -> int:
    """Return how many neighbours a query wants.

    raises  StatelineError  anything but 1 to MAX_NEIGHBOURS
    """
    expected = f"1 to {MAX_NEIGHBOURS}"
    number = parse_whole("k", text, MAX_NEIGHBOURS + 1, expected)
    if not number:
        raise unknown_value("k", expected, text)
    return number


def neighbours(
    run: Run, projection: str, sequence_id: int, step: int, count: int
) -> dict[str, Any]:
    """The nearest states of other sequences, one a sequence, with what the page says of each.

    projection  the map shown: it says which layer's states are compared, and where they lie
    count       of states wanted; where there are fewer other sequences, one of each
    returns     "exact", whether every state was compared or an index searched; "states" and
                "sequences" that were searched; "near", the share of the map's longer side up to
                which a state is near on the map; and "neighbours", nearest first
    """
    kind = state_kind(run, projection)
    row = int(run.offsets[sequence_id]) + step
    exact = kind.state != "h" or not run.layer(kind.layer).index
    find = _compared if exact else _looked_up
    rows, distances = find(run, kind, sequence_id, row, count)
    place = run.coordinates(projection)
    apart, nearer = on_map((place["x"], place["y"]), run.offsets, sequence_id, row, rows)
    return {
        "exact": exact,
        "states": run.states - length_of(run, sequence_id),
        "sequences": run.sequences.height - 1,
        "near": NEAR,
        "neighbours": [
            {
                "distance": round(float(distance), SENT_DIGITS),
                "apart": round(float(share), SENT_DIGITS),
                "nearer": int(others),
                "x": round(float(place["x"][found]), SENT_DIGITS),
                "y": round(float(place["y"][found]), SENT_DIGITS),
                **said,
            }
            for found, distance, share, others, said in zip(
                rows, distances, apart, nearer, _said(run, rows), strict=True
            )
        ],
    }


def _compared(
    run: Run, kind: StateKind, sequence_id: int, row: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and distances of the nearest, by comparing all states."""
    state = states_of(run, kind.layer, sequence_id, kind.state)[row - run.offsets[sequence_id]]
    far = np.empty(run.states, dtype=np.float32)
    for first, block in state_blocks(run, kind.layer, kind.state):
        far[first : first + len(block)] = distances_to(block, state)
    least = np.minimum.reduceat(far, run.offsets[:-1])
    least[sequence_id] = np.inf
    found = np.argsort(least, kind="stable")[: min(count, len(least) - 1)]
    starts, ends = run.offsets[found], run.offsets[found + 1]
    pairs = zip(starts, ends, strict=True)
    rows = np.array([start + far[start:end].argmin() for start, end in pairs], dtype=np.int64)
    return rows, least[found]


def distances_to(states: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Euclidean distance of every state from one, in units of the states.

    states   float32 (M, N)
    state    float32 (N,)
    returns  float32 (M,)
    """
    squares = np.empty(len(states), dtype=np.float32)
    for start in range(0, len(states), BLOCK):
        apart = states[start : start + BLOCK] - state
        np.einsum("ij,ij->i", apart, apart, out=squares[start : start + BLOCK])
    return np.sqrt(squares)


def _looked_up(
    run: Run, kind: StateKind, sequence_id: int, row: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and distances of the nearest that the layer's index finds.

    The index says which sequences come near; the states of these are then compared, so that
    each distance is the true one and each state the nearest of its sequence.
    """
    state = states_of(run, kind.layer, sequence_id)[row - run.offsets[sequence_id]]
    found = []
    with INDEXES.open(run, kind.layer) as index:
        others = _near_sequences(run, lambda fetched: index.search(state, fetched)[0],
                                 sequence_id, count)  # fmt: skip
    for other in others:
        far = distances_to(states_of(run, kind.layer, other), state)
        found.append((float(far.min()), int(run.offsets[other] + far.argmin())))
    found.sort()
    distances, rows = zip(*found, strict=True) if found else ((), ())
    return np.array(rows, dtype=np.int64), np.array(distances, dtype=np.float32)


def _near_sequences(
    run: Run, search: Callable[[int], np.ndarray], sequence_id: int, count: int
) -> list[int]:
    """Other sequences with a state near to one, at most `count`.

    Most of what is nearest is often the sequence itself, so more and more states are fetched.

    search  returns the rows of so many states, nearest first, int64
    """
    most = min(run.states, MAX_FETCHED)
    fetched = min(FETCHED * count, most)
    while True:
        owners = np.searchsorted(run.offsets, search(fetched), side="right") - 1
        others = list(dict.fromkeys(owners[owners != sequence_id].tolist()))
        if len(others) >= count or fetched == most:
            return others[:count]
        fetched = min(2 * fetched, most)


def on_map(
    place: tuple[np.ndarray, np.ndarray],
    offsets: np.ndarray,
    sequence_id: int,
    row: int,
    rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """How far some states are from one on the map, and how many other sequences come nearer.

    place        x and y, float32 (M,) each
    offsets      int64 (S + 1,)  first row of each sequence
    sequence_id  of the state in question, which is at `row`
    rows         int64 (k,)  of states of other sequences
    returns      share of the map's longer side, float32 (k,), and number of sequences, other than
                 that of the state in question, with a state nearer on the map, int64 (k,)
    """
    x, y = place
    side = max(np.ptp(x), np.ptp(y))
    far = np.hypot(x - x[row], y - y[row])
    least = np.minimum.reduceat(far, offsets[:-1])
    least[sequence_id] = np.inf
    nearer = np.searchsorted(np.sort(least), far[rows], side="left")
    return far[rows] / (side or 1), nearer


def _said(run: Run, rows: np.ndarray) -> list[dict[str, Any]]:
    """Return what the page shows of some states: sequence, words around, and answer of each."""
    return [_plain(run, near) for near in contexts(run, rows, rows, NEIGHBOUR_CONTEXT, SAID)]


def _plain(run: Run, near: Context) -> dict[str, Any]:
    before, (word,), after = near.parts(near.steps["surface"].to_list())
    answer = near.steps.row(near.first - near.start, named=True)
    return {
        "sequence": near.sequence,
        "step": near.first,
        "length": length_of(run, near.sequence),
        "before": before,
        "word": word,
        "after": after,
        "label": near.label,
        "classified": near.predicted,
        "predicted": answer["predicted"],
        "confidence": round(answer["confidence"], SENT_DIGITS),
        "bin": answer[BIN],
    }
