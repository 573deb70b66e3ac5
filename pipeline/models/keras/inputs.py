"""Inputs of a model: token ids or numbers, and the steps that it masks."""

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.graphs import ARRAYS, inner_operations, refuse
from stateline.pipeline.models.keras.readout import PER_STEP


def input_features(model: keras.Model, graph: keras.Model) -> int | None:
    """Return F of a numeric input (S, T, F); None for token ids (S, T).

    raises  StatelineError  the input is neither
    """
    shape = model.inputs[0].shape
    if model.inputs[0].dtype == "string":
        raise refuse(
            model,
            "reads texts, not token ids",
            "Pass the layers behind its TextVectorization, what that layer makes of the texts "
            "as sequences, and its get_vocabulary() as tokens",
            expected="(S, T) token ids with an Embedding",
        )
    if len(shape) == 3 and shape[2] is not None:
        return int(shape[2])
    reads_ids = any(isinstance(op, keras.layers.Embedding) for op in inner_operations(graph))
    if len(shape) == 2 and reads_ids:
        return None
    raise refuse(
        model,
        "its input is neither token ids nor a series of numbers",
        ARRAYS,
        expected="(S, T) with an Embedding, or (S, T, F)",
        got=str(shape),
    )


def embedding_rows(graph: keras.Model) -> int | None:
    """Return the number of token ids: rows of the smallest Embedding; None where there is none."""
    layers = (op for op in inner_operations(graph) if isinstance(op, keras.layers.Embedding))
    return min((layer.input_dim for layer in layers), default=None)


def padding_value(graph: keras.Model) -> float | None:
    """Return the value of a masked step, if every layer that reads steps propagates the mask.

    A layer that drops the mask reads padding; then batches are built without any.
    """
    value = None
    for operation in inner_operations(graph):
        if isinstance(operation, keras.layers.Embedding) and operation.mask_zero:
            value = 0.0
        elif isinstance(operation, keras.layers.Masking):
            value = float(operation.mask_value)
        elif value is not None and reads_steps(operation):
            passes = getattr(operation, "supports_masking", type(operation).__name__ in PER_STEP)
            if not passes:
                return None
    return value


def reads_steps(operation: keras.Operation) -> bool:
    """Return whether an operation's input has a time axis."""
    read = operation.input
    tensors = read if isinstance(read, list | tuple) else [read]
    return any(len(tensor.shape) > 2 for tensor in tensors)
