"""Checks of the tables a row a step, in blocks of whole sequences.

Every derived number is derived again from the states and the manifest's readout, in double
precision, and may be off by rounding only.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from store.blocks import ROUNDING, Block, Judge, blocks, shown
from store.reader import Run, SlicedTable
from store.schema import (
    MANIFEST,
    SEQUENCES,
    STEPS,
    UNKNOWN_ID,
    VOCABULARY,
    hidden_table,
    projection_table,
)

# Values of one block's widest column: 16 MB in single precision, a few times that in work.
BLOCK_VALUES = 4_000_000
MEAN_ROUNDING = 1e-4
SMALLEST_SQUARE = 1e-6  # of a distance whose parts still have to add up


def check_steps(run: Run, add: Callable[[str, str], None]) -> None:
    """All tables a row a step, and what the table of sequences says of them.

    add  receives the name and the figure of each check that passed
    """
    tables = {name: SlicedTable(run.folder / name, run.columns[name]) for name in step_tables(run)}
    judge = Judge(run)
    vocabulary = run.scan(VOCABULARY).select("token").collect()["token"]
    widest = max([len(run.class_names), *(layer["units"] for layer in run.manifest["layers"])])
    trust = dict.fromkeys(run.projection_ids, 0.0)
    reach = dict.fromkeys(run.layer_ids, 0.0)
    for block in blocks(run.offsets, max(BLOCK_VALUES // widest, 1)):
        steps = read(tables[STEPS], block, judge)
        check_words(judge, block, steps, vocabulary)
        check_answers(judge, block, steps)
        check_decisions(judge, block, steps)
        for layer in run.layer_ids:
            name = hidden_table(layer)
            hidden = read(tables[name], block, judge)
            check_layer(judge, block, name, hidden)
            if layer == run.manifest["readout"]["layer"]:
                check_readout(judge, block, steps, hidden)
            reach[layer] = max(reach[layer], hidden["distance"].max())
        for projection in run.projection_ids:
            name = projection_table(projection)
            trust[projection] += check_places(judge, block, name, read(tables[name], block, judge))
    check_figures(judge, trust, reach)
    for rule, error in judge.worst.items():
        add("steps", f"{rule}" + (f", {error:.1e} off at the most" if error else ""))


def step_tables(run: Run) -> list[str]:
    """The tables that hold a row a step."""
    return [name for name in run.columns if name not in (SEQUENCES, VOCABULARY)]


def read(table: SlicedTable, block: Block, judge: Judge) -> pl.DataFrame:
    """A block of one table, its keys and nulls checked."""
    name = table.path.relative_to(judge.run.folder).as_posix()
    frame = table.slice(block.start, block.stop, None)
    for column in judge.run.columns[name]:
        missing = frame[column.name].is_null()
        if not column.null and missing.any():
            judge.fail(name, block.place(missing.arg_max()), f"{column.name} never null", "null")
    sequence = np.repeat(np.arange(block.first, block.last), block.lengths)
    t = np.arange(block.rows) - np.repeat(block.starts, block.lengths)
    keys = frame.select("sequence_id", "t").to_numpy()
    good = (keys[:, 0] == sequence) & (keys[:, 1] == t)
    got = [f"sequence_id {a}, t {b}" for a, b in keys[[np.argmin(good)]]]
    if not good.all():
        rule = "rows sorted by sequence_id and t, t from 0 to length - 1"
        judge.fail(name, block.place(int(np.argmin(good))), rule, got[0])
    judge.worst.setdefault("keys are the same and sorted in every table", 0.0)
    return frame


def check_words(judge: Judge, block: Block, steps: pl.DataFrame, vocabulary: pl.Series) -> None:
    """No padding; each token is the vocabulary's; unknown words are counted."""
    ids, known = steps["token_id"].to_numpy(), steps["known"].to_numpy()
    judge.rows(block, STEPS, "token_id of a word, never padding", ids != 0, ids)
    judge.rows(block, STEPS, "token_id of the vocabulary", ids < len(vocabulary), ids)
    written = vocabulary.gather(steps["token_id"])
    good = ((steps["token"] == written) & (steps["token"] != "")).to_numpy()
    judge.rows(block, STEPS, "token that the vocabulary holds at token_id", good, steps["token"])
    rule = "known false where, and only where, token_id is the unknown word's"
    judge.rows(block, STEPS, rule, known == (ids != UNKNOWN_ID), known)
    said = judge.run.sequences["unknown"][block.first : block.last].to_numpy()
    counted = np.add.reduceat((~known).astype(np.int64), block.starts)
    judge.sequences(block, "unknown as counted in the steps", said == counted, said)


