"""One Parquet table: checked against the schema, read by the numbers of its rows."""

import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stateline.store.errors import StatelineError, rebuild
from stateline.store.files import file_identity
from stateline.store.manifest.models import Manifest
from stateline.store.schema import Column, polars_schema

GROUPS_AT_ONCE = 16  # row groups in memory while rows are taken from many of them


class SlicedTable:
    """One open Parquet table whose rows are read by their numbers.

    The footer is parsed once, and only row groups with requested rows are read. Safe to use from
    several threads. Reading raises StatelineError if the file is damaged.
    """

    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        self.path = path
        self.schema = polars_schema(columns)
        # Not mapped into memory: that is no faster, and a file that another program cuts short
        # while it is open would end the process instead of raising. Kept open, so that a run
        # that is rebuilt meanwhile goes on being read as it was.
        self.file = pq.ParquetFile(path, memory_map=False)
        self.identity = file_identity(path)
        groups = self.file.metadata
        rows = [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]
        self.ends = np.cumsum(rows)
        self.lock = threading.Lock()

    def was_changed(self) -> bool:
        """Whether the open file itself was written to; another one in its place does not count."""
        found = file_identity(self.path)
        if found is None or self.identity is None or found == self.identity:
            return False
        return found[0] == self.identity[0]

    def slice(self, start: int, stop: int, columns: list[str] | None) -> pl.DataFrame:
        """Return rows start to stop (not included), with all or some columns."""
        names = list(self.schema) if columns is None else columns
        first, last = np.searchsorted(self.ends, [start, stop - 1], side="right")
        before = int(self.ends[first - 1]) if first else 0
        read = self._read(list(range(first, last + 1)), names)
        return self._frame(read.slice(start - before, stop - start), names)

    def take(self, rows: np.ndarray, columns: list[str]) -> pl.DataFrame:
        """Return some rows with some columns, at most GROUPS_AT_ONCE row groups in memory.

        rows  int64 (n,)  numbers of the rows, each once, ascending
        """
        begins = np.concatenate([[0], self.ends])
        sizes = np.diff(begins)
        group_of = np.searchsorted(self.ends, rows, side="right")
        groups = np.unique(group_of)
        parts = [pl.DataFrame(schema={name: self.schema[name] for name in columns})]
        for start in range(0, len(groups), GROUPS_AT_ONCE):
            some = groups[start : start + GROUPS_AT_ONCE]
            here = (group_of >= some[0]) & (group_of <= some[-1])
            # The groups read lie one behind the other, without those between them in the file.
            moved = np.cumsum(sizes[some]) - sizes[some] - begins[some]
            place = rows[here] + moved[np.searchsorted(some, group_of[here])]
            # By Polars: Arrow's own `take` brings in all of pandas.
            parts.append(self._frame(self._read(some.tolist(), columns), columns)[place])
        return pl.concat(parts)

    def _read(self, groups: list[int], names: list[str]) -> pa.Table:
        try:
            with self.lock:
                return self.file.read_row_groups(groups, columns=names, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise damaged(self.path, error) from None

    def _frame(self, rows: pa.Table, names: list[str]) -> pl.DataFrame:
        """Return Arrow rows as a frame: columns in the order of the names, types of the schema."""
        frame = pl.DataFrame(rows)
        casts = [
            pl.col(name).cast(self.schema[name])
            for name in names
            if frame.schema[name] != self.schema[name]
        ]
        return frame.with_columns(casts).select(names)


def damaged(path: Path, error: Exception) -> StatelineError:
    """Return the error of a table that cannot be read, though its size and columns were right."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return StatelineError(
        path,
        f"cannot be read ({reason})",
        fix="Copy the run again, or rebuild it",
    )


def check_table(path: Path, manifest: Manifest, name: str, columns: tuple[Column, ...]) -> None:
    """Check size and columns of one table against the manifest and the schema.

    Reads the footer only, not the data.
    raises  StatelineError  it is not listed, missing, of another size, or has other columns
    """
    fix = rebuild(manifest.run)
    if name not in manifest.tables:
        raise StatelineError(path, "not listed in the manifest", fix=fix)
    if not path.is_file():
        raise StatelineError(path, "missing", fix=fix)
    size, expected = path.stat().st_size, manifest.tables[name].bytes
    if size != expected:
        raise StatelineError(
            path, "cut short or changed", expected=f"{expected:,} bytes", got=f"{size:,}", fix=fix
        )
    try:
        found = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StatelineError(path, f"not Parquet ({str(error).splitlines()[0]})", fix=fix) from None
    check_columns(path, found, polars_schema(columns), fix)


def check_columns(
    path: Path, found: Mapping[str, pl.DataType], wanted: pl.Schema, fix: str
) -> None:
    """Check the columns of a table against those of the schema.

    raises  StatelineError  one is missing, of another type, unknown, or in another place
    """
    for column, dtype in wanted.items():
        got = found.get(column)
        if got is None:
            raise StatelineError(path, f"column {column} is missing", fix=fix)
        if isinstance(dtype, pl.Array) and isinstance(got, pl.Array) and dtype.shape != got.shape:
            raise StatelineError(
                path,
                f"column {column} has width {got.shape[0]}; the manifest says {dtype.shape[0]}",
                fix=fix,
            )
        if got != dtype:
            raise StatelineError(
                path, f"column {column} is of another type", expected=dtype, got=got, fix=fix
            )
    extra = [column for column in found if column not in wanted]
    if extra:
        raise StatelineError(path, f"column {extra[0]} is not in the schema", fix=fix)
    if list(found) != list(wanted):
        raise StatelineError(
            path,
            "its columns are in another order",
            expected=", ".join(wanted),
            got=", ".join(found),
            fix=fix,
        )
