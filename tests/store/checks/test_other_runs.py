"""Runs of several layers and runs of series: each rule of theirs is held, one at a time."""

import math
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.store.archive import share_run
from stateline.store.checks import steps as step_checks
from stateline.store.checks.figures import MEASURED
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError, rebuild
from stateline.store.reader import open_run
from tests.store.damage import change_manifest, change_table, put
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL, Layer

pytestmark = pytest.mark.slow

SEQUENCES, STEPS, WORDS = "sequences.parquet", "steps.parquet", "vocabulary.parquet"
LSTM, BACKWARD = "hidden/lstm.parquet", "hidden/bidirectional-backward.parquet"


def refused(folder: Path, expected: str) -> str:
    """The one line in which a run is refused."""
    with pytest.raises(StatelineError) as caught:
        check_run(folder)
    line = str(caught.value)
    assert expected in line
    assert str(folder) in line and "\n" not in line
    assert line.endswith(rebuild(folder.name))
    return line


def entry(index: int, value: float) -> Callable[[list], list]:
    """Replace one entry of a vector."""
    return lambda values: [value if i == index else old for i, old in enumerate(values)]


def forward_distances(table: pl.DataFrame) -> pl.DataFrame:
    """Distances as if the layer read from the front."""
    h, t = table["h"].to_numpy(), table["t"].to_list()
    moved = [np.linalg.norm(h[row] - (h[row - 1] if t[row] else 0)) for row in range(len(t))]
    return table.with_columns(distance=pl.Series(moved, dtype=pl.Float32))


LAYER_CASES = {
    "a cell state": (LSTM, 3, lambda t: put(t, 3, c=entry(4, 9.0)), "distance_c ="),
    "a cell distance": (LSTM, 5, lambda t: put(t, 5, distance_c=0.0), "distance_c ="),
    "cell distance null": (LSTM, 5, lambda t: put(t, 5, distance_c=None), "distance_c never null"),
    "a gate above one": (
        LSTM, 6, lambda t: put(t, 6, gate_forget=entry(4, 1.5)),
        "gate_forget in 0 to 1, got 1.5 in entry 4",
    ),
    "a gate below zero": (
        LSTM, 6, lambda t: put(t, 6, gate_input=entry(0, -0.1)), "gate_input in 0 to 1, got -0.1",
    ),
    "a gate not a number": (
        LSTM, 6, lambda t: put(t, 6, gate_output=entry(2, math.nan)), "got nan in entry 2",
    ),
    "a gate null": (LSTM, 6, lambda t: put(t, 6, gate_input=None), "gate_input never null"),
    "a gate's unit null": (LSTM, 6, lambda t: put(t, 6, gate_input=entry(3, None)), "in entry 3"),
    "distance of the other direction": (BACKWARD, 0, forward_distances, "distance ="),
    "a start that is unknown": (STEPS, 0, lambda t: put(t, 0, known=False), "known false where"),
    "padding": (STEPS, 4, lambda t: put(t, 4, token_id=0), "that of padding, got False"),
    "no token id": (STEPS, 4, lambda t: put(t, 4, token_id=None), "token_id never null in a text"),
    "a count": (WORDS, 7, lambda t: put(t, 7, count=3), "null where, and only where, the training"),
    "counts by class": (WORDS, 7, lambda t: put(t, 7, sequences=[1, 2, 3]), "sequences; expected"),
    "cut": (SEQUENCES, 1, lambda t: put(t, 1, length_full=99), "length_full, as nothing was cut"),
    "no step": (SEQUENCES, 1, lambda t: put(t, 1, length=0), "length is 1 or more"),
}  # fmt: skip


@pytest.mark.parametrize("case", LAYER_CASES)
def test_a_run_of_several_layers_is_refused_by_table_and_row(layers: Path, case: str) -> None:
    table, row, change, expected = LAYER_CASES[case]
    change_table(layers, table, change)
    line = refused(layers, expected)
    assert f"{layers / table}: " in line
    place = f"sequence {row}" if table == SEQUENCES else rf"row {row}"
    assert place in line


