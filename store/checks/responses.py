"""Checks of the responses of a layer's units to words, and of the clusters of both."""

from typing import NoReturn

import numpy as np
import polars as pl

from stateline.store.blocks import Block
from stateline.store.checks.rules import ROUNDING, RuleChecker, format_numbers
from stateline.store.checks.states import moves
from stateline.store.manifest.models import Layer
from stateline.store.schema import (
    MANIFEST,
    MAX_RESPONSES,
    MIN_RESPONSE,
    STEPS,
    response_table,
    unit_table,
)
from stateline.store.table import SlicedTable


class ResponseChecker:
    """Responses of one layer, added up again from the moves of all frequent words, W of them."""

    def __init__(self, checker: RuleChecker, layer: Layer) -> None:
        self.checker, self.layer, self.name = checker, layer, response_table(layer.id)
        run = checker.run
        self.table = run.responses(layer.id)
        self.steps = SlicedTable(run.folder / STEPS, run.columns[STEPS])
        often = pl.DataFrame(schema={"token": pl.String, "count": pl.UInt32})
        if run.kind == "text":
            counted = (
                run.scan(STEPS)
                .filter(~pl.col("padding"))
                .group_by("token")
                .agg(pl.len().alias("count"))
            )
            often = counted.filter(pl.col("count") >= MIN_RESPONSE).collect()
        self.words, self.count = often["token"], often["count"].to_numpy()
        self.kind = pl.Enum(self.words)
        self.total = np.zeros((len(self.words), layer.units))

    def add(self, block: Block, h: np.ndarray) -> None:
        """Add the states of one more block.

        h  float32 (M, N)
        """
        if not len(self.words):
            return
        token = self.steps.slice(block.start, block.stop, ["token"])["token"]
        numbers = token.cast(self.kind, strict=False).to_physical()
        rows = np.flatnonzero(numbers.is_not_null().to_numpy())
        word = numbers.drop_nulls().to_numpy().astype(np.int64)
        order = np.argsort(word, kind="stable")
        if len(order):
            found, first = np.unique(word[order], return_index=True)
            moved = moves(block, h, self.layer.direction)[rows[order]]
            self.total[found] += np.add.reduceat(moved, first)

    def check(self) -> None:
        """Check that the table has the words that move the units most, in order, and clusters.

        raises  StatelineError  at the first row or unit that differs
        """
        response = self.total / np.maximum(self.count, 1)[:, None]
        score = self.count * np.linalg.norm(response, axis=1)
        rows = self._rows()
        self._check_values(response[rows])
        self._check_choice(score, rows)
        self._check_clusters()

    def fail(self, row: int, rule: str, got: object) -> NoReturn:
        """Raise for one word.

        raises  StatelineError  always
        """
        place = f"row {row:,} ({self.table['phrase'][row]})"
        self.checker.fail(self.name, place, rule, got)

    def _rows(self) -> np.ndarray:
        """Return the frequent word of each row, int64 (R,), its count checked."""
        place = {word: row for row, word in enumerate(self.words)}
        rows = []
        for row, (phrase, count) in enumerate(self.table.select("phrase", "count").iter_rows()):
            if phrase not in place:
                rule = f"a word that occurs {MIN_RESPONSE} times or more"
                self.fail(row, rule, repr(phrase)[:80])
            rows.append(place.pop(phrase))
            if count != self.count[rows[-1]]:
                self.fail(row, f"count = {self.count[rows[-1]]:,}", f"{count:,}")
        return np.array(rows, dtype=np.int64)

    def _check_values(self, expected: np.ndarray) -> None:
        """Check that responses are the means of the moves, float64 (R, N)."""
        response = self.table["response"].to_numpy()
        off = np.abs(response.astype(np.float64) - expected)
        good = (off <= ROUNDING * (1 + np.abs(expected))).all(axis=1)
        if not good.all():
            row = int(good.argmin())
            rule = f"response = {format_numbers(expected[row])}"
            self.fail(row, rule, format_numbers(response[row]))

    def _check_choice(self, score: np.ndarray, rows: np.ndarray) -> None:
        """Check the order by count times length of response, and that no better word is left out.

        score  float64 (W,)
        rows   int64 (R,)  word of each row
        """
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
            self.checker.fail(self.name, f"{len(rows)} rows", rule, f"{left_out:,} left out")

    def _check_clusters(self) -> None:
        """Check that clusters are numbered by their units, and that a unit that moves has one."""
        name = unit_table(self.layer.id)
        of_units = self.checker.run.units(self.layer.id)["cluster"]
        moved = (self.table["response"].to_numpy() != 0).any(axis=0)
        good = of_units.is_not_null().to_numpy() == moved
        if not good.all():
            unit = int(good.argmin())
            rule = "cluster null where, and only where, no word of the responses moves the unit"
            self.checker.fail(name, f"unit {unit}", rule, of_units[unit])
        clusters = pl.concat([of_units.drop_nulls(), self.table["cluster"]]).unique().sort()
        if clusters.to_list() != list(range(len(clusters))):
            rule = "clusters of units and words together numbered from 0 without a gap"
            self.checker.fail(name, "cluster", rule, clusters.to_list()[:8])
        self._check_stability(len(clusters))
        sizes = np.bincount(of_units.drop_nulls().to_numpy(), minlength=len(clusters))
        if (np.diff(sizes) > 0).any():
            rule = "clusters numbered by their units, the most first"
            self.checker.fail(name, "cluster", rule, sizes.tolist()[:8])

    def _check_stability(self, groups: int) -> None:
        """Check that stability is a share, and that there is an agreement of several groups."""
        name, run = unit_table(self.layer.id), self.checker.run
        units = run.units(self.layer.id)
        for table, values in ((name, units["stability"]), (self.name, self.table["stability"])):
            if not values.drop_nulls().is_between(0, 1).all():
                self.checker.fail(table, "stability", "0 to 1", values.to_list()[:8])
        if not units["stability"].is_null().equals(units["cluster"].is_null()):
            rule = "stability null where, and only where, cluster is"
            self.checker.fail(name, "stability", rule, units["stability"].to_list()[:8])
        entry = self.layer.unit_groups
        agreed = entry is not None and -1 <= entry.agreement <= 1 and entry.runs > 0
        if agreed != (groups > 1) or (entry is not None and not agreed):
            place = f"layers, {self.layer.id}: unit_groups"
            rule = "runs and their agreement" if groups > 1 else "null: there are no two groups"
            self.checker.fail(MANIFEST, place, rule, entry)
