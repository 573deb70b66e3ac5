"""Checks of the manifest's figures: the readout's shape, errors, accuracy, counts."""

import math
from collections.abc import Iterator
from itertools import chain

import numpy as np
import polars as pl

from stateline.store.checks.report import Report, fail
from stateline.store.checks.rules import ROUNDING
from stateline.store.manifest.consistency import Fact, written
from stateline.store.manifest.figures import SHARE_ROUNDING, figure_facts
from stateline.store.reader import Run
from stateline.store.schema import MANIFEST, SEQUENCES, TOLERANCE

# Errors that only the build could measure, each with the name of its check.
MEASURED = {
    "prediction_error": "model's own prediction",
    "batch_error": "independent of batch composition",
    "alone_error": "single-sequence run as in a batch",
}


def check_readout_shape(run: Run, report: Report) -> None:
    """Check that a linear readout has weights (K, N) and bias (K,) of the layer that it reads.

    raises  StatelineError  a shape, or a logit before the first step, is another one
    """
    readout = run.manifest.readout
    units, outputs = run.layer(readout.layer).units, readout.outputs
    if readout.method == "linear":
        check_shape(run, "weights", readout.weights, (outputs, units))
        check_shape(run, "bias", readout.bias, (outputs,))
        check_initial_logit(run, np.array(readout.initial_logit), np.array(readout.bias))
    report.add("readout", f"{readout.method}, {outputs} outputs")


def check_shape(run: Run, key: str, numbers: object, shape: tuple[int, ...]) -> None:
    """Check that nested lists of the manifest's readout are an array of one shape.

    raises  StatelineError  they are ragged, or of another shape
    """
    try:
        got = np.array(numbers, dtype=np.float64).shape
    except ValueError:
        got = ()
    if got != shape:
        found = " x ".join(map(str, got)) or "something else"
        fail(run, MANIFEST, f"key readout.{key}", " x ".join(map(str, shape)), found)


def check_initial_logit(run: Run, initial: np.ndarray, bias: np.ndarray) -> None:
    """Check that the logit of a linear readout before the first step is its bias.

    initial, bias  float64 (K,)
    raises         StatelineError  it is not
    """
    off = np.abs(initial - bias) / (1 + np.abs(bias))
    if not (off <= ROUNDING).all():
        output = int(np.argmax(~(off <= ROUNDING)))
        key = f"key readout.initial_logit[{output}]"
        expected = f"{bias[output]:.6g}, the bias of a linear readout"
        fail(run, MANIFEST, key, expected, f"{initial[output]:.6g}")


def check_errors(run: Run, report: Report) -> None:
    """Check that the errors measured at build are within the tolerance, or do not apply.

    raises  StatelineError  one is beyond it
    """
    tolerance = run.manifest.verified.tolerance
    for key, error in run.manifest.verified.errors.items():
        if error is None:
            report.add(MEASURED[key], "not applicable")
            continue
        if not error <= tolerance:
            place = f"verified.{key} is beyond the tolerance"
            fail(run, MANIFEST, place, f"{tolerance:g} at the most", f"{error:g}")
        report.add(MEASURED[key], f"{error:.1e} off, measured at build")


def check_accuracy(run: Run, report: Report) -> None:
    """Check accuracy and size of the test set against the confusion matrix.

    raises  StatelineError  one of them differs
    """
    metrics = run.manifest.model.metrics
    tested = sum(map(sum, metrics.confusion))
    right = sum(row[index] for index, row in enumerate(metrics.confusion))
    if tested != metrics.test:
        place = "model.metrics.confusion does not add up to the test set"
        fail(run, MANIFEST, place, metrics.test, tested)
    accuracy = right / max(tested, 1)
    if not math.isclose(metrics.accuracy, accuracy, abs_tol=SHARE_ROUNDING):
        place = "model.metrics.accuracy is not that of the confusion matrix"
        fail(run, MANIFEST, place, f"{accuracy:.6f}", f"{metrics.accuracy:.6f}")
    report.add("accuracy", f"{metrics.accuracy:.4f}, {right:,} of {tested:,} on the diagonal")


def check_counts(run: Run, report: Report) -> None:
    """Check the counts of the manifest that follow from the table of sequences.

    raises  StatelineError  one of them differs
    """
    table, corpus, left_out = run.sequences, run.manifest.corpus, run.manifest.left_out
    cut = table["length_full"].cast(pl.Int64) - table["length"].cast(pl.Int64)
    # Of each key: as stored, and as counted.
    counts = {
        f"corpus.classes[{index}].stored": (each.stored, int((table["label"] == index).sum()))
        for index, each in enumerate(corpus.classes)
    }
    counts |= {
        "left_out.truncated_sequences": (left_out.truncated_sequences, int((cut > 0).sum())),
        "left_out.truncated_words": (left_out.truncated_words, int(cut.sum())),
        "left_out.unknown_steps": (left_out.unknown_steps, int(table["unknown"].sum())),
        "left_out.padding_steps": (left_out.padding_steps, int(table["padding"].sum())),
        "left_out.unstored_test_sequences": (
            left_out.unstored_test_sequences,
            corpus.sizes.test - table.height,
        ),
    }
    for key, (stored, counted) in counts.items():
        if stored != counted:
            place = f"key {key} is not that of the tables"
            fail(run, MANIFEST, place, f"{counted:,}", f"{stored:,}")
    report.add("counts", f"{len(counts)} counts of the manifest are those of the tables")


def check_figures(run: Run, report: Report) -> None:
    """Check figures of the manifest that follow from each other, or from stored answers.

    raises  StatelineError  one of them differs
    """
    count = 0
    for true, key, expected, got in chain(figure_facts(run.manifest), confusion_facts(run)):
        if not true:
            fail(run, MANIFEST, f"key {key}", expected, written(got))
        count += 1
    report.add("figures", f"{count} figures of the manifest follow from others or lie in range")


def confusion_facts(run: Run) -> Iterator[Fact]:
    """Yield that the test split has at least the answers of the stored sequences, part of it."""
    confusion = run.manifest.model.metrics.confusion
    # The split was answered in other batches: two classes as likely as each other may change
    # places, but none that more than half of the probability is for.
    sure = pl.col("confidence") > 0.5 + TOLERANCE
    stored = run.sequences.filter(sure).group_by("label", "predicted").len()
    for label, predicted, least in stored.sort("label", "predicted").iter_rows():
        key, got = f"model.metrics.confusion[{label}][{predicted}]", confusion[label][predicted]
        yield got >= least, key, f"{least} or more, as {SEQUENCES} has them", got
