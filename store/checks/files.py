"""Checks of a run's files by their bytes, before anything reads them."""

import re
from pathlib import Path

from stateline.store.checks.report import Report
from stateline.store.errors import StatelineError, rebuild
from stateline.store.manifest.contents import run_files, run_tables
from stateline.store.manifest.models import Manifest
from stateline.store.schema import MANIFEST, MODEL
from stateline.store.verify import check_file

# Names become paths here and in an archive; none may lead out of the run.
INSIDE = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check_files(folder: Path, manifest: Manifest, report: Report) -> None:
    """Check that every listed file has its size and SHA-256, and that there is no other table.

    Call it before anything reads the tables: a damaged file must not reach a Parquet reader.
    raises  StatelineError  at the first file that is missing, changed or unknown
    """
    listed, tables, files = manifest.tables, run_tables(manifest), run_files(manifest)
    for name in [f"{report.run}/{each}" for each in (MANIFEST, *tables, *listed)]:
        if not INSIDE.fullmatch(name):
            raise StatelineError(folder / MANIFEST, f"{name!r} leads out of the run")
    for name in [*tables, *files]:
        if name not in listed:
            raise StatelineError(
                folder / MANIFEST, f"{name} is not listed", fix=rebuild(report.run)
            )
    if MODEL in listed and not files:
        raise StatelineError(
            folder / MODEL, "listed, though the manifest has no model", fix=rebuild(report.run)
        )
    found = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.parquet")))
    for name in [*listed, *found]:
        if name.endswith(".parquet") and name not in tables:
            raise StatelineError(folder / name, "no table of this run", fix=rebuild(report.run))
    total = 0
    for name, entry in listed.items():
        # Only the model holds anything that a second build would not write again.
        if entry.reproducible != (name != MODEL):
            raise StatelineError(
                folder / MANIFEST,
                f"key tables.{name}.reproducible",
                expected=name != MODEL,
                got=entry.reproducible,
                fix=rebuild(report.run),
            )
        check_file(folder / name, entry, report.run)
        total += entry.bytes
    report.add("checksums", f"{len(listed)} files, {total:,} bytes")
