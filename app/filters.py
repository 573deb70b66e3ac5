"""The filter bar: what each chip asks for, and which sequences and states pass all of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from polars.exceptions import ComputeError

from app.cache import CACHE
from app.queries import drawn_rows
from store.errors import StatelineError
from store.reader import Run

MOST_FILTERS = 20
MOST_CORNERS = 200  # of a lasso
LONGEST_SEARCH = 200
OF_TEXT = ("search", "regex")  # kinds that search the texts

Values = tuple[object, ...]


@dataclass(frozen=True)
class Filter:
    """One chip: a kind of KINDS and its values."""

    kind: str
    values: Values

    def plain(self) -> list:
        """As JSON for the page: kind, then the values."""
        return [self.kind, *self.values]


@dataclass(frozen=True)
class Passing:
    """What passes all filters.

    sequences  bool (S,)  sequences that hold a state that passes
    states     bool (M,)
    """

    sequences: np.ndarray
    states: np.ndarray


def parse_filters(run: Run, text: str) -> tuple[Filter, ...]:
    """The filters of an address or a request.

    text    JSON: a list of [kind, value, …]; "" for none
    raises  StatelineError  anything that is not a filter of this run, saying what would be one
    """
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list) or len(entries) > MOST_FILTERS:
        raise StatelineError(
            "filters",
            "not a list of filters",
            expected=f"JSON, at most {MOST_FILTERS} of {', '.join(KINDS)}",
            got=text[:80],
        )
    return tuple(_parse(run, entry) for entry in entries)


def _parse(run: Run, entry: object) -> Filter:
    known = isinstance(entry, list) and entry and isinstance(entry[0], str) and entry[0] in KINDS
    if known and entry[0] in OF_TEXT and run.kind == "series":
        raise StatelineError(
            "filters",
            "the sequences of this run are numeric series, with no text to search",
            expected=f"some of {', '.join(kind for kind in KINDS if kind not in OF_TEXT)}",
            got=json.dumps(entry)[:80],
        )
    if not known or not KINDS[entry[0]].fits(run, entry[1:]):
        raise StatelineError(
            "filters",
            "this run has no such filter",
            expected="; ".join(f"{name}: {kind.expected}" for name, kind in KINDS.items())
            if not known
            else f"{entry[0]}: {KINDS[entry[0]].expected}",
            got=json.dumps(entry)[:80],
        )
    return Filter(entry[0], tuple(entry[1:]))


def passing(run: Run, filters: tuple[Filter, ...]) -> Passing:
    """Sequences and states that pass every filter."""

    def make() -> Passing:
        sequences = np.ones(run.sequences.height, dtype=bool)
        states = None
        for each in filters:
            kind = KINDS[each.kind]
            if kind.sequences:
                sequences &= kind.sequences(run, each.values)
            else:
                found = kind.states(run, each.values)
                states = found if states is None else states & found
        every = np.repeat(sequences, np.diff(run.offsets))
        if states is None:
            return Passing(sequences, every)
        states &= every
        # No sequence is empty, so each has a first row to reduce from.
        holds = np.logical_or.reduceat(states, run.offsets[:-1]) if len(states) else sequences
        return Passing(sequences & holds, states)

    key = (run.name, run.checksum, "passing", json.dumps([each.plain() for each in filters]))
    return CACHE.get(key, make, lambda found: found.states.nbytes + found.sequences.nbytes)


def passing_bits(run: Run, filters: tuple[Filter, ...]) -> bytes:
    """Little-endian uint32 of sequences and of states that pass, then a bit a state drawn."""
    found = passing(run, filters)
    counts = np.array([found.sequences.sum(), found.states.sum()], dtype="<u4")
    bits = np.packbits(found.states[drawn_rows(run.states)], bitorder="little")
    return counts.tobytes() + bits.tobytes()


# What each kind asks of its values, and how it is answered.


def _is_class(run: Run, value: object) -> bool:
    return type(value) is int and 0 <= value < len(run.class_names)


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < 1e15  # JSON's NaN and Infinity are not


def _is_range(values: list) -> bool:
    return len(values) == 2 and all(map(_is_number, values)) and values[0] <= values[1]


def _is_place(run: Run, values: list, least: int, most: int) -> bool:
    """A projection of the run and coordinates in pairs."""
    return (
        len(values) % 2 == 1
        and least <= len(values) - 1 <= most
        and isinstance(values[0], str)
        and values[0] in run.projection_ids
        and all(map(_is_number, values[1:]))
    )


def _is_search(run: Run, values: list) -> bool:
    return len(values) == 1 and isinstance(values[0], str) and 0 < len(values[0]) <= LONGEST_SEARCH


def _is_pattern(run: Run, values: list) -> bool:
    if not _is_search(run, values):
        return False
    try:
        pl.Series([""]).str.contains(_pattern(values[0]))
    except ComputeError:
        return False
    return True


def _pattern(written: object) -> str:
    return f"(?i){written}"  # as the plain search, it ignores capitals


def _column(run: Run, name: str) -> np.ndarray:
    return run.sequences[name].to_numpy()


def _confident(run: Run, values: Values) -> np.ndarray:
    low, high = values
    # Text carries six digits of a confidence: a bound of 1 must not lose 0.9999999.
    shown = np.round(_column(run, "confidence").astype(np.float64), 6)
    return (shown >= low) & (shown <= high)


def _searched(run: Run, values: Values) -> np.ndarray:
    text = run.sequences["text"].str.to_lowercase()
    return text.str.contains(str(values[0]).lower(), literal=True).to_numpy()


def _matched(run: Run, values: Values) -> np.ndarray:
    # Polars' regular expressions take linear time, whatever the pattern.
    return run.sequences["text"].str.contains(_pattern(values[0])).to_numpy()


def _between_steps(run: Run, values: Values) -> np.ndarray:
    t = np.arange(run.states) - np.repeat(run.offsets[:-1], np.diff(run.offsets))
    return (t >= values[0]) & (t <= values[1])


def _in_box(run: Run, values: Values) -> np.ndarray:
    projection, left, bottom, right, top = values
    place = run.coordinates(projection)
    across = (place["x"] >= min(left, right)) & (place["x"] <= max(left, right))
    return across & (place["y"] >= min(bottom, top)) & (place["y"] <= max(bottom, top))


def _in_lasso(run: Run, values: Values) -> np.ndarray:
    place = run.coordinates(values[0])
    corners = np.array(values[1:], dtype=np.float64).reshape(-1, 2)
    return inside(place["x"], place["y"], corners)


def inside(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether points lie in a polygon, by the even-odd rule.

    x, y     float32 (M,)
    corners  float64 (P, 2)  the last is joined to the first
    returns  bool (M,)
    """
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    px, py = x[near].astype(np.float64), y[near].astype(np.float64)
    odd = np.zeros(len(near), dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay == by:
            continue  # A level edge is crossed by no level ray.
        crosses = (ay > py) != (by > py)
        odd ^= crosses & (px < (bx - ax) * (py - ay) / (by - ay) + ax)
    found = np.zeros(len(x), dtype=bool)
    found[near[odd]] = True
    return found


@dataclass(frozen=True)
class Kind:
    """What a kind of filter takes, and how sequences or else states answer it.

    expected   str  for the message where values do not fit
    """

    expected: str
    fits: Callable[[Run, list], bool]
    sequences: Callable[[Run, Values], np.ndarray] | None = None
    states: Callable[[Run, Values], np.ndarray] | None = None


KINDS = {
    "actual": Kind(
        "the number of a class",
        lambda run, values: len(values) == 1 and _is_class(run, values[0]),
        sequences=lambda run, values: _column(run, "label") == values[0],
    ),
    "predicted": Kind(
        "the number of a class",
        lambda run, values: len(values) == 1 and _is_class(run, values[0]),
        sequences=lambda run, values: _column(run, "predicted") == values[0],
    ),
    "correct": Kind(
        "true or false",
        lambda run, values: len(values) == 1 and isinstance(values[0], bool),
        sequences=lambda run, values: _column(run, "correct") == values[0],
    ),
    "confidence": Kind(
        "the least and the largest, 0 to 1",
        lambda run, values: _is_range(values),
        sequences=_confident,
    ),
    "search": Kind(f"1 to {LONGEST_SEARCH} characters", _is_search, sequences=_searched),
    "regex": Kind("a regular expression", _is_pattern, sequences=_matched),
    "steps": Kind(
        "the first and the last step",
        lambda run, values: _is_range(values),
        states=_between_steps,
    ),
    "box": Kind(
        "a projection, then left, bottom, right and top",
        lambda run, values: _is_place(run, values, 4, 4),
        states=_in_box,
    ),
    "lasso": Kind(
        f"a projection, then x and y of 3 to {MOST_CORNERS} corners",
        lambda run, values: _is_place(run, values, 6, 2 * MOST_CORNERS),
        states=_in_lasso,
    ),
}
