"""Models that are stateful or compute in another precision, rebuilt with the same weights.

What is read is the rebuilt model: stateless and in float32. Its answers are compared with the
original's, to a tolerance that the manifest states.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.batches import LengthBatches, predict
from stateline.pipeline.models.keras.graphs import ARRAYS, directions, inner_layers, refuse
from stateline.pipeline.models.keras.structure import ModelStructure, refuse_custom
from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array
from stateline.pipeline.numerics.padding import pad_behind
from stateline.store.schema import TOLERANCE

# What an answer, 0 to 1, may differ: half precision has three digits, and its errors add up over
# the steps; bfloat16 has two.
TOLERANCES = {
    "float16": 0.02, "mixed_float16": 0.02, "bfloat16": 0.1, "mixed_bfloat16": 0.1,
    "float64": TOLERANCE, "stateful": TOLERANCE,
}  # fmt: skip
COMPARED = 256


@dataclass(frozen=True)
class Readable:
    """A model that can be read, and the one that it was rebuilt from.

    model     stateless, in float32
    original  None: the model itself
    because   what the original is: stateful, or its precisions
    """

    model: keras.Model
    original: keras.Model | None = None
    because: list[str] = field(default_factory=list)


def readable(model: keras.Model) -> Readable:
    """Return a model as it can be read: rebuilt where it is stateful or not in float32.

    raises  StatelineError  it holds custom layers, or cannot be rebuilt
    """
    found: dict[str, None] = {}
    try:
        layers = [layer for _, layer in inner_layers(model)]
    except (AttributeError, ValueError):  # a subclassed model, refused by its structure
        return Readable(model)
    for layer in layers:
        for each in (layer, *directions(layer)):
            if getattr(each, "stateful", False) and isinstance(each, keras.layers.RNN):
                found["stateful"] = None
            policy = each.dtype_policy.name
            if policy in TOLERANCES:
                found[policy] = None
    if not found or not model.built:
        return Readable(model)
    refuse_custom(model)
    try:
        made = type(model).from_config(changed(model.get_config()))
        if not made.built:
            made.build((None, *model.input_shape[1:]))
        copy_weights(model, made)
    except Exception as error:  # what Keras raises for a configuration is of any kind
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise refuse(
            model,
            f"is {' and '.join(found)}, and cannot be rebuilt stateless in float32 ({said[:120]})",
            f"Build it so and set_weights(model.get_weights()). {ARRAYS}",
        ) from None
    return Readable(made, model, list(found))


def changed(config: Any) -> Any:
    """Return a configuration of layers, stateless, in float32 and with an open batch size."""
    if isinstance(config, list | tuple):
        return type(config)(changed(each) for each in config)
    if not isinstance(config, dict):
        return config
    made: dict[str, Any] = {}
    for key, value in config.items():
        if key == "stateful":
            made[key] = False
        elif key == "dtype" and precision(value) in TOLERANCES:
            made[key] = "float32"
        elif key in ("batch_shape", "batch_input_shape") and value:
            made[key] = [None, *value[1:]]
        elif key == "build_config":
            continue
        else:
            made[key] = changed(value)
    return made


def precision(dtype: Any) -> str | None:
    """Return the name of a dtype or of a dtype policy in a configuration."""
    if isinstance(dtype, dict):
        dtype = (dtype.get("config") or {}).get("name")
    return dtype if isinstance(dtype, str) else None


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Copy all weights, layer by layer; the states that a stateful layer keeps are none.

    raises  ValueError  layers differ
    """
    layers = zip(inner_layers(source), inner_layers(target), strict=True)
    for (_, old), (_, new) in layers:
        kept = [each for each in old.weights if not each.path.endswith("rnn_state")]
        values = [keras.ops.convert_to_numpy(each).astype(np.float32) for each in kept]
        new.set_weights(values)


def rebuilding_error(
    read: Readable, structure: ModelStructure, sequences: list[AnyArray]
) -> dict[str, object] | None:
    """Compare a rebuilt model with its original on the first sequences; None where there is none.

    sequences  S arrays of ids (T,) or of numbers (T, F), without padding
    returns    `because`, `error` (largest difference of a probability), `tolerance`, `sequences`
    raises     StatelineError  the difference is beyond the tolerance
    """
    if read.original is None:
        return None
    some = sequences[:COMPARED]
    own = original_answers(read.original, structure, some)
    made = predict(read.model, some, COMPARED, structure.padding)
    first, second = (answer_probabilities(each, structure.logits) for each in (own, made))
    error = float(np.abs(first - second).max())
    tolerance = max(TOLERANCES[each] for each in read.because)
    if not error <= tolerance:
        raise refuse(
            read.original,
            f"is {' and '.join(read.because)}, and answers otherwise when it is rebuilt stateless "
            "in float32",
            ARRAYS,
            expected=f"a difference of {tolerance:g} at the most",
            got=f"{error:.3g}",
        )
    return {
        "because": read.because, "error": error, "tolerance": tolerance, "sequences": len(some)
    }  # fmt: skip


def original_answers(
    model: keras.Model, structure: ModelStructure, sequences: list[AnyArray]
) -> Float32Array:
    """Return the answers of an original, each sequence read from states that are reset.

    Its batch size and number of steps may be fixed; rows and steps are then filled up.

    sequences  S arrays of ids (T,) or of numbers (T, F), without padding
    returns    float32 (S, K)
    """
    size, steps = model.inputs[0].shape[:2]
    batches = LengthBatches(sequences, None, size or COMPARED, padding=structure.padding)
    answer = np.empty((len(sequences), structure.outputs), np.float32)
    for rows in batches.draw():
        filled = np.resize(rows, size) if size else rows
        batch = batches.padded(filled)
        if steps is not None and batch.shape[1] < steps and structure.padding is not None:
            longest = np.full((steps, *batch.shape[2:]), structure.padding, batch.dtype)
            batch = pad_behind([longest, *batch], structure.padding)[1:]
        for _, layer in inner_layers(model):
            for each in (layer, *directions(layer)):
                if getattr(each, "stateful", False) and isinstance(each, keras.layers.RNN):
                    each.reset_state()
        answer[rows] = np.asarray(model(batch, training=False), np.float32)[: len(rows)]
    return answer
