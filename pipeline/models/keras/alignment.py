"""Steps that a recurrent layer's states stand for, where layers before it shorten the sequence."""

from dataclasses import dataclass

import numpy as np

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.graphs import directions, functional
from stateline.pipeline.numerics.arrays import Float32Array, Int64Array

CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.SeparableConv1D,
    keras.layers.DepthwiseConv1D,
)
POOLING = (keras.layers.MaxPooling1D, keras.layers.AveragePooling1D)


@dataclass(frozen=True)
class Windows:
    """First and last step of the input that each step of a layer reads: int64 (L',) each."""

    first: Int64Array
    last: Int64Array

    def state_of(self, steps: int, direction: str) -> Int64Array:
        """Return the number of the state that is there after each step, -1 before the first.

        direction  forward, or backward of a layer that reads from the end
        returns    int64 (L,)
        """
        t = np.arange(steps)
        if direction == "forward":
            return np.searchsorted(self.last, t, side="right") - 1
        found = np.searchsorted(self.first, t, side="left")
        return np.where(found < len(self.first), found, -1)


def windows_of(model: keras.Model, layer: keras.layers.RNN, steps: int) -> Windows | None:
    """Return the windows that a layer's steps read; None where it has one for each step.

    steps   L of the input
    """
    every, graph = np.arange(steps), functional(model)
    known = {id(graph.inputs[0]): Windows(every, every)}
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            read = [known[id(each)] for each in node.input_tensors if id(each) in known]
            if node.operation is layer or layer in directions(node.operation):
                return None if not read or len(read[0].first) == steps else read[0]
            if not read:
                continue
            made = through(node.operation, read)
            for tensor in node.output_tensors:
                if len(tensor.shape) > 1 and tensor.shape[1] in (None, len(made.first)):
                    known[id(tensor)] = made
    return None


def through(operation: keras.Operation, inputs: list[Windows]) -> Windows:
    """Return the windows behind an operation: a convolution or pooling, or one step a step."""
    before = Windows(
        np.minimum.reduce(
            [each.first for each in inputs if len(each.first) == len(inputs[0].first)]
        ),
        np.maximum.reduce([each.last for each in inputs if len(each.last) == len(inputs[0].last)]),
    )
    if isinstance(operation, CONVOLUTIONS):
        size, stride = operation.kernel_size[0], operation.strides[0]
        reach = (size - 1) * operation.dilation_rate[0]
    elif isinstance(operation, POOLING):
        size, stride = operation.pool_size[0], operation.strides[0]
        reach = size - 1
    else:
        return before
    count = len(before.first)
    if operation.padding == "valid":
        made, shift = (count - reach - 1) // stride + 1, 0
    else:
        made = -(-count // stride)
        total = max((made - 1) * stride + reach + 1 - count, 0)
        shift = reach if operation.padding == "causal" else total // 2
    begin = np.arange(made) * stride - shift
    low, high = (np.clip(each, 0, count - 1) for each in (begin, begin + reach))
    return Windows(before.first[low], before.last[high])


def aligned(states: Float32Array, windows: Windows, steps: int, direction: str) -> Float32Array:
    """Return the state that is there after each step of the input, zero before the first.

    states   float32 (B, L', N)
    steps    L
    returns  float32 (B, L, N)
    """
    number = windows.state_of(steps, direction)
    made: Float32Array = np.where((number >= 0)[:, None], states[:, number], np.float32(0))
    return made