def check_answers(judge: Judge, block: Block, steps: pl.DataFrame) -> None:
    """ep from logit, contributions from logits, and their sum back to the last logit."""
    ep, logit = steps["ep"].to_numpy(), steps["logit"].to_numpy().astype(np.float64)
    contribution = steps["contribution"].to_numpy().astype(np.float64)
    initial = np.array(judge.run.manifest["readout"]["initial_logit"])
    judge.close(block, STEPS, "sum of ep", ep.astype(np.float64).sum(axis=1), np.ones(len(ep)))
    judge.close(block, STEPS, "ep of logit", ep, probabilities(logit))
    before = block.before(logit, initial)
    size = np.abs(logit) + np.abs(before)
    rule = "contribution, the difference of logits"
    judge.close(block, STEPS, rule, contribution, logit - before, size)
    last = block.starts + block.lengths - 1
    total = initial + np.add.reduceat(contribution, block.starts, axis=0)
    terms = np.add.reduceat(size, block.starts, axis=0)
    error = np.abs(total - logit[last]) / (1.0 + terms)
    # Tighter than each by itself, so that small errors of one sign cannot pass together.
    good = (error <= ROUNDING / 10).all(axis=1)
    rule = "contributions that add up to the last logit"
    judge.sequences(block, rule, good, [shown(row) for row in total])
    judge.worst[rule] = max(judge.worst[rule], float(error.max()))


