"""Errors, tests and corrections against plain loops and scipy's own."""

import math

import numpy as np
import pytest
from scipy import stats

from stateline.pipeline.numerics.significance import (
    benjamini_hochberg,
    clustered_errors,
    fisher_greater,
    t_quantile,
)
from stateline.store.checks.significance import FisherTest, discovery_rates, student_quantile


def test_an_interval_of_few_sequences_is_wide() -> None:
    found = t_quantile(np.array([0, 1, 2, 3, 10, 10_000]))
    assert np.isnan(found[:2]).all()
    np.testing.assert_allclose(found[2:], [12.706, 4.303, 2.262, 1.960], atol=1e-3)


def test_the_checks_have_the_same_quantiles_without_scipy() -> None:
    clusters = np.array([1, 2, 3, 4, 5, 11, 29, 30, 31, 32, 60, 400, 100_000, 3])
    np.testing.assert_allclose(student_quantile(clusters), t_quantile(clusters), rtol=1e-7)


def test_clustered_errors_equal_a_plain_loop() -> None:
    rng = np.random.default_rng(3)
    group, cluster = rng.integers(0, 4, 60), rng.integers(0, 5, 60)
    group[group == 3] = 2
    group[0], cluster[0] = 3, 2  # A group of one value.
    values = rng.normal(3000, 1, (60, 2))
    errors, clusters = clustered_errors(values, group, cluster, 5)
    for each in range(4):
        own, names = values[group == each], cluster[group == each]
        assert clusters[each] == len(set(names))
        if each == 3:
            assert np.isnan(errors[each]).all()
            continue
        for column in range(2):
            mean = sum(own[:, column]) / len(own)
            off = [sum(own[names == name, column] - mean) for name in set(names)]
            several = len(off)
            squares = sum(one**2 for one in off) * several / (several - 1)
            assert errors[each, column] == pytest.approx(math.sqrt(squares) / len(own))
    assert clusters[4] == 0 and np.isnan(errors[4]).all()


def test_with_one_value_a_cluster_the_error_is_the_plain_one() -> None:
    values = np.random.default_rng(1).normal(size=(9, 1))
    errors, _ = clustered_errors(values, np.zeros(9, np.int64), np.arange(9), 1)
    assert errors[0, 0] == pytest.approx(values.std(ddof=1) / 3)


def test_values_repeated_in_their_sequence_prove_no_more() -> None:
    values = np.random.default_rng(1).normal(size=(9, 1))
    once, _ = clustered_errors(values, np.zeros(9, np.int64), np.arange(9), 1)
    again, _ = clustered_errors(
        values.repeat(5, axis=0), np.zeros(45, np.int64), np.arange(9).repeat(5), 1
    )
    assert again[0, 0] == pytest.approx(once[0, 0])


def test_fishers_test_is_scipys_and_that_of_the_checks() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 30, (40, 2)), rng.integers(0, 30, (40, 2))
    first[:3] = [[0, 0], [5, 0], [0, 7]]
    second[1] = [0, 0]
    ratio = np.array([1.0] * 20 + rng.uniform(0.3, 3, 20).tolist())
    found = fisher_greater(first, second, ratio)
    check = FisherTest(200)
    for row, ((a, b), (c, d)) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        assert check.greater((a, b, c, d), ratio[row]) == pytest.approx(found[row], rel=1e-9)
        if row < 20:
            wanted = stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
        else:
            drawn = stats.nchypergeom_fisher(a + b + c + d, a + c, a + b, ratio[row])
            wanted = sum(drawn.pmf(x) for x in range(a, min(a + b, a + c) + 1))
        assert found[row] == pytest.approx(wanted, rel=1e-6)


def test_a_test_that_was_not_made_does_not_count() -> None:
    p = np.array([0.01, np.nan, 0.04, 0.02, 0.9])
    q = benjamini_hochberg(p)
    assert np.isnan(q[1])
    np.testing.assert_allclose(q[[0, 3, 2, 4]], [0.04, 0.04, 0.04 * 4 / 3, 0.9])
    np.testing.assert_allclose(discovery_rates(p[~np.isnan(p)].tolist()), q[~np.isnan(q)])
    assert np.isnan(benjamini_hochberg(np.array([np.nan]))).all()
