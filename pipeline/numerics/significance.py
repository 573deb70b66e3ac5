"""Errors of means, tests and corrections that statements about words rest on."""

import numpy as np
from scipy import special, stats

from stateline.pipeline.numerics.arrays import Float64Array, Int64Array, IntArray

LEVEL = 0.05  # of an interval's two sides together


def t_quantile(clusters: IntArray, level: float = LEVEL) -> Float64Array:
    """Return how many standard errors a mean's interval reaches to either side.

    clusters  int (P,)  independent units behind each mean, such as sequences
    level     share of intervals that miss the mean, both sides together
    returns   float64 (P,)  quantile of Student's t with clusters - 1 degrees of freedom;
              not-a-number below two clusters
    """
    freedom = np.asarray(clusters, dtype=np.float64) - 1
    with np.errstate(invalid="ignore"):
        found: Float64Array = stats.t.ppf(1 - level / 2, np.where(freedom > 0, freedom, np.nan))
    return found


def clustered_errors(
    values: Float64Array, group: Int64Array, cluster: IntArray, groups: int
) -> tuple[Float64Array, Int64Array]:
    """Return the standard error of the mean of each group, clustered.

    Values of one cluster count as one draw, however many they are: a word that a sequence repeats
    ten times proves no more than one that stands in it once. With one value a cluster this is the
    standard deviation over the square root of their number.

    values   float64 (O, D)
    group    int64 (O,)  0 to groups - 1: the word of each value
    cluster  int (O,)    the sequence of each value
    returns  float64 (groups, D), not-a-number where a group has one cluster, and the number of
             clusters of each group, int64 (groups,)
    source   Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models";
             the factor G / (G - 1) for G clusters
    """
    count = np.bincount(group, minlength=groups)
    width = int(cluster.max(initial=0)) + 1
    pairs, inverse = np.unique(group * width + cluster, return_inverse=True)
    owner = pairs // width
    clusters = np.bincount(owner, minlength=groups).astype(np.int64)
    errors = np.empty((groups, values.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.sqrt(np.where(clusters > 1, clusters / (clusters - 1.0), np.nan)) / count
        for column, value in enumerate(values.T):
            mean = np.bincount(group, value, groups) / count
            of_cluster = np.bincount(inverse, value - mean[group], len(owner))
            errors[:, column] = factor * np.sqrt(np.bincount(owner, of_cluster**2, groups))
    return errors, clusters


def benjamini_hochberg(p: Float64Array) -> Float64Array:
    """Return the false discovery rate at which each of several tests is called, its q.

    p        float64 (P,)  not-a-number where nothing was tested
    returns  float64 (P,)  not-a-number in the same places
    source   Benjamini and Hochberg 1995, "Controlling the false discovery rate"
    """
    q = np.full(len(p), np.nan)
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = stats.false_discovery_control(p[tested])
    return q


def fisher_greater(first: IntArray, second: IntArray, odds_ratio: Float64Array) -> Float64Array:
    """Return the p-values of Fisher's exact test of two by two counts, against greater odds.

    The hypothesis is that the odds of the first row are `odds_ratio` times those of the second,
    or less: with 1 it is the plain test, else its form for another ratio.

    first       int (P, 2)    counts of yes and no
    second      int (P, 2)    the same elsewhere
    odds_ratio  float64 (P,)  of the hypothesis
    returns     float64 (P,)  probability of as many yes in the first row or more, where all sums
                of rows and columns are kept
    source      Fisher 1935; its distribution for another ratio is Fisher's noncentral
                hypergeometric distribution
    """
    ratio = np.log(odds_ratio)
    most = int((first.sum(axis=1) + second.sum(axis=1)).max(initial=0))
    log_factorial = special.gammaln(np.arange(most + 1) + 1.0)
    found = np.empty(len(first))
    for row, (own, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        yes, size, left = own[0] + other[0], sum(own), sum(other)
        low = max(0, yes - left)
        x = np.arange(low, min(yes, size) + 1)
        weight = x * ratio[row] - (
            log_factorial[x]
            + log_factorial[yes - x]
            + log_factorial[size - x]
            + log_factorial[left - yes + x]
        )
        weight = np.exp(weight - weight.max())
        found[row] = weight[own[0] - low :].sum() / weight.sum()
    return np.minimum(found, 1.0)
