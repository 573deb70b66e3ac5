"""Checking a run: every file, every row and every number that follows from another.

The model is not needed: what it said is in the tables, and all that was derived from it is
derived here again. Tables a row a step are read in blocks of whole sequences. What is held of all
steps at once is little: two numbers of each on one map, whose medians are taken, and a hash of each
pair of words that is listed nowhere.
"""

from pathlib import Path

import polars as pl

from stateline.store.checks.figures import (
    check_accuracy,
    check_counts,
    check_errors,
    check_figures,
    check_readout_shape,
)
from stateline.store.checks.files import check_files
from stateline.store.checks.maps import check_maps
from stateline.store.checks.phrases import check_phrases
from stateline.store.checks.report import Report, fix
from stateline.store.checks.sequences import check_sequences, check_vocabulary
from stateline.store.checks.steps import check_steps
from stateline.store.checks.units import check_units
from stateline.store.errors import StatelineError
from stateline.store.manifest.read import read_manifest
from stateline.store.reader import Run, open_run
from stateline.store.schema import SEQUENCES, is_step_grained


def check_run(folder: Path | str) -> Report:
    """Verify one run's folder from its checksums to its last contribution.

    returns  the checks passed, with their figures
    raises   StatelineError at the first that fails, naming table, row or sequence, and the fix
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    report = Report(manifest.run)
    report.add("manifest", f"{manifest.run}, schema version {manifest.schema_version}")
    check_files(folder, manifest, report)
    run = open_run(folder)
    report.add("schema", f"{len(run.columns)} tables of the schema's columns and types")
    check_rows(run, report)
    check_readout_shape(run, report)
    check_errors(run, report)
    check_accuracy(run, report)
    check_sequences(run, report)
    check_counts(run, report)
    check_vocabulary(run, report)
    check_steps(run, report.add)
    check_figures(run, report)
    check_phrases(run, report)
    check_maps(run, report)
    check_units(run, report)
    return report


def check_rows(run: Run, report: Report) -> None:
    """Each table holds the rows that the manifest says; those a row a step all the same number."""
    sequences = run.manifest.corpus.sizes.stored
    for name in run.columns:
        rows = run.scan(name).select(pl.len()).collect().item()
        wanted = run.manifest.rows(name)
        if name == SEQUENCES and rows == wanted:
            wanted = sequences
        elif is_step_grained(run.columns[name]) and rows == wanted:
            wanted = run.states
        if rows != wanted:
            raise StatelineError(
                run.folder / name,
                "holds another number of rows than it should",
                expected=f"{wanted:,}",
                got=f"{rows:,}",
                fix=fix(run.name),
            )
    if not sequences:
        raise StatelineError(run.folder / SEQUENCES, "holds no sequence", fix=fix(run.name))
    report.add("rows", f"{sequences:,} sequences, {run.states:,} steps in each table")
