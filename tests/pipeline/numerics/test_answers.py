"""Expected predictions, contributions and decisions against plain loops."""

import numpy as np
import pytest

from stateline.pipeline.numerics.answers import (
    class_margin,
    expected_prediction,
    flips_and_settle,
    peaks,
    readout_logits,
    right_until,
    step_differences,
    turning_steps,
)
from tests.pipeline.extracted import OFFSETS, ROWS
from tests.pipeline.loops import loop_prediction

UNITS, CLASSES = 3, 4


@pytest.fixture(params=[1, CLASSES], ids=["sigmoid", "softmax"])
def states(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "h": rng.normal(size=(ROWS, UNITS)).astype(np.float32),
        "weights": rng.normal(size=(request.param, UNITS)).astype(np.float32),
        "bias": rng.normal(size=request.param).astype(np.float32),
    }


def test_expected_prediction_equals_the_head_applied_state_by_state(states: dict) -> None:
    logit = readout_logits(states["h"], states["weights"], states["bias"])
    ep = expected_prediction(logit)
    for row in range(ROWS):
        z = [
            sum(w * x for w, x in zip(weights, states["h"][row], strict=True)) + b
            for weights, b in zip(states["weights"], states["bias"], strict=True)
        ]
        assert logit[row] == pytest.approx(z, abs=1e-5)
        assert ep[row] == pytest.approx(loop_prediction(z), abs=1e-6)


@pytest.mark.parametrize("logit", [-120.0, -30.0, 0.0, 30.0, 120.0])
def test_expected_prediction_stays_finite_and_sums_to_one_at_large_logits(logit: float) -> None:
    with np.errstate(over="raise", invalid="raise"):
        for row in ([logit], [logit, 0.0, -logit]):
            ep = expected_prediction(np.array([row], dtype=np.float32))
            assert np.isfinite(ep).all()
            assert ep.sum() == pytest.approx(1, abs=1e-6)


def test_contributions_sum_to_the_final_logit(states: dict) -> None:
    logit = readout_logits(states["h"], states["weights"], states["bias"])
    contribution = step_differences(logit, OFFSETS[:-1], states["bias"])
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        assert states["bias"] + contribution[a:b].sum(axis=0) == pytest.approx(
            logit[b - 1], abs=1e-5
        )


def test_contribution_of_a_linear_readout_is_its_weights_times_the_move(states: dict) -> None:
    logit = readout_logits(states["h"], states["weights"], states["bias"])
    contribution = step_differences(logit, OFFSETS[:-1], states["bias"])
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = np.zeros(UNITS, dtype=np.float32)
        for row in range(a, b):
            moved = states["h"][row] - before
            assert contribution[row] == pytest.approx(states["weights"] @ moved, abs=1e-5)
            before = states["h"][row]


def test_flips_and_settle_step_equal_a_plain_walk() -> None:
    rng = np.random.default_rng(11)
    decided = rng.integers(0, 3, ROWS)
    decided[OFFSETS[2] : OFFSETS[3]] = 2  # a sequence that never flips
    flips, settle = flips_and_settle(decided, OFFSETS)
    for s, (a, b) in enumerate(zip(OFFSETS, OFFSETS[1:], strict=False)):
        changes = [t for t in range(1, b - a) if decided[a + t] != decided[a + t - 1]]
        assert flips[s] == len(changes)
        assert settle[s] == (changes[-1] if changes else 0)
    assert flips[2] == settle[2] == 0


def test_turning_step_is_the_largest_fall_of_the_margin_of_the_misclassified(states: dict) -> None:
    logit = readout_logits(states["h"], states["weights"], states["bias"])
    contribution = step_differences(logit, OFFSETS[:-1], states["bias"])
    classes = expected_prediction(logit).shape[1]
    label = np.array([0, 1, 1, 0, 1])
    predicted = np.array([1, 1, 0, classes - 1, 0])
    found = turning_steps(contribution, label, predicted, OFFSETS)
    for s, (a, b) in enumerate(zip(OFFSETS, OFFSETS[1:], strict=False)):
        if label[s] == predicted[s]:
            assert found[s] == -1
            continue
        falls = []
        for row in range(a, b):
            z = [0, *contribution[row]] if classes == 2 else list(contribution[row])
            falls.append(z[label[s]] - z[predicted[s]])
        assert found[s] == (falls.index(min(falls)) if min(falls) < 0 else -1)


@pytest.mark.parametrize("moved", [[0.0, 0.0], [-0.5, 0.0], [-1.0, -2.0]])
def test_without_a_fall_a_misclassified_sequence_has_no_turning_step(moved: list[float]) -> None:
    contribution = np.array(moved, dtype=np.float32)[:, None]
    found = turning_steps(contribution, np.array([0]), np.array([1]), np.array([0, 2]))
    assert found.tolist() == [-1]


def test_right_until_and_peaks_equal_a_plain_walk() -> None:
    rng = np.random.default_rng(11)
    ep = rng.dirichlet(np.ones(CLASSES), ROWS).astype(np.float32)
    label = np.array([0, 1, 2, 3, 1])
    until = right_until(ep.argmax(axis=1), label, OFFSETS)
    peak_label, peak_confidence = peaks(ep, label, OFFSETS)
    for sequence, actual in enumerate(label):
        walk = ep[OFFSETS[sequence] : OFFSETS[sequence + 1]].tolist()
        right = [t for t, each in enumerate(walk) if each.index(max(each)) == actual]
        assert until[sequence] == (right[-1] if right else -1)
        assert peak_label[sequence] == np.float32(max(each[actual] for each in walk))
        assert peak_confidence[sequence] == np.float32(max(max(each) for each in walk))
    assert -1 in until and until.max() > 0


def test_margin_of_one_sigmoid_unit_counts_towards_the_second_class() -> None:
    logit = np.array([[2.0], [2.0], [-1.5]], dtype=np.float32)
    margin = class_margin(logit, np.array([1, 0, 0]), np.array([0, 1, 0]))
    assert margin.tolist() == [2.0, -2.0, 0.0]
