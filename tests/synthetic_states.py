"""States of a synthetic run, and what a readout makes of them, by loops that restate the terms."""

import numpy as np

from stateline.store.schema import PLACED_BY
from tests.synthetic_shape import Layer


def random_walk(rng: np.random.Generator, length: int, units: int) -> np.ndarray:
    """Cell states of one sequence, (T, N): small moves, and now and then a jump."""
    size = np.where(rng.random((length, 1)) < 0.12, 1.2, 0.25)
    return np.cumsum(rng.normal(0, 1, (length, units)) * size, axis=0).astype(np.float32)


def layer_columns(
    rng: np.random.Generator, gate_rng: np.random.Generator, lengths: np.ndarray, layer: Layer
) -> dict[str, np.ndarray]:
    """All columns that a layer may store, but for the key; a backward one walks from the end."""
    walks = [random_walk(rng, length, layer.units) for length in lengths]
    if layer.direction == "backward":
        walks = [walk[::-1] for walk in walks]
    c = np.concatenate(walks)
    h = np.tanh(c).astype(np.float32)
    gates = {
        f"gate_{name}": gate_rng.random(c.shape).astype(np.float32) for name in layer.gate_names
    }
    return {
        "h": h,
        "distance": np.linalg.norm(moves(h, lengths, layer.direction), axis=1),
        "c": c,
        "distance_c": np.linalg.norm(moves(c, lengths, layer.direction), axis=1),
        **gates,
    }


def moves(states: np.ndarray, lengths: np.ndarray, direction: str) -> np.ndarray:
    """float64 (M, N): each state less the one that the layer held before it read the step."""
    moved = np.empty(states.shape)
    first = 0
    for length in lengths:
        rows = range(first, first + length)
        state = np.zeros(states.shape[1])
        for row in rows if direction == "forward" else reversed(rows):
            moved[row] = states[row] - state
            state = states[row].astype(np.float64)
        first += length
    return moved


def answered(
    method: str,
    h: np.ndarray,
    lengths: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Logits (M, K) after each step and the one before the first (K,), by the readout's method.

    h        float32 (M, N)
    weights  float32 (K, N)
    bias     float32 (K,)
    """
    nothing = np.zeros_like(bias)
    if method == "linear":
        return (h @ weights.T + bias).astype(np.float32), bias
    if method == "head":
        return (np.tanh(3 * h) @ weights.T + bias).astype(np.float32), bias
    if method == "given":
        return rng.normal(0, 1.5, (len(h), len(bias))).astype(np.float32), nothing
    # Not of one state but of all up to it, as a model is that reads in both directions.
    logit = np.empty((len(h), len(bias)), dtype=np.float32)
    row = 0
    for length in lengths:
        for t in range(length):
            logit[row + t] = h[row : row + t + 1].mean(axis=0) @ weights.T + bias
        row += length
    return logit, nothing


def answer_columns(
    logit: np.ndarray, initial: np.ndarray, lengths: np.ndarray
) -> dict[str, np.ndarray]:
    """Expected predictions from the logits (M, K) of a readout."""
    # One unit z is the pair of logits (0, z): the softmax of the pair is 1 - p, p.
    pair = np.column_stack([np.zeros(len(logit)), logit[:, 0]]) if len(initial) == 1 else logit
    power = np.exp(pair.astype(np.float64) - pair.max(axis=1, keepdims=True))
    ep = (power / power.sum(axis=1, keepdims=True)).astype(np.float32)
    contribution = np.empty_like(logit)
    row = 0
    for length in lengths:
        answer = initial
        for _ in range(length):
            contribution[row] = logit[row] - answer
            answer = logit[row]
            row += 1
    return {
        "ep": ep,
        "logit": logit,
        "contribution": contribution,
        "predicted": ep.argmax(axis=1),
        "confidence": ep.max(axis=1),
    }


def seen_columns(moved: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The part of each move (M, N) that a linear readout sees, and the part that it does not."""
    centred = weights.astype(np.float64)
    if len(weights) > 1:
        centred = centred - centred.mean(axis=0)
    # The rank of centred rows is one less: what rounding leaves of it is no direction.
    projector = np.linalg.pinv(centred, rcond=1e-9) @ centred
    seen = moved @ projector
    return {
        "visible": np.linalg.norm(seen, axis=1),
        "silent": np.linalg.norm(moved - seen, axis=1),
    }


def places(
    rng: np.random.Generator, states: np.ndarray, method: str, lengths: np.ndarray
) -> dict[str, np.ndarray]:
    """Places of all states on a map, trust in fifteenths, and which states the map was fitted on.

    A t-SNE map is fitted on all sequences but the last, whose states are placed.
    """
    centred = states - states.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    place = np.zeros((len(states), 2))
    place[:, : len(axes[:2])] = centred @ axes[:2].T
    if method != "pca":
        turn = np.array([[0.6, -0.8], [0.8, 0.6]])
        place = 12 * place @ turn + rng.normal(0, 0.4, place.shape)
    fitted = np.ones(len(states), dtype=bool)
    if method == "tsne" and lengths[:-1].sum() > PLACED_BY:
        fitted[lengths[:-1].sum() :] = False
        place = place.astype(np.float32)
        base = np.flatnonzero(fitted)
        for row in np.flatnonzero(~fitted):
            away = np.linalg.norm(states[base].astype(np.float64) - states[row], axis=1)
            place[row] = np.median(place[base[np.argsort(away)[:PLACED_BY]]], axis=0)
    trust = rng.integers(3, 16, len(states)) / 15
    return {"x": place[:, 0], "y": place[:, 1], "trust": trust, "fitted": fitted}
