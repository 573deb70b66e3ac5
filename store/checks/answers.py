"""Checks of what the model answered after each step, and of what follows from it a sequence."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.judge import ROUNDING, Judge, shown
from stateline.store.schema import STEPS


def check_answers(judge: Judge, block: Block, steps: pl.DataFrame) -> None:
    """ep from logit, contributions from logits, and their sum back to the last logit."""
    ep, logit = steps["ep"].to_numpy(), steps["logit"].to_numpy().astype(np.float64)
    contribution = steps["contribution"].to_numpy().astype(np.float64)
    initial = np.array(judge.run.manifest.readout.initial_logit)
    judge.close(block, STEPS, "sum of ep", ep.astype(np.float64).sum(axis=1), np.ones(len(ep)))
    judge.close(block, STEPS, "ep of logit", ep, probabilities(logit))
    before = block.before(logit, initial)
    size = np.abs(logit) + np.abs(before)
    rule = "contribution, the difference of logits"
    judge.close(block, STEPS, rule, contribution, logit - before, size)
    last = block.starts + block.lengths - 1
    total = initial + np.add.reduceat(contribution, block.starts, axis=0)
    terms = np.add.reduceat(size, block.starts, axis=0)
    error = np.abs(total - logit[last]) / (1.0 + terms)
    # Tighter than each by itself, so that small errors of one sign cannot pass together.
    good = (error <= ROUNDING / 10).all(axis=1)
    rule = "contributions that add up to the last logit"
    judge.sequences(block, rule, good, [shown(row) for row in total])
    judge.worst[rule] = max(judge.worst[rule], float(error.max()))


def probabilities(logit: np.ndarray) -> np.ndarray:
    """Class probabilities of logits (M, K): softmax; one sigmoid unit stands for (0, z)."""
    if logit.shape[1] == 1:
        logit = np.concatenate([np.zeros_like(logit), logit], axis=1)
    power = np.exp(logit - logit.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def check_decisions(judge: Judge, block: Block, steps: pl.DataFrame) -> None:
    """Predicted class, confidence, flips, settle step, turning step and largest distance."""
    ep, predicted = steps["ep"].to_numpy(), steps["predicted"].to_numpy()
    confidence, distance = steps["confidence"].to_numpy(), steps["distance"].to_numpy()
    rule = "predicted, the most likely class"
    judge.rows(block, STEPS, rule, predicted == ep.argmax(axis=1), predicted)
    rule = "confidence, the probability of the predicted class"
    judge.rows(block, STEPS, rule, confidence == ep.max(axis=1), confidence)
    told = judge.run.sequences[block.first : block.last]
    check_model_answer(judge, block, told, ep[block.starts + block.lengths - 1])
    changed = predicted != block.before(predicted, 0)
    changed[block.starts] = False
    t = np.arange(len(predicted)) - np.repeat(block.starts, block.lengths)
    largest = np.maximum.reduceat(distance, block.starts)
    longest = told["max_distance_step"].to_numpy()
    wanted = {
        "flips": np.add.reduceat(changed.astype(np.int64), block.starts),
        "settle_step": np.maximum.reduceat(np.where(changed, t, 0), block.starts),
        "max_distance": largest,
    }
    for column, values in wanted.items():
        got = told[column].to_numpy()
        judge.sequences(block, f"{column} as the steps have it", got == values, got)
    good = distance[block.starts + longest] == largest
    judge.sequences(block, "max_distance_step, a step of the largest distance", good, longest)
    check_turning(judge, block, told, steps["contribution"].to_numpy())
    check_course(judge, block, told, steps)


def check_model_answer(judge: Judge, block: Block, told: pl.DataFrame, last: np.ndarray) -> None:
    """ep after the last step is the model's own prediction.

    last  float32 (B, C)
    """
    # The tolerance is for the model's arithmetic; the tables add a rounding to single precision.
    tolerance = judge.run.manifest.verified.tolerance + 1e-7
    predicted, confidence = told["predicted"].to_numpy(), told["confidence"].to_numpy()
    answer = last[np.arange(len(last)), predicted]
    good = np.abs(answer - confidence) <= tolerance
    rule = "confidence equal to ep at the last step"
    judge.sequences(block, rule, good, confidence)
    good = answer >= last.max(axis=1) - 2 * tolerance
    judge.sequences(block, "predicted as ep at the last step", good, predicted)


def check_course(judge: Judge, block: Block, told: pl.DataFrame, steps: pl.DataFrame) -> None:
    """right_until, peak_label and peak_confidence as the steps have them."""
    label = pl.Series(np.repeat(told["label"].to_numpy(), block.lengths))
    course = steps.select("sequence_id", "t", "ep", "predicted", "confidence")
    wanted = (
        course.with_columns(label=label)
        .group_by("sequence_id", maintain_order=True)
        .agg(
            right_until=pl.col("t").filter(pl.col("predicted") == pl.col("label")).max(),
            peak_label=pl.col("ep").arr.get(pl.col("label")).max(),
            peak_confidence=pl.col("confidence").max(),
        )
    )
    for column in wanted.columns[1:]:
        good = told[column].eq_missing(wanted[column]).to_numpy()
        judge.sequences(block, f"{column} as the steps have it", good, told[column])


def check_turning(judge: Judge, block: Block, told: pl.DataFrame, contribution: np.ndarray) -> None:
    """turning_step is where logit[label] - logit[predicted] falls most.

    contribution  float32 (M, K)
    """
    if contribution.shape[1] == 1:
        contribution = np.concatenate([np.zeros_like(contribution), contribution], axis=1)
    row = np.arange(len(contribution))
    label, predicted = (
        np.repeat(told[column].to_numpy(), block.lengths) for column in ("label", "predicted")
    )
    change = contribution[row, label] - contribution[row, predicted]
    step = told["turning_step"].fill_null(0).to_numpy().astype(np.int64)
    lowest = np.minimum.reduceat(change, block.starts)
    close = change[block.starts + step] <= lowest + ROUNDING * (1 + np.abs(lowest))
    good = close | told["turning_step"].is_null().to_numpy()
    rule = "turning_step, the step with the largest fall of the actual class"
    judge.sequences(block, rule, good, step)
