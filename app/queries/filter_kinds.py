"""The kinds of filters: which values each takes, and which sequences or states pass it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from polars.exceptions import ComputeError

from stateline.app.queries.confidence import counted
from stateline.store.reader import Run
from stateline.store.schema import CLUSTER_LEVELS, STEPS

MAX_CORNERS = 200  # of a lasso
LONGEST_SEARCH = 200
LONGEST_PHRASE = 200
OF_TEXT = ("search", "regex", "word")  # kinds that need words

Values = tuple[Any, ...]  # of a chip, which `fits` of its kind has checked


def _is_class(run: Run, value: object) -> bool:
    return type(value) is int and 0 <= value < len(run.class_names)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < 1e15  # JSON's NaN and Infinity are not


def _is_range(values: list[Any]) -> bool:
    return len(values) == 2 and all(map(_is_number, values)) and values[0] <= values[1]


def _is_place(run: Run, values: list[Any], least: int, most: int) -> bool:
    """A projection of the run and coordinates in pairs."""
    return (
        len(values) % 2 == 1
        and least <= len(values) - 1 <= most
        and isinstance(values[0], str)
        and values[0] in run.projection_ids
        and all(map(_is_number, values[1:]))
    )


def _is_search(run: Run, values: list[Any]) -> bool:
    return len(values) == 1 and isinstance(values[0], str) and 0 < len(values[0]) <= LONGEST_SEARCH


def _is_pattern(run: Run, values: list[Any]) -> bool:
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
    return _between(counted(_column(run, "confidence")), *values)


def _searched(run: Run, values: Values) -> np.ndarray:
    text = run.sequences["text"].str.to_lowercase()
    return text.str.contains(str(values[0]).lower(), literal=True).to_numpy()


def _matched(run: Run, values: Values) -> np.ndarray:
    # Polars' regular expressions take linear time, whatever the pattern.
    return run.sequences["text"].str.contains(_pattern(values[0])).to_numpy()


def _between_steps(run: Run, values: Values) -> np.ndarray:
    t = np.arange(run.states) - np.repeat(run.offsets[:-1], np.diff(run.offsets))
    return _between(t, *values)


def _between(found: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return whether each number is in a range, both ends included: bool, of the same shape."""
    inside: np.ndarray = (found >= low) & (found <= high)
    return inside


def _in_box(run: Run, values: Values) -> np.ndarray:
    projection, left, bottom, right, top = values
    place = run.coordinates(projection)
    across = _between(place["x"], min(left, right), max(left, right))
    found: np.ndarray = across & _between(place["y"], min(bottom, top), max(bottom, top))
    return found


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


def _is_phrase(run: Run, values: list[Any]) -> bool:
    return (
        len(values) == 1
        and isinstance(values[0], str)
        and 0 < len(values[0].strip()) <= LONGEST_PHRASE
    )


def _has_read(run: Run, values: Values) -> np.ndarray:
    """States that have just read a token, or the second of two tokens that follow each other.

    Written as in the run's tokens; where no token is, in whatever case.
    """
    phrase = " ".join(str(values[0]).split())
    found = _reads(run, pl.col("token"), phrase)
    return found if found.any() else _reads(run, pl.col("token").str.to_lowercase(), phrase.lower())


def _reads(run: Run, token: pl.Expr, phrase: str) -> np.ndarray:
    pair = pl.concat_str(token.shift(1), token, separator=" ")
    found = (token == phrase) | ((pair == phrase).fill_null(False) & (pl.col("t") > 0))
    return run.scan(STEPS).select(found.alias("found")).collect()["found"].to_numpy()


def _is_cluster(run: Run, values: list[Any]) -> bool:
    if len(values) != 3 or not isinstance(values[0], str) or values[0] not in run.projection_ids:
        return False
    level, cluster = values[1:]
    if type(level) is not int or not 0 <= level < CLUSTER_LEVELS or type(cluster) is not int:
        return False
    there = run.clusters(values[0]).filter(pl.col("level") == level)["cluster"]
    return cluster in there.to_list()


def _in_cluster(run: Run, values: Values) -> np.ndarray:
    projection, level, cluster = values
    found: np.ndarray = run.memberships(projection)[:, level] == cluster
    return found


@dataclass(frozen=True)
class Kind:
    """A kind of filter: which values it takes, and which sequences or else states pass it.

    expected   str  for the message where values do not fit
    """

    expected: str
    fits: Callable[[Run, list[Any]], bool]
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
        f"a projection, then x and y of 3 to {MAX_CORNERS} corners",
        lambda run, values: _is_place(run, values, 6, 2 * MAX_CORNERS),
        states=_in_lasso,
    ),
    "word": Kind(
        f"a word, or two that follow each other, of 1 to {LONGEST_PHRASE} characters",
        _is_phrase,
        states=_has_read,
    ),
    "cluster": Kind(
        f"a projection, a level from 0 to {CLUSTER_LEVELS - 1}, and the number of a cluster there",
        _is_cluster,
        states=_in_cluster,
    ),
}
