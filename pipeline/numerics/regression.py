"""Logistic regression on the words that sequences hold: what the labels say of each word."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array
from scipy.special import log_softmax, softmax
from scipy.stats import norm

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.arrays import Float64Array, Int64Array, IntArray

FOLDS = 4
NEVER = -10.0  # log-odds of a class that a part holds no sequence of
EXACT = 1_000  # sequences up to which a sum of yes and no is counted through


@dataclass(frozen=True)
class WordRegression:
    """Logistic regressions on which words a sequence holds, each fitted without one of the parts.

    part     int64 (S,)        part of each sequence
    weights  float64 (F, V, C) weights of the regression that has not seen the part
    logit    float64 (S, C)    of each sequence by the regression that has not seen it
    scale    factor of the logits at which they predict the labels best
    """

    part: Int64Array
    weights: Float64Array
    logit: Float64Array
    scale: float

    @property
    def effects(self) -> Float64Array:
        """Mean weight of each word towards each class less that over the others: float64 (V, C)."""
        return class_effects(self.weights.mean(axis=0))

    def rest(self, word: int, sequences: Int64Array, towards: int) -> Float64Array:
        """Return the probability of a class by the other words of the sequences that hold a word.

        sequences  int64 (n,)
        returns    float64 (n,)
        """
        without = self.logit[sequences] - self.weights[self.part[sequences], word]
        chance: Float64Array = softmax(self.scale * without, axis=1)[:, towards]
        return chance


def fit_words(
    sequence: IntArray, word: IntArray, label: IntArray, words: int, classes: int, seed: int
) -> WordRegression:
    """Fit a logistic regression without each of the parts of a seeded, stratified division.

    sequence, word  int (H,)  a pair for every sequence and word that it holds
    label           int (S,)  class of each sequence; two classes have two sequences or more each
    words           V, number of columns
    source          scikit-learn's LogisticRegression with its default penalty (L2, C = 1); scale:
                    Platt 1999, "Probabilistic outputs for support vector machines"
    """
    from sklearn.linear_model import LogisticRegression

    pairs = sequence.astype(np.int32), word.astype(np.int32)  # scikit-learn takes no wider ones
    held = csr_array((np.ones(len(word)), pairs), shape=(len(label), words))
    part = np.empty(len(label), dtype=np.int64)
    shuffled = np.random.default_rng(seed).permutation(len(label))
    part[shuffled[np.argsort(label[shuffled], kind="stable")]] = np.arange(len(label)) % FOLDS
    weights, logit = np.zeros((FOLDS, words, classes)), np.empty((len(label), classes))
    for each in range(FOLDS):
        inside = part != each
        fitted = LogisticRegression(solver="newton-cg").fit(held[inside], label[inside])
        coefficients, intercept = fitted.coef_, fitted.intercept_
        if len(fitted.classes_) == 2:
            coefficients = np.concatenate([-coefficients, coefficients]) / 2
            intercept = np.concatenate([-intercept, intercept]) / 2
        weights[each][:, fitted.classes_] = coefficients.T
        begin = np.full(classes, NEVER)
        begin[fitted.classes_] = intercept
        logit[~inside] = held[~inside] @ weights[each] + begin

    def loss(scale: float) -> float:
        return -float(log_softmax(scale * logit, axis=1)[np.arange(len(label)), label].mean())

    scale = float(minimize_scalar(loss, bounds=(0, 4), method="bounded").x)
    return WordRegression(part, weights, logit, scale)


def at_least(chance: Float64Array, hits: int) -> float:
    """Return the probability of so many hits or more among independent trials.

    chance   float64 (n,)  of each trial
    returns  exact up to EXACT trials, beyond by the normal distribution, from half a hit below
    """
    if len(chance) > EXACT:
        spread = np.sqrt((chance * (1 - chance)).sum())
        return float(norm.sf((hits - 0.5 - chance.sum()) / max(spread, 1e-12)))
    counts = np.zeros(len(chance) + 1)
    counts[0] = 1
    for n, each in enumerate(chance, start=1):
        counts[1 : n + 1] = counts[1 : n + 1] * (1 - each) + counts[:n] * each
        counts[0] *= 1 - each
    return float(min(counts[hits:].sum(), 1))
