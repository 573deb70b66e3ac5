"""Logits, class probabilities and decisions, of models and of readouts."""

import numpy as np

from stateline.pipeline.numerics.arrays import Float32Array, Float64Array, Int64Array, IntArray


def readout_logits(h: Float32Array, weights: Float32Array, bias: Float32Array) -> Float32Array:
    """Compute the output of a linear readout before its activation.

    h        float32 (M, N)
    weights  float32 (K, N)
    bias     float32 (K,)
    returns  float32 (M, K)
    """
    logit: Float32Array = h @ weights.T + bias
    return logit


def expected_prediction(logit: Float32Array) -> Float32Array:
    """Compute class probabilities from logits.

    logit    float32 (M, K)  K = 1: one sigmoid unit for the second class; else softmax
    returns  float32 (M, C)  C = 2 for one unit (1 - p, p), else K
    source   Garcia et al. 2021, "expected prediction"
    """
    if logit.shape[1] == 1:
        # Both tails by their own exponential: 1 - p keeps its digits where p is near 1.
        away = np.exp(-np.abs(logit))
        small, large = away / (1 + away), 1 / (1 + away)
        second = np.where(logit >= 0, large, small)
        first = np.where(logit >= 0, small, large)
        return np.concatenate([first, second], axis=1)
    shifted = np.exp(logit - logit.max(axis=1, keepdims=True))
    probability: Float32Array = shifted / shifted.sum(axis=1, keepdims=True)
    return probability


def answer_probabilities(output: Float32Array, logits: bool) -> Float32Array:
    """Return class probabilities from a model's output.

    output   float32 (S, K)
    logits   the model leaves sigmoid or softmax out
    returns  float32 (S, C)
    """
    if logits:
        return expected_prediction(output)
    return np.concatenate([1 - output, output], axis=1) if output.shape[1] == 1 else output


def step_differences(rows: Float32Array, starts: Int64Array, initial: Float32Array) -> Float32Array:
    """Difference of each row from the row before it in its sequence; the first from `initial`.

    rows     float32 (M, D)  sequence after sequence
    starts   int64 (S,)      first row of each sequence
    initial  float32 (D,)    row before the first step
    returns  float32 (M, D)
    """
    before = np.empty_like(rows)
    before[1:] = rows[:-1]
    before[starts] = initial
    return rows - before


def class_effects(values: Float32Array | Float64Array) -> Float64Array:
    """Return the effect on each class of contributions or logits: its own less the others' mean.

    values   (M, K)          K = 1: one sigmoid unit, which pushes to the second class or away
    returns  float64 (M, C)  with one sigmoid unit (-z, z)
    """
    wide = values.astype(np.float64)
    outputs = wide.shape[1]
    if outputs == 1:
        return np.concatenate([-wide, wide], axis=1)
    effect: Float64Array = (outputs * wide - wide.sum(axis=1, keepdims=True)) / (outputs - 1)
    return effect


def class_margin(logit: Float32Array, label: IntArray, predicted: IntArray) -> Float32Array:
    """logit[label] - logit[predicted] of every row.

    logit             float32 (M, K)  one sigmoid unit counts as logits (0, z)
    label, predicted  int (M,)
    returns           float32 (M,)
    """
    both = np.concatenate([np.zeros_like(logit), logit], axis=1) if logit.shape[1] == 1 else logit
    row = np.arange(len(both))
    return both[row, label] - both[row, predicted]


def flips_and_settle(predicted: IntArray, offsets: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Number of changes of the decision, and the step of the last change.

    predicted  int (M,)       most likely class after each step
    offsets    int64 (S + 1,) rows of each sequence
    returns    flips (S,), settle_step (S,): 0 where nothing flips
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    changed = np.zeros(len(predicted), dtype=np.int64)
    changed[1:] = predicted[1:] != predicted[:-1]
    changed[starts] = 0
    step = np.arange(len(predicted)) - np.repeat(starts, lengths)
    return (
        np.add.reduceat(changed, starts),
        np.maximum.reduceat(np.where(changed == 1, step, 0), starts),
    )


def turning_steps(
    contribution: Float32Array, label: IntArray, predicted: IntArray, offsets: Int64Array
) -> Int64Array:
    """Step with the largest fall of the class margin in each misclassified sequence.

    A sequence may be misclassified without any fall: then the readout's bias decided.

    contribution      float32 (M, K)
    label, predicted  int (S,)  actual and predicted class of each sequence
    offsets           int64 (S + 1,)
    returns           int64 (S,)  the first such step; -1 for a sequence classified correctly, and
                                  where the margin falls at no step
    """
    lengths = np.diff(offsets)
    change = class_margin(contribution, np.repeat(label, lengths), np.repeat(predicted, lengths))
    turning = np.full(len(label), -1, dtype=np.int64)
    for sequence in np.flatnonzero(label != predicted):
        own = change[offsets[sequence] : offsets[sequence + 1]]
        if own.min() < 0:
            turning[sequence] = own.argmin()
    return turning


def right_until(predicted: IntArray, label: IntArray, offsets: Int64Array) -> Int64Array:
    """Last step of each sequence at which the predicted class is the actual one.

    predicted  int (M,)  most likely class after each step
    label      int (S,)
    offsets    int64 (S + 1,)
    returns    int64 (S,)  -1 where it is at no step
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    step = np.arange(len(predicted)) - np.repeat(starts, lengths)
    right = predicted == np.repeat(label, lengths)
    return np.maximum.reduceat(np.where(right, step, -1), starts)


def peaks(
    ep: Float32Array, label: IntArray, offsets: Int64Array
) -> tuple[Float32Array, Float32Array]:
    """Largest ep of the actual class, and of any class, over the steps of each sequence.

    ep       float32 (M, C)
    label    int (S,)
    offsets  int64 (S + 1,)
    returns  float32 (S,) each
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    actual = ep[np.arange(len(ep)), np.repeat(label, lengths)]
    return np.maximum.reduceat(actual, starts), np.maximum.reduceat(ep.max(axis=1), starts)
