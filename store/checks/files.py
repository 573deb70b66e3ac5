"""Checks of a run's files by their bytes, before anything reads them."""

import re
from pathlib import Path

from stateline.store.checks.report import Report, fix
from stateline.store.errors import StatelineError
from stateline.store.files import file_sha256
from stateline.store.manifest.contents import run_files, run_tables
from stateline.store.manifest.models import FileEntry, Manifest
from stateline.store.schema import MANIFEST, MODEL

INSIDE = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check_files(folder: Path, manifest: Manifest, report: Report) -> None:
    """Every file that the manifest lists is there with its size and SHA-256; no table is stray.

    Comes before anything reads the tables: a damaged file must not reach a Parquet reader.
    """
    listed, total = manifest.tables, 0
    # Names become paths here and in an archive; none may lead out of the run.
    for name in [f"{report.run}/{each}" for each in (MANIFEST, *run_tables(manifest), *listed)]:
        if not INSIDE.fullmatch(name):
            raise StatelineError(folder / MANIFEST, f"{name!r} leads out of the run")
    for name in [*run_tables(manifest), *run_files(manifest)]:
        if name not in listed:
            raise StatelineError(folder / MANIFEST, f"{name} is not listed", fix=fix(report.run))
    if MODEL in listed and not run_files(manifest):
        raise StatelineError(
            folder / MODEL, "listed, though the manifest has no model", fix=fix(report.run)
        )
    found = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.parquet")))
    for name in [*listed, *found]:
        if name.endswith(".parquet") and name not in run_tables(manifest):
            raise StatelineError(folder / name, "no table of this run", fix=fix(report.run))
    for name, entry in listed.items():
        check_file(folder / name, entry, report.run)
        total += entry.bytes
    report.add("checksums", f"{len(listed)} files, {total:,} bytes")


def check_file(path: Path, entry: FileEntry, run: str) -> None:
    """One file has the size and the SHA-256 of its entry."""
    if not path.is_file():
        raise StatelineError(path, "missing", fix=fix(run))
    if path.stat().st_size != entry.bytes:
        raise StatelineError(
            path,
            "cut short or changed",
            expected=f"{entry.bytes:,} bytes",
            got=f"{path.stat().st_size:,}",
            fix=fix(run),
        )
    digest = file_sha256(path)
    if digest != entry.sha256:
        raise StatelineError(
            path,
            "its content is not what was written",
            expected=f"SHA-256 {entry.sha256[:12]}…",
            got=f"{digest[:12]}…",
            fix=fix(run),
        )
