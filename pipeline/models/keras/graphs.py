"""Traversal of Keras models as one graph of layers, sequential, functional or nested."""

from collections.abc import Iterator

from stateline.pipeline.models.keras.backend import keras
from stateline.store.errors import StatelineError

ARRAYS = "Or read its states yourself and pass them to stateline.build_store_from_states"


def refuse(model: keras.Model, what: str, fix: str, **facts: object) -> StatelineError:
    """Return the error for a model that cannot be read; `fix` would make it readable."""
    return StatelineError(f"model {model.name}", what, fix=fix, **facts)


def directions(operation: keras.Operation) -> tuple[keras.layers.Layer, ...]:
    """Return both directions of a bidirectional layer; none of another operation."""
    both = isinstance(operation, keras.layers.Bidirectional)
    return (operation.forward_layer, operation.backward_layer) if both else ()


def functional(model: keras.Model) -> keras.Model:
    """Return the model as one functional graph of layers.

    raises  StatelineError  the model is not built, is subclassed, or has several inputs or outputs
    """
    try:
        inputs, outputs = model.inputs, model.outputs
    except (AttributeError, ValueError):
        inputs = outputs = None
    if not inputs or not outputs:
        raise refuse(
            model,
            "its layers cannot be seen",
            "Write it as Sequential or functional, and build it: model(some_input). " + ARRAYS,
            expected="a built Sequential or functional model",
            got=type(model).__name__,
        )
    for kind, tensors in (("inputs", inputs), ("outputs", outputs)):
        if len(tensors) != 1:
            raise refuse(
                model,
                f"has several {kind}",
                f"Make one of them: keras.Model(one_input, one_output). {ARRAYS}",
                expected=1,
                got=len(tensors),
            )
    return keras.Model(inputs, outputs)


def inner_layers(model: keras.Model, path: str = "") -> Iterator[tuple[str, keras.layers.Layer]]:
    """Yield every layer of a model and of nested models, with its path."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from inner_layers(layer, f"{path}{layer.name}.")
        else:
            yield path + layer.name, layer
            if isinstance(layer, keras.layers.Wrapper) and not isinstance(
                layer, keras.layers.Bidirectional
            ):
                yield f"{path}{layer.name}.{layer.layer.name}", layer.layer


def inner_operations(graph: keras.Model) -> Iterator[keras.Operation]:
    """Yield every operation of a graph in order, those of nested models in their place."""
    for operation in graph.operations:
        if isinstance(operation, keras.Model):
            yield from inner_operations(functional(operation))
        else:
            yield operation
