"""Stretched segments against a plain loop."""

import math

import numpy as np
import pytest

from stateline.pipeline.numerics.segments import segment_distances, stretch
from tests.synthetic_evidence import segment_scale, segments, stretch_column

LENGTHS = np.array([7, 1, 4, 2, 6])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
ROWS = int(OFFSETS[-1])


@pytest.fixture
def places() -> np.ndarray:
    return np.random.default_rng(3).normal(0, 5, (ROWS, 2)).astype(np.float32)


@pytest.fixture
def distance() -> np.ndarray:
    """Distances, one of them 0."""
    distance = np.random.default_rng(4).uniform(0.1, 2, ROWS).astype(np.float32)
    distance[3] = 0
    return distance


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_stretch_equals_a_plain_loop(
    places: np.ndarray, distance: np.ndarray, direction: str
) -> None:
    found = segments(places[:, 0], places[:, 1], distance, LENGTHS, direction)
    made, scale = stretch(places, distance, OFFSETS, direction, None)
    assert scale == pytest.approx(segment_scale(found))
    wanted = [math.nan if each is None else each for each in stretch_column(found, ROWS)]
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-6)
    # The state that did not move: its own segment, or the next one of a layer that reads back.
    assert np.isnan(made[3 if direction == "forward" else 4])
    assert np.isnan(made[OFFSETS[:-1]]).all()


def test_half_of_the_segments_are_longer_and_half_are_shorter(
    places: np.ndarray, distance: np.ndarray
) -> None:
    made, _ = stretch(places, distance, OFFSETS, "forward", None)
    drawn = made[~np.isnan(made)]
    assert abs((drawn > 0).sum() - (drawn < 0).sum()) <= 1


def test_a_segment_twice_as_long_as_others_of_its_distance_has_one() -> None:
    places = np.array([[0, 0], [1, 0], [2, 0], [4, 0], [5, 0]], dtype=np.float32)
    made, scale = stretch(places, np.ones(5, np.float32), np.array([0, 5]), "forward", None)
    assert scale == 1
    np.testing.assert_array_equal(made, [np.nan, 0, 0, 1, 0])


def test_a_segment_of_no_length_has_a_finite_stretch(distance: np.ndarray) -> None:
    places = np.random.default_rng(3).normal(0, 5, (ROWS, 2)).astype(np.float32)
    places[1] = places[0]
    made, _ = stretch(places, distance, OFFSETS, "forward", None)
    assert np.isfinite(made[1]) and made[1] < -4


@pytest.mark.parametrize("case", ["no segment", "no move", "one place"])
def test_a_map_without_segments_has_no_scale(places: np.ndarray, case: str) -> None:
    offsets, distance = OFFSETS, np.ones(ROWS, np.float32)
    if case == "no segment":
        offsets = np.arange(ROWS + 1)
    elif case == "no move":
        distance[:] = 0
    else:
        places = np.zeros_like(places)
    made, scale = stretch(places, distance, offsets, "forward", None)
    assert scale is None
    assert np.isnan(made).all()


def test_a_layer_that_reads_from_the_end_moved_at_the_step_before() -> None:
    distance, offsets = np.array([1, 2, 3, 4, 5], np.float32), np.array([0, 3, 5])
    np.testing.assert_array_equal(segment_distances(distance, offsets, "forward"), [0, 2, 3, 0, 5])
    np.testing.assert_array_equal(segment_distances(distance, offsets, "backward"), [0, 1, 2, 0, 4])
