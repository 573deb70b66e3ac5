"""Stage expected: what the model would answer had the sequence ended at each step.

A linear readout's answer after every step is one matrix product; of every other
model the extract stage wrote the logits. The answer after the last step must be
the model's own prediction.
"""

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
import polars as pl

from stateline.pipeline.run.arrays import array_file, edges, pieces, read_rows
from stateline.pipeline.run.artefacts import (
    CONTRIBUTION,
    DECISIONS,
    EP,
    EXPECTED_FACTS,
    EXTRACT_FACTS,
    LOGIT,
    OFFSETS,
    PREDICTION,
    READOUT,
    SEQUENCES,
    state_array,
)
from stateline.pipeline.run.stage import BuildPaths, StageRun, running, stage_main
from stateline.store.blocks import Block
from stateline.store.errors import StatelineError


def readout_logits(h: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Output of a linear readout before its activation.

    h        float32 (M, N)
    weights  float32 (K, N)
    bias     float32 (K,)
    returns  float32 (M, K)
    """
    return h @ weights.T + bias


def expected_prediction(logit: np.ndarray) -> np.ndarray:
    """Class probabilities of logits.

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
    return shifted / shifted.sum(axis=1, keepdims=True)


def answer_probabilities(output: np.ndarray, logits: bool) -> np.ndarray:
    """Class probabilities of a model's output.

    output   float32 (S, K)
    logits   the model leaves sigmoid or softmax out
    returns  float32 (S, C)
    """
    if logits:
        return expected_prediction(output)
    return np.concatenate([1 - output, output], axis=1) if output.shape[1] == 1 else output


def step_differences(rows: np.ndarray, starts: np.ndarray, initial: np.ndarray) -> np.ndarray:
    """Each row less the row before it in its sequence; the first less `initial`.

    rows     float32 (M, D)  sequence after sequence
    starts   int64 (S,)      first row of each sequence
    initial  float32 (D,)    what stands before the first step
    returns  float32 (M, D)
    """
    before = np.empty_like(rows)
    before[1:] = rows[:-1]
    before[starts] = initial
    return rows - before


def class_margin(logit: np.ndarray, label: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """logit[label] - logit[predicted] of every row.

    logit             float32 (M, K)  one sigmoid unit counts as logits (0, z)
    label, predicted  int (M,)
    returns           float32 (M,)
    """
    both = np.concatenate([np.zeros_like(logit), logit], axis=1) if logit.shape[1] == 1 else logit
    row = np.arange(len(both))
    return both[row, label] - both[row, predicted]


def flips_and_settle(predicted: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often the decision changes, and from which step on it never does.

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
    contribution: np.ndarray, label: np.ndarray, predicted: np.ndarray, offsets: np.ndarray
) -> np.ndarray:
    """Where each misclassified sequence turned: the step with the largest fall of the margin.

    contribution      float32 (M, K)
    label, predicted  int (S,)  actual and predicted class of each sequence
    offsets           int64 (S + 1,)
    returns           int64 (S,)  the first such step; -1 for a sequence classified correctly
    """
    lengths = np.diff(offsets)
    change = class_margin(contribution, np.repeat(label, lengths), np.repeat(predicted, lengths))
    turning = np.full(len(label), -1, dtype=np.int64)
    for sequence in np.flatnonzero(label != predicted):
        turning[sequence] = change[offsets[sequence] : offsets[sequence + 1]].argmin()
    return turning


def right_until(predicted: np.ndarray, label: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The last step of each sequence at which the predicted class is the actual one.

    predicted  int (M,)  most likely class after each step
    label      int (S,)
    offsets    int64 (S + 1,)
    returns    int64 (S,)  -1 where it is at no step
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    step = np.arange(len(predicted)) - np.repeat(starts, lengths)
    right = predicted == np.repeat(label, lengths)
    return np.maximum.reduceat(np.where(right, step, -1), starts)


def peaks(ep: np.ndarray, label: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest ep of the actual class, and of any, at any step of each sequence.

    ep       float32 (M, C)
    label    int (S,)
    offsets  int64 (S + 1,)
    returns  float32 (S,) each
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    actual = ep[np.arange(len(ep)), np.repeat(label, lengths)]
    return np.maximum.reduceat(actual, starts), np.maximum.reduceat(ep.max(axis=1), starts)


def logit_reader(paths: BuildPaths, readout: dict) -> tuple[Callable[[Block], np.ndarray], int]:
    """How to get the logits of some sequences, and how many numbers a row that takes.

    readout  as the extract stage describes it
    returns  Block -> float32 (M, K); the width of the rows that are read
    """
    if readout["method"] != "linear":
        path = paths.need("extract", LOGIT)
        return lambda block: read_rows(path, block), readout["outputs"]
    path = paths.need("extract", state_array(readout["layer"], "h"))
    head = np.load(paths.need("extract", READOUT))
    weights, bias = head["weights"], head["bias"]
    return lambda block: readout_logits(read_rows(path, block), weights, bias), weights.shape[1]


def alignment_error(
    ep: np.ndarray, prediction: np.ndarray, ids: list[str], tolerance: float
) -> float:
    """Largest difference of the last expected predictions from the model's predictions.

    ep, prediction  float32 (S, C)
    ids             S external ids
    raises          StatelineError for the first sequence beyond the tolerance
    """
    error = np.abs(ep - prediction).max(axis=1)
    beyond = np.flatnonzero(~(error <= tolerance))  # not-a-number is beyond
    if len(beyond):
        raise StatelineError(
            f"sequence {ids[beyond[0]]}",
            "its last expected prediction is not the model's prediction",
            expected=f"a difference of {tolerance:g} at the most",
            got=f"{error[beyond[0]]:.3g}",
        )
    return float(error.max())


def answers(
    logit: np.ndarray, block: Block, initial: np.ndarray, label: np.ndarray, predicted: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """All that follows from the logits of some sequences.

    logit             float32 (M, K)
    initial           float32 (K,)  what stands before the first step
    label, predicted  int (S,)      actual and predicted class of each sequence
    returns           arrays (M, C) and (M, K) by the name of their file; arrays (S,) by name
    """
    ep, rows = expected_prediction(logit), edges(block)
    contribution = step_differences(logit, block.starts, initial)
    flips, settle = flips_and_settle(ep.argmax(axis=1), rows)
    peak_label, peak_confidence = peaks(ep, label, rows)
    return (
        {EP: ep, LOGIT: logit, CONTRIBUTION: contribution},
        {
            "flips": flips,
            "settle_step": settle,
            "turning_step": turning_steps(contribution, label, predicted, rows),
            "right_until": right_until(ep.argmax(axis=1), label, rows),
            "peak_label": peak_label,
            "peak_confidence": peak_confidence,
        },
    )


def expected(paths: BuildPaths, stage: StageRun) -> None:
    """Expected predictions, logits, contributions and decisions of all stored steps."""
    facts = paths.read_json("extract", EXTRACT_FACTS)
    offsets = np.load(paths.need("extract", OFFSETS))
    prediction = np.load(paths.need("extract", PREDICTION))
    test = pl.scan_parquet(paths.need("corpus", SEQUENCES)).filter(pl.col("split") == "test")
    stored = test.select("external_id", "label").head(len(offsets) - 1).collect()
    ids, label = stored["external_id"].to_list(), stored["label"].to_numpy().astype(np.int64)
    initial = np.array(facts["readout"]["initial_logit"], dtype=np.float32)
    logits, width = logit_reader(paths, facts["readout"])
    classes, states = prediction.shape[1], int(offsets[-1])
    decisions, error = [], 0.0
    with ExitStack() as files:
        write = {
            name: files.enter_context(array_file(stage.folder / name, (states, columns)))
            for name, columns in (
                (EP, classes),
                (LOGIT, len(initial)),
                (CONTRIBUTION, len(initial)),
            )
        }
        for block in pieces(offsets, max(width, classes)):
            some = slice(block.first, block.last)
            whole = prediction[some]
            steps, decided = answers(
                logits(block), block, initial, label[some], whole.argmax(axis=1)
            )
            last = steps[EP][edges(block)[1:] - 1]
            error = max(error, alignment_error(last, whole, ids[some], facts["tolerance"]))
            for name, values in steps.items():
                write[name](values)
            decisions.append(decided)
    np.savez(
        stage.folder / DECISIONS,
        **{name: np.concatenate([each[name] for each in decisions]) for name in decisions[0]},
    )
    stage.write_json(EXPECTED_FACTS, {"prediction_error": error})
    stage.rows = states


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "expected") as stage:
        expected(paths, stage)


if __name__ == "__main__":
    stage_main(
        "expected",
        work,
        reads="the extract stage",
        writes=f"{EP}, {LOGIT}, {CONTRIBUTION}, {DECISIONS}, {EXPECTED_FACTS}",
    )
