"""Checks of the tables a row a step, in blocks of whole sequences.

Every derived number is derived again from the states and the manifest's readout, in double
precision, and may be off by rounding only.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from stateline.store.blocks import Block, blocks
from stateline.store.checks.answers import check_answers, check_decisions
from stateline.store.checks.judge import Judge
from stateline.store.checks.states import check_layer, check_places, check_readout, check_totals
from stateline.store.checks.words import Features, check_words
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


def check_steps(run: Run, add: Callable[[str, str], None]) -> None:
    """All tables a row a step, and what the table of sequences says of them.

    add  receives the name and the figure of each check that passed
    """
    tables = {name: SlicedTable(run.folder / name, run.columns[name]) for name in step_tables(run)}
    judge = Judge(run)
    vocabulary = run.scan(VOCABULARY).select("token").collect()["token"]
    features = Features(run.manifest.corpus.features)
    widest = max(numbers(run.columns[name]) for name in tables)
    trust = dict.fromkeys(run.projection_ids, 0.0)
    reach: dict[tuple[str, str], float] = {}
    for block in blocks(run.offsets, max(BLOCK_VALUES // widest, 1)):
        steps = read(tables[STEPS], block, judge)
        check_words(judge, block, steps, vocabulary)
        features.check(judge, block, steps)
        check_answers(judge, block, steps)
        check_decisions(judge, block, steps)
        for layer in run.manifest.layers:
            name = hidden_table(layer.id)
            hidden = read(tables[name], block, judge)
            for state, largest in check_layer(judge, block, name, layer, hidden).items():
                key = layer.id, state
                reach[key] = max(reach.get(key, 0.0), largest)
            if layer.id == run.manifest.readout.layer:
                check_readout(judge, block, steps, hidden)
        for projection in run.projection_ids:
            name = projection_table(projection)
            trust[projection] += check_places(judge, block, name, read(tables[name], block, judge))
    features.check_total(judge)
    check_totals(judge, trust, reach)
    for rule, error in judge.worst.items():
        add("steps", f"{rule}" + (f", {error:.1e} off at the most" if error else ""))


def step_tables(run: Run) -> list[str]:
    """The tables that hold a row a step."""
    return [name for name, columns in run.columns.items() if is_step_grained(columns)]


def numbers(columns: tuple[Column, ...]) -> int:
    """Numbers in the vectors of one row, 1 where it has none."""
    return max(sum(c.dtype.shape[0] for c in columns if isinstance(c.dtype, pl.Array)), 1)


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
