"""Whether a model classifies, by the loss that it was compiled with.

A forecast has the same layers as a classifier that gives logits; only its loss tells them apart.
"""

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.graphs import refuse
from stateline.pipeline.models.keras.structure import ModelStructure
from stateline.store.errors import StatelineError

SHORT = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "logcosh": "log_cosh",
    "mape": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy", "kld": "kl_divergence",
}  # fmt: skip
OF_NUMBERS = {
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "cosine_similarity",
}  # fmt: skip
OF_MARGINS = {"hinge", "squared_hinge", "categorical_hinge"}
OF_CLASSES = {
    "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "sparse_categorical_crossentropy", "kl_divergence",
    "dice", "tversky",
}  # fmt: skip
SUPPORTED = "a classifier: softmax, one sigmoid unit, or logits trained with from_logits=True"
SAY = "If its outputs are classes, say so: task='classes' (TASK=classes)"


@dataclass(frozen=True)
class Loss:
    """The loss of a compiled model.

    name         as in keras.losses, in snake case; the own name of a custom one
    from_logits  it takes logits
    """

    name: str
    from_logits: bool = False


def loss_of(model: keras.Model) -> Loss | None:
    """Return the loss that a model was compiled with; None where it was not compiled."""
    source = getattr(model, "loss", None) if getattr(model, "compiled", False) else None
    return as_loss(source)


def file_loss(path: Path) -> Loss | None:
    """Return the loss in a model file, from its JSON alone; None where the file names none."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                compiled = json.loads(archive.read("config.json")).get("compile_config")
        else:
            import h5py

            with h5py.File(path) as file:
                compiled = json.loads(file.attrs.get("training_config", "null"))
    except (OSError, KeyError, ValueError):  # said when the model itself is loaded
        return None
    return as_loss((compiled or {}).get("loss"))


def as_loss(source: Any) -> Loss | None:
    """Return a loss from what `compile` takes or a file holds: name, function, object, config."""
    while isinstance(source, list | tuple | dict) and "class_name" not in source:
        # One output: a list of one loss, or one by the output's name.
        inner = list(source.values()) if isinstance(source, dict) else list(source)
        source = inner[0] if inner else None
    if source is None:
        return None
    if isinstance(source, str):
        return Loss(snake(source))
    if isinstance(source, dict):
        config = source.get("config")
        if isinstance(config, str):  # a function, by its name
            return Loss(snake(config))
        own = source.get("module") in (None, "keras.losses", "keras.src.losses.losses")
        name = snake(source["class_name"]) if own else f"{source['class_name']}, not of Keras"
        return Loss(name, bool((config or {}).get("from_logits")))
    if isinstance(source, keras.losses.Loss):
        kind, logits = type(source), bool(source.get_config().get("from_logits"))
    else:
        kind, logits = source, False
    name = getattr(kind, "__name__", type(kind).__name__)
    own = str(getattr(kind, "__module__", "")).startswith("keras.")
    return Loss(snake(name), logits) if own else Loss(f"{name}, not of Keras")


def snake(name: str) -> str:
    """Return the name of a loss as keras.losses has its function."""
    low = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("kldivergence", "kl_divergence")
    return SHORT.get(low, low)


def refuse_forecast(
    model: keras.Model, structure: ModelStructure, loss: Loss | None, task: str
) -> None:
    """Check that a model's outputs are classes.

    loss    that it was compiled with; None: not known
    task    `classes` where the user says so
    raises  StatelineError  it forecasts numbers, or nothing says that it does not
    """
    name = None if loss is None else loss.name
    if name in OF_MARGINS and structure.logits:
        raise refuse(
            model,
            f"was trained with {name}: its outputs are margins, no log-odds of classes",
            "Train it with a cross-entropy",
            expected=SUPPORTED,
        )
    if name in OF_NUMBERS and structure.logits:
        raise forecasts(model, f"its loss is {name}, and its last layer has no activation")
    if task == "classes":
        return
    if name in OF_NUMBERS:
        what = f"its loss is {name}, though it ends in {structure.activation}"
    elif not structure.logits or (loss is not None and loss.from_logits):
        return
    elif name is None:
        what = "it is not compiled, and its last layer has no activation"
    elif name in OF_CLASSES:
        what = f"its loss, {name}, takes probabilities, and its last layer has no activation"
    else:
        what = f"its loss is {name}, and its last layer has no activation"
    raise refuse(model, f"nothing says that it classifies: {what}", SAY, expected=SUPPORTED)


def forecasts(model: keras.Model, why: str) -> StatelineError:
    """Return the error for a model that forecasts numbers."""
    return refuse(
        model,
        f"it forecasts numbers: {why}",
        "Forecasts and other regressions are not supported yet",
        expected=SUPPORTED,
    )
