"""State kinds: the hidden or the cell states of one layer, of which maps and distances are."""

from dataclasses import dataclass

import numpy as np

from stateline.app.web.cache import CACHE
from stateline.store.manifest.models import Layer
from stateline.store.reader import Run
from stateline.store.schema import DISTANCE_COLUMNS

KIND_BYTES = 512  # about what one kind takes in the cache


@dataclass(frozen=True)
class StateKind:
    """One kind of state of one layer.

    layer     id of the stored layer
    state     h, the hidden state, or c, the cell state
    name      in words: `bi · backward · cell state`
    largest   its largest distance in the run, in units of the state
    backward  whether the layer reads from the end: its first state is at the last step
    read      whether it is what the head reads: h of the readout's layer
    is_only   whether the run maps no other states, so that pages need not say which these are
    """

    layer: str
    state: str
    name: str
    largest: float
    backward: bool
    read: bool
    is_only: bool

    @property
    def key(self) -> str:
        """Value in the header's choice: the layer's id, followed by `:c` for cell states."""
        return self.layer if self.state == "h" else f"{self.layer}:{self.state}"

    @property
    def column(self) -> str:
        """Name of the column of its distances in a download."""
        if self.is_only:
            return "distance"
        return f"distance_{self.layer}" + ("" if self.state == "h" else f"_{self.state}")

    @property
    def longest(self) -> str:
        """Phrase for the distance that other distances are shares of."""
        return "the run's longest" if self.is_only else "the longest of these states"


def state_kinds(run: Run) -> list[StateKind]:
    """Return the kinds of state that have maps, in the order of the layers, h before c."""
    key = (run.name, run.checksum, "state kinds")
    return CACHE.get(key, lambda: _state_kinds(run), lambda kinds: KIND_BYTES * len(kinds))


def _state_kinds(run: Run) -> list[StateKind]:
    places = [(each.layer, each.state) for each in run.manifest.projections]
    wanted = [
        (layer, state)
        for layer in run.layer_ids
        for state in DISTANCE_COLUMNS
        if (layer, state) in places
    ]
    return [_state_kind(run, *each, is_only=len(wanted) == 1) for each in wanted]


def state_kind(run: Run, projection: str) -> StateKind:
    """Return the kind of state that a projection of the run shows."""
    entry = run.projection(projection)
    shown = (entry.layer, entry.state)
    return next(kind for kind in state_kinds(run) if (kind.layer, kind.state) == shown)


def _state_kind(run: Run, layer: str, state: str, is_only: bool) -> StateKind:
    entry = run.layer(layer)
    return StateKind(
        layer=layer,
        state=state,
        name=state_name(entry, state),
        largest=float(entry.max_distance[state]),
        backward=entry.direction == "backward",
        read=(layer, state) == (run.manifest.readout.layer, "h"),
        is_only=is_only,
    )


def state_name(entry: Layer, state: str = "h") -> str:
    """Return the name of a layer, followed by the kind of state unless it is the hidden one."""
    return " · ".join([layer_name(entry), *(["cell state"] if state == "c" else [])])


def layer_name(entry: Layer) -> str:
    """Return the name of a layer, followed by its direction where it could have two.

    A stored layer has another id than its Keras layer where both directions have one each.
    """
    two = entry.id != entry.layer
    says = two or entry.direction == "backward"
    return f"{entry.layer} · {entry.direction}" if says else entry.layer


def distances_of(run: Run, sequence_id: int, kind: StateKind) -> np.ndarray:
    """Return the distances of one sequence in states of a kind: float32 (T,)."""
    column = DISTANCE_COLUMNS[kind.state]
    return run.hidden_of(sequence_id, kind.layer, [column])[column].to_numpy()


def distance_shares(run: Run, kind: StateKind) -> np.ndarray:
    """Return the distance of every step as a share of the largest: float32 (M,)."""

    def make() -> np.ndarray:
        return run.distances(kind.layer, kind.state) / np.float32(kind.largest or 1)

    return CACHE.get((run.name, run.checksum, "shares", kind.key), make, lambda found: found.nbytes)
