"""Stateful models and other precisions, rebuilt with the same weights; files of other formats."""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from stateline.pipeline.models.keras.loading import load_model
from stateline.pipeline.models.keras.rebuild import readable, rebuilding_error
from stateline.pipeline.models.keras.structure import model_structure
from stateline.store.errors import StatelineError
from tests.pipeline.models.keras.own_models import (
    CLASSES,
    IDS,
    LINEAR,
    LONGEST,
    UNITS,
    VALUES,
    VOCABULARY,
    L,
    answer,
    keras,
    lively,
    padded,
    stacked,
)


def stateful(batch: int = 2, steps: int | None = None, both: bool = False) -> keras.Model:
    """A model that keeps its states from batch to batch; it masks padding."""
    layer = L.LSTM(UNITS, stateful=True)
    read = keras.Input(batch_shape=(batch, steps), name="ids")
    h = L.Embedding(VOCABULARY, 5, mask_zero=True)(read)
    h = L.Bidirectional(layer, name="both")(h) if both else layer(h)
    return lively(keras.Model(read, answer()(h), name="own"))


def of_precision(policy: str, make: object = stacked) -> keras.Model:
    """A model that was made under another policy; its last layer answers in float32."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        return make()
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def nested_series() -> keras.Model:
    """A model in a model, which reads numbers."""
    inner = keras.Sequential([keras.Input((None, 2)), L.GRU(UNITS, name="gru")], name="inner")
    return lively(keras.Sequential([keras.Input((None, 2)), inner, answer()], name="own"))


REBUILT = {
    "stateful": (stateful, IDS, ["stateful"], 1e-5),
    "stateful, fixed length": (lambda: stateful(3, LONGEST), IDS, ["stateful"], 1e-5),
    "stateful, both directions": (lambda: stateful(both=True), IDS, ["stateful"], 1e-5),
    "mixed": (lambda: of_precision("mixed_float16"), IDS, ["mixed_float16"], 0.02),
    "bfloat16": (lambda: of_precision("mixed_bfloat16"), IDS, ["mixed_bfloat16"], 0.1),
    "half": (lambda: of_precision("float16", LINEAR["lstm"]), IDS, ["float16"], 0.02),
    "double": (lambda: of_precision("float64", LINEAR["gru, sigmoid"]), IDS, ["float64"], 1e-5),
    "series, nested": (
        lambda: of_precision("mixed_float16", nested_series), VALUES, ["mixed_float16"], 0.02
    ),
    "stateful and mixed": (
        lambda: of_precision("mixed_float16", stateful), IDS, ["mixed_float16", "stateful"], 0.02
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REBUILT)
def test_a_rebuilt_model_answers_as_its_original_does(case: str) -> None:
    make, sequences, because, tolerance = REBUILT[case]
    original = make()
    read = readable(original)
    structure = model_structure(read.model)
    found = rebuilding_error(read, structure, sequences)
    assert found is not None and found["because"] == because and found["tolerance"] == tolerance
    assert found["sequences"] == 5 and 0 <= found["error"] <= tolerance
    weights = zip(original.get_weights(), read.model.get_weights(), strict=False)
    assert all(np.allclose(a.astype(np.float32), b, atol=1e-7) for a, b in weights)
    assert readable(read.model).original is None, "nothing is left to rebuild"


def test_a_model_that_is_as_it_must_be_is_itself() -> None:
    own = LINEAR["lstm"]()
    read = readable(own)
    assert read.model is own
    assert rebuilding_error(read, model_structure(own), IDS) is None


def test_a_rebuilt_model_that_answers_otherwise_is_refused() -> None:
    read = readable(stateful())
    read.model.set_weights([each + 1 for each in read.model.get_weights()])
    with pytest.raises(StatelineError, match="answers otherwise when it is rebuilt stateless in"):
        rebuilding_error(read, model_structure(read.model), IDS)


def test_an_hdf5_file_gives_the_same_answers(tmp_path: Path) -> None:
    own = LINEAR["lstm"]()
    own.compile("adam", "categorical_crossentropy")
    own.save(tmp_path / "model.h5")
    loaded = load_model(tmp_path / "model.h5")
    ids = padded(IDS, 0)
    assert loaded.predict(ids, verbose=0) == pytest.approx(own.predict(ids, verbose=0), abs=1e-7)


def lambda_file(path: Path, entry: dict) -> Path:
    """An HDF5 file of a model one of whose layers is code."""
    own = keras.Sequential([keras.Input((None,)), L.Embedding(5, 3), L.GRU(3), L.Dense(CLASSES)])
    own.save(path)
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"].insert(2, entry)
        file.attrs["model_config"] = json.dumps(config)
    return path


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({"class_name": "Lambda", "config": {"name": "thief"}}, "thief is Lambda, which holds"),
        ({"class_name": "Dense", "config": {"units": 3, "activation": {
            "class_name": "__lambda__", "config": {"value": "…"}}}}, "a function is __lambda__"),
        ({"class_name": "Own", "config": {"name": "own"}}, "cannot be loaded in safe mode"),
    ],
)  # fmt: skip
def test_an_hdf5_file_that_holds_code_is_refused_before_it_is_loaded(
    entry: dict, line: str, tmp_path: Path
) -> None:
    with pytest.raises(StatelineError) as caught:
        load_model(lambda_file(tmp_path / "model.h5", entry))
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_files_of_other_kinds_are_named_as_what_they_are(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    LINEAR["lstm"]().export(saved, verbose=False)
    (tmp_path / "empty").mkdir()
    own = LINEAR["lstm"]()
    own.save(tmp_path / "model.keras")
    shutil.unpack_archive(tmp_path / "model.keras", tmp_path / "unpacked", "zip")
    own.save_weights(tmp_path / "own.weights.h5")
    shutil.copy(tmp_path / "own.weights.h5", tmp_path / "weights.h5")
    for name in ("own.pt", "own.onnx", "own.pkl", "own.h5", "own.txt", "own.keras"):
        (tmp_path / name).write_bytes(b"something")
    for name, line in {
        "saved": "saved: is a TensorFlow SavedModel: a graph without Keras' layers; expected a "
        ".keras or .h5 file of a Keras model. Load it with the Keras 2 that wrote it (pip install "
        "tf_keras) and save it as one file: tf_keras.models.load_model(folder).save('model.h5')",
        "empty": "empty: is a folder",
        "unpacked": "unpacked: is an unpacked .keras file",
        "own.weights.h5": "holds weights, and no layers",
        "weights.h5": "holds weights, and no layers",
        "own.pt": "is a PyTorch file",
        "own.onnx": "is an ONNX graph",
        "own.pkl": "is a pickle, which would run code",
        "own.h5": "is no HDF5 file that can be read",
        "own.txt": "is not a model in Keras' own format",
        "own.keras": "is not a model in Keras' own format",
        "none.keras": "no such file. Check the path after MODEL=",
    }.items():
        with pytest.raises(StatelineError) as caught:
            load_model(tmp_path / name)
        assert line in str(caught.value) and "\n" not in str(caught.value)
