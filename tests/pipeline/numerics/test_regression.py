"""Evidence of the labels for a word beyond the other words, against plain loops."""

from itertools import product
from math import exp, prod

import numpy as np
import pytest

from stateline.pipeline.numerics import regression
from stateline.pipeline.numerics.regression import FOLDS, WordRegression, at_least, fit_words


def made(classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of 400 texts and their words, and labels: the first words go with their classes."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, classes, 400)
    holds = rng.random((400, 9)) < 0.3
    for class_ in range(classes):
        holds[:, class_] = rng.random(400) < np.where(label == class_, 0.6, 0.1)
    sequence, word = np.nonzero(holds)
    return sequence, word, label


@pytest.mark.parametrize("classes", [2, 3])
def test_each_text_is_predicted_by_a_regression_that_has_not_seen_it(classes: int) -> None:
    sequence, word, label = made(classes)
    fitted = fit_words(sequence, word, label, 9, classes, seed=1)
    assert np.ptp(np.bincount(fitted.part)) <= 1
    for class_ in range(classes):  # stratified
        assert np.ptp(np.bincount(fitted.part[label == class_], minlength=FOLDS)) <= 1
    assert fitted.effects[:classes].argmax(axis=1).tolist() == [*range(classes)]
    assert (fitted.logit.argmax(axis=1) == label).mean() > 0.6
    changed = label.copy()
    changed[fitted.part == 2] = (changed[fitted.part == 2] + 1) % classes
    again = WordRegression(fitted.part, *refitted(sequence, word, changed, fitted.part, classes))
    here = fitted.part == 2
    assert again.logit[here] == pytest.approx(fitted.logit[here], abs=1e-6)


def refitted(sequence, word, label, part, classes) -> tuple:
    """Weights, logits and scale by scikit-learn's own classes, a part at a time."""
    from sklearn.linear_model import LogisticRegression

    held = np.zeros((len(label), 9))
    held[sequence, word] = 1
    weights, logit = np.zeros((FOLDS, 9, classes)), np.zeros((len(label), classes))
    for each in range(FOLDS):
        fit = LogisticRegression(solver="newton-cg").fit(held[part != each], label[part != each])
        for row in np.flatnonzero(part == each):
            score = fit.decision_function(held[row : row + 1])[0]
            logit[row] = [-score / 2, score / 2] if classes == 2 else score
    return weights, logit, 1.0


def test_the_rest_of_a_text_is_what_its_other_words_say() -> None:
    sequence, word, label = made(3)
    fitted = fit_words(sequence, word, label, 9, 3, seed=1)
    texts = sequence[word == 1]
    for text, found in zip(texts, fitted.rest(1, texts, 2), strict=True):
        without = fitted.logit[text] - fitted.weights[fitted.part[text], 1]
        odds = [exp(fitted.scale * each) for each in without]
        assert found == pytest.approx(odds[2] / sum(odds))


def test_a_word_that_says_nothing_is_labelled_as_the_others_predict() -> None:
    p = []
    for seed in range(20):
        sequence, word, label = made(2, seed)
        fitted = fit_words(sequence, word, label, 9, 2, seed=1)
        for each in range(2, 9):
            texts = sequence[word == each]
            chance = fitted.rest(each, texts, 1)
            p.append(at_least(chance, int(label[texts].sum())))
    assert np.mean(np.array(p) < 0.05) < 0.09
    assert np.mean(np.array(p) < 0.5) == pytest.approx(0.5, abs=0.1)


def test_so_many_hits_or_more_are_counted_over_all_outcomes(monkeypatch) -> None:
    chance = np.random.default_rng(4).uniform(size=7)
    for hits in range(8):
        outcomes = (each for each in product((0, 1), repeat=7) if sum(each) >= hits)
        wanted = sum(
            prod(c if hit else 1 - c for c, hit in zip(chance, each, strict=True))
            for each in outcomes
        )
        assert at_least(chance, hits) == pytest.approx(wanted)
    many = np.random.default_rng(5).uniform(0.3, 0.7, 400)
    exact = at_least(many, 215)
    monkeypatch.setattr(regression, "EXACT", 100)
    assert at_least(many, 215) == pytest.approx(exact, rel=0.02)
