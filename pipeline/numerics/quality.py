"""Quality of a map: trust per state, and trustworthiness and continuity as a whole."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.manifold import trustworthiness

from stateline.pipeline.numerics.arrays import (
    BoolArray,
    Float32Array,
    Int32Array,
    Int64Array,
    IntArray,
)
from stateline.pipeline.numerics.neighbours import NEIGHBOUR_COUNT, Nearest

SAMPLE = 5_000
TRUST_ROWS = 4_096
# Distances computed twice differ in their last digits; equal ones must count as equal.
TIE = 1e-4


def tie_reach(neighbour_distance: Float32Array) -> Float32Array:
    """Largest distance at which a state counts as one of the nearest, ties included.

    neighbour_distance  float32 (M, k)  distances to the k nearest states, nearest first
    returns             float32 (M,)
    """
    farthest = neighbour_distance[:, -1]
    return farthest * (1 + TIE) + TIE * np.median(farthest)


def kept_share(
    states: Float32Array, base: Float32Array, near: Int32Array, reach: Float32Array
) -> Float32Array:
    """Share of each state's neighbours on the map that are within its reach in state space.

    states   float32 (M, N)
    base     float32 (B, N)  the states that the map was fitted on
    near     int32 (M, k)    rows of `base`: the nearest on the map
    reach    float32 (M,)
    returns  float32 (M,)    0 to 1
    """
    share = np.empty(len(states), dtype=np.float32)
    for start in range(0, len(states), TRUST_ROWS):
        rows = slice(start, start + TRUST_ROWS)
        apart = np.linalg.norm(base[near[rows]] - states[rows, None, :], axis=2)
        share[rows] = (apart <= reach[rows, None]).mean(axis=1)
    return share


def per_state_trust(
    base: Float32Array,
    places: Float32Array,
    fitted: BoolArray,
    neighbour_distance: Float32Array,
    others: Iterable[tuple[IntArray, Float32Array]] = (),
) -> Float32Array:
    """Share of each state's nearest fitted neighbours that are also its nearest on the map.

    base                float32 (B, N)  the states that the map was fitted on
    places              float32 (M, 2)  the map of all states
    fitted              bool (M,)       which of them are `base`
    neighbour_distance  float32 (M, k)  distances to the k nearest fitted states, nearest first
    others              all that are not fitted, in pieces: rows int (P,), states float32 (P, N)
    returns             float32 (M,)    0 to 1

    A map neighbour counts where it is no farther in state space than the k-th
    nearest: with ties (many sequences begin with the same word, hence the same
    state) any of the tied is as good as another.
    """
    reach = tie_reach(neighbour_distance)
    finder = Nearest(places[fitted], neighbour_distance.shape[1])
    trust = np.empty(len(places), dtype=np.float32)
    _, near = finder.of_themselves()
    trust[fitted] = kept_share(base, base, near, reach[fitted])
    for rows, states in others:
        _, near = finder.of(places[rows])
        trust[rows] = kept_share(states, base, near, reach[rows])
    return trust


def mean_trust(trust: Float32Array, fitted: BoolArray) -> dict[str, float | None]:
    """Mean trust of the fitted states, and of the placed ones; None where none was placed.

    trust   float32 (M,)
    fitted  bool (M,)
    """
    placed = None if fitted.all() else float(trust[~fitted].mean(dtype=np.float64))
    return {"fitted": float(trust[fitted].mean(dtype=np.float64)), "placed": placed}


def quality_rows(count: int, seed: int) -> Int64Array:
    """Return rows, int64 (n,), of a seeded sample of `count` states to evaluate a map on."""
    return np.random.default_rng(seed).permutation(count)[:SAMPLE]


def overall_quality(high: Float32Array, low: Float32Array) -> dict[str, float | int]:
    """Compute trustworthiness and continuity of some states.

    high     float32 (P, N)  the states
    low      float32 (P, 2)  their places on the map
    returns  trustworthiness: near on the map means near in state space; continuity: near in
             state space means near on the map; both 0 to 1; quality_sample: states evaluated
    source   Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods"
    """
    # The measure is defined for fewer neighbours than half of the states.
    count = min(NEIGHBOUR_COUNT, (len(high) - 1) // 2)
    if count < 1:
        return {"trustworthiness": 1.0, "continuity": 1.0, "quality_sample": len(high)}
    return {
        "trustworthiness": float(trustworthiness(high, low, n_neighbors=count)),
        "continuity": float(trustworthiness(low, high, n_neighbors=count)),
        "quality_sample": len(high),
    }


def exact_divergence(places: Float32Array, affinities: Any) -> float:
    """Compute the Kullback-Leibler divergence of a map without t-SNE's approximations.

    places      float32 (M, 2)
    affinities  sparse (M, M), sums to 1
    """
    places = places.astype(np.float64)
    total = 0.0
    for start in range(0, len(places), 512):
        block = places[start : start + 512]
        square = ((block[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
        total += (1 / (1 + square)).sum()
    total -= len(places)
    pairs = affinities.tocoo()
    square = ((places[pairs.row] - places[pairs.col]) ** 2).sum(axis=1)
    near = 1 / (1 + square) / total
    return float((pairs.data * np.log(pairs.data / near)).sum())