SERIES_CASES = {
    "a token id": (STEPS, 3, lambda t: put(t, 3, token_id=3), "token_id null in a series, got 3"),
    "unknown": (STEPS, 3, lambda t: put(t, 3, known=False), "known true in a series"),
    "no name": (STEPS, 3, lambda t: put(t, 3, token="", surface=""), "both the name of the step"),
    "two names": (STEPS, 3, lambda t: put(t, 3, surface="x"), "both the name of the step"),
    "no values": (STEPS, 3, lambda t: put(t, 3, values=None), "values never null"),
    "not a number": (STEPS, 3, lambda t: put(t, 3, values=entry(1, math.nan)), "got nan in entry"),
    "no end": (STEPS, 3, lambda t: put(t, 3, values=entry(0, math.inf)), "values finite, got inf"),
    "beyond the high": (
        STEPS, 3, lambda t: put(t, 3, values=entry(1, 1e6)),
        "values between low and high of their feature, got 1e+06 in entry 1",
    ),
    "beneath the low": (STEPS, 3, lambda t: put(t, 3, values=entry(0, -99.0)), "got -99 in entry"),
    "visible": (STEPS, 3, lambda t: put(t, 3, visible=0.1), "visible null where, and only where"),
    "a text": (SEQUENCES, 2, lambda t: put(t, 2, text="what"), "text is empty for a series"),
    "forward distances": (BACKWARD, 0, forward_distances, "distance ="),
}  # fmt: skip


@pytest.mark.parametrize("case", SERIES_CASES)
def test_a_run_of_series_is_refused_by_table_and_row(series: Path, case: str) -> None:
    table, row, change, expected = SERIES_CASES[case]
    change_table(series, table, change)
    line = refused(series, expected)
    assert f"{series / table}: " in line
    assert f"sequence {row}" in line if table == SEQUENCES else f"row {row}" in line


def test_a_vocabulary_of_a_series_is_refused(series: Path) -> None:
    word = pl.DataFrame({"token_id": 0, "token": "word", "count": None, "sequences": None})
    change_table(series, WORDS, lambda t: word.cast(t.schema))
    refused(series, "has tokens, though the run is a series; expected 0, got 1")


