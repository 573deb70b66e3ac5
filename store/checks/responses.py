"""Checks of what words do to the units of a layer, and of the groups of both."""

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.judge import ROUNDING, Judge, shown
from stateline.store.checks.states import moves
from stateline.store.manifest.models import Layer
from stateline.store.schema import MAX_RESPONSES, MIN_RESPONSE, STEPS, response_table, unit_table
from stateline.store.table import SlicedTable


class Words:
    """The words that move a layer's units, added up again from the moves of all frequent words."""

    def __init__(self, judge: Judge, layer: Layer) -> None:
        self.judge, self.layer, self.name = judge, layer, response_table(layer.id)
        run = judge.run
        self.table = run.responses(layer.id)
        self.steps = SlicedTable(run.folder / STEPS, run.columns[STEPS])
        often = pl.DataFrame(schema={"token": pl.String, "count": pl.UInt32})
        if run.kind == "text":
            counted = run.scan(STEPS).group_by("token").agg(pl.len().alias("count"))
            often = counted.filter(pl.col("count") >= MIN_RESPONSE).collect()
        self.words, self.count = often["token"], often["count"].to_numpy()
        self.kind = pl.Enum(self.words)
        self.total = np.zeros((len(self.words), layer.units))

    def add(self, block: Block, h: np.ndarray) -> None:
        """One more block's states, float32 (M, N)."""
        if not len(self.words):
            return
        token = self.steps.slice(block.start, block.stop, ["token"])["token"]
        word = token.cast(self.kind, strict=False).to_physical()
        rows = np.flatnonzero(word.is_not_null().to_numpy())
        word = word.drop_nulls().to_numpy().astype(np.int64)
        order = np.argsort(word, kind="stable")
        if len(order):
            found, first = np.unique(word[order], return_index=True)
            moved = moves(block, h, self.layer.direction)[rows[order]]
            self.total[found] += np.add.reduceat(moved, first)

    def check(self) -> None:
        """The table holds the words that move the units most, in order, and groups of both."""
        response = self.total / np.maximum(self.count, 1)[:, None]
        score = self.count * np.linalg.norm(response, axis=1)
        place = {word: row for row, word in enumerate(self.words)}
        rows = []
        for row, (phrase, count) in enumerate(self.table.select("phrase", "count").iter_rows()):
            if phrase not in place:
                often = f"a word that occurs {MIN_RESPONSE} times or more"
                self.fail(row, often, repr(phrase)[:80])
            rows.append(place.pop(phrase, None))
            if count != self.count[rows[-1]]:
                self.fail(row, f"count = {self.count[rows[-1]]:,}", f"{count:,}")
        rows = np.array(rows, dtype=np.int64)
        self._check_values(response[rows])
        self._check_choice(score, rows)
        self._check_groups()

    def fail(self, row: int, rule: str, got: object) -> None:
        """Raise for one word."""
        place = f"row {row:,} ({self.table['phrase'][row]})"
        self.judge.fail(self.name, place, rule, got)

    def _check_values(self, wanted: np.ndarray) -> None:
        """Responses are the means of the moves."""
        said = self.table["response"].to_numpy()
        off = np.abs(said.astype(np.float64) - wanted)
        good = (off <= ROUNDING * (1 + np.abs(wanted))).all(axis=1)
        if not good.all():
            row = int(good.argmin())
            self.fail(row, f"response = {shown(wanted[row])}", shown(said[row]))

    def _check_choice(self, score: np.ndarray, rows: np.ndarray) -> None:
        """Sorted by count times length of response, and no word left out that comes before."""
        kept = score[rows]
        near = ROUNDING * (1 + kept)
        good = np.append(True, kept[1:] <= kept[:-1] + near[1:])[: len(kept)]
        if not good.all():
            row = int(good.argmin())
            self.fail(row, "sorted by count times length of response", f"{kept[row]:.6g}")
        least = 0.0 if len(rows) < MAX_RESPONSES else kept[-1]
        others = np.delete(score, rows)
        left_out = int((others > least + ROUNDING * (1 + least)).sum())
        if left_out or len(rows) > MAX_RESPONSES:
            rule = f"the {MAX_RESPONSES} words that move the units most"
            self.judge.fail(self.name, f"{len(rows)} rows", rule, f"{left_out:,} left out")

    def _check_groups(self) -> None:
        """Groups are numbered by their units, without a gap; a unit that moves has one."""
        name = unit_table(self.layer.id)
        of_units = self.judge.run.units(self.layer.id)["cluster"]
        moved = (self.table["response"].to_numpy() != 0).any(axis=0)
        good = of_units.is_not_null().to_numpy() == moved
        if not good.all():
            unit = int(good.argmin())
            rule = "cluster null where, and only where, no word of the responses moves the unit"
            self.judge.fail(name, f"unit {unit}", rule, of_units[unit])
        groups = pl.concat([of_units.drop_nulls(), self.table["cluster"]]).unique().sort()
        if groups.to_list() != list(range(len(groups))):
            rule = "clusters of units and words together numbered from 0 without a gap"
            self.judge.fail(name, "cluster", rule, groups.to_list()[:8])
        sizes = np.bincount(of_units.drop_nulls().to_numpy(), minlength=len(groups))
        if (np.diff(sizes) > 0).any():
            rule = "clusters numbered by their units, the most first"
            self.judge.fail(name, "cluster", rule, sizes.tolist()[:8])
