"""Co-clusters of units and words: units that the same words move, and these words."""

import numpy as np
from sklearn.cluster import SpectralCoclustering

from stateline.pipeline.numerics.arrays import Float32Array, Int64Array

MIN_GROUP = 4  # words, and units, that there must be a group on average


def coclusters(response: Float32Array, most: int, seed: int) -> tuple[Int64Array, Int64Array]:
    """Co-cluster words and units by the absolute response of each unit to each word.

    response  float32 (W, N)  each word moves a unit at least
    most      groups at the most; fewer where a group would have fewer than MIN_GROUP words or
              units on average
    seed      of the search
    returns   group of each word int64 (W,), of each unit int64 (N,); -1 for a unit that no word
              moves; numbered by their units, the most first, and of equal ones by their words
    source    Dhillon 2001, co-clustering by spectral graph partitioning; Ming et al. 2017, RNNVis
    """
    size = np.abs(response.astype(np.float64))
    moved = size.any(axis=0)
    of_units = np.where(moved, 0, -1)
    count = min(most, min(len(response), int(moved.sum())) // MIN_GROUP)
    if count < 2:
        return np.zeros(len(response), np.int64), of_units
    model = SpectralCoclustering(n_clusters=count, random_state=seed).fit(size[:, moved])
    words, units = model.row_labels_, model.column_labels_
    members = np.array([np.bincount(each, minlength=count) for each in (words, units)])
    order = np.lexsort((-members[0], -members[1]))
    # A group may have come out empty: the others are numbered without a gap.
    number = np.empty(count, np.int64)
    number[order] = np.arange(count)
    of_units[moved] = number[units]
    return number[words], of_units
