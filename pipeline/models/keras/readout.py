"""The head of a model: the part behind the last recurrent layer."""

from dataclasses import dataclass

import numpy as np

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.numerics.arrays import Float32Array

# Layers that treat every step by itself, or pass a mask on: before the last recurrent layer they
# leave a state a function of the steps up to it.
PER_STEP = {
    "InputLayer", "Embedding", "Masking", "Dense", "Activation", "Dropout", "SpatialDropout1D",
    "GaussianNoise", "GaussianDropout", "AlphaDropout", "Rescaling", "ReLU", "LeakyReLU", "PReLU",
    "ELU", "ActivityRegularization", "NotEqual", "Any",
}  # fmt: skip
# So do these, where they normalise over the units only.
NORMALIZATIONS = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.UnitNormalization,
)
# What a head may hold besides its one dense layer and still be linear: nothing at prediction.
IDLE = {
    "InputLayer", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout",
    "ActivityRegularization",
}  # fmt: skip


@dataclass(frozen=True)
class Readout:
    """A linear readout: logit = weights @ h + bias.

    weights  float32 (K, N)
    bias     float32 (K,)   also the logit of the zero state
    """

    weights: Float32Array
    bias: Float32Array


def head_of(model: keras.Model, layer: keras.layers.RNN) -> keras.Model | None:
    """Return the part that computes the answer from the last layer's state.

    None where the answer is not a function of only that layer's last state, or where a state
    is not a function of only the steps up to it: then only the whole model on every prefix gives
    the expected predictions.
    """
    inside = layer in model.layers
    if not inside or layer.go_backwards or layer.return_sequences or layer.return_state:
        return None
    for call in layer._inbound_nodes:  # a model that was loaded has been called before
        try:
            head = keras.Model(call.output_tensors, model.outputs)
            before = keras.Model(model.inputs, call.input_tensors)
        except ValueError:  # another call, or another path leads past the layer
            continue
        return head if all(reads_no_further(op) for op in before.operations) else None
    return None


def reads_no_further(operation: keras.Operation) -> bool:
    """Return whether an operation's output at a step depends on no later step."""
    if isinstance(operation, keras.layers.RNN):
        return operation.return_sequences and not operation.go_backwards
    if isinstance(operation, NORMALIZATIONS):
        axes = operation.axis if isinstance(operation.axis, list | tuple) else [operation.axis]
        return all(axis in (-1, len(operation.input.shape) - 1) for axis in axes)
    return type(operation).__name__ in PER_STEP


def linear_head(head: keras.Model, output: keras.layers.Layer) -> Readout | None:
    """Return weights and bias of a head of one dense layer; None for any other."""
    kept = [op for op in head.operations if type(op).__name__ not in IDLE]
    ends = (keras.layers.Activation, keras.layers.Softmax)
    if len(kept) == 2 and isinstance(kept[1], ends) and kept[1] is output:
        if getattr(kept[0], "activation", None) is not keras.activations.linear:
            return None
        kept.pop()
    elif len(kept) != 1 or kept[0] is not output:
        return None
    (dense,) = kept
    if not isinstance(dense, keras.layers.Dense):
        return None
    kernel = keras.ops.convert_to_numpy(dense.kernel)
    bias = np.zeros(kernel.shape[1], np.float32)
    if dense.use_bias:
        bias = keras.ops.convert_to_numpy(dense.bias)
    return Readout(np.ascontiguousarray(kernel.T), bias)
