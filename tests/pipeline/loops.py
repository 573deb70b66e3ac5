"""Plain loops that vectorised functions are held against."""

import math

import numpy as np

from tests.pipeline.extracted import OFFSETS


def loop_prediction(logit: list[float]) -> list[float]:
    if len(logit) == 1:
        p = 1 / (1 + math.exp(-logit[0]))
        return [1 - p, p]
    total = sum(math.exp(z) for z in logit)
    return [math.exp(z) / total for z in logit]


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
