"""Checks of a layer's units: their figures, their strongest contexts, and what words do to them."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block, blocks
from stateline.store.checks.judge import ROUNDING, Judge, shown
from stateline.store.checks.report import Report
from stateline.store.checks.responses import Words
from stateline.store.checks.sequences import refuse_nulls
from stateline.store.manifest.models import Layer
from stateline.store.reader import Run
from stateline.store.schema import CONTEXTS, context_table, hidden_table, response_table, unit_table
from stateline.store.table import SlicedTable

BLOCK_VALUES = 4_000_000  # numbers of one block of states, 16 MB in single precision


def check_units(run: Run, report: Report) -> None:
    """Units, contexts and responses of every layer, from its states."""
    judge = Judge(run)
    for layer in run.manifest.layers:
        id_ = layer.id
        for name in (unit_table(id_), context_table(id_), response_table(id_)):
            table = run.scan(name).collect()
            refuse_nulls(table, run.columns[name], run.folder / name, run.name)
        check_numbers(judge, layer)
        parts = [Figures(judge, layer), Contexts(judge, layer), Words(judge, layer)]
        hidden = SlicedTable(run.folder / hidden_table(id_), run.columns[hidden_table(id_)])
        for block in blocks(run.offsets, max(BLOCK_VALUES // layer.units, 1)):
            h = hidden.slice(block.start, block.stop, ["h"])["h"].to_numpy()
            for part in parts:
                part.add(block, h)
        for part in parts:
            part.check()
        words = run.responses(id_).height
        report.add("units", f"{id_}, {layer.units:,} units moved by {words:,} words")


def check_numbers(judge: Judge, layer: Layer) -> None:
    """A row a unit in order, each with its weight in the readout."""
    name, readout = unit_table(layer.id), judge.run.manifest.readout
    table = judge.run.units(layer.id)
    if table["unit"].to_list() != list(range(layer.units)):
        judge.fail(name, "unit", f"0 to {layer.units - 1} in order", table["unit"].to_list()[:8])
    if readout.method != "linear" or readout.layer != layer.id:
        if table["weight"].null_count() < table.height:
            judge.fail(name, "weight", "null: no linear readout of this layer", "a number")
        return
    said = table["weight"].to_numpy().T
    wanted = np.array(readout.weights, dtype=np.float32)
    # A row of nulls is not-a-number here, which equals nothing.
    if not np.array_equal(said, wanted):
        unit = int((said == wanted).all(axis=0).argmin())
        rule = f"weight = {shown(wanted[:, unit])}, as the manifest's readout has it"
        judge.fail(name, f"unit {unit}", rule, shown(said[:, unit]))


class Figures:
    """Mean, standard deviation and range of each unit."""

    def __init__(self, judge: Judge, layer: Layer) -> None:
        self.judge, self.name = judge, unit_table(layer.id)
        self.table = judge.run.units(layer.id)
        # About the mean that is stored, so that no digits are lost in the squares.
        self.about = self.table["mean"].to_numpy().astype(np.float64)
        self.total, self.square = np.zeros_like(self.about), np.zeros_like(self.about)
        self.low, self.high = np.full_like(self.about, np.inf), np.full_like(self.about, -np.inf)

    def add(self, _: Block, h: np.ndarray) -> None:
        """One more block's states, float32 (M, N)."""
        off = h - self.about
        self.total += off.sum(axis=0)
        self.square += np.square(off).sum(axis=0)
        self.low = np.minimum(self.low, h.min(axis=0))
        self.high = np.maximum(self.high, h.max(axis=0))

    def check(self) -> None:
        """Compare with what is stored."""
        off = self.total / self.judge.run.states
        variance = np.maximum(self.square / self.judge.run.states - off**2, 0)
        wanted = {
            "mean": self.about + off,
            "sd": np.sqrt(variance),
            "low": self.low,
            "high": self.high,
        }
        for column, values in wanted.items():
            said = self.table[column].to_numpy()
            good = np.abs(said - values) <= ROUNDING * (1 + np.abs(values))
            if not good.all():
                unit = int(good.argmin())
                rule = f"{column} = {shown(values[unit])}"
                self.judge.fail(self.name, f"unit {unit}", rule, shown(said[unit]))


class Contexts:
    """The strongest contexts at either end of each unit."""

    def __init__(self, judge: Judge, layer: Layer) -> None:
        self.judge, self.name = judge, context_table(layer.id)
        table = judge.run.contexts(layer.id)
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
        """As many a unit and end as there can be, ranked, each sequence once."""
        run = self.judge.run
        ranks = min(CONTEXTS, run.sequences.height)
        wanted = np.indices((units, 2, ranks)).reshape(3, -1)
        got = np.stack([self.unit, self.end, table["rank"].to_numpy()])
        if not np.array_equal(got, wanted):
            rule = f"ranks 0 to {ranks - 1} at both ends of each unit, sorted"
            self.judge.fail(self.name, "unit, high and rank", rule, f"{table.height:,} others")
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
        if not good.all():
            row = int(good.argmin())
            got = f"sequence {self.sequence[row]}, t {self.t[row]}, value {self.value[row]:.6g}"
            self.judge.fail(self.name, f"unit {self.unit[row]} (row {row:,})", rule, got)

    def add(self, block: Block, h: np.ndarray) -> None:
        """One more block's states, float32 (M, N)."""
        strongest = np.stack(
            [np.maximum.reduceat(h, block.starts), -np.minimum.reduceat(h, block.starts)]
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
        """No sequence is left out that is stronger than the last one listed."""
        listed = self.value.reshape(*self.last.T.shape, -1) > self.last.T[:, :, None]
        missing = self.stronger.T - listed.sum(axis=2)
        if missing.any():
            unit, end = np.argwhere(missing)[0]
            rule = f"no stronger sequence left out at the {('high', 'low')[end]} end"
            self.judge.fail(self.name, f"unit {unit}", rule, f"{missing[unit, end]:,}")
