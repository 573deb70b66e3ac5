"""Quantiles, tests and corrections by other ways than those of the pipeline, without scipy."""

import math
from statistics import NormalDist

import numpy as np

SURE = 0.975  # either side of a 95 % interval
EXACT_FREEDOM = 30  # below it the expansion is not exact enough


def student_quantile(clusters: np.ndarray) -> np.ndarray:
    """Return the 97.5 % quantile of Student's t with clusters - 1 degrees of freedom.

    clusters  int64 (P,)
    returns   float64 (P,)  not-a-number below two clusters
    source    Abramowitz and Stegun 1964, 26.7.3 and 26.7.4 up to EXACT_FREEDOM, then the
              expansion 26.7.5, exact to 1e-8 there
    """
    freedom, places = np.unique(clusters.astype(np.int64) - 1, return_inverse=True)
    found = [
        math.nan if n < 1 else by_bisection(n) if n < EXACT_FREEDOM else by_expansion(n)
        for n in freedom.tolist()
    ]
    quantile: np.ndarray = np.array(found, dtype=np.float64)[places]
    return quantile


def by_expansion(freedom: int) -> float:
    """Return the quantile by an expansion around the normal distribution's."""
    x = NormalDist().inv_cdf(SURE)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160,
    )
    return x + math.fsum(term / freedom ** (power + 1) for power, term in enumerate(terms))


def by_bisection(freedom: int) -> float:
    """Return the quantile by bisection of the distribution's finite sum."""
    low, high = 0.0, 13.0  # one degree of freedom has 12.7
    for _ in range(60):
        middle = (low + high) / 2
        inside = central_share(middle, freedom) < 2 * SURE - 1
        low, high = (middle, high) if inside else (low, middle)
    return low


def central_share(t: float, freedom: int) -> float:
    """Return the probability that Student's t lies between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    term = math.cos(angle) if freedom % 2 else 1.0
    total, first = (0.0 if freedom == 1 else term), (3 if freedom % 2 else 2)
    for n in range(first, freedom - 1, 2):
        term *= (n - 1) / n * math.cos(angle) ** 2
        total += term
    if freedom % 2:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


class FisherTest:
    """Fisher's exact test of two by two counts, by sums of whole distributions.

    most  largest sum of the four counts
    """

    def __init__(self, most: int) -> None:
        self.log_factorial = np.append(0, np.cumsum(np.log(np.arange(1, most + 1))))

    def greater(self, table: tuple[int, int, int, int], odds_ratio: float) -> float:
        """Return the probability of the first count or more, all margins kept.

        table       yes and no of the first row, yes and no of the second
        odds_ratio  of the first row to the second, by hypothesis
        """
        a, b, c, d = table
        x = np.arange(max(0, a - d), min(a + b, a + c) + 1)
        cells = (x, a + b - x, a + c - x, d - a + x)
        log = x * math.log(odds_ratio) - sum(self.log_factorial[cell] for cell in cells)
        weight = np.exp(log - log.max())
        return float(weight[x >= a].sum() / weight.sum())


def discovery_rates(p: list[float], tests: int | None = None) -> list[float]:
    """Return the q of each test: the smallest over thresholds at which it is called.

    tests   how many there were, where others had a p of 1; None: these
    source  Benjamini and Hochberg 1995
    """
    total = len(p) if tests is None else tests
    order = sorted(range(len(p)), key=lambda each: p[each])
    q, smallest = [1.0] * len(p), 1.0
    for rank in range(len(p), 0, -1):
        smallest = min(smallest, p[order[rank - 1]] * total / rank)
        q[order[rank - 1]] = smallest
    return q