def probabilities(logit: np.ndarray) -> np.ndarray:
    """Class probabilities of logits (M, K): softmax; one sigmoid unit stands for (0, z)."""
    if logit.shape[1] == 1:
        logit = np.concatenate([np.zeros_like(logit), logit], axis=1)
    power = np.exp(logit - logit.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def check_decisions(judge: Judge, block: Block, steps: pl.DataFrame) -> None:
    """Predicted class, confidence, flips, settle step, turning step and largest distance."""
    ep, predicted = steps["ep"].to_numpy(), steps["predicted"].to_numpy()
    confidence, distance = steps["confidence"].to_numpy(), steps["distance"].to_numpy()
    rule = "predicted, the most likely class"
    judge.rows(block, STEPS, rule, predicted == ep.argmax(axis=1), predicted)
    rule = "confidence, the probability of the predicted class"
    judge.rows(block, STEPS, rule, confidence == ep.max(axis=1), confidence)
    told = judge.run.sequences[block.first : block.last]
    check_model_answer(judge, block, told, ep[block.starts + block.lengths - 1])
    changed = predicted != block.before(predicted, 0)
    changed[block.starts] = False
    t = np.arange(len(predicted)) - np.repeat(block.starts, block.lengths)
    largest = np.maximum.reduceat(distance, block.starts)
    longest = told["max_distance_step"].to_numpy()
    wanted = {
        "flips": np.add.reduceat(changed.astype(np.int64), block.starts),
        "settle_step": np.maximum.reduceat(np.where(changed, t, 0), block.starts),
        "max_distance": largest,
    }
    for column, values in wanted.items():
        got = told[column].to_numpy()
        judge.sequences(block, f"{column} as the steps have it", got == values, got)
    good = distance[block.starts + longest] == largest
    judge.sequences(block, "max_distance_step, a step of the largest distance", good, longest)
    check_turning(judge, block, told, steps["contribution"].to_numpy())


def check_model_answer(judge: Judge, block: Block, told: pl.DataFrame, last: np.ndarray) -> None:
    """ep after the last step is the model's own prediction.

    last  float32 (B, C)
    """
    # The tolerance is for the model's arithmetic; the tables add a rounding to single precision.
    tolerance = judge.run.manifest["verified"]["tolerance"] + 1e-7
    predicted, confidence = told["predicted"].to_numpy(), told["confidence"].to_numpy()
    answer = last[np.arange(len(last)), predicted]
    good = np.abs(answer - confidence) <= tolerance
    rule = "confidence equal to ep at the last step"
    judge.sequences(block, rule, good, confidence)
    good = answer >= last.max(axis=1) - 2 * tolerance
    judge.sequences(block, "predicted as ep at the last step", good, predicted)


def check_turning(judge: Judge, block: Block, told: pl.DataFrame, contribution: np.ndarray) -> None:
    """turning_step is where logit[label] - logit[predicted] falls most.

    contribution  float32 (M, K)
    """
    if contribution.shape[1] == 1:
        contribution = np.concatenate([np.zeros_like(contribution), contribution], axis=1)
    row = np.arange(len(contribution))
    label, predicted = (
        np.repeat(told[column].to_numpy(), block.lengths) for column in ("label", "predicted")
    )
    change = contribution[row, label] - contribution[row, predicted]
    step = told["turning_step"].fill_null(0).to_numpy().astype(np.int64)
    lowest = np.minimum.reduceat(change, block.starts)
    close = change[block.starts + step] <= lowest + ROUNDING * (1 + np.abs(lowest))
    good = close | told["turning_step"].is_null().to_numpy()
    rule = "turning_step, the step with the largest fall of the actual class"
    judge.sequences(block, rule, good, step)


def moves(block: Block, h: np.ndarray) -> np.ndarray:
    """float64 (M, N): each state less the one before, the zero state before the first."""
    return h.astype(np.float64) - block.before(h, 0.0)


def check_layer(judge: Judge, block: Block, name: str, hidden: pl.DataFrame) -> None:
    """States are finite and distances theirs."""
    for column in ("h", "c"):
        if column in hidden.columns:
            good = np.isfinite(hidden[column].to_numpy()).all(axis=1)
            judge.rows(block, name, f"{column} finite", good, [column] * len(good))
    moved = moves(block, hidden["h"].to_numpy())
    distance = np.sqrt(np.einsum("mn,mn->m", moved, moved))
    judge.close(block, name, "distance", hidden["distance"].to_numpy(), distance, distance)


def check_readout(judge: Judge, block: Block, steps: pl.DataFrame, hidden: pl.DataFrame) -> None:
    """Steps against the states of the layer that the head reads."""
    readout = judge.run.manifest["readout"]
    distance, visible, silent = (steps[name] for name in ("distance", "visible", "silent"))
    same = (distance == hidden["distance"]).to_numpy()
    judge.rows(block, STEPS, "distance that of the readout's layer", same, distance)
    for part in (visible, silent):
        good = part.is_null().to_numpy() != readout["linear"]
        rule = f"{part.name} null where, and only where, the readout is not linear"
        judge.rows(block, STEPS, rule, good, part)
    if not readout["linear"]:
        return
    weights, bias = np.array(readout["weights"]), np.array(readout["bias"])
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
    centred = weights - weights.mean(axis=0) if len(weights) > 1 else weights
    _, sizes, basis = np.linalg.svd(centred, full_matrices=False)
    along = moves(block, hidden["h"].to_numpy()) @ basis[sizes > sizes[0] * 1e-7].T
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


def check_figures(judge: Judge, trust: dict[str, float], reach: dict[str, float]) -> None:
    """Figures of the manifest that need all blocks."""
    manifest, states = judge.run.manifest, judge.run.states
    for each in manifest["projections"]:
        key = f"projections, {each['id']}"
        placed = each["fitted_states"] + each["placed_states"]
        if placed != states:
            judge.fail(MANIFEST, f"{key}: fitted and placed states", f"{states:,}", f"{placed:,}")
        mean = trust[each["id"]] / states
        if not abs(each["mean_trust"] - mean) <= MEAN_ROUNDING:
            judge.fail(MANIFEST, f"{key}: mean_trust", f"{mean:.6f}", f"{each['mean_trust']:.6f}")
    for layer in manifest["layers"]:
        largest = reach[layer["id"]]
        if not abs(layer["max_distance"] - largest) <= ROUNDING * (1 + largest):
            key = f"layers, {layer['id']}: max_distance"
            judge.fail(MANIFEST, key, f"{largest:.6g}", f"{layer['max_distance']:.6g}")
