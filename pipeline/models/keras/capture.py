"""Capture the states of a model's layers while the model predicts.

During one call each recurrent layer is replaced by a recorder that steps the layer's own cell and
keeps every state. The rest of the model runs unchanged, wherever the layer is in it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from stateline.pipeline.models.keras.alignment import Windows, aligned, windows_of
from stateline.pipeline.models.keras.backend import Tensor, keras, tf
from stateline.pipeline.models.keras.gates import gate_values
from stateline.pipeline.models.keras.structure import ModelStructure, RecurrentLayer
from stateline.pipeline.models.keras.variable_length import any_length, attribute, open_in_time
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, Int32Array
from stateline.store.errors import StatelineError

LOGIT = "logit"


class StateRecorder(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """A cell that outputs its own output and all its states, so that an RNN returns every step's.

    cell  a Keras cell; its weights are shared, not copied
    """

    def __init__(self, cell: keras.layers.Layer, **options: object) -> None:
        super().__init__(**options)
        self.cell = cell
        self.state_size = cell.state_size
        self.sizes = [cell.output_size, *as_list(cell.state_size)]
        self.output_size = sum(self.sizes)
        self.built = True

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Return the cell's own initial state: zeros."""
        initial: list[Tensor] = self.cell.get_initial_state(batch_size)
        return initial

    def call(
        self, inputs: Tensor, states: list[Tensor], training: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        """Run one step of the cell; output (B, its width plus the sum of its state sizes)."""
        output, states = self.cell(inputs, states, training=training)
        return keras.ops.concatenate([output, *as_list(states)], axis=-1), states


def as_list(value: Any) -> list[Any]:
    """Return a list of the states of a cell, or of their sizes, of which it has one or several."""
    return list(value) if isinstance(value, list | tuple) else [value]


def recording_call(
    which: RecurrentLayer, gates: bool, keep: Callable[[str, Tensor], None]
) -> Callable[..., object]:
    """Return a replacement of a layer's `call` that returns the same and keeps every state.

    keep  receives the name of a kind of state and its values (B, T, N) in the order of the text
    """
    layer = which.layer
    cell = StateRecorder(layer.cell)
    recorder = keras.layers.RNN(
        cell,
        return_sequences=True,
        return_state=True,
        go_backwards=layer.go_backwards,
        zero_output_for_mask=layer.zero_output_for_mask,
    )

    def call(
        sequences: Tensor,
        initial_state: Tensor | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        every, *last = recorder(sequences, initial_state=initial_state, mask=mask)
        output, *states = keras.ops.split(every, np.cumsum(cell.sizes)[:-1].tolist(), axis=-1)

        def in_order(values: Tensor) -> Tensor:
            return keras.ops.flip(values, axis=1) if layer.go_backwards else values

        for kind, values in zip(which.states, states, strict=True):
            keep(f"{which.id}.{kind}", in_order(values))
        if gates:
            read = keras.ops.flip(sequences, axis=1) if layer.go_backwards else sequences
            first = None if initial_state is None else as_list(initial_state)[0]
            for name, values in gate_values(layer.cell, which.cell, read, states[0], first).items():
                keep(f"{which.id}.gate_{name}", in_order(values))
        answer = output if layer.return_sequences else output[:, -1]
        return (answer, *last) if layer.return_state else answer

    return call


class ModelReader:
    """Reader of a model's logits and states, a batch at a time.

    model      a Keras model
    structure  its structure
    layers     the layers whose states are captured
    gates      also capture the gates of LSTM and GRU layers
    """

    def __init__(
        self,
        model: keras.Model,
        structure: ModelStructure,
        layers: tuple[RecurrentLayer, ...],
        gates: bool = False,
    ) -> None:
        self.structure, self.layers, self.gates = structure, layers, gates
        steps = structure.ends.steps if structure.ends else None
        self.model = open_in_time(model) if steps is None else model
        self.windows = {} if steps is None else self._windows(steps)
        shape = (None, steps) if structure.features is None else (None, steps, structure.features)
        dtype = tf.int32 if structure.features is None else tf.float32
        self.kept: dict[str, Tensor] = {}
        self.twice: list[str] = []
        signature = [tf.TensorSpec(shape, dtype)]
        # Without autograph, whose wrapping would hide what an error says.
        options = {"input_signature": signature, "autograph": False}
        self._states = tf.function(lambda batch: self._run(batch, True), **options)
        self._logits = tf.function(lambda batch: self._run(batch, False), **options)

    def read(self, batch: Int32Array) -> dict[str, Float32Array]:
        """Return logits and states of a batch.

        batch    int32 (B, T) or float32 (B, T, F)
        returns  `logit` float32 (B, K), and by `<layer>.h`, `<layer>.c`, `<layer>.gate_<name>`
                 float32 (B, T, N) in the order of the text
        """
        read = {name: values.numpy() for name, values in self._states(batch).items()}
        for each in self.layers:
            windows = self.windows.get(each.id)
            if windows is not None:
                for name in [name for name in read if name.rpartition(".")[0] == each.id]:
                    read[name] = aligned(read[name], windows, batch.shape[1], each.direction)
        return read

    def _windows(self, steps: int) -> dict[str, Windows]:
        """Return the windows of the layers whose states are fewer than the steps of the input."""
        found = {each.id: windows_of(self.model, each.layer, steps) for each in self.layers}
        return {name: windows for name, windows in found.items() if windows is not None}

    def logits(self, batch: AnyArray) -> Float32Array:
        """Return the output before sigmoid or softmax.

        batch    int32 (B, T) or float32 (B, T, F)
        returns  float32 (B, K)
        """
        logit: Float32Array = self._logits(batch)[LOGIT].numpy()
        return logit

    def _run(self, batch: Tensor, states: bool) -> dict[str, Tensor]:
        self.kept, self.twice = {}, []
        with ExitStack() as patches:
            patches.enter_context(any_length(self.model))
            patches.enter_context(without_activation(self.structure.output))
            for each in self.layers if states else ():
                call = recording_call(each, self.gates, self._keep)
                patches.enter_context(attribute(each.layer, "call", call))
            logit = self.model(batch, training=False)
        wanted = [f"{each.id}.{kind}" for each in self.layers for kind in each.states]
        if self.twice:
            raise self._not_captured(self.twice[0], "is run twice for one answer")
        missing = [name for name in wanted if name not in self.kept] if states else []
        if missing:
            raise self._not_captured(missing[0], "is not run by the model when it answers")
        return {LOGIT: logit, **self.kept}

    def _keep(self, name: str, values: Tensor) -> None:
        if name in self.kept:  # Keras would wrap an error that is raised in here
            self.twice.append(name)
        self.kept[name] = values

    def _not_captured(self, name: str, what: str) -> StatelineError:
        return StatelineError(
            f"model {self.model.name}",
            f"layer {name.rsplit('.', 1)[0]} {what}",
            expected="once",
            fix="Leave it out with layers=, or give each use a layer of its own",
        )


@contextmanager
def without_activation(output: keras.layers.Layer) -> Iterator[None]:
    """Remove sigmoid or softmax from the output layer within the context."""
    if isinstance(output, keras.layers.Softmax):
        changed = attribute(output, "call", lambda inputs, mask=None: inputs)
    else:
        changed = attribute(output, "activation", keras.activations.linear)
    with changed:
        yield
