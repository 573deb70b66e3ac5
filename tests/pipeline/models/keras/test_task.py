"""Whether a model classifies, by its compiled loss: forecasts are refused, others asked about."""

from pathlib import Path

import pytest

from stateline.pipeline.models.keras.read_model import read_model
from stateline.pipeline.models.keras.structure import model_structure
from stateline.pipeline.models.keras.task import Loss, as_loss, file_loss, refuse_forecast
from stateline.store.errors import StatelineError
from tests.pipeline.models.keras.own_models import UNITS, L, answer, keras, text

FORECASTS = "model own: it forecasts numbers: its loss is {}, and its last layer has no activation"
ASKED = "model own: nothing says that it classifies: "


def far(true: object, predicted: object) -> object:
    return keras.ops.mean(keras.ops.abs(true - predicted))


class Far(keras.losses.Loss):
    def call(self, y_true: object, y_pred: object) -> object:
        return far(y_true, y_pred)


def model(units: int, activation: str | None, loss: object) -> keras.Model:
    made = text(L.GRU(UNITS), answer(units, activation))
    if loss is not None:
        made.compile("adam", loss)
    return made


NUMBERS = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "MeanSquaredError": "mean_squared_error",
    "log_cosh": "log_cosh",
    "poisson": "poisson",
    keras.losses.Huber(delta=2.0): "huber",
    keras.losses.mean_absolute_percentage_error: "mean_absolute_percentage_error",
    keras.losses.MeanSquaredLogarithmicError(): "mean_squared_logarithmic_error",
    keras.losses.CosineSimilarity(): "cosine_similarity",
}


@pytest.mark.parametrize("units", [1, 4])
@pytest.mark.parametrize("loss", NUMBERS, ids=NUMBERS.values())
def test_a_forecast_is_refused_by_its_loss_whatever_is_said(loss: object, units: int) -> None:
    own = model(units, None, loss)
    for task in ("auto", "classes"):
        with pytest.raises(StatelineError) as caught:
            read_model(own, task)
        assert str(caught.value).startswith(FORECASTS.format(NUMBERS[loss]))
        assert "expected a classifier: softmax" in str(caught.value)


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (1, None, keras.losses.BinaryCrossentropy(from_logits=True)),
        (4, None, keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        (4, None, keras.losses.CategoricalFocalCrossentropy(from_logits=True)),
        (1, "sigmoid", "binary_crossentropy"),
        (4, "softmax", ["categorical_crossentropy"]),
        (4, "softmax", {"answer": "sparse_categorical_crossentropy"}),
        (4, "softmax", far),
        (1, "sigmoid", None),
        (4, "softmax", None),
    ],
)
def test_a_classifier_is_read(units: int, activation: str | None, loss: object) -> None:
    read_model(model(units, activation, loss))


@pytest.mark.parametrize(
    ("activation", "loss", "line"),
    [
        (None, None, "it is not compiled, and its last layer has no activation"),
        (None, far, "its loss is far, not of Keras, and its last layer has no activation"),
        (None, Far(), "its loss is Far, not of Keras, and"),
        (None, "binary_crossentropy", "its loss, binary_crossentropy, takes probabilities, and"),
        ("sigmoid", "mse", "its loss is mean_squared_error, though it ends in sigmoid"),
    ],
)
def test_what_may_be_either_is_asked_about(activation: str | None, loss: object, line: str) -> None:
    own = model(1, activation, loss)
    with pytest.raises(StatelineError) as caught:
        read_model(own)
    assert str(caught.value).startswith(ASKED + line)
    assert "task='classes' (TASK=classes)" in str(caught.value)
    read_model(own, "classes")


def test_margins_are_no_log_odds() -> None:
    with pytest.raises(StatelineError, match="trained with hinge: its outputs are margins"):
        read_model(model(1, None, "hinge"), "classes")


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("mse", Loss("mean_squared_error")),
        (keras.losses.MeanSquaredError(), Loss("mean_squared_error")),
        (keras.losses.mean_squared_error, Loss("mean_squared_error")),
        (keras.losses.BinaryCrossentropy(from_logits=True), Loss("binary_crossentropy", True)),
        (["mae"], Loss("mean_absolute_error")),
        (None, None),
    ],
)  # fmt: skip
def test_a_file_keeps_the_loss_that_it_was_compiled_with(
    ending: str, loss: object, found: Loss | None, tmp_path: Path
) -> None:
    path = tmp_path / f"model.{ending}"
    model(1, None, loss).save(path)
    assert file_loss(path) == found
    if found and found.name.startswith("mean"):
        with pytest.raises(StatelineError, match="it forecasts numbers"):
            read_model(path)


def test_a_custom_loss_of_a_file_is_not_run() -> None:
    config = {"module": "thief", "class_name": "MeanSquaredError", "config": {}}
    assert as_loss(config) == Loss("MeanSquaredError, not of Keras")
    own = model(1, None, None)
    with pytest.raises(StatelineError, match="task=regression: no such task"):
        read_model(own, "regression")
    refuse_forecast(own, model_structure(own), as_loss(config), "classes")
