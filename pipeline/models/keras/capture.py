"""Reading a model's states while it answers: the model runs as it is, and its layers are heard.

For the time of one reading each recurrent layer is called through a recorder that steps the
layer's own cell and keeps every state. Everything else of the model runs untouched, wherever
the layer stands in it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.models.keras.gates import gate_values
from stateline.pipeline.models.keras.structure import Anatomy, RecurrentLayer
from stateline.pipeline.models.keras.variable_length import any_length, attribute, open_in_time
from stateline.store.errors import StatelineError

LOGIT = "logit"


class StateRecorder(keras.layers.Layer):
    """A cell whose output is its own output and all its states, so that an RNN keeps every step's.

    cell  a Keras cell; its weights are shared, not copied
    """

    def __init__(self, cell: keras.layers.Layer, **options: object) -> None:
        super().__init__(**options)
        self.cell = cell
        self.state_size = cell.state_size
        self.sizes = [cell.output_size, *as_list(cell.state_size)]
        self.output_size = sum(self.sizes)
        self.built = True

    def get_initial_state(self, batch_size: int | None = None) -> list:
        """The cell's own initial state: zeros."""
        return self.cell.get_initial_state(batch_size)

    def call(self, inputs: object, states: list, training: bool = False) -> tuple[object, list]:
        """One step of the cell; output (B, its width and the sum of its state sizes)."""
        output, states = self.cell(inputs, states, training=training)
        return keras.ops.concatenate([output, *as_list(states)], axis=-1), states


def as_list(value: object) -> list:
    """A state or its size, of which a cell has one or several."""
    return list(value) if isinstance(value, list | tuple) else [value]


def recording_call(
    which: RecurrentLayer, gates: bool, keep: Callable[[str, object], None]
) -> Callable[..., object]:
    """What stands in for a layer's `call`: the same answer, and every state kept.

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
        sequences: object,
        initial_state: object = None,
        mask: object = None,
        training: bool = False,
    ) -> object:
        every, *last = recorder(sequences, initial_state=initial_state, mask=mask)
        output, *states = keras.ops.split(every, np.cumsum(cell.sizes)[:-1].tolist(), axis=-1)

        def in_order(values: object) -> object:
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
    """Logits and states of a model, a batch at a time.

    model   the model as it was handed over
    about   its anatomy
    layers  those of its layers whose states are wanted
    gates   also the gates of LSTM and GRU layers
    """

    def __init__(
        self,
        model: keras.Model,
        about: Anatomy,
        layers: tuple[RecurrentLayer, ...],
        gates: bool = False,
    ) -> None:
        self.about, self.layers, self.gates = about, layers, gates
        self.model = open_in_time(model)
        shape = (None, None) if about.features is None else (None, None, about.features)
        dtype = tf.int32 if about.features is None else tf.float32
        self.kept: dict[str, object] = {}
        self.twice: list[str] = []
        signature = [tf.TensorSpec(shape, dtype)]
        # Without autograph, whose wrapping would hide what an error says.
        options = {"input_signature": signature, "autograph": False}
        self._states = tf.function(lambda batch: self._run(batch, True), **options)
        self._logits = tf.function(lambda batch: self._run(batch, False), **options)

    def read(self, batch: np.ndarray) -> dict[str, np.ndarray]:
        """Logits and states of a batch.

        batch    int32 (B, T) or float32 (B, T, F)
        returns  `logit` float32 (B, K), and by `<layer>.h`, `<layer>.c`, `<layer>.gate_<name>`
                 float32 (B, T, N) in the order of the text
        """
        return {name: values.numpy() for name, values in self._states(batch).items()}

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """Output before sigmoid or softmax: float32 (B, K)."""
        return self._logits(batch)[LOGIT].numpy()

    def _run(self, batch: object, states: bool) -> dict[str, object]:
        self.kept, self.twice = {}, []
        with ExitStack() as heard:
            heard.enter_context(any_length(self.model))
            heard.enter_context(without_activation(self.about.output))
            for each in self.layers if states else ():
                call = recording_call(each, self.gates, self._keep)
                heard.enter_context(attribute(each.layer, "call", call))
            logit = self.model(batch, training=False)
        wanted = [f"{each.id}.{kind}" for each in self.layers for kind in each.states]
        if self.twice:
            raise self._unheard(self.twice[0], "is run twice for one answer")
        missing = [name for name in wanted if name not in self.kept] if states else []
        if missing:
            raise self._unheard(missing[0], "is not run by the model when it answers")
        return {LOGIT: logit, **self.kept}

    def _keep(self, name: str, values: object) -> None:
        if name in self.kept:  # Keras would wrap an error that is raised in here
            self.twice.append(name)
        self.kept[name] = values

    def _unheard(self, name: str, what: str) -> StatelineError:
        return StatelineError(
            f"model {self.model.name}",
            f"layer {name.rsplit('.', 1)[0]} {what}",
            expected="once",
            fix="Leave it out with layers=, or give each use a layer of its own",
        )


@contextmanager
def without_activation(output: keras.layers.Layer) -> Iterator[None]:
    """The answer before sigmoid or softmax, for a while."""
    if isinstance(output, keras.layers.Softmax):
        changed = attribute(output, "call", lambda inputs, mask=None: inputs)
    else:
        changed = attribute(output, "activation", keras.activations.linear)
    with changed:
        yield
