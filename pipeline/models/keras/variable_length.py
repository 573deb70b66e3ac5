"""Models opened to sequences of any length, and the check that they can read them.

A model made for one length, or unrolled, holds the same layers as one that reads any; only its
input has to be opened. For that time TimeDistributed layers read all steps as one batch: Keras
counts steps wrongly there while the number of steps is open.
"""

import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from stateline.pipeline.models.keras.backend import Tensor, keras
from stateline.pipeline.models.keras.graphs import ARRAYS, inner_layers, refuse

TOLERANCE = 1e-5


@contextmanager
def attribute(owner: object, name: str, value: object) -> Iterator[None]:
    """Replace an attribute of an object within the context."""
    own = name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def every_step_at_once(layer: keras.layers.TimeDistributed) -> Callable[..., object]:
    """Return a replacement of a TimeDistributed layer's `call`: its layer on all steps at once."""

    def call(inputs: Tensor, training: bool = False, mask: Tensor | None = None) -> Tensor:
        shape = keras.ops.shape(inputs)
        made = layer.layer(keras.ops.reshape(inputs, (-1, *inputs.shape[2:])), training=training)
        return keras.ops.reshape(made, (shape[0], shape[1], *made.shape[1:]))

    return call


@contextmanager
def any_length(model: keras.Model) -> Iterator[None]:
    """Let the layers of a model read any number of steps within the context."""
    with ExitStack() as changed:
        for _, layer in inner_layers(model):
            if isinstance(layer, keras.layers.TimeDistributed):
                changed.enter_context(attribute(layer, "call", every_step_at_once(layer)))
            both = isinstance(layer, keras.layers.Bidirectional)
            for each in (layer.forward_layer, layer.backward_layer) if both else (layer,):
                if isinstance(each, keras.layers.RNN) and each.unroll:
                    changed.enter_context(attribute(each, "unroll", False))
        yield


def open_in_time(model: keras.Model) -> keras.Model:
    """Return the same layers behind an input of any length; the model itself where it has one."""
    entry = model.inputs[0]
    if entry.shape[1] is None:
        return model
    with any_length(model):
        return keras.models.clone_model(
            keras.Model(entry, model.outputs[0]),
            input_tensors=keras.Input((None, *entry.shape[2:]), dtype=entry.dtype),
            clone_function=lambda layer: layer,
        )


def masks_padding(
    model: keras.Model, features: int | None, padding: float | None, padded: bool = False
) -> bool:
    """Return whether padding behind a sequence leaves the answer unchanged, tried on one step.

    features  F of a numeric series; None for token ids
    padding   value of a masked step by the model's layers; None: they mask nothing
    padded    beginnings are padded, so that the model need not read one of one step
    raises    StatelineError  the model reads no beginning of one step: its layers need a number
              of steps, and what it would have answered earlier cannot be asked
    """
    step = np.ones((1, 1) if features is None else (1, 1, features), np.float32)
    if features is not None and padding == 1:
        step *= 2
    try:
        opened = open_in_time(model)
        with any_length(model):
            single = opened(step, training=False).numpy()
            if padding is None:
                return False
            behind = np.concatenate([step, np.full_like(step, padding)], axis=1)
            again = opened(behind, training=False).numpy()
            return bool(np.abs(again - single).max() <= TOLERANCE)
    except Exception as error:  # what a layer says of a length it cannot take is of any kind
        if padded:
            return False
        raise refuse(
            model,
            "cannot read a beginning of one step, so that what it would have answered earlier "
            f"cannot be asked ({plain(error)})",
            "Let beginnings be padded as its sequences are: ends='padded', 'pre' or 'post' "
            f"(ENDS=pre, ENDS=post). {ARRAYS}",
            expected="a model that reads any number of steps",
        ) from None


def plain(error: Exception) -> str:
    """Return the informative line of a Keras error, without colours and inner names."""
    text = re.sub(r"\x1b\[\d*m|\{\{.*?\}\}", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith("Exception enc")), "")
    return textwrap.shorten(said or type(error).__name__, 120, placeholder=" …")
