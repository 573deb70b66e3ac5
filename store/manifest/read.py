"""The manifest: what a run says of itself, read and validated."""

import json
import os
from pathlib import Path

from stateline.store.errors import StatelineError
from stateline.store.files import Identity, identity
from stateline.store.manifest.consistency import find_contradiction
from stateline.store.manifest.models import FILE_SHAPE, SHAPE, TABLE_SHAPE, find_fault
from stateline.store.schema import MANIFEST, RUN_NAME, SCHEMA_VERSION


def validate_manifest(manifest: object, where: object, *, tables: bool = True) -> None:
    """Raise StatelineError for the first key that is missing, wrong or at odds with another.

    tables  also its list of tables, which the writer adds last
    """
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise StatelineError(
            where,
            "written in another schema version",
            expected=SCHEMA_VERSION,
            got=version,
            fix="Rebuild the run, or open it with the release that wrote it.",
        )
    shape = SHAPE | ({"tables": dict} if tables else {})
    fault = find_fault(manifest, shape, "")
    if fault is None and tables:
        for name, entry in manifest["tables"].items():
            shape = TABLE_SHAPE if name.endswith(".parquet") else FILE_SHAPE
            fault = fault or find_fault(entry, shape, f"tables.{name}")
    fault = fault or find_contradiction(manifest)
    if fault:
        place, expected, got = fault
        raise StatelineError(
            where, f"key {place or 'of the whole'}", expected=expected, got=got, fix=fix(manifest)
        )


def fix(manifest: object) -> str | None:
    """The command that makes a bad manifest good; None where it does not say whose it is."""
    run = manifest.get("run") if isinstance(manifest, dict) else None
    named = isinstance(run, str) and RUN_NAME.fullmatch(run)
    return f"Rebuild it: make run RUN={run}" if named else None


def read_manifest(folder: Path) -> dict:
    """The validated manifest of a run's folder."""
    return parse_manifest(manifest_bytes(folder)[0], folder)


def manifest_bytes(folder: Path) -> tuple[bytes, Identity]:
    """The manifest of a run's folder as it lies there, and the identity of the file it is from."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StatelineError(path, "missing", fix=f"Rebuild it: make run RUN={folder.name}")
    try:
        with path.open("rb") as content:
            file = identity(os.fstat(content.fileno()))  # first: what is written later differs
            return content.read(), file
    except OSError as error:
        raise StatelineError(path, f"cannot be read ({error.strerror or error})") from None


def parse_manifest(content: bytes, folder: Path) -> dict:
    """The manifest of a run's folder from its bytes, validated."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise StatelineError(
            path, f"is not JSON ({error})", fix=f"Rebuild it: make run RUN={folder.name}"
        ) from None
    validate_manifest(manifest, path)
    return manifest
