"""Checks of the states: their distances, gates and readout, and their places on the maps."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.rules import ROUNDING, RuleChecker
from stateline.store.manifest.models import Layer
from stateline.store.schema import DISTANCE_COLUMNS, MANIFEST, RANK_TOLERANCE, STEPS, gate_column

MEAN_ROUNDING = 1e-4
MIN_SQUARE = 1e-6  # of a distance whose visible and silent parts have to add up


def moves(block: Block, states: np.ndarray, direction: str) -> np.ndarray:
    """Return each state less the one read before it, the zero state before the first.

    states     float32 (M, N)
    direction  forward, or backward of a layer that reads from the end
    returns    float64 (M, N)
    """
    read_before = block.before if direction == "forward" else block.after
    difference: np.ndarray = states.astype(np.float64) - read_before(states, 0.0)
    return difference


def check_layer(
    checker: RuleChecker,
    block: Block,
    name: str,
    layer: Layer,
    hidden: pl.DataFrame,
    padding: np.ndarray,
) -> dict[str, float]:
    """Check that states are finite, gates in 0 to 1, and distances those of the states.

    name     table of the layer
    hidden   the block's rows of it
    padding  bool (M,)  steps that are padding
    returns  the largest distance by kind of state
    raises   StatelineError  at the first row that breaks a rule
    """
    for state in layer.states:
        values = hidden[state].to_numpy()
        checker.entries(block, name, f"{state} finite", np.isfinite(values), values)
    for gate in layer.gates:
        column = gate_column(gate)
        opened = hidden[column].to_numpy()
        good = (opened >= 0) & (opened <= 1)  # false for NaN
        checker.entries(block, name, f"{column} in 0 to 1", good, opened)
    largest = {}
    for kind in layer.max_distance:
        column = DISTANCE_COLUMNS[kind]
        moved, distance = moves(block, hidden[kind].to_numpy(), layer.direction), hidden[column]
        expected = np.sqrt(np.einsum("mn,mn->m", moved, moved))
        checker.close(block, name, column, distance.to_numpy(), expected, expected)
        largest[kind] = float(distance.to_numpy()[~padding].max())
    return largest


def check_readout(
    checker: RuleChecker, block: Block, steps: pl.DataFrame, hidden: pl.DataFrame
) -> None:
    """Check the steps against the states of the layer that the head reads.

    steps, hidden  the block's rows of the two tables
    raises         StatelineError  at the first row that differs
    """
    linear = checker.run.manifest.readout.method == "linear"
    distance, visible, silent = (steps[name] for name in ("distance", "visible", "silent"))
    same = (distance == hidden["distance"]).to_numpy()
    checker.rows(block, STEPS, "distance that of the readout's layer", same, distance)
    for part in (visible, silent):
        good = part.is_null().to_numpy() != linear
        rule = f"{part.name} null where, and only where, the readout is not linear"
        checker.rows(block, STEPS, rule, good, part)
    if linear:
        check_linear(checker, block, steps, hidden)


def check_linear(
    checker: RuleChecker, block: Block, steps: pl.DataFrame, hidden: pl.DataFrame
) -> None:
    """Check logits, visible and silent parts as a linear readout of the states.

    steps, hidden  the block's rows of the two tables
    raises         StatelineError  at the first row that differs
    """
    readout = checker.run.manifest.readout
    distance, visible, silent = (steps[name] for name in ("distance", "visible", "silent"))
    weights, bias = np.array(readout.weights), np.array(readout.bias)
    h = hidden["h"].to_numpy().astype(np.float64)
    size = np.abs(h) @ np.abs(weights.T) + np.abs(bias)
    rule = "logit, the readout of the state"
    checker.close(block, STEPS, rule, steps["logit"].to_numpy(), h @ weights.T + bias, size)
    squares = [part.to_numpy().astype(np.float64) ** 2 for part in (visible, silent, distance)]
    rule = "visible² + silent², distance²"
    # Relative to the distance: a short jump may be as silent, or as visible, as a long one.
    checker.close(block, STEPS, rule, squares[0] + squares[1], squares[2], squares[2], MIN_SQUARE)
    direction = checker.run.layer(readout.layer).direction
    centred = weights - weights.mean(axis=0) if len(weights) > 1 else weights
    _, sizes, basis = np.linalg.svd(centred, full_matrices=False)
    basis = basis[sizes > sizes[0] * RANK_TOLERANCE]
    seen = np.linalg.norm(moves(block, hidden["h"].to_numpy(), direction) @ basis.T, axis=1)
    checker.close(block, STEPS, "visible", visible.to_numpy(), seen, squares[2] ** 0.5)


def check_places(
    checker: RuleChecker, block: Block, name: str, places: pl.DataFrame, padding: np.ndarray
) -> np.ndarray:
    """Check coordinates, trust, and that the map was fitted on whole sequences.

    name     table of the map
    places   the block's rows of it
    padding  bool (M,)  steps that are padding, on which no map is fitted
    returns  float64 (2, 2)  of the fitted and of the placed states (rows): how many, sum of trust
    raises   StatelineError  at the first row that breaks a rule
    """
    trust, fitted = places["trust"].to_numpy(), places["fitted"].to_numpy()
    for axis in ("x", "y"):
        values = places[axis].to_numpy()
        checker.rows(block, name, f"{axis} finite", np.isfinite(values), values)
    checker.rows(block, name, "trust in 0 to 1", (trust >= 0) & (trust <= 1), trust)
    of_any = np.repeat(np.maximum.reduceat(fitted, block.starts), block.lengths)
    rule = "fitted, or not, all states of a sequence but padding"
    checker.rows(block, name, rule, fitted == of_any & ~padding, fitted)
    return np.array([[part.sum(), trust[part].sum(dtype=np.float64)] for part in (fitted, ~fitted)])


def check_totals(
    checker: RuleChecker, trust: dict[str, np.ndarray], largest: dict[tuple[str, str], float]
) -> None:
    """Check the figures of the manifest that need all blocks.

    trust    by projection, float64 (2, 2): see `check_places`
    largest  largest distance by layer and state
    raises   StatelineError  at the first figure that differs
    """
    manifest = checker.run.manifest
    for each in manifest.projections:
        key, mean = f"projections, {each.id}", each.mean_trust
        stated = (
            ("fitted", each.fitted_states, mean.fitted),
            ("placed", each.placed_states, mean.placed),
        )
        for (part, stored, average), (count, total) in zip(stated, trust[each.id], strict=True):
            if stored != count:
                checker.fail(MANIFEST, f"{key}: {part}_states", f"{count:,.0f}", f"{stored:,}")
            if not count or average is None:
                continue  # Whether that is right of both is another check's.
            if not abs(average - total / count) <= MEAN_ROUNDING:
                where = f"{key}: mean_trust of the {part}"
                checker.fail(MANIFEST, where, f"{total / count:.6f}", f"{average:.6f}")
    for (layer, state), distance in largest.items():
        farthest = checker.run.layer(layer).max_distance[state]
        if not abs(farthest - distance) <= ROUNDING * (1 + distance):
            key = f"layers, {layer}: max_distance of {state}"
            checker.fail(MANIFEST, key, f"{distance:.6g}", f"{farthest:.6g}")
