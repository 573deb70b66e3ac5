"""Structure of a Keras model: its recurrent layers, input and head; refuses other models.

No order or number of layers is assumed. A model that cannot be read is refused with the change
that would make it readable.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.models.keras.graphs import ARRAYS, functional, inner_layers, refuse
from stateline.pipeline.models.keras.inputs import embedding_rows, input_features, padding_value
from stateline.pipeline.models.keras.readout import Readout, head_of, linear_head
from stateline.pipeline.models.keras.variable_length import masks_padding
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.run.artefacts import layer_id

GATES = {"LSTM": ("input", "forget", "output"), "GRU": ("update", "reset")}
CELL_CLASSES = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"}


@dataclass(frozen=True)
class RecurrentLayer:
    """One direction of one recurrent layer of the model.

    id         name of the stored layer, fit for a file's name
    name       of the Keras layer that it belongs to
    layer      the keras.layers.RNN whose call is recorded
    cell       LSTM, GRU or SimpleRNN
    direction  forward, or backward: it reads from the end
    """

    id: str
    name: str
    layer: keras.layers.RNN
    cell: str
    direction: str

    @property
    def units(self) -> int:
        """Number of units N: the width of the hidden state."""
        return int(self.layer.cell.units)

    @property
    def states(self) -> tuple[str, ...]:
        """State kinds: h, and c of an LSTM."""
        return ("h", "c") if self.cell == "LSTM" else ("h",)


@dataclass(frozen=True)
class ModelStructure:
    """Structure of one readable model.

    layers      its recurrent layers in order, both directions of a bidirectional one
    reads       the one whose states the head reads, or the last where it reads more than that
    output      the layer of the output
    activation  sigmoid (one unit) or softmax; what a model that gives logits leaves out
    logits      the model leaves the activation out
    outputs     K
    features    F of a numeric series; None where the model reads token ids
    rows        token ids that it knows, those below this one; None for a series
    padding     value of a padded step, where no answer depends on it; None where padding, if
                there is any, is read like every other step
    method      how expected predictions are found: linear, head or prefix (store/README.md)
    readout     of a linear head, else None
    steps       of a model that reads one number of steps only, L; None: any
    ends        how beginnings are padded; None: they are read as they are
    """

    layers: tuple[RecurrentLayer, ...]
    reads: RecurrentLayer
    output: keras.layers.Layer
    activation: str
    logits: bool
    outputs: int
    features: int | None
    rows: int | None
    padding: float | None
    method: str
    readout: Readout | None
    steps: int | None = None
    ends: Ends | None = None

    @property
    def classes(self) -> int:
        """Number of classes C: two for one sigmoid unit."""
        return max(self.outputs, 2)


def model_structure(
    model: keras.Model, ends: Ends | None = None, padded: bool = False
) -> ModelStructure:
    """Analyse the structure of a model.

    model   a built Keras model with one input, one output and at least one recurrent layer
    ends    how beginnings are padded; None: they are read as they are
    padded  they will be, in a way to be found: the model need not read a beginning of one step
    raises  StatelineError  it cannot be read: stateful, several inputs or outputs, custom
            layers, no recurrent layer, an answer a step, several labels a sequence, …
    """
    graph = functional(model)
    refuse_custom(model)
    layers = tuple(recurrent_layers(model))
    if not layers:
        raise refuse(model, "has no recurrent layer", ARRAYS, expected="LSTM, GRU or SimpleRNN")
    output = output_layer(graph)
    activation, logits, outputs = answer_form(model, output)
    head = head_of(model, layers[-1].layer)
    readout = linear_head(head, output) if head else None
    features, padding = input_features(model, graph), padding_value(graph)
    masked = masks_padding(model, features, padding, ends is not None or padded)
    if ends is not None:
        readout = None
    return ModelStructure(
        layers=layers,
        reads=last_forward(layers),
        output=output,
        activation=activation,
        logits=logits,
        outputs=outputs,
        features=features,
        rows=embedding_rows(graph) if features is None else None,
        padding=padding if masked else None,
        method="linear" if readout else "head" if head and ends is None else "prefix",
        readout=readout,
        steps=model.inputs[0].shape[1],
        ends=ends,
    )


def last_forward(layers: tuple[RecurrentLayer, ...]) -> RecurrentLayer:
    """Return the last layer; of a bidirectional one the forward direction."""
    of_last = [each for each in layers if each.name == layers[-1].name]
    return of_last[0]


def refuse_custom(model: keras.Model) -> None:
    """Refuse custom layers and layers that hold code.

    raises  StatelineError  the model has such a layer; names the first
    """
    for path, layer in inner_layers(model):
        own = not type(layer).__module__.startswith("keras.")
        if own or isinstance(layer, keras.layers.Lambda):
            raise refuse(
                model,
                f"layer {path} is {type(layer).__name__}, which holds code of its own",
                f"Put Keras' own layers in its place. {ARRAYS}",
                expected="layers of Keras only: a store runs no code",
            )


def recurrent_layers(model: keras.Model) -> Iterator[RecurrentLayer]:
    """Yield the recurrent layers in the order of the model; both directions of bidirectional ones.

    raises  StatelineError  a layer cannot be read, or two have the same stored name
    """
    seen: set[str] = set()
    for path, layer in inner_layers(model):
        both = isinstance(layer, keras.layers.Bidirectional)
        found = {"": layer}
        if both:
            found = {"-forward": layer.forward_layer, "-backward": layer.backward_layer}
        for ending, each in found.items():
            if not isinstance(each, keras.layers.RNN):
                continue
            cell = readable_cell(model, path, each)
            stored = layer_id(path) + ending
            if stored in seen:
                raise refuse(model, f"two layers are named {stored}", "Name them apart")
            seen.add(stored)
            direction = "backward" if each.go_backwards else "forward"
            yield RecurrentLayer(stored, path, each, cell, direction)


def readable_cell(model: keras.Model, path: str, layer: keras.layers.RNN) -> str:
    """Return the cell of a layer: LSTM, GRU or SimpleRNN.

    raises  StatelineError  another cell, a stateful layer, or one that does not compute in float32
    """
    cell = CELL_CLASSES.get(type(layer.cell).__name__)
    if cell is None:
        raise refuse(
            model,
            f"layer {path} steps a {type(layer.cell).__name__}",
            f"Stack recurrent layers of one cell each. {ARRAYS}",
            expected=", ".join(CELL_CLASSES),
        )
    if layer.stateful:
        raise refuse(
            model,
            f"layer {path} is stateful: its answer depends on what was read before",
            "Build the same model with stateful=False and set_weights(model.get_weights())",
        )
    if layer.compute_dtype != "float32":
        raise refuse(
            model,
            f"layer {path} computes in {layer.compute_dtype}, too coarsely to be verified",
            "Build the same model with dtype='float32' and set_weights(model.get_weights())",
            expected="float32",
        )
    return cell


def output_layer(graph: keras.Model) -> keras.layers.Layer:
    """Return the layer of the output, inside the last model where models are nested."""
    last = graph.operations[-1]
    return output_layer(functional(last)) if isinstance(last, keras.Model) else last


def answer_form(model: keras.Model, output: keras.layers.Layer) -> tuple[str, bool, int]:
    """Return the activation, whether the model leaves it out, and the number of output units.

    raises  StatelineError  an output that is not one class a sequence
    """
    shape = model.outputs[0].shape
    if len(shape) != 2 or shape[1] is None:
        raise refuse(
            model,
            "does not answer once a sequence",
            "Keep the last step only (return_sequences=False in the last recurrent layer), or pool",
            expected="(sequences, outputs)",
            got=str(shape),
        )
    units = shape[1]
    if isinstance(output, keras.layers.Softmax):
        name = "softmax"
    else:
        name = getattr(getattr(output, "activation", None), "__name__", type(output).__name__)
    if name == "sigmoid" and units > 1:
        raise refuse(
            model,
            f"{units} sigmoid units answer {units} questions, each yes or no (multi-label)",
            "Look at one of them: in its place put Dense(1, activation='sigmoid') with the weights "
            "of that unit",
            expected="one class a sequence: softmax, one sigmoid unit, or logits",
        )
    if name == "softmax" and units == 1:
        raise refuse(model, "softmax of one unit is always 1", "Give it a sigmoid, or two units")
    if name not in ("softmax", "sigmoid", "linear"):
        raise refuse(
            model,
            f"its last layer, {output.name}, has activation {name}",
            f"End with Dense(…, activation='softmax'), one sigmoid unit, or logits. {ARRAYS}",
            expected="softmax, sigmoid or none",
        )
    return ("sigmoid" if units == 1 else "softmax"), name == "linear", units
