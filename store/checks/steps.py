"""Checks of the step-grained tables, in blocks of whole sequences.

Every derived number is computed again from the states and the manifest's readout, in double
precision, and may be off by rounding only.
"""

import numpy as np
import polars as pl

from stateline.store.blocks import Block, blocks
from stateline.store.checks.answers import check_answers, check_decisions
from stateline.store.checks.report import Report
from stateline.store.checks.rules import RuleChecker, first_false
from stateline.store.checks.states import check_layer, check_places, check_readout, check_totals
from stateline.store.checks.words import FeatureRange, check_words
from stateline.store.reader import Run
from stateline.store.schema import (
    STEPS,
    VOCABULARY,
    Column,
    hidden_table,
    is_step_grained,
    projection_table,
)
from stateline.store.table import SlicedTable

# Numbers in the vectors of one block of one table: 16 MB in single precision, a few times that
# in work.
BLOCK_VALUES = 4_000_000


def check_steps(run: Run, report: Report) -> None:
    """Check all step-grained tables, and the columns of sequences.parquet that follow from them.

    raises  StatelineError  at the first row or figure that breaks a rule
    """
    tables = {name: SlicedTable(run.folder / name, run.columns[name]) for name in step_tables(run)}
    checker = RuleChecker(run)
    vocabulary = run.scan(VOCABULARY).select("token").collect()["token"]
    features = FeatureRange(run.manifest.corpus.features)
    widest = max(vector_size(run.columns[name]) for name in tables)
    trust = {projection: np.zeros((2, 2)) for projection in run.projection_ids}
    largest: dict[tuple[str, str], float] = {}
    for block in blocks(run.offsets, max(BLOCK_VALUES // widest, 1)):
        steps = read_block(tables[STEPS], block, checker)
        padding = steps["padding"].to_numpy()
        check_words(checker, block, steps, vocabulary)
        features.check(checker, block, steps)
        check_answers(checker, block, steps)
        check_decisions(checker, block, steps)
        for layer in run.manifest.layers:
            name = hidden_table(layer.id)
            hidden = read_block(tables[name], block, checker)
            for state, distance in check_layer(
                checker, block, name, layer, hidden, padding
            ).items():
                key = layer.id, state
                largest[key] = max(largest.get(key, 0.0), distance)
            if layer.id == run.manifest.readout.layer:
                check_readout(checker, block, steps, hidden)
        for projection in run.projection_ids:
            name = projection_table(projection)
            places = read_block(tables[name], block, checker)
            trust[projection] += check_places(checker, block, name, places, padding)
    features.check_total(checker)
    check_totals(checker, trust, largest)
    for rule, error in checker.max_errors.items():
        report.add("steps", f"{rule}" + (f", {error:.1e} off at the most" if error else ""))


def step_tables(run: Run) -> list[str]:
    """Return the names of the step-grained tables."""
    return [name for name, columns in run.columns.items() if is_step_grained(columns)]


def vector_size(columns: tuple[Column, ...]) -> int:
    """Return the numbers in the vectors of one row, 1 where it has none."""
    return max(sum(c.dtype.shape[0] for c in columns if isinstance(c.dtype, pl.Array)), 1)


def read_block(table: SlicedTable, block: Block, checker: RuleChecker) -> pl.DataFrame:
    """Read a block of one table, and check its keys and nulls.

    raises  StatelineError  a value is null that may not be, or the keys are not those of the block
    """
    name = table.path.relative_to(checker.run.folder).as_posix()
    frame = table.slice(block.start, block.stop, None)
    for column in checker.run.columns[name]:
        there = frame[column.name].is_not_null()
        if not column.null and not there.all():
            rule = f"{column.name} never null"
            checker.fail(name, block.place(first_false(there)), rule, "null")
    sequence = np.repeat(np.arange(block.first, block.last), block.lengths)
    t = np.arange(block.rows) - np.repeat(block.starts, block.lengths)
    keys = frame.select("sequence_id", "t").to_numpy()
    good = (keys[:, 0] == sequence) & (keys[:, 1] == t)
    if not good.all():
        row = int(np.argmin(good))
        rule = "rows sorted by sequence_id and t, t from 0 to length - 1"
        got = f"sequence_id {keys[row, 0]}, t {keys[row, 1]}"
        checker.fail(name, block.place(row), rule, got)
    checker.max_errors.setdefault("keys are the same and sorted in every table", 0.0)
    return frame
