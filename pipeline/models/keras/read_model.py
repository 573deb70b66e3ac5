"""A trained model as it can be read: loaded, rebuilt where it must be, its structure, its task."""

from pathlib import Path

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.loading import load_model
from stateline.pipeline.models.keras.rebuild import Readable, readable
from stateline.pipeline.models.keras.structure import ModelStructure, model_structure
from stateline.pipeline.models.keras.task import file_loss, loss_of, refuse_forecast
from stateline.store.errors import StatelineError

TASKS = ("auto", "classes")


def read_model(
    source: keras.Model | Path, task: str = "auto", padded: bool = False
) -> tuple[Readable, ModelStructure]:
    """Return a trained model that classifies, and its structure.

    source   a Keras model, or the path of its file
    padded   beginnings will be padded, see `model_structure`
    task     `classes` where the user says that its outputs are classes
    raises   StatelineError  it cannot be loaded or read, or it forecasts
    """
    if isinstance(source, Path):
        model, loss = load_model(source), file_loss(source)
    else:
        model, loss = source, loss_of(source)
    if task not in TASKS:
        raise StatelineError(f"task={task}", "no such task", expected=f"one of {', '.join(TASKS)}")
    read = readable(model)
    structure = model_structure(read.model, padded=padded)
    refuse_forecast(read.model, structure, loss, task)
    return read, structure
