"""Filters against plain loops over sequences and steps."""

import json
import math
import re

import numpy as np
import pytest

from app.filters import inside, parse_filters, passing, passing_bits
from store.errors import StatelineError
from store.reader import Run


def passes(run: Run, *filters: list) -> tuple[list[int], list[bool]]:
    """Numbers of the sequences and flags of the states that pass."""
    found = passing(run, parse_filters(run, json.dumps(filters)))
    return np.flatnonzero(found.sequences).tolist(), found.states.tolist()


def loop(run: Run, sequence, step=lambda *_: True) -> tuple[list[int], list[bool]]:
    """The same by a loop: conditions on a row of sequences, and on sequence and step."""
    states = [
        bool(sequence(row) and step(row["sequence_id"], t))
        for row in run.sequences.iter_rows(named=True)
        for t in range(row["length"])
    ]
    rows = np.repeat(np.arange(run.sequences.height), np.diff(run.offsets))
    kept = sorted({int(row) for row, state in zip(rows, states, strict=True) if state})
    return kept, states


def test_without_filters_everything_passes(several: Run) -> None:
    assert passes(several) == loop(several, lambda row: True)
    assert parse_filters(several, "") == ()


SEQUENCE_FILTERS = [
    (["actual", 1], lambda row: row["label"] == 1),
    (["predicted", 2], lambda row: row["predicted"] == 2),
    (["correct", False], lambda row: not row["correct"]),
    (["confidence", 0.3, 0.6], lambda row: 0.3 <= round(row["confidence"], 6) <= 0.6),
    (["search", "THE"], lambda row: "the" in row["text"].lower()),
    (["search", ".*"], lambda row: ".*" in row["text"]),
    (["regex", "b[a-e]"], lambda row: re.search("b[a-e]", row["text"], re.IGNORECASE)),
]


@pytest.mark.parametrize(("asked", "keeps"), SEQUENCE_FILTERS)
def test_a_filter_of_sequences_keeps_whole_sequences(several: Run, asked: list, keeps) -> None:
    assert passes(several, asked) == loop(several, keeps)


def test_steps_and_places_keep_states_and_the_sequences_that_hold_one(several: Run) -> None:
    assert passes(several, ["steps", 2, 3]) == loop(
        several, lambda row: True, lambda _, t: 2 <= t <= 3
    )
    place = several.coordinates("lstm-pca")
    offsets = several.offsets
    box = ["box", "lstm-pca", -0.5, -1, 0.7, 0.4]
    assert passes(several, box) == loop(
        several,
        lambda row: True,
        lambda s, t: (
            -0.5 <= place["x"][offsets[s] + t] <= 0.7 and -1 <= place["y"][offsets[s] + t] <= 0.4
        ),
    )


def test_filters_count_together(several: Run) -> None:
    both = passes(several, ["correct", True], ["steps", 0, 1])
    assert both == loop(several, lambda row: row["correct"], lambda _, t: t <= 1)


def test_a_lasso_keeps_what_lies_in_its_polygon() -> None:
    # A star that crosses itself: its middle is outside by the even-odd rule.
    corners = [(math.sin(4 * math.pi * k / 5), math.cos(4 * math.pi * k / 5)) for k in range(5)]
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-1.2, 1.2, (2, 500)).astype(np.float32)

    def within(px: float, py: float) -> bool:
        odd = False
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (ay > py) != (by > py) and px < (bx - ax) * (py - ay) / (by - ay) + ax:
                odd = not odd
        return odd

    found = inside(x, y, np.array(corners))
    assert found.tolist() == [within(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    assert 0 < found.sum() < 500
    assert not inside(np.float32([0]), np.float32([0]), np.array(corners))[0]


def test_bits_say_the_counts_and_each_drawn_state(several: Run) -> None:
    filters = parse_filters(several, '[["steps", 1, 2]]')
    sent = passing_bits(several, filters)
    found = passing(several, filters)
    counts = np.frombuffer(sent[:8], dtype="<u4").tolist()
    assert counts == [found.sequences.sum(), found.states.sum()]
    bits = np.unpackbits(np.frombuffer(sent[8:], dtype=np.uint8), bitorder="little")
    assert bits[: several.states].tolist() == found.states.astype(int).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "7",
        "{}",
        "[" * 50_000,
        "[7]",
        "[[]]",
        "[[[]]]",
        '[["nothing", 1]]',
        '[["actual"]]',
        '[["actual", 1, 2]]',
        '[["actual", -1]]',
        '[["actual", 4]]',
        '[["actual", true]]',
        '[["actual", 1.0]]',
        '[["actual", "1"]]',
        '[["correct", 1]]',
        '[["confidence", 0.9, 0.1]]',
        '[["confidence", NaN, 1]]',
        '[["confidence", 0, Infinity]]',
        '[["search", ""]]',
        '[["search", 7]]',
        json.dumps([["search", "a" * 300]]),
        '[["regex", "("]]',
        '[["regex", "a{9999}{9999}"]]',
        '[["steps", 1]]',
        '[["box", "lstm-umap", 0, 0, 1, 1]]',
        '[["box", "lstm-pca", 0, 0, 1]]',
        '[["lasso", "lstm-pca", 0, 0, 1, 1]]',
        json.dumps([["lasso", "lstm-pca", *([0] * 1000)]]),
        json.dumps([["actual", 1]] * 50),
    ],
)
def test_anything_else_is_refused_in_a_line_that_says_what_would_do(
    several: Run, text: str
) -> None:
    with pytest.raises(StatelineError) as caught:
        parse_filters(several, text)
    line = str(caught.value)
    assert line.startswith("filters: ") and "expected" in line
    assert "\n" not in line and len(line) < 600
