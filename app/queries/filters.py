"""The filter bar: what each chip asks for, and which sequences and states pass all of them."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.app.queries.filter_kinds import KINDS, OF_TEXT, Values
from stateline.app.queries.run import drawn_rows
from stateline.app.web.cache import CACHE
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

MAX_FILTERS = 20


@dataclass(frozen=True)
class Filter:
    """One chip: a kind of KINDS and its values."""

    kind: str
    values: Values

    def plain(self) -> list[Any]:
        """As JSON for the page: kind, then the values."""
        return [self.kind, *self.values]


@dataclass(frozen=True)
class Passing:
    """Sequences and states that pass all filters.

    sequences  bool (S,)  sequences that hold a state that passes
    states     bool (M,)
    """

    sequences: np.ndarray
    states: np.ndarray


def parse_filters(run: Run, text: str) -> tuple[Filter, ...]:
    """Return the filters of an address or a request.

    text    JSON: a list of [kind, value, …]; "" for none
    raises  StatelineError  anything that is not a filter of this run, saying what would be one
    """
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list) or len(entries) > MAX_FILTERS:
        raise StatelineError(
            "filters",
            "not a list of filters",
            expected=f"JSON, at most {MAX_FILTERS} of {', '.join(KINDS)}",
            got=text[:80],
        )
    return tuple(_parse(run, entry) for entry in entries)


def _parse(run: Run, entry: object) -> Filter:
    name, *values = entry if isinstance(entry, list) and entry else [None]
    if not isinstance(name, str) or name not in KINDS:
        expected = "; ".join(f"{name}: {kind.expected}" for name, kind in KINDS.items())
        raise _refusal("this run has no such filter", expected, entry)
    if name in OF_TEXT and run.kind == "series":
        others = ", ".join(kind for kind in KINDS if kind not in OF_TEXT)
        what = "the sequences of this run are numeric series, with no text to search"
        raise _refusal(what, f"some of {others}", entry)
    if not KINDS[name].fits(run, values):
        raise _refusal("this run has no such filter", f"{name}: {KINDS[name].expected}", entry)
    return Filter(name, tuple(values))


def _refusal(what: str, expected: str, got: object) -> StatelineError:
    return StatelineError("filters", what, expected=expected, got=json.dumps(got)[:80])


def passing(run: Run, filters: tuple[Filter, ...]) -> Passing:
    """Sequences and states that pass every filter."""

    def make() -> Passing:
        sequences = np.ones(run.sequences.height, dtype=bool)
        states = None
        for each in filters:
            kind = KINDS[each.kind]
            if kind.sequences:
                sequences &= kind.sequences(run, each.values)
            elif kind.states:
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
