"""Writing a run: everything into a temporary folder, checked there, then swapped in."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError, rebuild
from stateline.store.exchange import (
    belongs_to,
    recover_folder,
    replace_folder,
    temporary_beside,
)
from stateline.store.files import file_sha256, write_flushed
from stateline.store.lock import locked
from stateline.store.manifest.checksum import to_bytes
from stateline.store.manifest.contents import run_tables
from stateline.store.manifest.models import ManifestDraft, to_json
from stateline.store.manifest.validation import validate_draft
from stateline.store.schema import (
    MANIFEST,
    MODEL,
    RUN_NAME,
    STEP_ROWS_PER_GROUP,
    Column,
    is_step_grained,
    polars_schema,
)
from stateline.store.stream import Stream, write_stream

Frame = pl.DataFrame | pl.LazyFrame
Table = Frame | Path | Stream


def write_run(
    store: Path,
    manifest: ManifestDraft | dict[str, Any],
    tables: Mapping[str, Table],
    files: Mapping[str, Path],
) -> Path:
    """Write one run atomically: it appears whole and verified, or not at all.

    store     folder of runs; made where it does not exist
    manifest  without `tables`, which is added here; as the object of its JSON file,
              or as the model
    tables    each Parquet table by its path relative to the run's folder, with exactly the
              columns that the schema wants: in memory, lazy, a Parquet file, or a callable
              without arguments that returns an iterator of pieces (pl.DataFrame, the rows in
              order), of which no more than one stands in memory
    files     other files to copy in, by their path relative to the run's folder: those that
              `manifest.contents.run_files` names
    returns   the run's folder
    raises    StatelineError for a manifest or table that does not fit, a failed check, or a
              disk that cannot be written; the run that was there before stays as it was
    """
    content = to_json(manifest) if isinstance(manifest, ManifestDraft) else manifest
    run = str(content.get("run"))
    if not RUN_NAME.fullmatch(run):
        raise StatelineError(
            f"run {run!r}", "not a run name", expected="lower-case letters, digits, . _ -", got=run
        )
    wanted = run_tables(validate_draft(content, f"manifest of {run}"))
    final = store / run
    temporary = temporary_beside(final)
    fix = f"The run that was there is kept. Free the disk. {rebuild(run)}"
    try:
        frames = {name: open_table(table) for name, table in tables.items()}
        refuse_other_tables(run, wanted, frames)
        store.mkdir(parents=True, exist_ok=True)
        with replacing(final):
            for name, columns in wanted.items():
                write_table(temporary / name, frames[name], columns, f"{run}/{name}")
            copy_files(temporary, files)
            entries = {name: table_entry(temporary / name) for name in [*wanted, *files]}
            manifest_bytes = to_bytes(content | {"tables": entries})
            write_flushed(temporary / MANIFEST, manifest_bytes)
    except OSError as error:
        raise StatelineError(
            renamed(str(error.filename or store), temporary, final),
            f"cannot be written ({error.strerror or error})",
            fix=fix,
        ) from None
    except pl.exceptions.PolarsError as error:
        # Polars reports a full disk by an error of its own.
        reason = str(error).splitlines()[0]
        raise StatelineError(store, f"run {run} cannot be written ({reason})", fix=fix) from None
    return final


@contextmanager
def replacing(final: Path) -> Iterator[Path]:
    """Yield a folder for a run's files, which is checked and then takes the run's place.

    raises  StatelineError  another process writes the run, or a check fails; OSError  the disk
            cannot be written; the run that was there before stays as it was
    """
    temporary = temporary_beside(final)
    with locked(lock_file(final), final.name):
        recover_folder(final)
        clear_leftovers(final.parent)
        try:
            temporary.mkdir()
            yield temporary
            check_written(temporary, final)
            replace_folder(temporary, final)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def lock_file(final: Path) -> Path:
    """Return the file whose lock the writer of a run has."""
    return final.with_name(f".{final.name}.lock")


def of_lock(path: Path) -> Path | None:
    """Return the folder of the run whose lock a file is; None for other files."""
    name = path.name
    return path.with_name(name[1:-5]) if name[0] == "." and name.endswith(".lock") else None


def clear_leftovers(store: Path) -> None:
    """Clean up after writers of any run of a store that were killed; the living keep theirs.

    The store may be any folder of the user's: what is no run's stays.
    raises  OSError  a folder cannot be renamed or removed
    """
    for path in sorted(store.iterdir()):
        final = belongs_to(path) or of_lock(path)
        if final and ((final / MANIFEST).is_file() or (path / MANIFEST).is_file()):
            with suppress(StatelineError), locked(lock_file(final), final.name):
                recover_folder(final)


def copy_files(folder: Path, files: Mapping[str, Path]) -> None:
    """Copy files into a folder, each to its path relative to it."""
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)


def check_written(temporary: Path, final: Path) -> None:
    """Check the run in the temporary folder.

    raises  StatelineError  a check fails; it names the final folder, since the temporary one is
                            gone by the time the message is read
    """
    try:
        check_run(temporary)
    except StatelineError as error:
        raise StatelineError(*renamed(str(error), temporary, final).split(": ", 1)) from None


def renamed(line: str, temporary: Path, final: Path) -> str:
    """Return a message about the temporary folder with the name of the final one."""
    return line.replace(temporary.name, final.name)


def open_table(table: Table) -> Frame | Stream:
    """Return a table as a frame or a stream; a file is read lazily."""
    return pl.scan_parquet(table) if isinstance(table, Path) else table


def refuse_other_tables(
    run: str, wanted: Mapping[str, tuple[Column, ...]], tables: Mapping[str, Frame | Stream]
) -> None:
    """Check that the tables are those of the manifest, with the schema's columns.

    The pieces of a stream are checked one by one, when they are written.
    raises  StatelineError  a table is missing or unknown, or has other columns
    """
    if set(wanted) != set(tables):
        raise StatelineError(
            f"run {run}",
            "its tables are not those of its manifest",
            expected=", ".join(sorted(wanted)),
            got=", ".join(sorted(tables)),
        )
    for name, columns in wanted.items():
        table = tables[name]
        if isinstance(table, pl.DataFrame | pl.LazyFrame):
            refuse_other_columns(f"{run}/{name}", columns, table.lazy().collect_schema())


def refuse_other_columns(where: str, columns: tuple[Column, ...], got: pl.Schema) -> None:
    """Check that the columns of a table, or of a piece of it, are the schema's.

    raises  StatelineError  they are not
    """
    schema = polars_schema(columns)
    if schema == got:
        return
    difference = [f"{k}: {v}" for k, v in got.items() if schema.get(k) != v]
    missing = [k for k in schema if k not in got]
    raise StatelineError(
        where,
        "its columns are not the schema's",
        expected=", ".join(f"{k}: {schema[k]}" for k in missing) or "the schema's order",
        got=", ".join(difference) or ", ".join(got),
    )


def write_table(
    path: Path, table: Frame | Stream, columns: tuple[Column, ...], where: str = ""
) -> None:
    """Write one Parquet table, sorted as it is; step-grained tables in small row groups.

    where   name of the table in messages; empty: its path
    raises  StatelineError  a piece of a stream has other columns than the schema
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = STEP_ROWS_PER_GROUP if is_step_grained(columns) else None
    if callable(table):
        refuse = partial(refuse_other_columns, where or str(path), columns)
        write_stream(path, table(), columns, refuse)
    elif isinstance(table, pl.LazyFrame):
        table.sink_parquet(path, compression="zstd", statistics=True, row_group_size=rows)
    else:
        table.write_parquet(path, compression="zstd", statistics=True, row_group_size=rows)


def table_entry(path: Path) -> dict[str, object]:
    """Return the entry of one file; its rows are None where it is no table."""
    rows = None
    if path.suffix == ".parquet":
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    return {
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
        # Keras writes into its file when it was saved.
        "reproducible": path.name != MODEL,
    }
