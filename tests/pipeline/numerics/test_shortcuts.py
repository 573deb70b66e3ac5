"""Lifts, tests and findings of shortcuts against plain references."""

import math

import numpy as np
import pytest
from scipy import stats

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.shortcuts import (
    Evidence,
    find_shortcuts,
    findings,
    label_lift,
    overlap,
    split_difference,
    unsupported,
)
from tests.synthetic_labels import label_lift as loop_lift
from tests.synthetic_labels import split_difference as loop_difference


def test_a_lift_of_two_classes_is_a_difference_of_log_odds() -> None:
    holding, split = np.array([[30, 10], [0, 2], [0, 0]]), np.array([50, 30])
    towards = np.array([0, 1, 1])
    lift, error = label_lift(holding, towards, split)
    for row, (held, cls) in enumerate(zip(holding, towards, strict=True)):
        base = (split[cls] + 1) / (80 + 2)
        yes = held[cls] + 2 * base
        no = held.sum() - held[cls] + 2 * (1 - base)
        assert lift[row] == pytest.approx(math.log(yes / no) - math.log(base / (1 - base)))
        assert error[row] == pytest.approx(math.sqrt(1 / yes + 1 / no))


@pytest.mark.parametrize("classes", [2, 4, 5])
def test_lifts_equal_a_plain_loop(classes: int) -> None:
    rng = np.random.default_rng(classes)
    holding, split = rng.integers(0, 30, (9, classes)), rng.integers(30, 90, classes)
    split[0] = 0
    holding[:, 0], holding[4] = 0, 0
    towards = rng.integers(0, classes, 9)
    lift, error = label_lift(holding, towards, split)
    for row in range(9):
        wanted = loop_lift(holding[row].tolist(), split.tolist(), towards[row])
        assert (lift[row], error[row]) == pytest.approx(wanted)
    # A word that no sequence holds says nothing; a class without a sequence has a share.
    assert lift[4] == pytest.approx(0)
    assert np.isfinite(lift).all() and np.isfinite(error).all()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_lift_and_effect_are_in_one_unit(classes: int) -> None:
    # A model that answers with the shares of the classes, before and after it has read the word:
    # its effect is the lift of the same counts, but for the two sequences that are added.
    rng = np.random.default_rng(classes)
    split, holding = rng.integers(400, 900, classes) * 1000, rng.integers(20, 300, classes) * 1000
    before, after = (np.log(counts / counts.sum()) for counts in (split, holding))
    effect = class_effects((after - before)[None])[0]
    for towards in range(classes):
        lift, _ = label_lift(holding[None], np.array([towards]), split)
        assert lift[0] == pytest.approx(effect[towards], abs=1e-3)


def test_the_error_of_a_lift_is_that_of_drawn_counts() -> None:
    share, split = np.array([0.5, 0.2, 0.3]), np.array([400, 300, 300])
    drawn = np.random.default_rng(0).multinomial(200, share, 20_000)
    lift, error = label_lift(drawn, np.zeros(len(drawn), int), split)
    assert lift.std() == pytest.approx(error.mean(), rel=0.03)


def test_split_differences_equal_a_plain_loop() -> None:
    rng = np.random.default_rng(5)
    train, test = rng.integers(0, 40, (30, 3)), rng.integers(0, 20, (30, 3))
    test[0], train[1] = 0, 0
    towards, sizes = rng.integers(0, 3, 30), (np.array([90, 50, 70]), np.array([30, 60, 40]))
    found = split_difference(train, test, towards, sizes)
    for row in range(30):
        words = {"train": train[row].tolist(), "test": test[row].tolist(), "towards": towards[row]}
        loop = loop_difference(words, {"train": sizes[0].tolist(), "test": sizes[1].tolist()})
        assert found[row] == pytest.approx(loop, rel=1e-6)
    assert found[0] == found[1] == 1


