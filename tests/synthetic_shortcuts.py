"""A small run with shortcuts: words that the training split holds in one class only."""

from pathlib import Path

import polars as pl

from stateline.store import schema
from stateline.store.reader import Run, open_run
from stateline.store.writer import write_run
from tests.synthetic import synthetic_tables
from tests.synthetic_evidence import label_columns


def shortcut_run(store: Path, name: str, sequences: int = 120) -> Run:
    """A binary run in which every word met only the class that it pushes to in training.

    Those whose effect is sure and whose test labels say nothing of it are shortcuts.
    """
    manifest, tables = synthetic_tables(
        name, sequences, 40, 8, 2, 1, 0, ("pca", "tsne"), "tsne", 5, model=False
    )
    classes = manifest["corpus"]["classes"]
    sizes = {split: [each[split] for each in classes] for split in ("train", "test")}
    words = tables[schema.WORDS]
    rows = [
        {**row, "train": [n if c == row["towards"] else 0 for c, n in enumerate(row["train"])]}
        for row in words.to_dicts()
    ]
    made = [row | label_columns(row, sizes) for row in rows]
    tables[schema.WORDS] = pl.DataFrame(made, schema_overrides=words.schema).select(words.columns)
    return open_run(write_run(store, manifest, tables, {}))
