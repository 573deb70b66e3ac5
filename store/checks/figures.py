"""Checks of the manifest's figures: the readout's shape, errors, accuracy, counts."""

import math
from collections.abc import Iterator
from itertools import chain

import numpy as np
import polars as pl

from stateline.store.checks.judge import ROUNDING
from stateline.store.checks.report import Report, fix
from stateline.store.errors import StatelineError
from stateline.store.manifest.consistency import Fact, written
from stateline.store.manifest.figures import figure_facts
from stateline.store.reader import Run
from stateline.store.schema import MANIFEST, SEQUENCES, TOLERANCE

# Errors that only the build could measure, each with the name of its check.
MEASURED = {
    "prediction_error": "model's own prediction",
    "batch_error": "independent of batch",
    "alone_error": "alone as in company",
}


def check_readout_shape(run: Run, report: Report) -> None:
    """A linear readout states weights (K, N) and bias (K,) of the layer that it reads."""
    readout = run.manifest.readout
    units = run.layer(readout.layer).units
    outputs = readout.outputs
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
        raise StatelineError(
            run.folder / MANIFEST,
            f"key readout.{key}",
            expected=" x ".join(map(str, shape)),
            got=" x ".join(map(str, got)) or "something else",
            fix=fix(run.name),
        )


def check_initial_logit(run: Run, said: np.ndarray, bias: np.ndarray) -> None:
    """What a linear readout answers to the zero state is its bias, and nothing else.

    said, bias  (K,)
    """
    off = np.abs(said - bias) / (1 + np.abs(bias))
    if not (off <= ROUNDING).all():
        output = int(np.argmax(~(off <= ROUNDING)))
        raise StatelineError(
            run.folder / MANIFEST,
            f"key readout.initial_logit[{output}]",
            expected=f"{bias[output]:.6g}, the bias of a linear readout",
            got=f"{said[output]:.6g}",
            fix=fix(run.name),
        )


def check_errors(run: Run, report: Report) -> None:
    """Errors measured at build are within the tolerance, or do not apply."""
    verified = run.manifest.verified
    for figure, error in verified.errors.items():
        name = MEASURED[figure]
        if error is None:
            report.add(name, "not applicable")
            continue
        if not error <= verified.tolerance:
            raise StatelineError(
                run.folder / MANIFEST,
                f"verified.{figure} is beyond the tolerance",
                expected=f"{verified.tolerance:g} at the most",
                got=f"{error:g}",
                fix=fix(run.name),
            )
        report.add(name, f"{error:.1e} off, measured at build")


def check_accuracy(run: Run, report: Report) -> None:
    """Accuracy and size of the test set as the confusion matrix has them."""
    where = run.folder / MANIFEST
    metrics = run.manifest.model.metrics
    confusion = metrics.confusion
    tested = sum(map(sum, confusion))
    right = sum(row[index] for index, row in enumerate(confusion))
    if tested != metrics.test:
        raise StatelineError(
            where,
            "model.metrics.confusion does not add up to the test set",
            expected=metrics.test,
            got=tested,
            fix=fix(run.name),
        )
    if not math.isclose(metrics.accuracy, right / max(tested, 1), abs_tol=1e-6):
        raise StatelineError(
            where,
            "model.metrics.accuracy is not that of the confusion matrix",
            expected=f"{right / max(tested, 1):.6f}",
            got=f"{metrics.accuracy:.6f}",
            fix=fix(run.name),
        )
    report.add("accuracy", f"{metrics.accuracy:.4f}, {right:,} of {tested:,} on the diagonal")


def check_counts(run: Run, report: Report) -> None:
    """Counts of the manifest that the table of sequences proves."""
    table, corpus = run.sequences, run.manifest.corpus
    cut = table["length_full"].cast(pl.Int64) - table["length"].cast(pl.Int64)
    counts = {
        f"corpus.classes[{index}].stored": (each.stored, int((table["label"] == index).sum()))
        for index, each in enumerate(corpus.classes)
    }
    left_out = run.manifest.left_out
    counts |= {
        "left_out.truncated_sequences": (left_out.truncated_sequences, int((cut > 0).sum())),
        "left_out.truncated_words": (left_out.truncated_words, int(cut.sum())),
        "left_out.unknown_steps": (left_out.unknown_steps, int(table["unknown"].sum())),
        "left_out.unstored_test_sequences": (
            left_out.unstored_test_sequences,
            corpus.sizes.test - table.height,
        ),
    }
    for key, (said, counted) in counts.items():
        if said != counted:
            raise StatelineError(
                run.folder / MANIFEST,
                f"key {key} is not what the tables hold",
                expected=f"{counted:,}",
                got=f"{said:,}",
                fix=fix(run.name),
            )
    report.add("counts", f"{len(counts)} counts of the manifest are those of the tables")


def check_figures(run: Run, report: Report) -> None:
    """Figures of the manifest that follow from each other, or from answers that are stored."""
    count = 0
    for fits, key, want, got in chain(figure_facts(run.manifest), confusion_facts(run)):
        if not fits:
            raise StatelineError(
                run.folder / MANIFEST, f"key {key}", expected=want, got=written(got),
                fix=fix(run.name),
            )  # fmt: skip
        count += 1
    report.add("figures", f"{count} figures of the manifest follow from others or lie in range")


def confusion_facts(run: Run) -> Iterator[Fact]:
    """The stored sequences are part of the test split, and so are their answers."""
    confusion = run.manifest.model.metrics.confusion
    # The split was answered in other batches: two classes as likely as each other may change
    # places, but none that more than half of the probability is for.
    sure = pl.col("confidence") > 0.5 + TOLERANCE
    stored = run.sequences.filter(sure).group_by("label", "predicted").len()
    for label, predicted, least in stored.sort("label", "predicted").iter_rows():
        key, got = f"model.metrics.confusion[{label}][{predicted}]", confusion[label][predicted]
        yield got >= least, key, f"{least} or more, as {SEQUENCES} has them", got
