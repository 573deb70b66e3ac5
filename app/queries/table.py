"""The table of sequences: its columns, and blocks of its rows sorted and filtered as wanted."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from stateline.app.queries.filters import Filter, passing
from stateline.app.queries.grid_query import (
    FLAG,
    IMAGE,
    NUMBER,
    TEXT,
    TableColumn,
    check_block,
    grid_rows,
)
from stateline.app.queries.orders import SETTLED, ranked
from stateline.app.queries.series import shades
from stateline.app.web.cache import CACHE
from stateline.store.reader import Run
from stateline.store.schema import STEPS

BEGINNING = 160  # characters of a text in its row

COLUMNS = (
    TableColumn("sequence_id", NUMBER, "#", "Number of the sequence", 46),
    TableColumn("actual", TEXT, "Class", "Class that the sequence really has", 94),
    TableColumn("classified", TEXT, "Classified", "Class that the model predicts", 94),
    TableColumn("correct", FLAG, "OK", "Whether the two agree", 46),
    TableColumn("peak_confidence", NUMBER, "At best", "Largest confidence at any step", 84),
    TableColumn(
        "peak_label",
        NUMBER,
        "Was right",
        "How sure of its class at best: the largest expected prediction of it at any step",
        86,
    ),
    TableColumn(
        "settled",
        NUMBER,
        "Settled at",
        "How far into the sequence its answer settled; empty where it never changed",
        88,
    ),
    TableColumn("confidence", NUMBER, "Conf.", "Probability of the predicted class", 72),
    TableColumn("length", NUMBER, "Words", "Words that the model reads", 70),
    TableColumn("flips", NUMBER, "Flips", "How often the answer changes on the way", 64),
    TableColumn("settle_step", NUMBER, "Final from", "Step from which the prediction stays", 92),
    TableColumn(
        "turning_word", TEXT, "Turning word", "Word at which the actual class lost most", 120
    ),
    TableColumn("beginning", TEXT, "Text", "Beginning of the text", 420),
)
KINDS = {column.name: column.kind for column in COLUMNS}
# What ready orders sort by and is seen only beside them; the confidence always is.
OF_ORDERS = ("peak_confidence", "peak_label", "settled")
SHARES = ("confidence", *OF_ORDERS)

# A series has steps instead of words, and no text to begin with.
PICTURE = TableColumn("picture", IMAGE, "", "The whole sequence as a picture", 44)
BESIDE_PICTURE = {"actual": 70, "classified": 84}  # narrower, so that the same columns are in view
OF_SERIES = {
    "length": ("Steps", "Steps that the model reads"),
    "turning_word": ("Turning step", "Step at which the actual class lost most"),
}


def columns_of(run: Run) -> tuple[TableColumn, ...]:
    """The columns that a run's table shows, in order."""
    if run.kind == "text":
        return COLUMNS
    kept = [column for column in COLUMNS if column.name in _kinds(run)]
    named = [
        replace(each, heading=OF_SERIES[each.name][0], help=OF_SERIES[each.name][1])
        if each.name in OF_SERIES
        else each
        for each in kept
    ]
    if not _has_pictures(run):
        return tuple(named)
    widths = {each.name: each.width for each in named} | BESIDE_PICTURE
    number, *rest = (replace(each, width=widths[each.name]) for each in named)
    return (number, PICTURE, *rest)


def _kinds(run: Run) -> dict[str, str]:
    """Kind of each column that a run's table can be sorted and filtered by."""
    return {name: kind for name, kind in KINDS.items() if run.kind == "text" or name != "beginning"}


def _has_pictures(run: Run) -> bool:
    return run.manifest.corpus.picture


def table(run: Run) -> pl.DataFrame:
    """All rows with the columns that can be sorted by, by sequence_id."""

    def make() -> pl.DataFrame:
        names = pl.Series(run.class_names)
        rows = run.sequences
        turning = rows.select("sequence_id", pl.col("turning_step").alias("t")).drop_nulls()
        words = (
            run.scan(STEPS)
            .select("sequence_id", "t", pl.col("surface").alias("turning_word"))
            .join(turning.lazy(), on=["sequence_id", "t"], how="semi")
            .select("sequence_id", "turning_word")
            .collect()
        )
        return (
            rows.with_columns(
                names.gather(rows["label"]).alias("actual"),
                names.gather(rows["predicted"]).alias("classified"),
                pl.col("text").str.slice(0, BEGINNING).alias("beginning"),
                SETTLED.alias("settled"),
            )
            .join(words, on="sequence_id", how="left", maintain_order="left")
            .select(*_kinds(run))
        )

    return CACHE.get((run.name, run.checksum, "table"), make, lambda rows: rows.estimated_size())


@dataclass(frozen=True)
class TableQuery:
    """Sort and filters of the table.

    sort     `column:asc` or `column:desc`, several separated by commas; "" for none
    columns  JSON in the grid's own filter model; "" for none
    filters  of the filter bar
    order    a ready order, which leaves out what it is not about; a sort comes before its own
    """

    sort: str = ""
    columns: str = ""
    filters: tuple[Filter, ...] = ()
    order: str = ""


def ordered(run: Run, wanted: TableQuery) -> pl.DataFrame:
    """Return the rows that pass the filters, in the order of the query.

    raises  StatelineError  the query does not fit the columns
    """

    def make() -> pl.DataFrame:
        found = table(run)
        if wanted.filters:
            found = found.filter(passing(run, wanted.filters).sequences)
        if wanted.order:
            found = ranked(run, wanted.order).join(found, on="sequence_id", maintain_order="left")
        return grid_rows(found, wanted.sort, wanted.columns, _kinds(run), "sequence_id")

    key = (run.name, run.checksum, "ordered", wanted)
    return CACHE.get(key, make, lambda rows: rows.estimated_size())


def block(run: Run, start: int, end: int, wanted: TableQuery) -> dict[str, Any]:
    """Rows start to end (exclusive) of the table, and how many pass in all."""
    check_block(start, end)
    found = ordered(run, wanted)
    rows = found.slice(start, end - start).with_columns(pl.col(*SHARES).round(6))
    if _has_pictures(run):
        pictures = shades(run, rows["sequence_id"].to_list())
        rows = rows.with_columns(pl.Series(PICTURE.name, pictures, dtype=pl.String))
    return {"rows": rows.to_dicts(), "count": found.height}


def position(run: Run, sequence_id: int, wanted: TableQuery) -> int | None:
    """Row of a sequence in the table; None where a filter leaves it out."""
    return ordered(run, wanted)["sequence_id"].index_of(sequence_id)
