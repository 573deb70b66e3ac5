"""Formats of model files, told apart without TensorFlow, and which of them are read."""

from pathlib import Path

from stateline.store.errors import StatelineError

KERAS = ".keras"
HDF5 = (".h5", ".hdf5")
MODEL_ENDINGS = (KERAS, *HDF5)
EXPECTED = "a .keras or .h5 file of a Keras model"
TO_ARRAYS = "Pass its states to stateline.build_store_from_states"
# Endings of files that hold models of another kind.
OTHERS = {
    ".pt": "a PyTorch file", ".pth": "a PyTorch file", ".ckpt": "a checkpoint of weights",
    ".onnx": "an ONNX graph", ".tflite": "a TensorFlow Lite graph", ".pb": "a TensorFlow graph",
    ".safetensors": "a file of weights", ".pkl": "a pickle, which would run code",
    ".pickle": "a pickle, which would run code", ".joblib": "a pickle, which would run code",
}  # fmt: skip
FROM_SAVED_MODEL = (
    "Load it with the Keras 2 that wrote it (pip install tf_keras) and save it as one file: "
    "tf_keras.models.load_model(folder).save('model.h5')"
)


def holds_model(path: Path) -> bool:
    """Return whether a path looks like a model, of whatever kind: by its ending or its content."""
    if path.is_dir():
        return (path / "saved_model.pb").is_file() or (path / "config.json").is_file()
    return path.suffix.lower() in (*MODEL_ENDINGS, *OTHERS)


def refuse_other_formats(path: Path) -> None:
    """Check that a path is a .keras or .h5 file.

    raises  StatelineError  there is none, or it is of another kind; says of which
    """
    if path.is_dir():
        raise of_folder(path)
    if not path.is_file():
        raise StatelineError(path, "no such file", fix="Check the path after MODEL=")
    ending = path.suffix.lower()
    if path.name.lower().endswith(".weights.h5"):
        raise without_layers(path)
    if ending not in MODEL_ENDINGS:
        raise StatelineError(
            path,
            f"is {OTHERS[ending]}" if ending in OTHERS else "is not a model in Keras' own format",
            expected=EXPECTED,
            fix=TO_ARRAYS if ending in OTHERS else "Save it with model.save('model.keras')",
        )


def of_folder(path: Path) -> StatelineError:
    """Return the error for a folder in place of a file."""
    if (path / "saved_model.pb").is_file():
        what, fix = "is a TensorFlow SavedModel: a graph without Keras' layers", FROM_SAVED_MODEL
    elif (path / "config.json").is_file():
        what, fix = "is an unpacked .keras file", f"Pack it: cd {path} && zip -r ../model.keras ."
    else:
        what, fix = "is a folder", "Name the file"
    return StatelineError(path, what, expected=EXPECTED, fix=fix)


def without_layers(path: Path) -> StatelineError:
    """Return the error for a file of weights only."""
    return StatelineError(
        path,
        "holds weights, and no layers",
        expected=EXPECTED,
        fix="Load them into the model and save that: model.save('model.keras')",
    )
