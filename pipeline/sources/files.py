"""User files and folders as documents: their columns, classes, ids and split, checked."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from stateline.pipeline.sources.documents import DOCUMENT_SCHEMA
from stateline.pipeline.sources.folders import read_folder
from stateline.pipeline.sources.label_column import label_names
from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.split import SPLITS
from stateline.pipeline.sources.tables import Table, read_table
from stateline.store.errors import StatelineError

MAX_LISTED = 20  # columns that an error names


def read_source(path: Path, options: ReadOptions) -> Table:
    """Read a file, or a folder with one folder or one file per class, as a table.

    raises  StatelineError  as `read_table` and `read_folder`
    """
    return read_folder(path, options) if path.is_dir() else read_table(path, options)


def read_file(path: Path, options: ReadOptions) -> tuple[pl.DataFrame, str]:
    """Read the documents of a file or folder, and say in words how it was read.

    Columns are those of `stateline.pipeline.sources.documents`; without ids rows are numbered from
    1. A folder has ids and may have a split of its own.

    raises  StatelineError  as `read_source`; a missing column, label or id, a duplicate id, an
            unknown split, or a text that is a list
    """
    source = read_source(path, options)
    table, options = source.frame, options if path.is_file() else folder_options(source, options)
    refuse_missing_columns(table, path, options.columns)
    if table.is_empty():
        raise StatelineError(path, "holds no rows", fix="Give a file with one document a row.")
    text, id, split = options.text, options.id, options.split
    if table[text].dtype.is_nested() or table[text].dtype == pl.Binary:
        raise StatelineError(
            path,
            f"column {text} holds no texts",
            expected="texts",
            got=str(table[text].dtype),
            fix="Lists of words or ids are read with a trained model: MODEL=",
        )
    documents = table.select(
        (pl.col(split) if split else pl.lit(None)).cast(pl.String).alias("split"),
        (pl.col(id) if id else pl.int_range(1, pl.len() + 1)).cast(pl.String).alias("external_id"),
        label_names(table[options.label], path, options.classes).alias("label"),
        pl.col(text).cast(pl.String).fill_null("").alias("text"),
        pl.lit(None).cast(pl.List(pl.String)).alias("role"),
    )
    refuse_missing(documents, table[options.label], path, id)
    if split:
        documents = with_split_names(documents, path, split)
    return documents.cast(DOCUMENT_SCHEMA), ", ".join([*source.facts, f"{table.height:,} rows"])


def folder_options(source: Table, options: ReadOptions) -> ReadOptions:
    """Return the options of a folder, whose own ids and split are used where it has them."""
    return replace(options, id="id", split="split" if "split" in source.frame.columns else "")


def listed(names: list[str]) -> str:
    """Return the first names, and how many there are beside them."""
    left = len(names) - MAX_LISTED
    return ", ".join(names[:MAX_LISTED]) + (f" and {left:,} more" if left > 0 else "")


def refuse_missing_columns(table: pl.DataFrame, path: Path, columns: dict[str, str]) -> None:
    """Check that a table has the columns that knobs name.

    columns  by knob; empty: there is none
    raises   StatelineError  a column is missing
    """
    for knob, column in columns.items():
        if column and column not in table.columns:
            raise StatelineError(
                path,
                f"no column {column}",
                expected=f"one of {listed(table.columns)}",
                got=f"{knob}={column}",
                fix=f"Name it: {knob}=<column>",
            )


def refuse_missing(documents: pl.DataFrame, labels: pl.Series, path: Path, id: str) -> None:
    """Check that every row has a label and an id of its own.

    labels  the column of classes as the file holds it, (S,)
    raises  StatelineError  a missing label or id, or a duplicate id; names the first row
    """
    numbered = documents.with_row_index("row", offset=1)
    for name, column in (("label", labels.name), ("external_id", id)):
        rows = numbered.filter(pl.col(name).is_null())["row"]
        if len(rows):
            value = labels[rows[0] - 1] if name == "label" else None
            kept = f", or keep {value} as a class: CLASSES=…,{value}" if value is not None else ""
            raise StatelineError(
                path,
                f"{len(rows):,} rows without a value in {column}, first in row {rows[0]}",
                got=None if value is None else repr(value),
                fix=f"Fill them in or take the rows out{kept}.",
            )
    twice = numbered.filter(pl.col("external_id").is_duplicated())
    if twice.height:
        first = twice["external_id"][0]
        rows = twice.filter(pl.col("external_id") == first)["row"]
        raise StatelineError(
            path,
            f"duplicate id {first!r} in rows {rows[0]} and {rows[1]}",
            expected="ids that occur once",
            fix="Name another column with ID=, or none: rows are then numbered.",
        )


def with_split_names(documents: pl.DataFrame, path: Path, column: str) -> pl.DataFrame:
    """Return the documents with the split in the three names that the pipeline uses.

    raises  StatelineError  an unknown name; names the first row
    """
    names = documents["split"].str.strip_chars().str.to_lowercase()
    unknown = documents.with_row_index("row", offset=1).filter(
        names.is_null() | ~names.is_in(list(SPLITS))
    )
    if unknown.height:
        raise StatelineError(
            path,
            f"column {column}, row {unknown['row'][0]}: no such split",
            expected=f"one of {', '.join(SPLITS)}",
            got=repr(unknown["split"][0]),
        )
    return documents.with_columns(names.replace_strict(SPLITS).alias("split"))
