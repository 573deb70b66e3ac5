"""Ways to damage a run: in one number with its checksums made good again, or in its bytes."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from stateline.store.manifest.checksum import to_bytes
from stateline.store.schema import MANIFEST, STEP_ROWS_PER_GROUP


def change_manifest(folder: Path, change: Callable[[dict], object]) -> None:
    """Rewrite the manifest after `change` has worked on it, its checksum made good."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_bytes(to_bytes(manifest))


def forget_training(manifest: dict) -> None:
    """Make unknown what only training sequences tell: the baseline, and which are repeated."""
    baseline = manifest["model"]["baseline"]
    baseline.update(dict.fromkeys(baseline) | {"reason": "nothing is known"})
    manifest["model"]["metrics"]["unseen_accuracy"] = manifest["left_out"]["in_training"] = None


def refresh(folder: Path, name: str) -> None:
    """Make rows, bytes and SHA-256 of one file those that it has."""
    content, table = (folder / name).read_bytes(), name.endswith(".parquet")
    entry = {
        "rows": pl.read_parquet(folder / name).height if table else None,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "reproducible": True,
    }
    change_manifest(folder, lambda manifest: manifest["tables"].update({name: entry}))


def change_table(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Rewrite one table after `change`, checksums made good."""
    table = change(pl.read_parquet(folder / name))
    table.write_parquet(folder / name, row_group_size=STEP_ROWS_PER_GROUP)
    refresh(folder, name)


def put(table: pl.DataFrame, row: int, **values: object) -> pl.DataFrame:
    """The table with some cells of one row replaced; a callable gets the old value."""
    columns = {}
    for name, value in values.items():
        cells = table[name].to_list()
        cells[row] = value(cells[row]) if callable(value) else value
        columns[name] = pl.Series(name, cells, dtype=table.schema[name])
    return table.with_columns(**columns)
