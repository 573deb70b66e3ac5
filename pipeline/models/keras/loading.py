"""Loading of model files in Keras' safe mode, so that a file cannot run code."""

import zipfile
from pathlib import Path

from stateline.pipeline.models.keras.backend import keras
from stateline.store.errors import StatelineError


def load_model(path: Path) -> keras.Model:
    """Load the model of a .keras file.

    raises  StatelineError  it is not there, is no .keras file, holds code (a Lambda layer, layers
            of one's own), or was written by a release of Keras that this one cannot read
    """
    if not path.is_file():
        raise StatelineError(path, "no such file", fix="Check the path after MODEL=")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise StatelineError(
            path,
            "is not a model in Keras' own format",
            expected="a .keras file",
            fix="Save it with model.save('model.keras')",
        )
    try:
        return keras.models.load_model(path, safe_mode=True, compile=False)
    except Exception as error:  # what a damaged or foreign file raises is of any kind
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StatelineError(
            path,
            f"cannot be loaded in safe mode ({said[:160]})",
            fix="Use Keras' own layers, without Lambda; or pass arrays of states to "
            "stateline.build_store_from_states",
        ) from None