FIGURE_CASES = {
    "reach of h": (
        "layers", lambda m: m["layers"][1]["max_distance"].update(h=9.0),
        "bidirectional-forward: max_distance of h",
    ),
    "reach of c": (
        "layers", lambda m: m["layers"][0]["max_distance"].update(c=99.0),
        "lstm: max_distance of c; expected",
    ),
    "alone": ("layers", lambda m: m["verified"].update(alone_error=1.0), "verified.alone_error"),
    "padding not a word's": (
        "layers", lambda m: m["corpus"]["tokens"].update(padding=1), "that of padding, got False",
    ),
    "no unknown": (
        "layers", lambda m: m["corpus"]["tokens"].update(unknown=None), "known false where",
    ),
    "cut": (
        "layers", lambda m: m["corpus"]["truncation"].update(max_steps=4, keep="last"),
        "length lies in 1 to 4",
    ),
    "low": (
        "series", lambda m: m["corpus"]["features"][1].update(low=-1e6),
        "corpus.features, feature 1: low; expected",
    ),
    "high": (
        "series", lambda m: m["corpus"]["features"][0].update(high=1e6),
        "corpus.features, feature 0: high; expected",
    ),
    "low above a value": (
        "series", lambda m: m["corpus"]["features"][0].update(low=0.0), "values between low",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIGURE_CASES)
def test_a_figure_that_the_tables_disprove_is_refused(
    layers: Path, series: Path, case: str
) -> None:
    run, change, expected = FIGURE_CASES[case]
    folder = {"layers": layers, "series": series}[run]
    change_manifest(folder, change)
    refused(folder, expected)


def test_training_counts_are_wanted_where_the_split_is_known(run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(run, tmp_path / "synthetic"))
    change_table(folder, WORDS, lambda t: put(t, 5, count=None))
    refused(folder, "row 5: count; expected null where, and only where")


def test_errors_that_do_not_apply_are_reported_so(other_store: Path) -> None:
    lines = check_run(other_store / "series").lines()
    for name in MEASURED.values():
        assert f"{name}: not applicable" in lines


def test_a_model_that_the_manifest_does_not_have_is_refused(series: Path) -> None:
    (series / "model.keras").write_bytes(b"a model after all")
    entry = {"rows": None, "bytes": 17, "sha256": "0" * 64, "reproducible": False}
    change_manifest(series, lambda m: m["tables"].update({"model.keras": entry}))
    refused(series, "model.keras: listed, though the manifest has no model")


def test_a_run_without_a_model_is_shared_and_passes_its_check(series: Path, tmp_path: Path) -> None:
    archive = share_run(series, tmp_path / "shared.zip")
    with zipfile.ZipFile(archive) as packed:
        assert "series/model.keras" not in packed.namelist()
        packed.extractall(tmp_path / "elsewhere")
    assert check_run(tmp_path / "elsewhere" / "series").lines() == check_run(series).lines()


@pytest.mark.parametrize("readout", ["linear", "head", "prefix", "given"])
@pytest.mark.parametrize(("classes", "outputs"), [(2, 1), (2, 2), (4, 4)])
def test_runs_of_every_readout_hold_together(
    tmp_path: Path, readout: str, classes: int, outputs: int
) -> None:
    folder = synthetic_run(
        tmp_path, classes=classes, outputs=outputs, readout=readout,
        layers=(Layer(cell_maps=True), *BIDIRECTIONAL), features=3,
    )  # fmt: skip
    lines = check_run(folder).lines()
    assert f"readout: {readout}, {outputs} outputs" in lines
    derived = any("readout of the state" in line for line in lines)
    assert derived is (readout == "linear")


def test_a_linear_readout_of_a_layer_read_from_the_end_sees_its_own_moves(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, layers=(Layer("lstm", direction="backward"),))
    check_run(folder)
    change_manifest(folder, lambda m: m["layers"][0].update(direction="forward"))
    refused(folder, "distance =")


def test_many_small_blocks_check_other_runs_as_one_large_block_does(
    other_store: Path, monkeypatch
) -> None:
    for name in ("layers", "series"):
        one = check_run(other_store / name).lines()
        monkeypatch.setattr(step_checks, "BLOCK_VALUES", 200)
        assert check_run(other_store / name).lines() == one
        monkeypatch.undo()


def test_a_gate_column_that_the_manifest_does_not_name_is_refused(layers: Path) -> None:
    change_manifest(layers, lambda m: m["layers"][0].update(gates=["input", "forget"]))
    refused(layers, "lstm.parquet: column gate_output is not in the schema")


def test_tables_of_a_run_are_those_of_its_layers_and_maps(other_store: Path) -> None:
    run = open_run(other_store / "layers")
    layers = ("lstm", "bidirectional-forward", "bidirectional-backward")
    maps = ("lstm", "lstm-c", "bidirectional-forward", "bidirectional-backward")
    assert list(run.columns) == [
        "sequences.parquet", "steps.parquet", "vocabulary.parquet", "words.parquet",
        *(f"{folder}/{layer}.parquet" for layer in layers
          for folder in ("hidden", "units", "contexts", "responses")),
        *(f"{folder}/{each}-{method}.parquet" for each in maps for method in ("pca", "tsne")
          for folder in ("projections", "clusters")),
    ]  # fmt: skip
    assert open_run(other_store / "series").scan(WORDS).collect().is_empty()
