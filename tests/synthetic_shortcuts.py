"""A small run with shortcuts: words that the training split holds in one class only."""

from pathlib import Path

import polars as pl

from stateline.store import schema
from stateline.store.reader import Run, open_run
from stateline.store.writer import write_run
from tests.synthetic import synthetic_tables
from tests.synthetic_evidence import occurrences
from tests.synthetic_labels import add_labels

PUSHING = ("clever", "very oil", "bank", "quick long")


def shortcut_run(store: Path, name: str, sequences: int = 120) -> Run:
    """A binary run in which every word met only the class that it pushes to in training.

    Some words push far, and the test labels say less of them: those are shortcuts.
    """
    manifest, tables = synthetic_tables(
        name, sequences, 40, 8, 2, 1, 0, ("pca", "tsne"), "tsne", 5, model=False, pushing=PUSHING
    )
    classes = manifest["corpus"]["classes"]
    sizes = {split: [each[split] for each in classes] for split in ("train", "test")}
    words = tables[schema.WORDS]
    rows = [
        {**row, "train": [n if c == row["towards"] else 0 for c, n in enumerate(row["train"])]}
        for row in words.to_dicts()
    ]
    held = {
        phrase: {sequence for sequence, *_ in seen}
        for phrase, seen in occurrences(tables[schema.STEPS]).items()
    }
    tokens = tables[schema.VOCABULARY]["token"]
    ids = manifest["corpus"]["tokens"].values()
    add_labels(rows, sizes, held, [tokens[each] for each in ids if each is not None])
    tables[schema.WORDS] = pl.DataFrame(rows, schema_overrides=words.schema).select(words.columns)
    return open_run(write_run(store, manifest, tables, {}))
