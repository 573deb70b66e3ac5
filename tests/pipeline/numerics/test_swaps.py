"""Statistics of the swap test against plain loops and other ways of computing them."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.swaps import (
    like_words,
    mean_and_error,
    push_probability,
    q_values,
    wilson_interval,
)


@pytest.mark.parametrize("outputs", [2, 4])
def test_a_unit_logit_is_the_logit_less_the_mean_over_the_other_classes(outputs: int) -> None:
    logit = np.random.default_rng(1).normal(size=(5, outputs)).astype(np.float32)
    for row, found in zip(logit.astype(float), class_effects(logit), strict=True):
        for class_ in range(outputs):
            others = [row[each] for each in range(outputs) if each != class_]
            assert found[class_] == pytest.approx(row[class_] - sum(others) / len(others))


def test_one_sigmoid_unit_counts_for_the_second_class_and_against_the_first() -> None:
    assert class_effects(np.array([[2.5]], np.float32)).tolist() == [[-2.5, 2.5]]


def test_like_words_are_the_nearest_others() -> None:
    rng = np.random.default_rng(2)
    others = rng.normal(size=(12, 2))
    words = np.concatenate([others[3:6], rng.normal(size=(2, 2))])
    own = np.array([3, 4, 5, -1, -1])
    for wanted in (4, 50):
        found = like_words(words, others, wanted, own)
        for word, self, near in zip(words, own, found, strict=True):
            away = {i: math.dist(word, each) for i, each in enumerate(others) if i != self}
            assert near.tolist() == sorted(away, key=away.get)[:wanted]


def test_the_wilson_interval_is_scipys() -> None:
    for hits, count in ((0, 10), (3, 12), (12, 12), (41, 100)):
        wanted = binomtest(hits, count).proportion_ci(method="wilson")
        low, high = wilson_interval(np.array([hits / count]), np.array([count]))
        assert (low[0], high[0]) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_the_probability_of_a_change_is_that_of_a_one_sided_t_test() -> None:
    rng = np.random.default_rng(3)
    samples = [rng.normal(0.4, 1, count) for count in (10, 25, 100)]
    means, errors = np.array([mean_and_error(each) for each in samples]).T
    found = push_probability(means, errors, np.array([10, 25, 100]))
    for sample, p in zip(samples, found, strict=True):
        assert p == pytest.approx(ttest_1samp(sample, 0, alternative="greater").pvalue)


def test_a_change_that_does_not_vary_is_above_zero_or_not() -> None:
    change = np.array([1.0, -1.0, 0.0])
    assert push_probability(change, np.zeros(3), np.array([10] * 3)).tolist() == [0, 1, 0.5]


def test_words_that_were_not_tested_count_as_not_found() -> None:
    p = np.array([0.001, 0.03, 0.2])
    wanted = []
    for rank in range(3):
        each = [p[later] * 8 / (later + 1) for later in range(rank, 3)]
        wanted.append(min([1.0, *each]))
    assert q_values(p, 8) == pytest.approx(wanted)
