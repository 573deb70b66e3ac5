"""Checks of the states: their distances, gates and readout, and their places on the maps."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.judge import ROUNDING, Judge
from stateline.store.manifest.models import Layer
from stateline.store.schema import DISTANCE_COLUMNS, MANIFEST, STEPS, gate_column

MEAN_ROUNDING = 1e-4
SMALLEST_SQUARE = 1e-6  # of a distance whose parts still have to add up


def moves(block: Block, states: np.ndarray, direction: str) -> np.ndarray:
    """float64 (M, N): each state less the one read before it, the zero state before the first.

    direction  forward, or backward of a layer that reads from the end
    """
    read_before = block.before if direction == "forward" else block.after
    return states.astype(np.float64) - read_before(states, 0.0)


def check_layer(
    judge: Judge, block: Block, name: str, layer: Layer, hidden: pl.DataFrame
) -> dict[str, float]:
    """States are finite, distances theirs, gates in 0 to 1.

    layer    its entry in the manifest
    returns  the largest distance by kind of state
    """
    for state in layer.states:
        values = hidden[state].to_numpy()
        judge.entries(block, name, f"{state} finite", np.isfinite(values), values)
    for gate in layer.gates:
        column = gate_column(gate)
        opened = hidden[column].to_numpy()
        good = (opened >= 0) & (opened <= 1)  # not-a-number is not
        judge.entries(block, name, f"{column} in 0 to 1", good, opened)
    largest = {}
    for state in layer.max_distance:
        column = DISTANCE_COLUMNS[state]
        moved = moves(block, hidden[state].to_numpy(), layer.direction)
        wanted = np.sqrt(np.einsum("mn,mn->m", moved, moved))
        judge.close(block, name, column, hidden[column].to_numpy(), wanted, wanted)
        largest[state] = hidden[column].max()
    return largest


def check_readout(judge: Judge, block: Block, steps: pl.DataFrame, hidden: pl.DataFrame) -> None:
    """Steps against the states of the layer that the head reads."""
    linear = judge.run.manifest.readout.method == "linear"
    distance, visible, silent = (steps[name] for name in ("distance", "visible", "silent"))
    same = (distance == hidden["distance"]).to_numpy()
    judge.rows(block, STEPS, "distance that of the readout's layer", same, distance)
    for part in (visible, silent):
        good = part.is_null().to_numpy() != linear
        rule = f"{part.name} null where, and only where, the readout is not linear"
        judge.rows(block, STEPS, rule, good, part)
    if linear:
        check_linear(judge, block, steps, hidden)


def check_linear(judge: Judge, block: Block, steps: pl.DataFrame, hidden: pl.DataFrame) -> None:
    """Logits, visible and silent parts as a linear readout makes them of the states."""
    readout = judge.run.manifest.readout
    distance, visible, silent = (steps[name] for name in ("distance", "visible", "silent"))
    weights, bias = np.array(readout.weights), np.array(readout.bias)
    h = hidden["h"].to_numpy().astype(np.float64)
    size = np.abs(h) @ np.abs(weights.T) + np.abs(bias)
    logit = steps["logit"].to_numpy()
    judge.close(block, STEPS, "logit, the readout of the state", logit, h @ weights.T + bias, size)
    squares = [part.to_numpy().astype(np.float64) ** 2 for part in (visible, silent, distance)]
    rule = "visible² + silent², distance²"
    # Relative to the distance: a short jump may be as silent, or as visible, as a long one.
    judge.close(
        block, STEPS, rule, squares[0] + squares[1], squares[2], squares[2], SMALLEST_SQUARE
    )
    direction = judge.run.layer(readout.layer).direction
    centred = weights - weights.mean(axis=0) if len(weights) > 1 else weights
    _, sizes, basis = np.linalg.svd(centred, full_matrices=False)
    along = moves(block, hidden["h"].to_numpy(), direction) @ basis[sizes > sizes[0] * 1e-7].T
    seen = np.linalg.norm(along, axis=1)
    judge.close(block, STEPS, "visible", visible.to_numpy(), seen, squares[2] ** 0.5)


def check_places(judge: Judge, block: Block, name: str, places: pl.DataFrame) -> float:
    """Finite coordinates, trust in 0 to 1; returns the sum of trust."""
    trust = places["trust"].to_numpy()
    for axis in ("x", "y"):
        values = places[axis].to_numpy()
        judge.rows(block, name, f"{axis} finite", np.isfinite(values), values)
    judge.rows(block, name, "trust in 0 to 1", (trust >= 0) & (trust <= 1), trust)
    return float(trust.sum(dtype=np.float64))


def check_totals(
    judge: Judge, trust: dict[str, float], reach: dict[tuple[str, str], float]
) -> None:
    """Figures of the manifest that need all blocks.

    trust  sum of trust by projection
    reach  largest distance by layer and state
    """
    manifest, states = judge.run.manifest, judge.run.states
    for each in manifest.projections:
        key = f"projections, {each.id}"
        placed = each.fitted_states + each.placed_states
        if placed != states:
            judge.fail(MANIFEST, f"{key}: fitted and placed states", f"{states:,}", f"{placed:,}")
        mean = trust[each.id] / states
        if not abs(each.mean_trust - mean) <= MEAN_ROUNDING:
            judge.fail(MANIFEST, f"{key}: mean_trust", f"{mean:.6f}", f"{each.mean_trust:.6f}")
    for (layer, state), largest in reach.items():
        said = judge.run.layer(layer).max_distance[state]
        if not abs(said - largest) <= ROUNDING * (1 + largest):
            key = f"layers, {layer}: max_distance of {state}"
            judge.fail(MANIFEST, key, f"{largest:.6g}", f"{said:.6g}")
