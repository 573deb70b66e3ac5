"""Statistics of the swap test: how far a word moves the answer, against words like it."""

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import norm, t

from stateline.pipeline.numerics.arrays import (
    Float64Array,
    Int64Array,
    IntArray,
)
from stateline.pipeline.numerics.significance import LEVEL, benjamini_hochberg


def like_words(
    words: Float64Array, others: Float64Array, wanted: int, own: Int64Array
) -> list[Int64Array]:
    """Return the others that are nearest to each word in frequency and position, itself left out.

    words    float64 (W, 2)  log frequency and mean relative position, each in its own unit
    others   float64 (D, 2)  likewise
    wanted   words to return at the most
    own      int64 (W,)      which of the others each word is; -1: none of them
    returns  W arrays int64 (n,), the nearest first; n is `wanted` or all others there are
    """
    near = min(wanted + 1, len(others))
    _, found = cKDTree(others).query(words, k=[*range(1, near + 1)])
    return [each[each != self][:wanted] for each, self in zip(found, own, strict=True)]


def wilson_interval(rate: Float64Array, count: IntArray | int) -> tuple[Float64Array, Float64Array]:
    """Return the interval of a rate.

    rate     float64 (W,)  share of `count` sequences
    count    int (W,)
    returns  float64 (W,) twice, low and high, 0 to 1
    source   Wilson 1927, "Probable inference, the law of succession, and statistical inference"
    """
    z = norm.ppf(1 - LEVEL / 2)
    scale = 1 + z**2 / count
    centre = (rate + z**2 / (2 * count)) / scale
    half = z / scale * np.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2))
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def mean_and_error(values: Float64Array) -> tuple[float, float]:
    """Return the mean of values and its standard error.

    values   float64 (n,)  one a sequence, or one a word; n >= 2
    """
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def push_probability(change: Float64Array, error: Float64Array, count: IntArray) -> Float64Array:
    """Return the probability of so large a mean change if the word pushed nowhere.

    change, error  float64 (W,)  mean over `count` sequences, and its standard error
    count          int (W,)
    returns        float64 (W,)  one-sided, by Student's t; 0 or 1 where nothing varies
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        above = change / error
    p: Float64Array = t.sf(np.where(np.isnan(above), 0, above), count - 1)
    return p


def q_values(p: Float64Array, words: int) -> Float64Array:
    """Return the false discovery rate at which each tested word would be listed.

    p        float64 (W,)
    words    words that could have been tested; p of the others counts as 1
    returns  float64 (W,)
    """
    return benjamini_hochberg(np.concatenate([p, np.ones(words - len(p))]))[: len(p)]
