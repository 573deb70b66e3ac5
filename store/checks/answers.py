"""Checks of the answers after each step, and of the columns of a sequence that follow from them."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.rules import ROUNDING, RuleChecker, format_numbers
from stateline.store.schema import STEPS

# The tolerance is for the model's arithmetic; the tables add a rounding to single precision.
SINGLE_PRECISION = 1e-7


def check_answers(checker: RuleChecker, block: Block, steps: pl.DataFrame) -> None:
    """Check ep from the logits, contributions, and their sum up to the last logit.

    steps   the block's rows of steps.parquet
    raises  StatelineError  at the first row or sequence that differs
    """
    ep, logit = steps["ep"].to_numpy(), steps["logit"].to_numpy().astype(np.float64)
    contribution = steps["contribution"].to_numpy().astype(np.float64)
    initial = np.array(checker.run.manifest.readout.initial_logit)
    checker.close(block, STEPS, "sum of ep", ep.astype(np.float64).sum(axis=1), np.ones(len(ep)))
    checker.close(block, STEPS, "ep of logit", ep, probabilities(logit))
    before = block.before(logit, initial)
    size = np.abs(logit) + np.abs(before)
    rule = "contribution, the difference of logits"
    checker.close(block, STEPS, rule, contribution, logit - before, size)
    last = block.starts + block.lengths - 1
    total = initial + np.add.reduceat(contribution, block.starts, axis=0)
    terms = np.add.reduceat(size, block.starts, axis=0)
    error = np.abs(total - logit[last]) / (1.0 + terms)
    # Tighter than each by itself, so that small errors of one sign cannot pass together.
    good = (error <= ROUNDING / 10).all(axis=1)
    rule = "contributions that add up to the last logit"
    checker.sequences(block, rule, good, [format_numbers(row) for row in total])
    checker.max_errors[rule] = max(checker.max_errors[rule], float(error.max()))


def probabilities(logit: np.ndarray) -> np.ndarray:
    """Return class probabilities by softmax; one sigmoid unit z stands for the logits (0, z).

    logit    float64 (M, K)
    returns  float64 (M, C)
    """
    if logit.shape[1] == 1:
        logit = np.concatenate([np.zeros_like(logit), logit], axis=1)
    power = np.exp(logit - logit.max(axis=1, keepdims=True))
    share: np.ndarray = power / power.sum(axis=1, keepdims=True)
    return share


def check_decisions(checker: RuleChecker, block: Block, steps: pl.DataFrame) -> None:
    """Check predicted class and confidence, and the columns of a sequence that follow from them.

    steps   the block's rows of steps.parquet
    raises  StatelineError  at the first row or sequence that differs
    """
    ep, predicted = steps["ep"].to_numpy(), steps["predicted"].to_numpy()
    confidence, distance = steps["confidence"].to_numpy(), steps["distance"].to_numpy()
    rule = "predicted, the most likely class"
    checker.rows(block, STEPS, rule, predicted == ep.argmax(axis=1), predicted)
    rule = "confidence, the probability of the predicted class"
    checker.rows(block, STEPS, rule, confidence == ep.max(axis=1), confidence)
    sequences = checker.run.sequences[block.first : block.last]
    check_model_answer(checker, block, sequences, ep[block.starts + block.lengths - 1])
    changed = predicted != block.before(predicted, 0)
    changed[block.starts] = False
    t = np.arange(len(predicted)) - np.repeat(block.starts, block.lengths)
    # Padding is no word: how far it moved the state is no largest distance.
    distance = np.where(steps["padding"].to_numpy(), np.float32(0), distance)
    largest = np.maximum.reduceat(distance, block.starts)
    longest = sequences["max_distance_step"].to_numpy()
    expected = {
        "flips": np.add.reduceat(changed.astype(np.int64), block.starts),
        "settle_step": np.maximum.reduceat(np.where(changed, t, 0), block.starts),
        "max_distance": largest,
    }
    for column, values in expected.items():
        got = sequences[column].to_numpy()
        checker.sequences(block, f"{column} as computed from the steps", got == values, got)
    good = distance[block.starts + longest] == largest
    checker.sequences(block, "max_distance_step, a step of the largest distance", good, longest)
    check_turning_step(checker, block, sequences, steps["contribution"].to_numpy())
    check_course(checker, block, sequences, steps)


def check_model_answer(
    checker: RuleChecker, block: Block, sequences: pl.DataFrame, last: np.ndarray
) -> None:
    """Check that ep after the last step is the model's own prediction.

    sequences  the block's rows of sequences.parquet
    last       float32 (B, C)  ep of the last step of each sequence
    raises     StatelineError  at the first sequence that differs by more than the tolerance
    """
    tolerance = checker.run.manifest.verified.tolerance + SINGLE_PRECISION
    predicted = sequences["predicted"].to_numpy()
    confidence = sequences["confidence"].to_numpy()
    answer = last[np.arange(len(last)), predicted]
    good = np.abs(answer - confidence) <= tolerance
    rule = "confidence equal to ep at the last step"
    checker.sequences(block, rule, good, confidence)
    good = answer >= last.max(axis=1) - 2 * tolerance
    checker.sequences(block, "predicted as ep at the last step", good, predicted)


def check_course(
    checker: RuleChecker, block: Block, sequences: pl.DataFrame, steps: pl.DataFrame
) -> None:
    """Check right_until, peak_label and peak_confidence.

    sequences, steps  the block's rows of the two tables
    raises            StatelineError  at the first sequence that differs
    """
    label = pl.Series(np.repeat(sequences["label"].to_numpy(), block.lengths))
    course = steps.select("sequence_id", "t", "ep", "predicted", "confidence")
    expected = (
        course.with_columns(label=label)
        .group_by("sequence_id", maintain_order=True)
        .agg(
            right_until=pl.col("t").filter(pl.col("predicted") == pl.col("label")).max(),
            peak_label=pl.col("ep").arr.get(pl.col("label")).max(),
            peak_confidence=pl.col("confidence").max(),
        )
    )
    for column in expected.columns[1:]:
        good = sequences[column].eq_missing(expected[column]).to_numpy()
        rule = f"{column} as computed from the steps"
        checker.sequences(block, rule, good, sequences[column])


def check_turning_step(
    checker: RuleChecker, block: Block, sequences: pl.DataFrame, contribution: np.ndarray
) -> None:
    """Check that turning_step is where logit[label] - logit[predicted] falls most, if it falls.

    sequences     the block's rows of sequences.parquet
    contribution  float32 (M, K)
    raises        StatelineError  at the first sequence that differs
    """
    if contribution.shape[1] == 1:
        contribution = np.concatenate([np.zeros_like(contribution), contribution], axis=1)
    row = np.arange(len(contribution))
    label, predicted = (
        np.repeat(sequences[column].to_numpy(), block.lengths) for column in ("label", "predicted")
    )
    change = contribution[row, label] - contribution[row, predicted]
    step = sequences["turning_step"].fill_null(0).to_numpy().astype(np.int64)
    lowest = np.minimum.reduceat(change, block.starts)
    close = change[block.starts + step] <= lowest + ROUNDING * (1 + np.abs(lowest))
    none, falls = sequences["turning_step"].is_null().to_numpy(), lowest < 0
    # Of a class against itself there is no fall.
    good = np.where(none, ~falls, close & falls)
    rule = "turning_step, the step with the largest fall of the actual class; null without a fall"
    checker.sequences(block, rule, good, step)
