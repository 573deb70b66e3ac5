"""Checks of the manifest's figures: the readout's shape, errors, accuracy, counts."""

import math

import numpy as np
import polars as pl

from store.errors import StatelineError
from store.reader import Run
from store.report import Report, mend
from store.schema import MANIFEST

# Errors that only the build could measure, each with the name of its check.
MEASURED = {
    "prediction_error": "model's own prediction",
    "batch_error": "independent of batch",
    "alone_error": "alone as in company",
}


def check_readout_shape(run: Run, report: Report) -> None:
    """A linear readout states weights (K, N) and bias (K,) of the layer that it reads."""
    readout = run.manifest["readout"]
    units = next(each["units"] for each in run.manifest["layers"] if each["id"] == readout["layer"])
    outputs = readout["outputs"]
    wanted = {"weights": (outputs, units), "bias": (outputs,)}
    for key, shape in wanted.items() if readout["method"] == "linear" else ():
        try:
            got = np.array(readout[key], dtype=np.float64).shape
        except (TypeError, ValueError):
            got = ()
        if got != shape:
            raise StatelineError(
                run.folder / MANIFEST,
                f"key readout.{key}",
                expected=" x ".join(map(str, shape)),
                got=" x ".join(map(str, got)) or "something else",
                mend=mend(run.name),
            )
    report.add("readout", f"{readout['method']}, {outputs} outputs")


def check_errors(run: Run, report: Report) -> None:
    """Errors measured at build are within the tolerance, or do not apply."""
    verified = run.manifest["verified"]
    for figure, name in MEASURED.items():
        error = verified[figure]
        if error is None:
            report.add(name, "not applicable")
            continue
        if not error <= verified["tolerance"]:
            raise StatelineError(
                run.folder / MANIFEST,
                f"verified.{figure} is beyond the tolerance",
                expected=f"{verified['tolerance']:g} at the most",
                got=f"{error:g}",
                mend=mend(run.name),
            )
        report.add(name, f"{error:.1e} off, measured at build")


def check_accuracy(run: Run, report: Report) -> None:
    """Accuracy and size of the test set as the confusion matrix has them."""
    where = run.folder / MANIFEST
    metrics = run.manifest["model"]["metrics"]
    confusion = metrics["confusion"]
    tested = sum(map(sum, confusion))
    right = sum(row[index] for index, row in enumerate(confusion))
    if tested != metrics["test"]:
        raise StatelineError(
            where,
            "model.metrics.confusion does not add up to the test set",
            expected=metrics["test"],
            got=tested,
            mend=mend(run.name),
        )
    if not math.isclose(metrics["accuracy"], right / max(tested, 1), abs_tol=1e-6):
        raise StatelineError(
            where,
            "model.metrics.accuracy is not that of the confusion matrix",
            expected=f"{right / max(tested, 1):.6f}",
            got=f"{metrics['accuracy']:.6f}",
            mend=mend(run.name),
        )
    report.add("accuracy", f"{metrics['accuracy']:.4f}, {right:,} of {tested:,} on the diagonal")


def check_counts(run: Run, report: Report) -> None:
    """Counts of the manifest that the table of sequences proves."""
    table, corpus = run.sequences, run.manifest["corpus"]
    cut = table["length_full"].cast(pl.Int64) - table["length"].cast(pl.Int64)
    counts = {
        f"corpus.classes[{index}].stored": (each["stored"], int((table["label"] == index).sum()))
        for index, each in enumerate(corpus["classes"])
    }
    left_out = run.manifest["left_out"]
    counts |= {
        "left_out.truncated_sequences": (left_out["truncated_sequences"], int((cut > 0).sum())),
        "left_out.truncated_words": (left_out["truncated_words"], int(cut.sum())),
        "left_out.unknown_steps": (left_out["unknown_steps"], int(table["unknown"].sum())),
        "left_out.unstored_test_sequences": (
            left_out["unstored_test_sequences"],
            corpus["sizes"]["test"] - table.height,
        ),
    }
    for key, (said, counted) in counts.items():
        if said != counted:
            raise StatelineError(
                run.folder / MANIFEST,
                f"key {key} is not what the tables hold",
                expected=f"{counted:,}",
                got=f"{said:,}",
                mend=mend(run.name),
            )
    report.add("counts", f"{len(counts)} counts of the manifest are those of the tables")
