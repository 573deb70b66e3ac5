"""Checking a run: every file, every row and every number that follows from another.

The model is not needed: what it said is in the tables, and all that was derived from it is
derived here again. Tables a row a step are read in blocks of whole sequences, so that memory
stays bounded however large the run is.
"""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from store.errors import StatelineError
from store.manifest import read_manifest
from store.reader import Run, open_run
from store.schema import MANIFEST, MODEL, SEQUENCES, VOCABULARY, Column, run_tables
from store.step_checks import check_steps
from store.writer import file_sha256

INSIDE = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass
class Report:
    """The checks that a run passed, each with its figure."""

    run: str
    passed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, figure: str) -> None:
        """One more check that passed."""
        self.passed.append((name, figure))

    def lines(self) -> list[str]:
        """A line a check, `<name>: <figure>`."""
        return [f"{name}: {figure}" for name, figure in self.passed]


def check_run(folder: Path | str) -> Report:
    """Verify one run's folder from its checksums to its last contribution.

    returns  the checks passed, with their figures
    raises   StatelineError at the first that fails, naming table, row or sequence, and mend
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    report = Report(manifest["run"])
    report.add("manifest", f"{manifest['run']}, schema version {manifest['schema_version']}")
    check_files(folder, manifest, report)
    run = open_run(folder)
    report.add("schema", f"{len(run.columns)} tables of the schema's columns and types")
    check_rows(run, report)
    check_readout_shape(run, report)
    check_figures(run, report)
    check_sequences(run, report)
    check_vocabulary(run, report)
    check_steps(run, report.add)
    return report


def mend(run: str) -> str:
    """The command that makes a bad run good."""
    return f"Rebuild it: make run RUN={run}"


def check_files(folder: Path, manifest: dict, report: Report) -> None:
    """Every file that the manifest lists is there with its size and SHA-256; no table is stray.

    Comes before anything reads the tables: a damaged file must not reach a Parquet reader.
    """
    listed, total = manifest["tables"], 0
    # Names become paths here and in an archive; none may lead out of the run.
    for name in [f"{report.run}/{each}" for each in (MANIFEST, *run_tables(manifest), *listed)]:
        if not INSIDE.fullmatch(name):
            raise StatelineError(folder / MANIFEST, f"{name!r} leads out of the run")
    for name in [*run_tables(manifest), MODEL]:
        if name not in listed:
            raise StatelineError(folder / MANIFEST, f"{name} is not listed", mend=mend(report.run))
    found = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.parquet")))
    for name in [*listed, *found]:
        if name.endswith(".parquet") and name not in run_tables(manifest):
            raise StatelineError(folder / name, "no table of this run", mend=mend(report.run))
    for name, entry in listed.items():
        path = folder / name
        if not path.is_file():
            raise StatelineError(path, "missing", mend=mend(report.run))
        if path.stat().st_size != entry["bytes"]:
            raise StatelineError(
                path,
                "cut short or changed",
                expected=f"{entry['bytes']:,} bytes",
                got=f"{path.stat().st_size:,}",
                mend=mend(report.run),
            )
        digest = file_sha256(path)
        if digest != entry["sha256"]:
            raise StatelineError(
                path,
                "its content is not what was written",
                expected=f"SHA-256 {entry['sha256'][:12]}…",
                got=f"{digest[:12]}…",
                mend=mend(report.run),
            )
        total += entry["bytes"]
    report.add("checksums", f"{len(listed)} files, {total:,} bytes")


def check_rows(run: Run, report: Report) -> None:
    """Each table holds the rows that the manifest says; those a row a step all the same number."""
    sequences = run.manifest["corpus"]["sizes"]["stored"]
    for name in run.columns:
        rows = run.scan(name).select(pl.len()).collect().item()
        wanted = run.manifest["tables"][name]["rows"]
        if name == SEQUENCES and rows == wanted:
            wanted = sequences
        elif name != VOCABULARY and rows == wanted:
            wanted = run.states
        if rows != wanted:
            raise StatelineError(
                run.folder / name,
                "holds another number of rows than it should",
                expected=f"{wanted:,}",
                got=f"{rows:,}",
                mend=mend(run.name),
            )
    if not sequences:
        raise StatelineError(run.folder / SEQUENCES, "holds no sequence", mend=mend(run.name))
    report.add("rows", f"{sequences:,} sequences, {run.states:,} steps in each table")


def check_readout_shape(run: Run, report: Report) -> None:
    """A linear readout states weights (K, N) and bias (K,) of the layer that it reads."""
    readout = run.manifest["readout"]
    units = next(each["units"] for each in run.manifest["layers"] if each["id"] == readout["layer"])
    outputs = readout["outputs"]
    wanted = {"weights": (outputs, units), "bias": (outputs,)}
    for key, shape in wanted.items() if readout["linear"] else ():
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
    report.add("readout", f"{'linear' if readout['linear'] else 'not linear'}, {outputs} outputs")


def check_figures(run: Run, report: Report) -> None:
    """Figures of the manifest: errors measured at build, accuracy, counts by class."""
    manifest, where = run.manifest, run.folder / MANIFEST
    verified = manifest["verified"]
    for figure in ("prediction_error", "batch_error"):
        # Written so that not-a-number fails.
        if not verified[figure] <= verified["tolerance"]:
            raise StatelineError(
                where,
                f"verified.{figure} is beyond the tolerance",
                expected=f"{verified['tolerance']:g} at the most",
                got=f"{verified[figure]:g}",
                mend=mend(run.name),
            )
    report.add(
        "model's own prediction", f"{verified['prediction_error']:.1e} off, measured at build"
    )
    report.add("independent of batch", f"{verified['batch_error']:.1e} off, measured at build")
    metrics = manifest["model"]["metrics"]
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


def refuse_nulls(
    table: pl.DataFrame, columns: tuple[Column, ...], where: Path, run: str, first: int = 0
) -> None:
    """Only columns whose schema gives null a meaning may hold nulls."""
    for column in columns:
        if not column.null and column.name in table.columns and table[column.name].null_count():
            row = first + table[column.name].is_null().arg_max()
            raise StatelineError(
                where, f"row {row:,}: {column.name} is null, which it never is", mend=mend(run)
            )


def check_sequences(run: Run, report: Report) -> None:
    """The table of sequences by itself and against the manifest."""
    table, path = run.sequences, run.folder / SEQUENCES
    classes, corpus = len(run.class_names), run.manifest["corpus"]
    refuse_nulls(table, run.columns[SEQUENCES], path, run.name)
    most = corpus["truncation"]["max_steps"]
    id_ = pl.col("sequence_id")
    rules = {
        "sequence_id counts from 0 in stored order": id_ == pl.int_range(pl.len()),
        "external_id occurs once": pl.col("external_id").is_unique(),
        f"label is one of {classes} classes": pl.col("label") < classes,
        f"predicted is one of {classes} classes": pl.col("predicted") < classes,
        "correct says whether label equals predicted": pl.col("correct")
        == (pl.col("label") == pl.col("predicted")),
        "confidence lies in 0 to 1": pl.col("confidence").is_between(0, 1),
        f"length lies in 1 to {most}, the longest that the model reads": pl.col(
            "length"
        ).is_between(1, most),
        "length is not above length_full": pl.col("length") <= pl.col("length_full"),
        "turning_step is null where, and only where, the class is correct": pl.col(
            "turning_step"
        ).is_null()
        == pl.col("correct"),
        **{
            f"{column} is a step of the sequence": pl.col(column).fill_null(0) < pl.col("length")
            for column in ("settle_step", "max_distance_step", "turning_step")
        },
    }
    for rule, holds in rules.items():
        # Not-a-number compares in ways of its own; `is_between` refuses it.
        good = table.select(holds).to_series()
        if not good.all():
            sequence = int((~good).arg_max())
            column = rule.split(" ", 1)[0]
            raise StatelineError(
                path,
                f"sequence {sequence}",
                expected=rule,
                got=table[column][sequence],
                mend=mend(run.name),
            )
        report.add("sequences", rule)
    rows = int(table["length"].sum())
    if rows != run.states:
        raise StatelineError(
            path,
            "its lengths do not add up to the rows of the steps",
            expected=f"{run.states:,}",
            got=f"{rows:,}",
            mend=mend(run.name),
        )
    report.add("lengths", f"add up to {rows:,} steps")
    check_counts(run, report)


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


def check_vocabulary(run: Run, report: Report) -> None:
    """A row a token, numbered as the embedding's rows are."""
    path = run.folder / VOCABULARY
    table = run.scan(VOCABULARY).collect()
    refuse_nulls(table, run.columns[VOCABULARY], path, run.name)
    good = table["token_id"] == pl.int_range(table.height, eager=True)
    if not good.all():
        row = int((~good).arg_max())
        raise StatelineError(
            path,
            f"row {row:,}: token_id",
            expected=row,
            got=table["token_id"][row],
            mend=mend(run.name),
        )
    report.add("vocabulary", f"{table.height:,} tokens")
