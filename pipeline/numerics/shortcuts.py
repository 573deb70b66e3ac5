"""Shortcuts: words that push where the training labels point and the test labels do not.

P phrases, C classes, S stored sequences. Effects and lifts are in one unit: the logit of a class
less the mean of the other classes' logits.
"""

from dataclasses import dataclass

import numpy as np

from stateline.pipeline.numerics.arrays import (
    BoolArray,
    Float64Array,
    Int64Array,
    IntArray,
    UInt32Array,
)
from stateline.pipeline.numerics.significance import (
    benjamini_hochberg,
    fisher_greater,
    t_quantile,
)
from stateline.store.schema import LABEL_PRIOR, MAX_Q, MIN_OVERLAP, MIN_SHORTCUT


def base_shares(split: IntArray) -> Float64Array:
    """Return the share of each class in a split, float64 (C,), as if each had one sequence more.

    split  int (C,)  sequences of the whole split
    """
    # So that a class without a sequence has odds too.
    shares: Float64Array = (split + 1) / (split.sum() + len(split))
    return shares


def label_lift(
    holding: UInt32Array, towards: IntArray, split: IntArray
) -> tuple[Float64Array, Float64Array]:
    """Return how far labels speak for one class of each phrase, in the unit of an effect.

    A model that answered with the shares of the classes among the sequences with the phrase would
    have their logarithms as logits; the lift is the logit of the class less the mean of the
    others, less the same of all sequences. Of two classes it is a difference of log-odds.

    holding  uint32 (P, C)  sequences of the split that hold the phrase, by class
    towards  int (P,)       the class
    split    int (C,)       sequences of the whole split
    returns  float64 (P,) lift and its standard error, (P,) too
    source   standard error of log-odds of counts: Woolf 1955; of a contrast of logarithms of
             multinomial counts by the delta method: Agresti 2013, "Categorical data analysis"
    """
    base = base_shares(split)
    counts = holding + LABEL_PRIOR * base
    contrast = np.full(holding.shape, -1 / (len(split) - 1))
    contrast[np.arange(len(towards)), towards] = 1
    lift: Float64Array = (contrast * (np.log(counts) - np.log(base))).sum(axis=1)
    return lift, np.sqrt((contrast**2 / counts).sum(axis=1))


def split_difference(
    train: UInt32Array, test: UInt32Array, towards: IntArray, sizes: tuple[IntArray, IntArray]
) -> Float64Array:
    """Test whether training labels speak more for one class of each phrase than test labels do.

    Fisher's exact test of class by split among the sequences that hold the phrase. Where the
    splits differ in their classes as a whole, the hypothesis is that they differ as much among
    the sequences with the phrase. The model chose the class, which it may have learned from the
    same chance, so that each p-value counts once a class (Bonferroni).

    train, test  uint32 (P, C)  sequences of the split that hold the phrase, by class
    towards      int (P,)       class that the model takes the phrase for
    sizes        int (C,)       twice: sequences of the whole training and test split
    returns      float64 (P,)   p-values; 1 where a split has no sequence with the phrase
    """
    row = np.arange(len(towards))
    shares = [base_shares(size)[towards] for size in sizes]
    odds = [share / (1 - share) for share in shares]
    first, second = (
        np.stack([split[row, towards], split.sum(axis=1) - split[row, towards]], axis=1)
        for split in (train.astype(np.int64), test.astype(np.int64))
    )
    p = fisher_greater(first, second, odds[0] / odds[1])
    adjusted: Float64Array = np.minimum(p * train.shape[1], 1.0)
    return adjusted


