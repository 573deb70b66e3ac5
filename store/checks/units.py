"""Checks of a layer's units: figures, strongest contexts, and responses to words."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block, blocks
from stateline.store.checks.report import Report
from stateline.store.checks.responses import ResponseChecker
from stateline.store.checks.rules import ROUNDING, RuleChecker, format_numbers
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.manifest.models import Layer
from stateline.store.reader import Run
from stateline.store.schema import (
    CONTEXTS,
    STEPS,
    context_table,
    hidden_table,
    response_table,
    unit_table,
)
from stateline.store.table import SlicedTable

BLOCK_VALUES = 4_000_000  # numbers of one block of states, 16 MB in single precision


def check_units(run: Run, report: Report) -> None:
    """Check units, contexts and responses of every layer against its states.

    raises  StatelineError  at the first row or unit that differs
    """
    checker = RuleChecker(run)
    for layer in run.manifest.layers:
        for name in (unit_table(layer.id), context_table(layer.id), response_table(layer.id)):
            refuse_nulls(run, name, run.scan(name).collect())
        check_numbers(checker, layer)
        figures, contexts = FigureChecker(checker, layer), ContextChecker(checker, layer)
        responses = ResponseChecker(checker, layer)
        name = hidden_table(layer.id)
        hidden = SlicedTable(run.folder / name, run.columns[name])
        steps = SlicedTable(run.folder / STEPS, run.columns[STEPS])
        for block in blocks(run.offsets, max(BLOCK_VALUES // layer.units, 1)):
            h = hidden.slice(block.start, block.stop, ["h"])["h"].to_numpy()
            padding = steps.slice(block.start, block.stop, ["padding"])["padding"].to_numpy()
            figures.add(h[~padding])
            contexts.add(block, h, padding)
            responses.add(block, h)
        figures.check()
        contexts.check()
        responses.check()
        words = run.responses(layer.id).height
        report.add("units", f"{layer.id}, {layer.units:,} units moved by {words:,} words")


def check_numbers(checker: RuleChecker, layer: Layer) -> None:
    """Check that there is one row per unit in order, each with its weight in the readout.

    raises  StatelineError  at the first unit that differs
    """
    name, readout = unit_table(layer.id), checker.run.manifest.readout
    table = checker.run.units(layer.id)
    if table["unit"].to_list() != list(range(layer.units)):
        rule = f"0 to {layer.units - 1} in order"
        checker.fail(name, "unit", rule, table["unit"].to_list()[:8])
    if readout.method != "linear" or readout.layer != layer.id:
        if table["weight"].null_count() < table.height:
            checker.fail(name, "weight", "null: no linear readout of this layer", "a number")
        return
    stored = table["weight"].to_numpy().T
    weights = np.array(readout.weights, dtype=np.float32)
    # A row of nulls is NaN here, which equals nothing.
    if not np.array_equal(stored, weights):
        unit = int((stored == weights).all(axis=0).argmin())
        rule = f"weight = {format_numbers(weights[:, unit])}, as the manifest's readout has it"
        checker.fail(name, f"unit {unit}", rule, format_numbers(stored[:, unit]))


class FigureChecker:
    """Mean, standard deviation and range of each unit."""

    def __init__(self, checker: RuleChecker, layer: Layer) -> None:
        self.checker, self.name = checker, unit_table(layer.id)
        self.table = checker.run.units(layer.id)
        # About the mean that is stored, so that no digits are lost in the squares.
        self.about = self.table["mean"].to_numpy().astype(np.float64)
        self.rows = 0
        self.total, self.square = np.zeros_like(self.about), np.zeros_like(self.about)
        self.low, self.high = np.full_like(self.about, np.inf), np.full_like(self.about, -np.inf)

    def add(self, h: np.ndarray) -> None:
        """Add the states of one more block, those at padding left out.

        h  float32 (M, N)
        """
        self.rows += len(h)
        off = h - self.about
        self.total += off.sum(axis=0)
        self.square += np.square(off).sum(axis=0)
        self.low = np.minimum(self.low, h.min(axis=0))
        self.high = np.maximum(self.high, h.max(axis=0))

    def check(self) -> None:
        """Compare the sums with the stored figures.

        raises  StatelineError  at the first unit that differs
        """
        off = self.total / self.rows
        variance = np.maximum(self.square / self.rows - off**2, 0)
        expected = {
            "mean": self.about + off,
            "sd": np.sqrt(variance),
            "low": self.low,
            "high": self.high,
        }
        for column, values in expected.items():
            stored = self.table[column].to_numpy()
            good = np.abs(stored - values) <= ROUNDING * (1 + np.abs(values))
            if not good.all():
                unit = int(good.argmin())
                rule = f"{column} = {format_numbers(values[unit])}"
                self.checker.fail(self.name, f"unit {unit}", rule, format_numbers(stored[unit]))


class ContextChecker:
    """Strongest contexts at either end of each unit."""

    def __init__(self, checker: RuleChecker, layer: Layer) -> None:
        self.checker, self.name = checker, context_table(layer.id)
        table = checker.run.contexts(layer.id)
        self.unit, self.sequence, self.t = (
            table[name].to_numpy().astype(np.int64) for name in ("unit", "sequence_id", "t")
        )
        # The lowest values are the highest of the other sign.
        self.end = (~table["high"]).to_numpy().astype(np.int64)
        self.value = np.where(self.end == 0, 1, -1) * table["value"].to_numpy()
        self._check_order(table, layer.units)
        last = self.value.reshape(layer.units, 2, -1)[:, :, -1]
        self.last = last.T  # (2, N)
        self.stronger = np.zeros(self.last.shape, dtype=np.int64)

    def _check_order(self, table: pl.DataFrame, units: int) -> None:
        """Check that each unit and end has all ranks that there can be, each sequence once."""
        run = self.checker.run
        ranks = min(CONTEXTS, run.sequences.height)
        expected = np.indices((units, 2, ranks)).reshape(3, -1)
        got = np.stack([self.unit, self.end, table["rank"].to_numpy()])
        if not np.array_equal(got, expected):
            rule = f"ranks 0 to {ranks - 1} at both ends of each unit, sorted"
            self.checker.fail(self.name, "unit, high and rank", rule, f"{table.height:,} others")
        once = table.select(pl.struct("unit", "high", "sequence_id").is_unique()).to_series()
        length = np.diff(run.offsets)
        there = self.sequence < len(length)
        there[there] = self.t[there] < length[self.sequence[there]]
        falls = np.ones(len(self.value), dtype=bool)
        falls[1:] = (self.value[1:] <= self.value[:-1]) | (table["rank"].to_numpy()[1:] == 0)
        self._keep("each sequence once at either end of a unit", once.to_numpy())
        self._keep("a step of a stored sequence", there)
        self._keep("the strongest first", falls)

    def _keep(self, rule: str, good: np.ndarray) -> None:
        """Check a rule of each row, bool (R,)."""
        if not good.all():
            row = int(good.argmin())
            got = f"sequence {self.sequence[row]}, t {self.t[row]}, value {self.value[row]:.6g}"
            self.checker.fail(self.name, f"unit {self.unit[row]} (row {row:,})", rule, got)

    def add(self, block: Block, h: np.ndarray, padding: np.ndarray) -> None:
        """Check the contexts of one more block, and count the sequences stronger than the last one.

        h        float32 (M, N)
        padding  bool (M,)  steps that are left out
        raises   StatelineError  at the first context that differs
        """
        left_out = np.where(padding, np.float32(np.inf), np.float32(0))[:, None]
        strongest = np.stack(
            [
                np.maximum.reduceat(h - left_out, block.starts),
                -np.minimum.reduceat(h + left_out, block.starts),
            ]
        )  # (2, B, N)
        self.stronger += (strongest > self.last[:, None]).sum(axis=1)
        here = (self.sequence >= block.first) & (self.sequence < block.last)
        number, unit, end = self.sequence[here] - block.first, self.unit[here], self.end[here]
        value = h[block.starts[number] + self.t[here], unit] * np.where(end == 0, 1, -1)
        good = np.ones(len(here), dtype=bool)
        good[here] = value == self.value[here]
        self._keep("value is h of the unit there", good)
        good[here] = strongest[end, number, unit] == self.value[here]
        self._keep("the strongest step of its sequence", good)

    def check(self) -> None:
        """Check that no sequence is left out that is stronger than the last one listed.

        raises  StatelineError  at the first unit with one
        """
        listed = self.value.reshape(*self.last.T.shape, -1) > self.last.T[:, :, None]
        missing = self.stronger.T - listed.sum(axis=2)
        if missing.any():
            unit, end = np.argwhere(missing)[0]
            rule = f"no stronger sequence left out at the {('high', 'low')[end]} end"
            self.checker.fail(self.name, f"unit {unit}", rule, f"{missing[unit, end]:,}")
