"""Nearest neighbours, and the sample of states that they are searched among."""

import numpy as np
import pytest

from stateline.pipeline.numerics.neighbours import nearest_neighbours, sample_rows
from stateline.store.errors import StatelineError


def test_a_single_state_is_too_few_for_a_map() -> None:
    with pytest.raises(StatelineError, match="too few for a map; expected 2 at the least, got 1"):
        sample_rows(np.array([0, 1]), 50, seed=1, padding=None)
    with pytest.raises(StatelineError, match="no whole sequence of two steps.*expected 7 states"):
        sample_rows(np.array([0, 1, 8]), 4, seed=1, padding=None)


def test_the_sample_is_of_whole_sequences_seeded_and_within_the_limit() -> None:
    lengths = np.array([7, 1, 4, 2, 6])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    assert sample_rows(offsets, 20, seed=1, padding=None).all()
    rows = sample_rows(offsets, 12, seed=1, padding=None)
    assert 0 < rows.sum() <= 12
    for a, b in zip(offsets, offsets[1:], strict=False):
        assert rows[a:b].all() or not rows[a:b].any()
    assert np.array_equal(rows, sample_rows(offsets, 12, seed=1, padding=None))
    seeds = {sample_rows(offsets, 12, seed, padding=None).tobytes() for seed in range(8)}
    assert len(seeds) > 1


def test_a_limit_below_every_sequence_is_refused() -> None:
    with pytest.raises(StatelineError, match="no whole sequence of two steps fits in"):
        sample_rows(np.array([0, 7, 14]), 5, seed=1, padding=None)


def test_states_are_neighbours_of_others_never_of_themselves() -> None:
    points = np.zeros((20, 3), dtype=np.float32)
    _, row = nearest_neighbours(points, 15)
    assert (row != np.arange(20)[:, None]).all()
    assert nearest_neighbours(points[:4], 15)[1].shape == (4, 3)
