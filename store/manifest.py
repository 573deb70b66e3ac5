"""The manifest: what a run says of itself, read and validated."""

import json
from pathlib import Path

from store.contradictions import find_contradiction
from store.errors import StatelineError
from store.schema import MANIFEST, RUN_NAME, SCHEMA_VERSION
from store.shape import FILE_SHAPE, SHAPE, TABLE_SHAPE, find_fault


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
            mend="Rebuild the run, or open it with the release that wrote it.",
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
            where, f"key {place or 'of the whole'}", expected=expected, got=got, mend=mend(manifest)
        )


def mend(manifest: object) -> str | None:
    """The command that makes a bad manifest good; None where it does not say whose it is."""
    run = manifest.get("run") if isinstance(manifest, dict) else None
    named = isinstance(run, str) and RUN_NAME.fullmatch(run)
    return f"Rebuild it: make run RUN={run}" if named else None


def read_manifest(folder: Path) -> dict:
    """The validated manifest of a run's folder."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StatelineError(path, "missing", mend=f"Rebuild it: make run RUN={folder.name}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise StatelineError(
            path, f"is not JSON ({error})", mend=f"Rebuild it: make run RUN={folder.name}"
        ) from None
    except OSError as error:
        raise StatelineError(path, f"cannot be read ({error.strerror or error})") from None
    validate_manifest(manifest, path)
    return manifest
