"""Trust in a map, per state and as a whole, against brute force."""

import numpy as np
import pytest

from stateline.pipeline.numerics.neighbours import nearest_neighbours
from stateline.pipeline.numerics.quality import overall_quality, per_state_trust, quality_rows


def test_trust_equals_the_share_of_kept_neighbours_by_brute_force() -> None:
    rng = np.random.default_rng(8)
    h = rng.normal(size=(60, 5)).astype(np.float32)
    places = h[:, :2] + 0.1 * rng.normal(size=(60, 2)).astype(np.float32)
    distance, _ = nearest_neighbours(h, 15)
    every = np.ones(60, dtype=bool)
    trust = per_state_trust(h, places, every, distance)
    for row in range(60):
        high = sorted((np.linalg.norm(h[row] - h[j]), j) for j in range(60) if j != row)[:15]
        low = sorted((np.linalg.norm(places[row] - places[j]), j) for j in range(60) if j != row)
        kept = {j for _, j in high} & {j for _, j in low[:15]}
        assert trust[row] == pytest.approx(len(kept) / 15, abs=1 / 15 + 1e-6)
    exact = per_state_trust(h, h, every, distance)
    assert (exact == 1).all()


def test_tied_states_are_trusted_whichever_of_them_are_neighbours() -> None:
    # 40 sequences begin with the same word: one state, many rows.
    h = np.repeat(np.eye(3, dtype=np.float32), 40, axis=0)
    places = h[:, :2] + np.linspace(0, 1e-3, 120, dtype=np.float32)[:, None]
    distance, _ = nearest_neighbours(h, 15)
    every = np.ones(120, dtype=bool)
    assert (per_state_trust(h, places, every, distance) == 1).all()


def test_quality_is_one_for_the_identity_and_lower_for_noise() -> None:
    rng = np.random.default_rng(1)
    h = rng.normal(size=(200, 2)).astype(np.float32)
    same = overall_quality(h, h)
    noise = overall_quality(h, rng.normal(size=(200, 2)).astype(np.float32))
    assert same["trustworthiness"] == same["continuity"] == 1
    assert noise["trustworthiness"] < 0.7 and noise["continuity"] < 0.7
    assert same["quality_sample"] == 200


def test_a_map_is_judged_on_a_seeded_sample_of_its_states() -> None:
    rows = quality_rows(20_000, seed=2)
    assert len(rows) == len(set(rows.tolist())) == 5_000
    assert np.array_equal(rows, quality_rows(20_000, seed=2))
    assert not np.array_equal(rows, quality_rows(20_000, seed=3))
    assert sorted(quality_rows(20, seed=2)) == list(range(20))
