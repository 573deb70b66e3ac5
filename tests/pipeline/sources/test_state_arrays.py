"""Runs from arrays of states alone: no model, no TensorFlow."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline import build_store_from_states
from stateline.pipeline.numerics.answers import expected_prediction
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError

LENGTHS, UNITS, CLASSES = (7, 1, 4, 2, 6), 3, 4
LABELS = [0, 3, 1, 2, 1]
RNG = np.random.default_rng(5)
STATES = [RNG.normal(size=(length, UNITS)).astype(np.float32) for length in LENGTHS]
WEIGHTS = RNG.normal(size=(CLASSES, UNITS)).astype(np.float32)
BIAS = RNG.normal(size=CLASSES).astype(np.float32)
EXPECTED = [expected_prediction(np.tanh(h @ WEIGHTS.T)) for h in STATES]
WORDS = [[f"word{(row + t) % 5}" for t in range(n)] for row, n in enumerate(LENGTHS)]
PCA = {"projections": ["pca"]}


@pytest.mark.slow
def test_states_with_a_linear_readout_become_a_run(tmp_path: Path) -> None:
    run = build_store_from_states(
        STATES,
        LABELS,
        readout=(WEIGHTS, BIAS),
        tokens=WORDS,
        cell="GRU",
        out=tmp_path / "own",
        **PCA,
    )
    check_run(tmp_path / "own")
    steps = run.scan("steps.parquet").collect()
    manifest = run.manifest
    assert manifest.readout.method == "linear" and manifest.model.file is None
    assert manifest.layers[0].class_ == "GRU" and manifest.layers[0].id == "states"
    assert manifest.verified.batch_error is None
    assert steps["surface"].to_list() == [word for row in WORDS for word in row]
    expected = expected_prediction(np.concatenate(STATES) @ WEIGHTS.T + BIAS)
    assert steps["ep"].to_numpy() == pytest.approx(expected, abs=1e-6)
    hidden = run.scan("hidden/states.parquet").collect()
    assert (hidden["h"].to_numpy() == np.concatenate(STATES)).all()


def test_states_with_provided_predictions_become_a_run_of_several_layers(tmp_path: Path) -> None:
    below = [np.tanh(h[:, :2]) for h in STATES]
    values = [RNG.normal(size=(length, 2)) for length in LENGTHS]
    run = build_store_from_states(
        {"below": below, "above": STATES},
        ["a", "d", "b", "c", "b"],
        expected=EXPECTED,
        classes=list("abcd"),
        values=values,
        features=["height", "width"],
        ids=[f"series {row}" for row in range(5)],
        out=tmp_path / "own",
        **PCA,
    )
    check_run(tmp_path / "own")
    readout = run.manifest.readout
    assert (readout.layer, readout.method) == ("above", "given")
    assert [each.units for each in run.manifest.layers] == [2, 3]
    steps = run.scan("steps.parquet").collect()
    assert steps["ep"].to_numpy() == pytest.approx(np.concatenate(EXPECTED), abs=1e-6)
    assert steps["values"].to_numpy() == pytest.approx(np.concatenate(values), abs=1e-6)
    assert run.sequences["external_id"].to_list()[2] == "series 2"


def test_one_sigmoid_unit_and_steps_without_names_are_fine(tmp_path: Path) -> None:
    run = build_store_from_states(
        STATES, [0, 1, 1, 0, 1], readout=(WEIGHTS[:1], BIAS[:1]), out=tmp_path / "own", **PCA
    )
    check_run(tmp_path / "own")
    assert run.manifest.readout.activation == "sigmoid"
    assert run.scan("steps.parquet").collect()["surface"].to_list()[:7] == list("0123456")


def test_certain_answers_are_stored_as_they_are(tmp_path: Path) -> None:
    sure = [np.eye(CLASSES)[np.arange(length) % CLASSES] for length in LENGTHS]
    run = build_store_from_states(STATES, LABELS, expected=sure, out=tmp_path / "own", **PCA)
    check_run(tmp_path / "own")
    stored = run.scan("steps.parquet").select(pl.col("ep")).collect()["ep"].to_numpy()
    assert stored == pytest.approx(np.concatenate(sure), abs=1e-6)


def changed(rows: list[np.ndarray], row: int, value: object) -> list[np.ndarray]:
    return [np.asarray(value) if number == row else each for number, each in enumerate(rows)]


@pytest.mark.parametrize(
    ("provided", "line"),
    [
        ({}, "build_store_from_states: what the model answers after each step is not known; "
         "expected either readout=(weights, bias) or expected=, got neither"),
        ({"readout": (WEIGHTS, BIAS), "expected": EXPECTED}, "got both"),
        ({"readout": (WEIGHTS.T, BIAS)}, "readout: does not fit the states; expected weights "
         "(K, 3) and bias (K,), got (3, 4) and (4,)"),
        ({"readout": (WEIGHTS, BIAS), "reads": "lstm"}, "reads: no such layer; expected one of "
         "states, got lstm"),
        ({"readout": (WEIGHTS, BIAS), "states": {"A b": STATES, "a_B": STATES}},
         "states: two layers are named a_b; got a_B. Name them apart"),
        ({"readout": (WEIGHTS, BIAS), "states": STATES[:4]},
         "states of states: not one array a label; expected 5, got 4"),
        ({"readout": (WEIGHTS, BIAS), "states": changed(STATES, 2, np.zeros((4, 2)))},
         "states of states, sequence 2: another shape than the others have; expected (4, 3), got "
         "(4, 2)"),
        ({"readout": (WEIGHTS, BIAS), "states": changed(STATES, 1, np.zeros((0, 3)))},
         "states of states, sequence 1: another shape"),
        ({"readout": (WEIGHTS, BIAS), "states": changed(STATES, 3, np.full((2, 3), np.nan))},
         "states of states, sequence 3: holds what is no number"),
        ({"expected": changed(EXPECTED, 2, EXPECTED[2][:3])},
         "expected, sequence 2: another shape than the others have; expected (4, 4), got (3, 4)"),
        ({"expected": changed(EXPECTED, 3, EXPECTED[3] * 2)},
         "expected, sequence 3: not class probabilities; expected 0 to 1, each row adding up to 1"),
        ({"expected": EXPECTED, "tokens": WORDS[:4]}, "tokens: not one list a sequence"),
        ({"expected": EXPECTED, "tokens": changed(WORDS, 4, ["x"])},
         "tokens, sequence 4: another number of words than of steps; expected 6, got 1"),
        ({"expected": EXPECTED, "tokens": ["x", "y"]},
         "tokens: one list, and the steps have no ids"),
        ({"expected": EXPECTED, "values": STATES[:2]}, "values: not one array a sequence"),
        ({"expected": EXPECTED, "labels": [0, 3, 1, 2, 4]}, "labels, sequence 4: no such class"),
        ({"expected": EXPECTED, "out": "Own"}, "RUN=Own: not a run name"),
        ({"expected": EXPECTED, "stored": 1, "layers": ["nothing"], "gates": True, "epochs": 3},
         "stored, layers, gates, epochs: no knob of what this call runs; expected some of "
         "default_projection, fit_states, index_states, seed, swap_tested, "
         "swap_words, unit_groups"),
        ({"readout": (WEIGHTS, BIAS * np.nan)}, "readout: holds what is no number"),
        ({"expected": EXPECTED, "tokens": changed(WORDS, 3, ["x", ""])},
         "tokens, sequence 3: step 1 has an empty name"),
        ({"expected": EXPECTED, "values": STATES, "features": ["a", "b", "a"]},
         "features: 'a' is a duplicate; expected each name once"),
        ({"expected": EXPECTED, "features": ["a"]}, "features: only a series has it"),
        ({"expected": EXPECTED, "classes": list("abca")}, "classes: 'a' is a duplicate"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused_with_the_first_sequence_and_nothing_is_written(
    provided: dict, line: str, tmp_path: Path
) -> None:
    arguments = {"states": STATES, "labels": LABELS, "out": "own"} | PCA | provided
    arguments["out"] = tmp_path / arguments["out"]
    with pytest.raises(StatelineError) as caught:
        build_store_from_states(**arguments)
    assert line in str(caught.value) and "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
