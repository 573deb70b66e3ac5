"""Small runs from the real corpora, where DATA_DIR names a folder that holds them."""

import os
from pathlib import Path

import polars as pl
import pytest

from stateline.store.manifest.models import to_json
from stateline.store.reader import Run, open_run
from tests.pipeline.test_build import QUICK, make

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("DATA_DIR"),
        reason="set DATA_DIR to a folder with imdb.parquet and reuters.parquet",
    ),
]


def corpora() -> Path:
    return Path(os.environ["DATA_DIR"]).resolve()


def build(name: str, data: Path, folder: Path, **knobs: object) -> Run:
    provided = (
        QUICK | {"STORED": 60, "MAX_STEPS": 30, "SWAP_TESTED": 40, "PROJECTIONS": "pca"} | knobs
    )
    make(name, BUILD=folder / "build", STORE=folder / "store", DATA_DIR=data, **provided)
    return open_run(folder / "store" / name)


def test_a_small_imdb_run_is_built_from_raw_text(tmp_path: Path) -> None:
    # One review of 25: the baseline of all of them takes minutes.
    pl.read_parquet(corpora() / "imdb.parquet").gather_every(25).write_parquet(
        tmp_path / "imdb.parquet"
    )
    run = build("imdb", tmp_path, tmp_path, EPOCHS=1, UNITS=8, BATCH_SIZE=256)
    manifest = run.manifest
    assert to_json(manifest)["corpus"]["sizes"] == {
        "train": 900,
        "validation": 100,
        "test": 1_000,
        "stored": 60,
    }
    assert run.class_names == ["negative", "positive"]
    assert manifest.left_out.unstored_test_sequences == 940
    assert not run.sequences["text"].str.contains("<br").any()
    first = run.steps_of(0)
    words = first["surface"].to_list()
    assert run.sequences["text"][0].replace(",", " ").split()[-1].strip(".!?\"'")[:3] in words[-1]


def test_a_small_reuters_run_keeps_the_papers_five_classes_and_both_accuracies(
    tmp_path: Path,
) -> None:
    run = build("reuters-paper", corpora(), tmp_path, EPOCHS=3, UNITS=12)
    assert run.class_names == ["grain", "crude", "money-fx", "acq", "earn"]
    metrics = run.manifest.model.metrics
    assert metrics.elementwise_accuracy > metrics.accuracy > 0.4
    assert run.manifest.readout.outputs == 5
    lengths = run.sequences.select("length", "length_full")
    assert lengths.filter(pl.col("length") > pl.min_horizontal("length_full", 30)).is_empty()
