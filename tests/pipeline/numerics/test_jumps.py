"""Distances and their visible and silent parts against plain loops."""

import math

import numpy as np
import pytest

from stateline.pipeline.numerics.answers import readout_logits
from stateline.pipeline.numerics.jumps import jumps, visible_basis
from tests.pipeline.extracted import OFFSETS
from tests.pipeline.loops import loop_distance

UNITS = 3


@pytest.fixture(params=[2, 8, 1_000])
def h(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """States, measured in blocks shorter than a sequence, of some sequences, of all."""
    monkeypatch.setattr("stateline.pipeline.numerics.jumps.BLOCK_ROWS", request.param)
    rng = np.random.default_rng(5)
    return rng.normal(size=(int(OFFSETS[-1]), UNITS)).astype(np.float32)


def readout(outputs: int) -> np.ndarray:
    return np.random.default_rng(outputs).normal(size=(outputs, UNITS)).astype(np.float32)


def test_distance_equals_a_plain_loop(h: np.ndarray) -> None:
    distance, _, _ = jumps(h, OFFSETS, readout(1))
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = [0.0] * UNITS
        for row in range(a, b):
            expected = math.sqrt(sum((x - y) ** 2 for x, y in zip(h[row], before, strict=True)))
            assert distance[row] == pytest.approx(expected, rel=1e-5)
            before = list(h[row])


def test_distance_at_first_step_is_from_the_zero_state(h: np.ndarray) -> None:
    distance, _, _ = jumps(h, OFFSETS, readout(1))
    assert distance[OFFSETS[:-1]] == pytest.approx(np.linalg.norm(h[OFFSETS[:-1]], axis=1))


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_visible_and_silent_parts_are_a_right_angle(h: np.ndarray, outputs: int) -> None:
    weights = readout(outputs)
    distance, visible, silent = jumps(h, OFFSETS, weights)
    assert visible**2 + silent**2 == pytest.approx(distance**2, rel=1e-4)
    # The silent part by itself: what is left of a move when the seen directions are taken out.
    basis = visible_basis(weights)
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = np.zeros(UNITS)
        for row in range(a, b):
            rest = h[row] - before
            for direction in basis:
                rest = rest - (rest @ direction) * direction
            assert silent[row] == pytest.approx(math.sqrt(float(rest @ rest)), abs=1e-6)
            before = h[row]


def test_visible_part_of_one_unit_is_the_move_along_its_weights(h: np.ndarray) -> None:
    weights = np.array([[0.5, -2.0, 1.0]], dtype=np.float32)
    _, visible, _ = jumps(h, OFFSETS, weights)
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = np.zeros(UNITS)
        for row in range(a, b):
            along = abs(float(weights[0] @ (h[row] - before))) / float(np.linalg.norm(weights))
            assert visible[row] == pytest.approx(along, rel=1e-4, abs=1e-6)
            before = h[row]


def test_a_silent_move_changes_no_answer_and_a_common_shift_is_silent() -> None:
    # Softmax ignores what all classes share: rows differ only in their first entry.
    weights = np.array([[1, 3, 0], [2, 3, 0], [4, 3, 0], [0, 3, 0]], dtype=np.float32)
    h = np.array([[0, 5, 0], [0, 5, 2]], dtype=np.float32)
    _, visible, silent = jumps(h, np.array([0, 2]), weights)
    assert visible == pytest.approx([0, 0], abs=1e-5)
    assert silent == pytest.approx([5, 2], rel=1e-5)
    assert len(visible_basis(weights)) == 1
    logit = readout_logits(h, weights, np.zeros(4, dtype=np.float32))
    assert np.ptp(logit, axis=1) == pytest.approx([0, 0])


def test_distance_of_a_layer_that_reads_backward_is_from_the_step_behind(h: np.ndarray) -> None:
    distance, visible, silent = jumps(h, OFFSETS, direction="backward")
    assert distance == pytest.approx(loop_distance(h, "backward"), rel=1e-5)
    last = OFFSETS[1:] - 1
    assert distance[last] == pytest.approx(np.linalg.norm(h[last], axis=1))
    assert visible is None and silent is None


def test_distances_are_the_same_with_a_readout_and_without(h: np.ndarray) -> None:
    assert np.array_equal(jumps(h, OFFSETS).distance, jumps(h, OFFSETS, readout(4)).distance)
