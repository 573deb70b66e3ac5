"""Bins of confidence and the filter of confidence hold the same sequences, at their ends too."""

from urllib.parse import parse_qs

import numpy as np
import polars as pl
import pytest

from stateline.app.decisions import queries as decisions
from stateline.app.decisions.cards import cards
from stateline.app.decisions.choices import parse_choices
from stateline.app.queries.confidence import BINS, bins_of, counted, range_of
from stateline.app.queries.filters import Filter, parse_filters, passing
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run

# The ends of all bins, their neighbours in single precision, and what only rounding brings there.
ENDS = [np.float32(each / 10) for each in range(1, 11)]
EDGES = [
    value
    for end in ENDS
    for value in (np.nextafter(end, np.float32(0)), end, min(np.float32(1), end + np.float32(2e-6)))
]
EDGES += [np.float32(0.8000004), np.float32(0.8000006), np.float32(0.9999999)]


@pytest.fixture(scope="module")
def edged(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose sequences' confidences lie at the ends of bins, which its steps' do not."""
    folder = tmp_path_factory.mktemp("edged")
    run = open_run(synthetic_run(folder, "edged", sequences=len(EDGES), classes=3))
    sure = pl.Series("confidence", EDGES, dtype=pl.Float32)
    # No store has such a run: its checks see that the steps say the same, to a tolerance.
    run.sequences = run.sequences.with_columns(sure)
    return run


def listed(run: Run, *filters: Filter) -> list[int]:
    return np.flatnonzero(passing(run, filters).sequences).tolist()


def test_a_bin_has_its_upper_end_and_not_its_lower_one() -> None:
    found = bins_of(np.array([0, 0.1, 0.100001, 0.3, 0.7, 0.9, 0.900001, 1]))
    assert found.tolist() == [0, 0, 1, 2, 6, 8, 9, 9]
    assert bins_of(np.array(ENDS)).tolist() == list(range(BINS))


def test_what_a_seventh_digit_says_does_not_count() -> None:
    close = np.array([0.30000001192, 0.8000004, 0.9999999], dtype=np.float32)
    assert counted(close).tolist() == [0.3, 0.8, 1.0]
    assert bins_of(close).tolist() == [2, 7, 9]


def test_the_ranges_of_the_bins_hold_every_confidence_once() -> None:
    millionths = np.arange(0, 1_000_001)
    found = np.zeros(len(millionths), dtype=int)
    for number in range(BINS):
        low, high = range_of(number)
        here = (counted(millionths / 1e6) >= low) & (counted(millionths / 1e6) <= high)
        assert (bins_of(millionths / 1e6)[here] == number).all()
        found += here
    assert (found == 1).all()


def test_a_click_on_a_bin_lists_the_sequences_that_it_counts(edged: Run) -> None:
    count = decisions.calibration(edged, 1.0).count
    assert count.sum() == len(EDGES) and (count >= 2).all()
    *_, card = cards(edged, parse_choices(edged, {}))
    name = "decisions-calibration-figures"
    figures = next(each.data for each in card._traverse() if getattr(each, "id", "") == name)
    seen = []
    for number, (address, *_) in enumerate(figures["end"]["data"][0]["customdata"]):
        filters = parse_filters(edged, parse_qs(address.partition("?")[2])["filters"][0])
        found = listed(edged, *filters)
        wanted = [s for s, each in enumerate(bins_of(np.array(EDGES))) if each == number]
        assert found == wanted and len(found) == count[number]
        seen += found
    assert sorted(seen) == list(range(len(EDGES)))


def test_a_filter_s_range_holds_both_its_ends(edged: Run) -> None:
    found = listed(edged, Filter("confidence", (0.8, 0.9)))
    shown = counted(np.array(EDGES))
    assert found == [s for s, each in enumerate(shown) if 0.8 <= each <= 0.9]
    assert {0.8, 0.9} <= set(shown[found])
