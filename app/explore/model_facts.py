"""Facts of the model in the overview: layers, how answers are found, what is unknown."""

from typing import Any

from dash import html

from stateline.app.layout.shell import block_title
from stateline.app.queries.state_kinds import layer_name
from stateline.app.queries.text import count
from stateline.store.manifest.model_info import ModelInfo
from stateline.store.manifest.models import Layer, Readout
from stateline.store.reader import Run

ANSWERS = {
    "linear": "the output layer applied to each state",
    "head": "the output layer, which is not linear, applied to each state",
    "prefix": "the model run on every beginning",
    "given": "provided with the states",
}
SIDES = {"pre": "in front", "post": "behind"}
STATEFUL = "stateful"  # why a model was rebuilt; every other reason is a precision
KINDS = {"h": "hidden", "c": "cell"}


def answers_line(readout: Readout) -> str:
    """How the answers after each step were found."""
    if readout.ends is None:
        return ANSWERS[readout.method]
    return f"{ANSWERS[readout.method]}, padded {SIDES[readout.ends]} to {readout.steps:,} steps"


def model_line(model: ModelInfo) -> str:
    """Return cell, size and training of the model, as far as they are known."""
    parts = [model.cell, count(model.units, "unit")]
    if model.parameters is not None:
        parts.append(count(model.parameters, "parameter"))
    if model.epochs is not None:
        parts.append(count(model.epochs, "epoch"))
    if model.refit_epochs is not None:
        parts.append(f"refitted for {model.refit_epochs} on training and validation sequences")
    return ", ".join(parts)


def rebuilt_line(model: ModelInfo) -> str | None:
    """How the model differs from the one that was trained; None where it is that one."""
    if model.rebuilt is None:
        return None
    made = model.rebuilt
    kinds = " and ".join(made.because)
    ways = ["stateless"] if STATEFUL in made.because else []
    ways += ["in float32"] if set(made.because) - {STATEFUL} else []
    return (
        f"was {kinds}; read {' and '.join(ways)} with the same weights: answers differ by "
        f"{made.error:.2g} at the most over {count(made.sequences, 'sequence')}, "
        f"{made.tolerance:g} allowed"
    )


def training_line(run: Run) -> str | None:
    """Why nothing is said of the training; None where it is known."""
    if run.manifest.model.file is None:
        return "unknown: states were provided without their model"
    if run.manifest.corpus.sizes.train is None:
        return "unknown: the model came trained"
    return None


def states_line(run: Run) -> str:
    """How many states there are, and of how many numbers."""
    layers = run.manifest.layers
    if len(layers) == 1:
        return f"{run.states:,} of {count(layers[0].units, 'unit')} each"
    return f"{run.states:,} in each of {count(len(layers), 'layer')}"


def layers_block(run: Run) -> list[Any]:
    """One row per stored layer; nothing where one layer stores its hidden states only."""
    layers = run.manifest.layers
    if len(layers) == 1 and not layers[0].gates and "c" not in layers[0].max_distance:
        return []
    head = html.Tr([html.Th(name, scope="col") for name in ("Layer", "Class", "Units", "Stored")])
    rows = [_row(entry, run.manifest.readout.layer) for entry in layers]
    title = block_title("Layers", "the header's choice says which one the map shows")
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="layers-table")
    return [html.Section([title, table], className="block")]


def _row(entry: Layer, read: str) -> html.Tr:
    notes = ["reads from the end"] if entry.direction == "backward" else []
    notes += ["read by the head"] if entry.id == read else []
    return html.Tr(
        [
            html.Th(
                [layer_name(entry), *[html.Span(note) for note in notes]],
                scope="row",
            ),
            html.Td(entry.class_),
            html.Td(f"{entry.units:,}"),
            html.Td(_stored(entry)),
        ]
    )


def _stored(entry: Layer) -> str:
    """Kinds of state, which of them have maps, and gates."""
    mapped = [KINDS[state] for state in entry.states if state in entry.max_distance]
    unmapped = [KINDS[state] for state in entry.states if state not in entry.max_distance]
    parts = [f"{' and '.join(mapped)} states"]
    if unmapped:
        parts.append(f"{unmapped[0]} states without a map")
    if entry.gates:
        parts.append(f"gates: {', '.join(entry.gates)}")
    return "; ".join(parts)