def unsupported(
    effect: Float64Array,
    effect_se: Float64Array,
    sequences: IntArray,
    lift: Float64Array,
    lift_se: Float64Array,
) -> Float64Array:
    """Return by how much each effect is larger than the lift at the least, in logits.

    effect, effect_se  float64 (P,)  of the model
    sequences          int (P,)      stored sequences behind the effect
    lift, lift_se      float64 (P,)  of the test labels, in the same unit
    returns            float64 (P,)  lower end of the 95 % interval of effect - max(lift, 0);
                       not-a-number where one sequence holds the phrase
    """
    # Labels that speak against the class do not make the word more of a shortcut. Of Welch's
    # degrees of freedom, sequences - 1 are the fewest possible.
    error = t_quantile(sequences) * np.hypot(effect_se, lift_se)
    bound: Float64Array = effect - np.maximum(lift, 0) - error
    return bound


@dataclass(frozen=True)
class Evidence:
    """Effects of phrases on a model, and the labels of the sequences that hold them.

    effect, effect_se  float64 (P,)   on the class `towards`
    towards            int (P,)       class that the phrase pushes to most
    sequences          int (P,)       stored sequences behind the effect
    train, test        uint32 (P, C)  sequences of each split that hold it, by class
    sizes              int (C,)       twice: sequences of the whole training and test split
    special            bool (P,)      it holds a token that is no word, such as the unknown one,
                       which stands for other words in training than in test
    """

    effect: Float64Array
    effect_se: Float64Array
    towards: IntArray
    sequences: IntArray
    train: UInt32Array
    test: UInt32Array
    sizes: tuple[IntArray, IntArray]
    special: BoolArray


def find_shortcuts(evidence: Evidence) -> tuple[Float64Array, Float64Array, Int64Array]:
    """Return q and unsupported effect of each phrase, and the shortcuts among them.

    returns  float64 (P,) twice, q not-a-number of a phrase that is not tested; int64 (R,), the
             shortcuts, the largest unsupported effect first
    """
    each = evidence
    q = np.full(len(each.effect), np.nan)
    tested = (each.test.sum(axis=1) >= MIN_SHORTCUT) & ~each.special
    q[tested] = benjamini_hochberg(
        split_difference(each.train[tested], each.test[tested], each.towards[tested], each.sizes)
    )
    lift = label_lift(each.test, each.towards, each.sizes[1])
    score = unsupported(each.effect, each.effect_se, each.sequences, *lift)
    # Not-a-number, of a phrase that is not tested or that one sequence holds, is never true.
    passed = np.flatnonzero((q <= MAX_Q) & (score > 0))
    # By the stored number, so that equal ones come in the order of the table.
    return q, score, passed[np.argsort(-score[passed].astype(np.float32), kind="stable")]


def overlap(one: BoolArray, others: BoolArray) -> Float64Array:
    """Return how far phrases stand in the same sequences, corrected for chance.

    one      bool (S,)     sequences that hold the one
    others   bool (R, S)   those that hold each of R others
    returns  float64 (R,)  share of the rarer one's sequences that the more frequent one is in too,
             1 where it is in all of them, 0 where in as many as it is in of all sequences
    """
    sizes = others.sum(axis=1), np.full(len(others), one.sum())
    both = (others & one).sum(axis=1) / np.minimum(*sizes)
    expected = np.maximum(*sizes) / len(one)
    # One that stands everywhere goes with none in particular.
    return np.where(expected < 1, (both - expected) / np.where(expected < 1, 1 - expected, 1), 0)


def findings(held: BoolArray, towards: IntArray) -> Int64Array:
    """Gather phrases that stand in the same sequences: each is one finding with its first.

    held     bool (R, S)  sequences that hold each of R phrases, in the order of the list
    towards  int (R,)     class of each; phrases towards different classes stay apart
    returns  int64 (R,)   place of the first phrase of the finding, its own of a first one
    """
    head = np.full(len(held), -1, dtype=np.int64)
    for place in range(len(held)):
        if head[place] < 0:
            same = (overlap(held[place], held) >= MIN_OVERLAP) & (towards == towards[place])
            head[same & (head < 0)] = place
            head[place] = place
    return head
