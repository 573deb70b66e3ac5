"""Bringing a run of an older schema version to the present one, from what it holds itself."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from stateline.store.errors import StatelineError, rebuild
from stateline.store.exchange import standing
from stateline.store.files import write_flushed
from stateline.store.manifest.checksum import to_bytes
from stateline.store.manifest.read import manifest_bytes
from stateline.store.manifest.validation import validate_manifest
from stateline.store.schema import (
    MANIFEST,
    SCHEMA_VERSION,
    SEQUENCES,
    STEPS,
    VOCABULARY,
    WORDS,
    Column,
    cluster_columns,
    context_columns,
    projection_columns,
    response_columns,
    sequence_columns,
    step_columns,
    unit_columns,
    vocabulary_columns,
    word_columns,
)
from stateline.store.writer import copy_files, replacing

Content = dict[str, Any]


def migrate_run(folder: Path | str) -> int:
    """Bring a run to the present schema version; it is replaced once the new one passes its check.

    returns  the version that it had; the present one where there was nothing to do
    raises   StatelineError  the run is damaged, lacks what the present version holds, or the disk
                             cannot be written; the run stays as it was
    """
    folder = standing(Path(folder)).resolve()
    where = folder / MANIFEST
    content = read_content(folder)
    version = content.get("schema_version")
    if type(version) is not int:
        raise StatelineError(where, "key schema_version", expected="a whole number", got=version)
    if version == SCHEMA_VERSION:
        validate_manifest(content, where)
        return SCHEMA_VERSION
    if version not in STEPS_OF:
        raise StatelineError(
            where,
            "cannot be migrated from its schema version",
            expected=" or ".join(map(str, STEPS_OF)),
            got=repr(version)[:40],
            fix=rebuild(folder.name),
        )
    content = STEPS_OF[version](folder, content) | {"schema_version": SCHEMA_VERSION}
    manifest = validate_manifest(content, where)
    try:
        with replacing(folder) as temporary:
            copy_files(temporary, {name: folder / name for name in manifest.tables})
            write_flushed(temporary / MANIFEST, to_bytes(content))
    except OSError as error:
        raise StatelineError(
            folder,
            f"cannot be migrated ({error.strerror or error})",
            fix="The run is as it was. Make its folder writable, or copy it to one that is.",
        ) from None
    return version


def read_content(folder: Path) -> Content:
    """Return the manifest of a run of any version, as it stands.

    raises  StatelineError  it is missing, cannot be read, or is no JSON object
    """
    file, _ = manifest_bytes(folder)
    try:
        content = json.loads(file.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise StatelineError(folder / MANIFEST, f"is not JSON ({error})") from None
    if not isinstance(content, dict):
        raise StatelineError(folder / MANIFEST, "is not a JSON object")
    return content


def from_4(_: Path, content: Content) -> Content:
    """Return a manifest of version 4 with the keys of the present one.

    A run of before `refit_epochs` was not trained again.
    """
    model = content.get("model")
    if isinstance(model, dict):
        content = content | {"model": {"refit_epochs": None} | model}
    return content


def from_3(folder: Path, content: Content) -> Content:
    """Refuse a run of version 3, and say what its tables lack: much of it takes the training texts.

    raises  StatelineError  always
    """
    run = str(content.get("run"))[:64]
    lacks = [f"{table} ({', '.join(names)})" for table, names in missing_columns(folder).items()]
    raise StatelineError(
        folder,
        "cannot be migrated from schema version 3 without its corpus",
        expected="; ".join([
            *lacks,
            "in the manifest the origin of the split, the rules of words and the training "
            "sequences that the test split repeats",
        ]),
        got="none of these",
        fix=f"A swap test and a baseline would be missing too. {rebuild(run)}",
    )  # fmt: skip


def missing_columns(folder: Path) -> dict[str, list[str]]:
    """Return the columns that the tables of a run lack, by table, or by folder of its tables.

    raises  StatelineError  a table cannot be read
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        inside = path.relative_to(folder)
        kind = inside.parts[0]
        columns = COLUMNS_OF.get(kind)
        if columns is None:
            continue
        try:
            there = pl.read_parquet_schema(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            reason = str(error).splitlines()[0]
            raise StatelineError(path, f"cannot be read ({reason})") from None
        lacks = [each.name for each in columns if each.name not in there]
        if lacks:
            found[kind] = lacks
    return found


# Columns of each table, or of those in a folder; their widths do not matter here.
COLUMNS_OF: Mapping[str, tuple[Column, ...]] = {
    SEQUENCES: sequence_columns(),
    STEPS: step_columns(2, 1),
    VOCABULARY: vocabulary_columns(2),
    WORDS: word_columns(2, 1),
    "projections": projection_columns(),
    "clusters": cluster_columns(),
    "units": unit_columns(1),
    "contexts": context_columns(),
    "responses": response_columns(1),
}
STEPS_OF: Mapping[int, Callable[[Path, Content], Content]] = {3: from_3, 4: from_4}
