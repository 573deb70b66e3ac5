"""What a model reads: token ids or numbers, and which steps of them it masks."""

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.graphs import ARRAYS, inner_operations, refuse
from stateline.pipeline.models.keras.readout import PER_STEP


def input_features(model: keras.Model, graph: keras.Model) -> int | None:
    """F of a numeric input (S, T, F); None for token ids (S, T)."""
    shape = model.inputs[0].shape
    if model.inputs[0].dtype == "string":
        raise refuse(
            model,
            "reads texts, not token ids",
            "Hand over the layers behind its TextVectorization, what that layer makes of the texts "
            "as sequences, and its get_vocabulary() as tokens",
            expected="(S, T) token ids with an Embedding",
        )
    if len(shape) == 3 and shape[2] is not None:
        return shape[2]
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
    """Token ids that the model knows: rows of its smallest Embedding; None where it has none."""
    layers = (op for op in inner_operations(graph) if isinstance(op, keras.layers.Embedding))
    return min((layer.input_dim for layer in layers), default=None)


def padding_value(graph: keras.Model) -> float | None:
    """What a masked step holds, where every layer that reads steps passes the mask on.

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
    """Whether an operation's input has a time axis."""
    given = operation.input
    tensors = given if isinstance(given, list | tuple) else [given]
    return any(len(tensor.shape) > 2 for tensor in tensors)
