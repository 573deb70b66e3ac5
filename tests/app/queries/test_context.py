"""Steps in context against a loop over each sequence."""

import numpy as np
import polars as pl
import pytest

from stateline.app.queries.context import BIN, beginning, contexts
from stateline.app.queries.run import expected_bins
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of sequences of 1 to 20 steps."""
    folder = tmp_path_factory.mktemp("context")
    return open_run(synthetic_run(folder, "long", sequences=30, max_steps=20, classes=3, seed=2))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("around", [0, 2, 50])
def test_a_context_is_the_steps_with_those_around_and_ends_with_its_sequence(
    long: Run, size: int, around: int
) -> None:
    places = [
        (sequence, t)
        for sequence, length in enumerate(long.sequences["length"])
        for t in range(length - size + 1)
    ]
    places.reverse()  # They come in the order asked for.
    first = np.array([long.offsets[sequence] + t for sequence, t in places])
    found = contexts(long, first, first + size - 1, around, ("surface", "confidence"))
    for near, (sequence, t) in zip(found, places, strict=True):
        steps = long.steps_of(sequence)
        words = steps["surface"].to_list()
        facts = long.sequences.row(sequence, named=True)
        assert (near.sequence, near.first, near.last) == (sequence, t, t + size - 1)
        assert (near.label, near.predicted) == (facts["label"], facts["predicted"])
        shown = range(max(0, t - around), min(len(words), t + size + around))
        assert (near.start, near.shown) == (shown.start, slice(shown.start, shown.stop))
        assert near.steps.columns == ["surface", "confidence"]
        assert near.steps.equals(steps[shown.start : shown.stop].select(near.steps.columns))
        before, held, after = near.parts(near.steps["surface"].to_list())
        assert before == words[shown.start : t]
        assert held == words[t : t + size]
        assert after == words[t + size : shown.stop]
        assert near.plain() == {
            "sequence": sequence, "label": facts["label"], "predicted": facts["predicted"],
            "first": shown.start, "words": words[shown.start : shown.stop],
        }  # fmt: skip


def test_the_bin_of_the_answer_is_worked_out_where_it_is_asked_for(long: Run) -> None:
    row = np.array([long.offsets[3]])
    (near,) = contexts(long, row, row, 4, (BIN, "surface"))
    assert near.steps.columns == [BIN, "surface"]
    steps = long.steps_of(3)[: near.steps.height]
    assert near.steps[BIN].to_list() == expected_bins(steps, long).tolist()


def test_no_steps_have_no_contexts(long: Run) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert contexts(long, nothing, nothing, 8, ("surface", BIN)) == []


def test_only_what_is_shown_is_read_and_what_two_contexts_share_once(
    long: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = int(long.offsets[0])  # of the longest sequence
    asked, steps_at = [], long.steps_at

    def spied(rows: np.ndarray, columns: list[str]) -> pl.DataFrame:
        asked.append(rows.tolist())
        return steps_at(rows, columns)

    monkeypatch.setattr(long, "steps_at", spied)
    rows = np.array([first + 9, first + 5, first + 17])
    contexts(long, rows, rows, 2, ("surface",))
    assert asked == [[first + t for t in (3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19)]]


def test_the_beginning_of_a_text_says_whether_it_goes_on() -> None:
    words = "a good film".split()
    assert beginning(words, 3) == "a good film"
    assert beginning(words, 2) == "a good …"
