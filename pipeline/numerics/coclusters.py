"""Co-clusters of units and words: units that the same words move, and these words."""

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import SpectralCoclustering
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, Float64Array, Int64Array

MIN_GROUP = 4  # words, and units, that there must be a group on average
# Co-clusterings that the groups are a consensus of: of half as many, two consensuses differed by
# some members.
RUNS = 200


@dataclass(frozen=True)
class Coclusters:
    """Groups of words and units, numbered by their units, the most first, then by their words.

    words, units                    int64 (W,), (N,)    group; -1 of a unit that no word moves
    word_stability, unit_stability  float64 (W,), (N,)  share of the co-clusterings that put it
                                    together with a member of its group, the mean over the others;
                                    not-a-number of a unit that no word moves
    agreement   mean adjusted Rand index of a co-clustering and the consensus; None where there is
                one group
    """

    words: Int64Array
    units: Int64Array
    word_stability: Float64Array
    unit_stability: Float64Array
    agreement: float | None


def coclusters(response: Float32Array, most: int, seed: int) -> Coclusters:
    """Co-cluster words and units by the absolute response of each unit to each word.

    A co-clustering depends on the random start of its search, so the groups are a consensus of
    RUNS of them: average linkage of the shares of runs in which two members were together.

    response  float32 (W, N)  each word moves a unit at least
    most      groups at the most; fewer where a group would have fewer than MIN_GROUP words or
              units on average
    seed      of the searches
    source    Dhillon 2001, co-clustering by spectral graph partitioning; Ming et al. 2017, RNNVis;
              Monti et al. 2003, "Consensus clustering"
    """
    size = np.abs(response.astype(np.float64))
    moved: BoolArray = np.asarray(size.any(axis=0))
    words = len(response)
    count = min(most, min(words, int(moved.sum())) // MIN_GROUP)
    member = np.zeros(words + int(moved.sum()), np.int64)
    stability, agreement = np.ones(len(member)), None
    if count > 1:
        # Small arrays: more threads cost time, and sums over them could differ.
        with threadpool_limits(1):
            labels = single_runs(size[:, moved], count, seed)
        together = shares_together(labels)
        member = cut(together, count)
        stability = own_stability(together, member)
        agreement = float(np.mean([adjusted_rand_score(member, each) for each in labels]))
    member = by_members(member, words)
    units, unit_stability = np.full(len(moved), -1), np.full(len(moved), np.nan)
    units[moved], unit_stability[moved] = member[words:], stability[words:]
    return Coclusters(member[:words], units, stability[:words], unit_stability, agreement)


def single_runs(size: Float64Array, count: int, seed: int) -> Int64Array:
    """Return the groups of all words, then all units, of each co-clustering: int64 (RUNS, W + N).

    size   float64 (W, N)
    count  groups
    """
    runs = []
    for start in np.random.SeedSequence(seed).generate_state(RUNS):
        model = SpectralCoclustering(n_clusters=count, random_state=int(start)).fit(size)
        runs.append(np.concatenate([model.row_labels_, model.column_labels_]))
    return np.array(runs, dtype=np.int64)


def shares_together(labels: Int64Array) -> Float64Array:
    """Return the share of the runs in which two members are in one group: float64 (L, L).

    labels  int64 (R, L)
    """
    together = np.zeros((labels.shape[1], labels.shape[1]))
    for label in labels:
        together += label[:, None] == label
    return together / len(labels)


def cut(together: Float64Array, count: int) -> Int64Array:
    """Return groups, int64 (L,), that are most often together: `count` at the most.

    together  float64 (L, L)
    """
    tree = linkage(squareform(1 - together, checks=False), "average")
    member: Int64Array = fcluster(tree, count, "maxclust").astype(np.int64) - 1
    return member


def own_stability(together: Float64Array, member: Int64Array) -> Float64Array:
    """Return the mean share of runs in which each is with the others of its group, float64 (L,).

    together  float64 (L, L)
    member    int64 (L,)
    """
    same = member[:, None] == member
    others = same.sum(axis=1) - 1
    total = (together * same).sum(axis=1) - 1
    return np.where(others > 0, total / np.maximum(others, 1), 1.0)


def by_members(member: Int64Array, words: int) -> Int64Array:
    """Return the groups renumbered by their units, the most first, of equal ones by their words.

    member  int64 (L,)  words, then units
    words   how many of them are words
    """
    count = int(member.max(initial=-1)) + 1
    of_words, of_units = (
        np.bincount(each, minlength=count) for each in (member[:words], member[words:])
    )
    number = np.empty(count, np.int64)
    number[np.lexsort((-of_words, -of_units))] = np.arange(count)
    renumbered: Int64Array = number[member]
    return renumbered
