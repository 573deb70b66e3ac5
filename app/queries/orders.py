"""Ready orders of the table: which sequences deserve a look first, and why."""

from dataclasses import dataclass

import polars as pl

from stateline.app.queries.parsing import parse_choice
from stateline.app.web.cache import CACHE
from stateline.store.reader import Run


@dataclass(frozen=True)
class Order:
    """One way to read through the sequences.

    name   for the page
    says   one line: which sequences are left, and which come first
    shows  column of the table that holds what it sorts by
    keeps  those that are left; None for all
    by     what they are sorted by, on columns of sequences.parquet
    down   for each of `by`, whether the largest come first
    """

    name: str
    says: str
    shows: str
    keeps: pl.Expr | None
    by: tuple[pl.Expr, ...]
    down: tuple[bool, ...]


WRONG = ~pl.col("correct")
# How far into its sequence the answer settled, 0 to 1, null where it never changed; a sequence that
# flips has two steps or more.
SETTLED = pl.when(pl.col("flips") > 0).then(
    pl.col("settle_step") / (pl.col("length").cast(pl.Float64) - 1)
)

ORDERS = {
    "confident": Order(
        "Confidently wrong",
        "Classified wrongly, the surest first",
        "confidence",
        WRONG,
        (pl.col("confidence"),),
        (True,),
    ),
    "late": Order(
        "Late flip",
        "Changed its answer on the way, the latest first",
        "settled",
        pl.col("flips") > 0,
        (SETTLED, pl.col("length")),
        (True, True),
    ),
    "lost": Order(
        "Was right, ended wrong",
        "Right at some step, wrong in the end, the surest first",
        "peak_label",
        WRONG & pl.col("right_until").is_not_null(),
        (pl.col("peak_label"),),
        (True,),
    ),
    "unsure": Order(
        "Never confident",
        "All, the least sure at their surest step first",
        "peak_confidence",
        None,
        (pl.col("peak_confidence"),),
        (False,),
    ),
}


def parse_order(text: str) -> str:
    """Return a key of ORDERS, or "" for the order of the store.

    raises  StatelineError  anything else
    """
    return parse_choice("order", text, ORDERS) if text else ""


def ranked(run: Run, order: str) -> pl.DataFrame:
    """The sequences that an order keeps, first to last: one column, sequence_id.

    order  a key of ORDERS; of equal sequences the one stored first comes first
    """

    def make() -> pl.DataFrame:
        chosen = ORDERS[order]
        rows = run.sequences if chosen.keeps is None else run.sequences.filter(chosen.keeps)
        keys, down = [*chosen.by, pl.col("sequence_id")], [*chosen.down, False]
        return rows.sort(keys, descending=down).select("sequence_id")

    key = (run.name, run.checksum, "ranked", order)
    return CACHE.get(key, make, lambda rows: rows.estimated_size())
