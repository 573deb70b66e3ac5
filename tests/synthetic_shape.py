"""Options of a synthetic run beyond a plain text run of one LSTM."""

from dataclasses import dataclass, field, replace

LAYER = "lstm"
GATES = {"LSTM": ("input", "forget", "output"), "GRU": ("update", "reset"), "SimpleRNN": ()}


@dataclass(frozen=True)
class Layer:
    """One stored layer.

    id         its name in the run
    cell       LSTM, GRU or SimpleRNN; only an LSTM has a cell state
    units      N; None: the run's
    direction  forward or backward
    layer      the Keras layer that it belongs to; empty: its id
    cell_maps  distances and projections of c are stored too
    gates      its gates are stored
    """

    id: str = LAYER
    cell: str = "LSTM"
    units: int | None = None
    direction: str = "forward"
    layer: str = ""
    cell_maps: bool = False
    gates: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        """Kinds of state that are stored."""
        return ("h", "c") if self.cell == "LSTM" else ("h",)

    @property
    def mapped(self) -> tuple[str, ...]:
        """Kinds of state whose distances and projections are stored."""
        return ("h", "c") if self.cell_maps else ("h",)

    @property
    def gate_names(self) -> tuple[str, ...]:
        """Gates that are stored."""
        return GATES[self.cell] if self.gates else ()


# Both directions of one Keras layer, each with units of its own.
BIDIRECTIONAL = (
    Layer("bidirectional-forward", "GRU", units=2, layer="bidirectional"),
    Layer("bidirectional-backward", "GRU", units=2, direction="backward", layer="bidirectional"),
)


@dataclass(frozen=True)
class Shape:
    """Everything about a synthetic run that is not a size.

    layers    stored layers; the readout is of the first one
    readout   linear, head, prefix or given
    features  F, the numbers per step: a series where above 0, else a text
    picture   the steps of the series are the rows of a picture
    model     there is a model file; without one nothing is known of the training either
    training  the training and validation splits are known
    split     how the splits came about where they are known: provided or drawn
    pushing   words, or two, that stand, in turn, where the answer moves most towards the last class
    cut       every third sequence was longer than the model reads; False: nothing was cut
    swaps     words were swapped: the run has a swap test; needs a text with words in ten sequences
    tokens    ids of padding, unknown and start of a text, each None where there is no such id
    """

    layers: tuple[Layer, ...] = (Layer(),)
    readout: str = "linear"
    features: int = 0
    picture: bool = False
    model: bool = True
    training: bool = True
    split: str = "provided"
    pushing: tuple[str, ...] = ()
    cut: bool = True
    swaps: bool = False
    tokens: dict[str, int | None] = field(
        default_factory=lambda: {"padding": 0, "unknown": 1, "start": None}
    )

    def sized(self, units: int) -> "Shape":
        """The same with the run's units where a layer has none of its own."""
        layers = tuple(replace(each, units=each.units or units) for each in self.layers)
        return replace(self, layers=layers)