def test_splits_of_other_classes_do_not_make_every_word_a_shortcut() -> None:
    # Half of the training texts are positive and a fifth of the test texts, in every word alike.
    train, test = np.array([[500, 500]]), np.array([[160, 40]])
    same = split_difference(
        train, test, np.array([1]), (np.array([5000, 5000]), np.array([1600, 400]))
    )
    other = split_difference(
        train, test, np.array([1]), (np.array([5000, 5000]), np.array([1000, 1000]))
    )
    assert same[0] > 0.5 and other[0] < 1e-9


def test_p_values_of_a_chosen_class_are_not_too_small() -> None:
    # The worst case: the class is the one that training happens to speak for most.
    rng = np.random.default_rng(11)
    for classes in (2, 4):
        share = np.full(classes, 1 / classes)
        train, test = rng.multinomial(60, share, 4000), rng.multinomial(40, share, 4000)
        sizes = (np.full(classes, 600), np.full(classes, 400))
        p = split_difference(train, test, train.argmax(axis=1), sizes)
        assert (p <= 0.05).mean() <= 0.05


def test_an_effect_counts_as_far_as_the_test_labels_do_not_support_it() -> None:
    effect, error = np.array([3.0, 0.4, 1.1, 3.0, np.nan]), np.array([0.1, 0.3, 0.1, 0.1, np.nan])
    lift, lift_error = np.array([-1.0, 0.0, 2.36, 0.0, 0.0]), np.full(5, 0.2)
    score = unsupported(effect, error, np.array([11, 11, 500, 2, 1]), lift, lift_error)
    ten, many, one = (stats.t.ppf(0.975, freedom) for freedom in (10, 499, 1))
    # Labels that speak against the class do not make the word more of a shortcut.
    wanted = [3 - ten * math.hypot(0.1, 0.2), 0.4 - ten * math.hypot(0.3, 0.2)]
    wanted += [1.1 - 2.36 - many * math.hypot(0.1, 0.2), 3 - one * math.hypot(0.1, 0.2)]
    np.testing.assert_allclose(score[:4], wanted)
    assert score[2] < 0 and np.isnan(score[4])


def test_a_shortcut_needs_labels_that_changed_and_an_effect_that_exceeds_them() -> None:
    train = np.array([[10, 190], [100, 100], [10, 190], [10, 190], [0, 9], [10, 190]])
    test = np.array([[100, 100], [100, 100], [100, 100], [30, 170], [9, 0], [100, 100]])
    evidence = Evidence(
        effect=np.array([2.0, 2.0, 0.1, 1.2, 2.0, 2.0]),
        effect_se=np.full(6, 0.1),
        towards=np.ones(6, dtype=int),
        sequences=np.full(6, 50),
        train=train,
        test=test,
        sizes=(np.array([500, 500]), np.array([400, 400])),
        special=np.arange(6) == 5,
    )
    q, score, listed = find_shortcuts(evidence)
    # Its labels changed; they did not; it hardly moves the model; less than the labels support;
    # fewer than ten test sequences hold it; it is the unknown word.
    assert listed.tolist() == [0]
    assert (q[[0, 2]] < 1e-6).all() and q[1] > 0.5 and np.isnan(q[[4, 5]]).all()
    assert score[0] > 1 and (score[2:4] < 0).all()


def test_phrases_of_the_same_sequences_are_one_finding() -> None:
    held = np.zeros((6, 40), dtype=bool)
    held[0, :10] = True  # marla quince
    held[1, 20:30] = True  # something else
    held[2, :12] = True  # marla
    held[3, 2:5] = True  # to marla
    held[4, :10] = True  # the same sequences, pushing to another class
    held[5] = True  # a word that stands everywhere
    towards = np.array([0, 0, 0, 0, 1, 0])
    assert findings(held, towards).tolist() == [0, 1, 0, 0, 4, 5]
    assert findings(held[:0], towards[:0]).tolist() == []


def test_an_overlap_is_corrected_for_chance() -> None:
    one, others = np.zeros(100, dtype=bool), np.zeros((3, 100), dtype=bool)
    one[:10] = True
    others[0, :80] = True  # All of the ten, where eight are expected.
    others[1, 2:82] = True  # Eight of the ten.
    others[2, 5:15] = True
    np.testing.assert_allclose(overlap(one, others), [1, 0, (0.5 - 0.1) / 0.9])
