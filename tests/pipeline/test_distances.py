"""Jumps and their visible and silent parts against plain loops."""

import math
from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline import distances
from stateline.pipeline.distances import jumps, visible_basis
from stateline.pipeline.expected import readout_logits
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import DISTANCES, SILENT, VISIBLE, distance_array, state_array
from tests.pipeline.extracted import write_extracted

LENGTHS = np.array([7, 1, 4, 2, 6])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
UNITS = 3


@pytest.fixture(params=[2, 8, 1_000])
def h(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """States, measured in blocks shorter than a sequence, of some sequences, of all."""
    monkeypatch.setattr(distances, "BLOCK_ROWS", request.param)
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


def loop_distance(states: np.ndarray, direction: str) -> list[float]:
    """The distance of every row, one after the other in the order in which the layer reads."""
    found = [0.0] * len(states)
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = np.zeros(states.shape[1])
        for row in range(a, b) if direction == "forward" else range(b - 1, a - 1, -1):
            found[row] = math.sqrt(
                sum((x - y) ** 2 for x, y in zip(states[row], before, strict=True))
            )
            before = states[row]
    return found


def test_distance_of_a_layer_that_reads_backward_is_from_the_step_behind(h: np.ndarray) -> None:
    distance, visible, silent = jumps(h, OFFSETS, direction="backward")
    assert distance == pytest.approx(loop_distance(h, "backward"), rel=1e-5)
    last = OFFSETS[1:] - 1
    assert distance[last] == pytest.approx(np.linalg.norm(h[last], axis=1))
    assert visible is None and silent is None


def test_distances_are_the_same_with_a_readout_and_without(h: np.ndarray) -> None:
    assert np.array_equal(jumps(h, OFFSETS).distance, jumps(h, OFFSETS, readout(4)).distance)


@pytest.mark.parametrize("piece_rows", [1, 5, 1_000])
def test_the_stage_measures_every_kind_of_state_that_is_mapped_and_every_h(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece_rows: int
) -> None:
    monkeypatch.setattr(arrays, "PIECE_BYTES", piece_rows * 4 * UNITS)
    paths = write_extracted(tmp_path)
    distances.work(paths)
    made = paths.stage("distances")
    wanted = {
        ("lstm", "h"): "forward",
        ("lstm", "c"): "forward",
        ("bidirectional-backward", "h"): "backward",
    }
    names = {distance_array(*each) for each in wanted}
    assert {f.name for f in made.iterdir()} == names | {VISIBLE, SILENT, DISTANCES, "stage.json"}
    for each, direction in wanted.items():
        states = np.load(paths.stage("extract") / state_array(*each))
        distance = np.load(made / distance_array(*each), mmap_mode="r")
        assert distance.dtype == np.float32
        assert distance == pytest.approx(loop_distance(states, direction), rel=1e-5)
    distance = np.load(made / distance_array("lstm", "h"))
    parts = np.load(made / VISIBLE), np.load(made / SILENT)
    assert parts[0] ** 2 + parts[1] ** 2 == pytest.approx(distance**2, rel=1e-4)
    largest = np.load(made / DISTANCES)
    for s, (a, b) in enumerate(zip(OFFSETS, OFFSETS[1:], strict=False)):
        assert largest["max_distance"][s] == max(distance[a:b])
        assert largest["max_distance_step"][s] == list(distance[a:b]).index(max(distance[a:b]))


@pytest.mark.parametrize("method", ["head", "prefix", "given"])
def test_only_a_linear_readout_has_a_visible_and_a_silent_part(tmp_path: Path, method: str) -> None:
    paths = write_extracted(tmp_path, method=method)
    distances.work(paths)
    made = {f.name for f in paths.stage("distances").iterdir()}
    assert not made & {VISIBLE, SILENT} and DISTANCES in made
