"""A small run called demo-reviews that holds the planted name, made without a model."""

from pathlib import Path

import polars as pl

from stateline.app.help.walkthrough import DEMO
from stateline.store import schema
from stateline.store.reader import Run, open_run
from stateline.store.writer import write_run
from tests.synthetic import synthetic_tables

NAME = ("Marla", "Quince")
KNOBS = {
    "sequences": 12, "max_steps": 20, "units": 4, "classes": 2, "outputs": 1,
    "projections": ("pca", "tsne"), "default": "tsne", "minimum_steps": 8,
}  # fmt: skip


def demo_run(store: Path, seed: int, named: tuple[int, ...], at: int = 3) -> Run:
    """A run called demo-reviews whose sequences `named` hold the name at the steps from `at`."""
    manifest, tables = synthetic_tables(DEMO, seed=seed, **KNOBS)
    here = pl.col("sequence_id").is_in(named)
    steps = tables[schema.STEPS]
    for offset, word in enumerate(NAME):
        chosen = here & (pl.col("t") == at + offset)
        # Only what was written changes: the vocabulary must go on holding every token.
        steps = steps.with_columns(
            surface=pl.when(chosen).then(pl.lit(word)).otherwise("surface"),
            role=pl.when(chosen).then(pl.lit("shortcut")).otherwise("role"),
        )
    tables[schema.STEPS] = steps
    model = store / "model.keras"
    model.write_bytes(b"a model would be here")
    folder = write_run(store, manifest, tables, {schema.MODEL: model})
    return open_run(folder)
