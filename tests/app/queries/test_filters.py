"""Filters against plain loops over sequences and steps."""

import json
import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from stateline.app.queries.filter_kinds import KINDS, inside
from stateline.app.queries.filters import Filter, parse_filters, passing, passing_bits
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


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


@pytest.fixture(scope="module")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of enough words that some phrases of two occur again."""
    folder = tmp_path_factory.mktemp("wordy")
    return open_run(synthetic_run(folder, "wordy", sequences=30, max_steps=30, classes=2, seed=5))


def phrases_of(run: Run, size: int) -> list[str]:
    """Phrases that occur, those first that occur most."""
    rows = run.words.to_dicts()
    found = [row for row in rows if row["size"] == size]
    return [row["phrase"] for row in sorted(found, key=lambda row: -row["count"])]


@pytest.mark.parametrize("size", [1, 2])
def test_a_word_keeps_the_states_that_have_just_read_it(wordy: Run, size: int) -> None:
    tokens = [wordy.steps_of(s)["token"].to_list() for s in range(wordy.sequences.height)]
    phrases = phrases_of(wordy, size)
    for phrase in (phrases[0], phrases[-1]):
        words = phrase.split(" ")
        found = passes(wordy, ["word", phrase])
        assert found == loop(
            wordy,
            lambda row: True,
            lambda s, t: t >= size - 1 and tokens[s][t - size + 1 : t + 1] == words,  # noqa: B023
        )
        count = wordy.words.filter(pl.col("phrase") == phrase)["count"][0]
        assert sum(found[1]) == count > 0


def test_a_word_is_found_however_its_capitals_are_typed(wordy: Run) -> None:
    one, two = phrases_of(wordy, 1)[0], phrases_of(wordy, 2)[0]
    assert (one, two) == (one.lower(), two.lower())
    for phrase in (one, two):
        wanted = passes(wordy, ["word", phrase])
        for typed in (phrase.upper(), phrase.title(), f" {phrase.replace(' ', '  ')} "):
            assert passes(wordy, ["word", typed]) == wanted


def test_where_the_run_has_a_word_in_both_cases_the_exact_one_comes_first(wordy: Run) -> None:
    tokens = ["May", "may", "The", "film", "MAY"]
    steps = pl.DataFrame({"token": tokens, "t": range(len(tokens))}).lazy()
    run = SimpleNamespace(scan=lambda table: steps)
    read = lambda phrase: KINDS["word"].states(run, (phrase,)).nonzero()[0].tolist()  # noqa: E731
    assert read("may") == [1] and read("May") == [0]
    assert read("mAy") == [0, 1, 4]
    assert read("may the") == [2] and read("the film") == [3]


def test_a_word_that_the_run_does_not_have_leaves_nothing(wordy: Run) -> None:
    assert not any(passes(wordy, ["word", "nosuchword"])[1])


def test_a_phrase_never_reaches_from_one_sequence_into_the_next(several: Run) -> None:
    for s in range(several.sequences.height - 1):
        last = several.steps_of(s)["token"][-1]
        across = f"{last} {several.steps_of(s + 1)['token'][0]}"
        found = passing(several, (Filter("word", (across,)),)).states
        assert not found[several.offsets[s + 1]]


def test_a_cluster_keeps_the_states_in_it(several: Run) -> None:
    for projection in several.projection_ids:
        members = several.memberships(projection)
        for row in several.clusters(projection).to_dicts():
            level, cluster = row["level"], row["cluster"]
            found = passes(several, ["cluster", projection, level, cluster])
            assert found == loop(
                several,
                lambda row: True,
                lambda s, t: members[several.offsets[s] + t][level] == cluster,  # noqa: B023
            )
            assert sum(found[1]) == row["states"]


def test_a_series_has_clusters_and_no_words(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "series", features=2))
    level, cluster = run.clusters("lstm-pca").select("level", "cluster").row(0)
    assert any(passes(run, ["cluster", "lstm-pca", level, cluster])[1])
    with pytest.raises(StatelineError, match="numeric series"):
        parse_filters(run, '[["word", "film"]]')


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
        '[["word", ""]]',
        '[["word", "  "]]',
        '[["word", "the", "film"]]',
        '[["word", ["the"]]]',
        '[["word", null]]',
        json.dumps([["word", "a" * 300]]),
        '[["cluster", "lstm-pca", 0]]',
        '[["cluster", "lstm-umap", 0, 0]]',
        '[["cluster", ["lstm-pca"], 0, 0]]',
        '[["cluster", "lstm-pca", 3, 0]]',
        '[["cluster", "lstm-pca", -1, 0]]',
        '[["cluster", "lstm-pca", 0, 999]]',
        '[["cluster", "lstm-pca", 0, -1]]',
        '[["cluster", "lstm-pca", false, 0]]',
        '[["cluster", "lstm-pca", 0, 0.0]]',
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
