"""How far a map can be trusted: per state, and as a whole."""

import numpy as np
from sklearn.manifold import trustworthiness

from pipeline.neighbours import NEIGHBOUR_COUNT, nearest_neighbours

SAMPLE = 5_000
# Distances computed twice differ in their last digits; equal ones must count as equal.
TIE = 1e-4


def per_state_trust(
    h: np.ndarray, places: np.ndarray, neighbour_distance: np.ndarray
) -> np.ndarray:
    """Share of each state's nearest neighbours that are still among its nearest on the map.

    h                   float32 (M, N)  states
    places              float32 (M, 2)  the map
    neighbour_distance  float32 (M, k)  distances to the k nearest states, nearest first
    returns             float32 (M,)    0 to 1

    A map neighbour counts where it is no farther among the units than the k-th
    nearest: with ties (many sequences begin with the same word, hence the same
    state) any of the tied is as good as another.
    """
    count = neighbour_distance.shape[1]
    _, near = nearest_neighbours(places, count)
    reach = neighbour_distance[:, -1] * (1 + TIE) + TIE * np.median(neighbour_distance[:, -1])
    trust = np.empty(len(h), dtype=np.float32)
    for start in range(0, len(h), 4096):
        rows = slice(start, start + 4096)
        apart = np.linalg.norm(h[near[rows]] - h[rows, None, :], axis=2)
        trust[rows] = (apart <= reach[rows, None]).mean(axis=1)
    return trust


def overall_quality(h: np.ndarray, places: np.ndarray, seed: int) -> dict[str, float | int]:
    """Trustworthiness and continuity on a seeded sample of the states.

    h        float32 (M, N)
    places   float32 (M, 2)
    returns  trustworthiness: near on the map means near among the units; continuity: near
             among the units means near on the map; both 0 to 1; quality_sample: states judged
    source   Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods"
    """
    chosen = np.random.default_rng(seed).permutation(len(h))[:SAMPLE]
    # The measure is defined for fewer neighbours than half of the states.
    count = min(NEIGHBOUR_COUNT, (len(chosen) - 1) // 2)
    if count < 1:
        return {"trustworthiness": 1.0, "continuity": 1.0, "quality_sample": len(chosen)}
    high, low = h[chosen], places[chosen]
    return {
        "trustworthiness": float(trustworthiness(high, low, n_neighbors=count)),
        "continuity": float(trustworthiness(low, high, n_neighbors=count)),
        "quality_sample": len(chosen),
    }
