"""Reading a run: opened by its manifest, read a sequence at a time or as a lazy table.

M stands for the rows of every step-grained table, S for the sequences, N for the units of a layer.
"""

import hashlib
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from stateline.store.errors import StatelineError, rebuild
from stateline.store.exchange import standing
from stateline.store.files import Identity
from stateline.store.manifest.contents import run_tables
from stateline.store.manifest.models import Layer, Manifest, Projection
from stateline.store.manifest.read import manifest_bytes, parse_manifest
from stateline.store.rebuild import RebuildGuard
from stateline.store.schema import (
    DISTANCE_COLUMNS,
    SEQUENCES,
    STEPS,
    SWAPS,
    WORDS,
    cluster_table,
    context_table,
    hidden_table,
    projection_table,
    response_table,
    unit_table,
)
from stateline.store.table import check_table
from stateline.store.tables import Tables


class Run:
    """One opened run; tables are read when they are needed, and nothing is ever written.

    A file is compared with its SHA-256 before it is first read, and again once it has changed.

    If the run is rebuilt while it is open, tables that were opened are still read as they were,
    and one that was not raises StatelineError: its rows are not those of this manifest.

    folder    the run's folder
    manifest  its manifest (see store/README.md)
    checksum  SHA-256 of the manifest's bytes: it changes with every rebuild
    file      identity of the manifest's file when it was read; None: that of the one there now
    tables    its tables, verified before they are read
    files     which files were verified, and the first fault of one

    Every method that takes a layer, a projection or a sequence raises StatelineError if the run
    does not have it, and if a table is damaged or of another build.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, checksum: str, file: Identity | None = None
    ) -> None:
        self.folder, self.manifest, self.checksum = folder, manifest, checksum
        self.name = manifest.run
        self.tables = Tables(folder, manifest, RebuildGuard(folder, checksum, file), self._lengths)
        self.columns, self.files = self.tables.columns, self.tables.files

    @property
    def kind(self) -> str:
        """`text` or `series`."""
        return self.manifest.corpus.kind

    @cached_property
    def feature_names(self) -> list[str]:
        """Names of the F numbers that each step of a series has, in order; none for a text."""
        return [each.name for each in self.manifest.corpus.features]

    @cached_property
    def class_names(self) -> list[str]:
        """Names of the C classes, in the order of their numbers."""
        return [each.name for each in self.manifest.corpus.classes]

    @cached_property
    def class_colours(self) -> list[str]:
        """Colours of the C classes, `#rrggbb`."""
        return [each.colour for each in self.manifest.corpus.classes]

    @cached_property
    def projection_ids(self) -> list[str]:
        """Ids of the projections, in the manifest's order."""
        return list(self._projections)

    @cached_property
    def layer_ids(self) -> list[str]:
        """Ids of the stored recurrent layers."""
        return list(self._layers)

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        return {each.id: each for each in self.manifest.layers}

    @cached_property
    def _projections(self) -> dict[str, Projection]:
        return {each.id: each for each in self.manifest.projections}

    def layer(self, layer: str) -> Layer:
        """Return the manifest's entry of a stored layer."""
        self._require("layer", layer, self._layers)
        return self._layers[layer]

    def projection(self, projection: str) -> Projection:
        """Return the manifest's entry of a projection."""
        self._require("projection", projection, self._projections)
        return self._projections[projection]

    @property
    def states(self) -> int:
        """Rows of every step-grained table, M."""
        return self.manifest.rows(STEPS)

    @cached_property
    def sequences(self) -> pl.DataFrame:
        """The whole table of sequences."""
        return self.tables.collect(SEQUENCES)

    @cached_property
    def offsets(self) -> np.ndarray:
        """First row of each sequence in every step-grained table, and M: int64 (S + 1,).

        raises  StatelineError  the lengths do not add up to M
        """
        lengths = self.sequences["length"].to_numpy()
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        if offsets[-1] != self.states:
            raise StatelineError(
                self.folder / SEQUENCES,
                "its lengths do not add up to the rows of the steps",
                expected=f"{self.states:,}",
                got=f"{offsets[-1]:,}",
                fix=rebuild(self.name),
            )
        return offsets

    def scan(self, table: str) -> pl.LazyFrame:
        """Return a table as a lazy frame, by its path relative to the run's folder.

        raises  StatelineError  the run has no such table, was rebuilt, or the table is damaged
        """
        self._require("table", table, self.columns)
        return self.tables.scan(table)

    def verify(self, name: str) -> None:
        """Verify a file of the run, unless that was done and it has not changed.

        name    path relative to the run's folder
        raises  StatelineError  it is not what was written, or the run was rebuilt
        """
        self.tables.verify(name)

    def _lengths(self) -> np.ndarray:
        """Return the steps of each sequence, int64 (S,)."""
        lengths: np.ndarray = np.diff(self.offsets)
        return lengths

    def steps_of(self, sequence_id: int, columns: list[str] | None = None) -> pl.DataFrame:
        """Return the steps of one sequence in order, with all or some columns."""
        return self._rows_of(STEPS, sequence_id, columns)

    def steps_at(self, rows: np.ndarray, columns: list[str]) -> pl.DataFrame:
        """Return some steps, with some columns, by their rows in the step-grained tables.

        rows  int64 (n,)  each once, ascending
        """
        return self.tables.take(STEPS, rows, columns)

    def hidden_at(self, layer: str, rows: np.ndarray) -> pl.DataFrame:
        """Return h of some states of a layer, by their rows.

        rows  int64 (n,)  each once, ascending
        """
        self._require("layer", layer, self._layers)
        return self.tables.take(hidden_table(layer), rows, ["h"])

    def hidden_of(
        self, sequence_id: int, layer: str, columns: list[str] | None = None
    ) -> pl.DataFrame:
        """Return the states of one sequence in one layer, with all or some columns."""
        self._require("layer", layer, self._layers)
        return self._rows_of(hidden_table(layer), sequence_id, columns)

    def projection_of(self, sequence_id: int, projection: str) -> pl.DataFrame:
        """Return the trajectory of one sequence on one map."""
        self._require("projection", projection, self._projections)
        return self._rows_of(projection_table(projection), sequence_id, None)

    def coordinates(self, projection: str) -> dict[str, np.ndarray]:
        """Return x, y and trust of all states on one map, float32 (M,) each."""
        self._require("projection", projection, self._projections)
        table = self.tables.collect(projection_table(projection), "x", "y", "trust")
        return {name: table[name].to_numpy() for name in table.columns}

    @cached_property
    def words(self) -> pl.DataFrame:
        """Effects of each token and two-word phrase, the whole table; no row for a series."""
        return self.tables.collect(WORDS)

    @cached_property
    def swaps(self) -> pl.DataFrame | None:
        """Results of the swap test, the whole table; None where the manifest has none."""
        return None if self.manifest.swap_test is None else self.tables.collect(SWAPS)

    def clusters(self, projection: str) -> pl.DataFrame:
        """Return the clusters of the states on one map, at every level."""
        self._require("projection", projection, self._projections)
        return self.tables.collect(cluster_table(projection))

    def memberships(self, projection: str) -> np.ndarray:
        """Return the cluster of every state at each level, -1 for none: int32 (M, levels)."""
        self._require("projection", projection, self._projections)
        return self.tables.collect(projection_table(projection), "cluster")["cluster"].to_numpy()

    def units(self, layer: str) -> pl.DataFrame:
        """Return figures and clusters of the units of a layer, N rows."""
        self._require("layer", layer, self._layers)
        return self.tables.collect(unit_table(layer))

    def contexts(self, layer: str) -> pl.DataFrame:
        """Return the steps at which each unit of a layer is highest and lowest."""
        self._require("layer", layer, self._layers)
        return self.tables.collect(context_table(layer))

    def responses(self, layer: str) -> pl.DataFrame:
        """Return the responses of each unit of a layer to words; no row for a series."""
        self._require("layer", layer, self._layers)
        return self.tables.collect(response_table(layer))

    def distances(self, layer: str, state: str = "h") -> np.ndarray:
        """Return the distance of every step in one kind of state of a layer.

        state    h, or c where the layer stores its distances
        returns  float32 (M,)    never null
        raises   StatelineError  the layer, or its distances of that state, are not stored
        """
        self._require(f"distance in {layer} of state", state, self.layer(layer).max_distance)
        column = DISTANCE_COLUMNS[state]
        return self.tables.collect(hidden_table(layer), column)[column].to_numpy()

    def _require(self, kind: str, name: str, existing: Collection[str]) -> None:
        if name not in existing:
            raise StatelineError(
                f"run {self.name}",
                f"no {kind} {name}",
                expected=f"one of {', '.join(existing)}",
            )

    def _rows_of(self, table: str, sequence_id: int, columns: list[str] | None) -> pl.DataFrame:
        last = len(self.offsets) - 2
        if not 0 <= sequence_id <= last:
            raise StatelineError(
                f"run {self.name}", f"no sequence {sequence_id}", expected=f"0 to {last}"
            )
        start, stop = self.offsets[sequence_id], self.offsets[sequence_id + 1]
        return self.tables.slice(table, int(start), int(stop), columns)


def open_run(folder: Path | str) -> Run:
    """Open one run: its manifest is validated, and its tables have the schema's columns.

    Checksums are verified when a table is first read, the numbers themselves by `stateline check`.
    raises  StatelineError in one line that names the file and the command that fixes it
    """
    folder = standing(Path(folder))
    content, file = manifest_bytes(folder)
    manifest = parse_manifest(content, folder)
    for name, columns in run_tables(manifest).items():
        check_table(folder / name, manifest, name, columns)
    return Run(folder, manifest, hashlib.sha256(content).hexdigest(), file)
