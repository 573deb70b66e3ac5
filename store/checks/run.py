"""Checking a run: every file, every row and every number that follows from another.

The model is not needed: its answers are in the tables, and all that was derived from them is
computed again here. Step-grained tables are read in blocks of whole sequences. What is kept of all
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
from stateline.store.checks.indexes import check_indexes
from stateline.store.checks.maps import check_maps
from stateline.store.checks.phrases import check_phrases
from stateline.store.checks.report import Report
from stateline.store.checks.sequences import check_sequences, check_vocabulary
from stateline.store.checks.steps import check_steps
from stateline.store.checks.swaps import check_swaps
from stateline.store.checks.units import check_units
from stateline.store.errors import StatelineError, rebuild
from stateline.store.exchange import standing
from stateline.store.manifest.read import read_manifest
from stateline.store.reader import Run, open_run
from stateline.store.schema import SEQUENCES, is_step_grained

# In this order: later checks rely on what earlier ones made sure of.
CHECKS = (
    check_readout_shape,
    check_errors,
    check_accuracy,
    check_sequences,
    check_counts,
    check_vocabulary,
    check_steps,
    check_figures,
    check_phrases,
    check_swaps,
    check_maps,
    check_units,
    check_indexes,
)


def check_run(folder: Path | str) -> Report:
    """Verify one run's folder from its checksums to its last contribution.

    returns  the checks passed, with their figures
    raises   StatelineError at the first that fails, naming table, row or sequence, and the fix
    """
    folder = standing(Path(folder))
    manifest = read_manifest(folder)
    report = Report(manifest.run)
    report.add("manifest", f"{manifest.run}, schema version {manifest.schema_version}")
    check_files(folder, manifest, report)
    run = open_run(folder)
    run.tables.refuses_values = False
    report.add("schema", f"{len(run.columns)} tables of the schema's columns and types")
    check_rows(run, report)
    try:
        for check in CHECKS:
            check(run, report)
    except pl.exceptions.PanicException as error:  # of a crafted table, in native code
        reason = str(error).splitlines()[0]
        raise StatelineError(folder, f"a table cannot be read ({reason})") from None
    return report


def check_rows(run: Run, report: Report) -> None:
    """Check that each table has the rows of its entry, and step-grained ones all the same number.

    raises  StatelineError  a table has others, or the run has no sequence
    """
    sequences = run.manifest.corpus.sizes.stored
    for name in run.columns:
        rows = run.scan(name).select(pl.len()).collect().item()
        expected = run.manifest.rows(name)
        if name == SEQUENCES and rows == expected:
            expected = sequences
        elif is_step_grained(run.columns[name]) and rows == expected:
            expected = run.states
        if rows != expected:
            raise StatelineError(
                run.folder / name,
                "has another number of rows than it should",
                expected=f"{expected:,}",
                got=f"{rows:,}",
                fix=rebuild(run.name),
            )
    if not sequences:
        raise StatelineError(run.folder / SEQUENCES, "has no sequence", fix=rebuild(run.name))
    report.add("rows", f"{sequences:,} sequences, {run.states:,} steps in each table")
