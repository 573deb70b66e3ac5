"""Which states a map shows, and distances are measured in: one kind of state of one layer."""

from dataclasses import dataclass

import numpy as np

from stateline.app.web.cache import CACHE
from stateline.store.manifest.models import Layer, Projection
from stateline.store.reader import Run
from stateline.store.schema import DISTANCE_COLUMNS


@dataclass(frozen=True)
class Measured:
    """One kind of state of one layer.

    layer     id of the stored layer
    state     h, the hidden state, or c, the cell state
    name      in words: `bi · backward · cell state`
    largest   its largest distance in the run, in units of the state
    backward  whether the layer reads from the end: its first state is at the last step
    read      whether it is what the head reads: h of the readout's layer
    alone     whether the run maps no other states, so that nobody need say which these are
    """

    layer: str
    state: str
    name: str
    largest: float
    backward: bool
    read: bool
    alone: bool

    @property
    def key(self) -> str:
        """Its value in the header's choice: the layer's id, and `:c` after it for cell states."""
        return self.layer if self.state == "h" else f"{self.layer}:{self.state}"

    @property
    def column(self) -> str:
        """What a table to take away calls its distances."""
        if self.alone:
            return "distance"
        return f"distance_{self.layer}" + ("" if self.state == "h" else f"_{self.state}")

    @property
    def longest(self) -> str:
        """What a distance is a share of."""
        return "the run's longest" if self.alone else "the longest of these states"


def measured_kinds(run: Run) -> list[Measured]:
    """All kinds of state that have maps, in the order of the layers, h before c."""
    places = [(each.layer, each.state) for each in run.manifest.projections]
    wanted = [
        (layer, state)
        for layer in run.layer_ids
        for state in DISTANCE_COLUMNS
        if (layer, state) in places
    ]
    return [_measured(run, *each, alone=len(wanted) == 1) for each in wanted]


def measured(run: Run, projection: str) -> Measured:
    """What a projection shows; the run holds it."""
    entry = run.projection(projection)
    kinds = measured_kinds(run)
    return next(each for each in kinds if (each.layer, each.state) == _place(entry))


def _place(entry: Projection) -> tuple[str, str]:
    return entry.layer, entry.state


def _measured(run: Run, layer: str, state: str, alone: bool) -> Measured:
    entry = run.layer(layer)
    return Measured(
        layer=layer,
        state=state,
        name=state_name(entry, state),
        largest=float(entry.max_distance[state]),
        backward=entry.direction == "backward",
        read=(layer, state) == (run.manifest.readout.layer, "h"),
        alone=alone,
    )


def state_name(entry: Layer, state: str = "h") -> str:
    """A layer of the manifest in words, and which of its states where it is not the hidden one."""
    return " · ".join([layer_name(entry), *(["cell state"] if state == "c" else [])])


def layer_name(entry: Layer) -> str:
    """A layer of the manifest in words: its own name, and the direction where there could be two.

    A stored layer has another id than its Keras layer where both directions have one each.
    """
    two = entry.id != entry.layer
    says = two or entry.direction == "backward"
    return f"{entry.layer} · {entry.direction}" if says else entry.layer


def distances_of(run: Run, sequence_id: int, kind: Measured) -> np.ndarray:
    """How far each step of one sequence moved these states: float32 (T,)."""
    column = DISTANCE_COLUMNS[kind.state]
    return run.hidden_of(sequence_id, kind.layer, [column])[column].to_numpy()


def distance_shares(run: Run, kind: Measured) -> np.ndarray:
    """Distance of every step as a share of the largest: float32 (M,); held for the next request."""

    def make() -> np.ndarray:
        return run.distances(kind.layer, kind.state) / np.float32(kind.largest or 1)

    return CACHE.get((run.name, run.checksum, "shares", kind.key), make, lambda found: found.nbytes)
