"""User files: CSV, TSV, JSON lines or Parquet."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from stateline.pipeline.sources.documents import DOCUMENT_SCHEMA
from stateline.store.errors import StatelineError

READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": lambda path: pl.read_csv(path, infer_schema=False),
    ".tsv": lambda path: pl.read_csv(path, separator="\t", infer_schema=False),
    ".jsonl": pl.read_ndjson,
    ".ndjson": pl.read_ndjson,
    ".parquet": pl.read_parquet,
}
# Common names of the three parts of a split.
SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
}


def read_file(path: Path, text: str, label: str, id: str, split: str) -> pl.DataFrame:
    """Read the documents of a file (see `stateline.pipeline.sources.documents` for the columns).

    text, label  names of the columns
    id, split    names of optional columns; empty: rows are numbered from 1, no split
    raises       StatelineError for a missing or empty file, another format, text that is not
                 UTF-8, a missing column, a missing label or id, an id twice, an unknown split
    """
    table = read_table(path)
    refuse_missing_columns(table, path, {"TEXT": text, "LABEL": label, "ID": id, "SPLIT": split})
    if table.is_empty():
        raise StatelineError(path, "holds no rows", fix="Give a file with one document a row.")
    documents = table.select(
        (pl.col(split) if split else pl.lit(None)).cast(pl.String).alias("split"),
        (pl.col(id) if id else pl.int_range(1, pl.len() + 1)).cast(pl.String).alias("external_id"),
        label_names(table[label], path).alias("label"),
        pl.col(text).cast(pl.String).fill_null("").alias("text"),
        pl.lit(None).cast(pl.List(pl.String)).alias("role"),
    )
    refuse_missing(documents, path, label, id)
    if split:
        documents = with_split_names(documents, path, split)
    return documents.cast(DOCUMENT_SCHEMA)


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
                expected=f"one of {', '.join(table.columns)}",
                got=f"{knob}={column}",
                fix=f"Name it: {knob}=<column>",
            )


def read_table(path: Path) -> pl.DataFrame:
    """Read a file as a table, by its ending.

    raises  StatelineError  a missing, empty or unreadable file, another format or encoding
    """
    if not path.is_file():
        raise StatelineError(
            path, "no such file", fix="Check the path after CORPUS=, or use a preset: make help"
        )
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise StatelineError(
            path, "unknown format", expected=", ".join(READERS), got=path.suffix or "no ending"
        )
    if path.stat().st_size == 0:
        raise StatelineError(path, "is empty", fix="Give a file with one document a row.")
    if path.suffix.lower() != ".parquet":
        refuse_other_encodings(path)
    try:
        return reader(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else "unreadable"
        raise StatelineError(
            path, f"cannot be read as {path.suffix[1:].upper()} ({first})"
        ) from None


def refuse_other_encodings(path: Path) -> None:
    """Check that a text file is UTF-8.

    raises  StatelineError  it is not; names the first such line
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise StatelineError(
                    path,
                    f"is not UTF-8 in line {number}",
                    got=f"byte 0x{line[error.start]:02x}",
                    fix=f"Convert it: iconv -f WINDOWS-1252 -t UTF-8 {path} > utf8{path.suffix}",
                ) from None


def label_names(labels: pl.Series, path: Path) -> pl.Series:
    """Return class names from words, numbers or truth values; 1.0 and 1 are one class.

    raises  StatelineError  a column of lists
    """
    if labels.dtype.is_nested():
        raise StatelineError(
            path,
            f"column {labels.name} cannot be a label",
            expected="words or numbers",
            got=str(labels.dtype),
        )
    if labels.dtype.is_float() and (labels.drop_nulls() % 1 == 0).all():
        labels = labels.cast(pl.Int64)
    names = labels.cast(pl.String).str.strip_chars()
    return names.set(names == "", None)


def refuse_missing(documents: pl.DataFrame, path: Path, label: str, id: str) -> None:
    """Check that every row has a label and an id of its own.

    raises  StatelineError  a missing label or id, or a duplicate id; names the first row
    """
    numbered = documents.with_row_index("row", offset=1)
    for name, column in (("label", label), ("external_id", id)):
        rows = numbered.filter(pl.col(name).is_null())["row"]
        if len(rows):
            raise StatelineError(
                path,
                f"{len(rows):,} rows without a value in {column}, first in row {rows[0]}",
                fix="Fill them in or take the rows out.",
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
