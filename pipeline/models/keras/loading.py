"""Loading of model files in Keras' safe mode, so that a file cannot run code."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.formats import (
    EXPECTED,
    HDF5,
    refuse_other_formats,
    without_layers,
)
from stateline.store.errors import StatelineError

# Layers and functions of HDF5 files that are code.
CODE = {"Lambda", "TFOpLambda", "SlicingOpLambda", "TFSMLayer", "__lambda__"}
USE_LAYERS = (
    "Use Keras' own layers, without Lambda; or pass arrays of states to "
    "stateline.build_store_from_states"
)


def load_model(path: Path) -> keras.Model:
    """Load the model of a .keras or .h5 file.

    raises  StatelineError  it is not there, is of another kind, holds code (a Lambda layer, layers
            of one's own), or was written by a release of Keras that this one cannot read
    """
    refuse_other_formats(path)
    if path.suffix.lower() in HDF5:
        refuse_code(path)
    elif not zipfile.is_zipfile(path):
        raise StatelineError(
            path,
            "is not a model in Keras' own format",
            expected=EXPECTED,
            fix="Save it with model.save('model.keras')",
        )
    try:
        return keras.models.load_model(path, safe_mode=True, compile=False)
    except Exception as error:  # what a damaged or foreign file raises is of any kind
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StatelineError(
            path, f"cannot be loaded in safe mode ({said[:160]})", fix=USE_LAYERS
        ) from None


def refuse_code(path: Path) -> None:
    """Check that an HDF5 file describes layers, none of which is code; nothing is loaded.

    raises  StatelineError  it is unreadable, holds weights only, or code
    """
    import h5py

    try:
        with h5py.File(path) as file:
            described = file.attrs.get("model_config")
            config = None if described is None else json.loads(described)
    except (OSError, ValueError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StatelineError(
            path, f"is no HDF5 file that can be read ({said[:120]})", expected=EXPECTED
        ) from None
    if config is None:
        raise without_layers(path)
    for described in entries(config):
        if described["class_name"] in CODE:
            inner = described.get("config")
            name = inner.get("name") if isinstance(inner, dict) else None
            raise StatelineError(
                path,
                f"cannot be loaded in safe mode: {name or 'a function'} is "
                f"{described['class_name']}, which holds code",
                fix=USE_LAYERS,
            )


def entries(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a configuration that names its class, however deep."""
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            yield config
        for value in config.values():
            yield from entries(value)
    elif isinstance(config, list):
        for value in config:
            yield from entries(value)
