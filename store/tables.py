"""The tables of an open run: verified, examined and cut before anything is read of them."""

import threading
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import polars as pl

from stateline.store.errors import StatelineError
from stateline.store.limits import check_footer, check_values, shortened
from stateline.store.manifest.contents import run_files, run_tables
from stateline.store.manifest.models import Manifest
from stateline.store.rebuild import RebuildGuard
from stateline.store.schema import SEQUENCES, STEPS, polars_schema
from stateline.store.table import SlicedTable, damaged
from stateline.store.verify import Verification

TEXT_WORDS = 100  # a whole text may be so many times as long as a word


class Tables:
    """The tables of a run, each opened once; safe to use from several threads.

    lengths          returns the steps of each sequence, int64 (S,)
    columns          columns of each table by its path relative to the run's folder
    files            which files were verified, and the first fault of one
    max_characters   words that are longer are cut, and tell how long they are; None: none is
    refuses_values   a table with values out of range is not read; a check names each itself
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        guard: RebuildGuard,
        lengths: Callable[[], np.ndarray],
    ) -> None:
        self.folder, self.manifest, self.columns = folder, manifest, run_tables(manifest)
        # What the first page needs stands in front: a background check goes by this order.
        first = sorted(self.columns, key=lambda name: name not in (SEQUENCES, STEPS))
        names = [*first, *run_files(manifest)]
        self.files = Verification(folder, manifest, names, self._examine)
        self.max_characters: int | None = None
        self.refuses_values = True
        self._guard, self._lengths = guard, lengths
        self._longest: dict[str, dict[str, int]] = {}
        self._open: dict[str, SlicedTable] = {}
        self._lock = threading.Lock()

    def verify(self, name: str) -> None:
        """Verify a file of the run, unless that was done and it has not changed.

        name    path relative to the run's folder
        raises  StatelineError  it is not what was written, nothing may read it, or the run was
                                rebuilt
        """
        self._guard.check()
        try:
            self.files.verify(name)
        except StatelineError:
            self._guard.check()  # a rebuilt run is no damaged one
            raise

    def scan(self, table: str) -> pl.LazyFrame:
        """Return a table as a lazy frame.

        raises  StatelineError  it is damaged, or the run was rebuilt
        """
        self.verify(table)
        rows = pl.scan_parquet(self.folder / table)
        names = [each.name for each in self.columns[table]]
        return rows.with_columns(self._shortened(table, names))

    def collect(self, table: str, *columns: str) -> pl.DataFrame:
        """Return a whole table, with all or some columns.

        raises  StatelineError  it is damaged, or the run was rebuilt
        """
        rows = self.scan(table)
        try:
            found = (rows.select(columns) if columns else rows).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            self.verify(table)
            raise damaged(self.folder / table, error) from None
        self.verify(table)
        return found

    def slice(self, table: str, start: int, stop: int, columns: list[str] | None) -> pl.DataFrame:
        """Return rows start to stop (not included) of a table, with all or some columns.

        raises  StatelineError  it is damaged, or the run was rebuilt
        """
        rows = self._sliced(table).slice(start, stop, columns)
        return rows.with_columns(self._shortened(table, rows.columns))

    def take(self, table: str, rows: np.ndarray, columns: list[str]) -> pl.DataFrame:
        """Return some rows of a table with some columns.

        rows    int64 (n,)  each once, ascending
        raises  StatelineError  it is damaged, or the run was rebuilt
        """
        found = self._sliced(table).take(rows, columns)
        return found.with_columns(self._shortened(table, columns))

    def _sliced(self, table: str) -> SlicedTable:
        """Return a table that is opened once and stays open, unless its file is written to."""
        opened = self._open.get(table)
        if opened is not None and not opened.was_changed():
            return opened
        self.verify(table)
        opened = SlicedTable(self.folder / table, self.columns[table])
        self.verify(table)  # what was opened is what was verified
        with self._lock:
            self._open[table] = opened
        return opened

    def _examine(self, name: str) -> None:
        """Check that a table is one that may be read.

        raises  StatelineError  it unpacks to too much, or has values that are out of range
        """
        if name not in self.columns:
            return
        path, columns = self.folder / name, self.columns[name]
        check_footer(path, self.manifest, name, columns)
        if self.refuses_values:
            lengths = self._lengths() if name != SEQUENCES else np.empty(0, dtype=np.int64)
            self._longest[name] = check_values(path, self.manifest, name, columns, lengths)

    def _shortened(self, table: str, columns: Collection[str]) -> list[pl.Expr]:
        """Return expressions that cut the long texts of a table; none where it has no long one."""
        if self.max_characters is None:
            return []
        schema = polars_schema(self.columns[table])
        cut = []
        for column, longest in self._longest.get(table, {}).items():
            most = self.max_characters * (TEXT_WORDS if column == "text" else 1)
            if longest > most and column in columns:
                cut.append(shortened(column, schema[column], most))
        return cut
