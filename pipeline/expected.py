"""Stage expected: the model's answer had the sequence ended at each step.

A linear readout's answer after every step is one matrix product; of every other
model the extract stage wrote the logits. The answer after the last step must be
the model's own prediction.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import (
    expected_prediction,
    flips_and_settle,
    peaks,
    readout_logits,
    right_until,
    step_differences,
    turning_steps,
)
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, IntArray
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
from stateline.pipeline.run.facts import ExtractFacts, ReadoutFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work
from stateline.store.blocks import Block
from stateline.store.errors import StatelineError


def logit_reader(
    paths: BuildPaths, readout: ReadoutFacts
) -> tuple[Callable[[Block], Float32Array], int]:
    """Return a reader of the logits of a block, and the number of values that it reads a row.

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
    ep: Float32Array, prediction: Float32Array, ids: list[str], tolerance: float
) -> float:
    """Largest difference between the last expected predictions and the model's predictions.

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
    logit: Float32Array, block: Block, initial: Float32Array, label: IntArray, predicted: IntArray
) -> tuple[dict[str, AnyArray], dict[str, AnyArray]]:
    """Compute answers, contributions and decisions from the logits of some sequences.

    logit             float32 (M, K)
    initial           float32 (K,)  logit before the first step
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
    """Write expected predictions, logits, contributions and decisions of all stored steps."""
    facts: ExtractFacts = paths.read_json("extract", EXTRACT_FACTS)
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
    joined: dict[str, Any] = {  # Any: savez has a keyword of its own, a bool
        name: np.concatenate([each[name] for each in decisions]) for name in decisions[0]
    }
    np.savez(stage.folder / DECISIONS, **joined)
    stage.write_json(EXPECTED_FACTS, {"prediction_error": error})
    stage.rows = states


work = stage_work(expected)


if __name__ == "__main__":
    stage_main(
        "expected",
        work,
        reads="the extract stage",
        writes=f"{EP}, {LOGIT}, {CONTRIBUTION}, {DECISIONS}, {EXPECTED_FACTS}",
    )
