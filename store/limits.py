"""Limits of what a table may hold, checked before anything else reads it.

A checksum says that a file is what was written, not that a stranger wrote it in good faith. What
the app indexes by, allocates for or sends is bounded here, so that a crafted run is one line.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Manifest
from stateline.store.schema import (
    CHARACTERISTIC_WORDS,
    CLUSTER_LEVELS,
    SEQUENCES,
    STEPS,
    VOCABULARY,
    Column,
    is_step_grained,
    polars_schema,
)

# Bytes that a table may take unpacked. Tables of real runs take up to 8 times their file.
SPARE_BYTES, MAX_RATIO = 16 * 2**20, 100

Rule = tuple[str, str, pl.Expr]  # column, what it must be, whether a row is that


def check_footer(path: Path, manifest: Manifest, name: str, columns: tuple[Column, ...]) -> None:
    """Check the rows of a table, and how much it takes when it is unpacked, by its footer.

    raises  StatelineError  rows are others than the manifest says, or it unpacks to too much
    """
    try:
        footer = pq.read_metadata(path)
        groups = [footer.row_group(index) for index in range(footer.num_row_groups)]
        rows = [group.num_rows for group in groups]
        unpacked = sum(group.total_byte_size for group in groups)
        fewest = min([footer.num_rows, unpacked, *rows])
    except (OSError, OverflowError, pa.ArrowException) as error:
        raise StatelineError(path, f"its footer cannot be read ({_first_line(error)})") from None
    wanted = manifest.rows(name)
    for found in (footer.num_rows, sum(rows)):
        if found != wanted:
            raise StatelineError(
                path, "has another number of rows than it should", expected=f"{wanted:,}",
                got=f"{found:,}",
            )  # fmt: skip
    size = path.stat().st_size
    most = SPARE_BYTES + MAX_RATIO * size
    takes = max(unpacked, footer.num_rows * row_bytes(columns))
    if fewest < 0 or takes > most:
        raise StatelineError(
            path,
            "unpacks to more than a table of its size can hold",
            expected=f"{most:,} bytes at the most",
            got="a size below zero" if fewest < 0 else f"{takes:,}",
        )


def row_bytes(columns: tuple[Column, ...]) -> int:
    """Return the bytes of a row of a table in memory, without its texts and lists."""
    return sum(map(_bytes_of, polars_schema(columns).values()))


def _bytes_of(dtype: pl.DataType) -> int:
    if isinstance(dtype, pl.Array):
        return dtype.size * _bytes_of(pl.Float32())
    return 8 if dtype in (pl.Float64, pl.String) or isinstance(dtype, pl.List) else 4


def check_values(
    path: Path, manifest: Manifest, name: str, columns: tuple[Column, ...], lengths: np.ndarray
) -> dict[str, int]:
    """Check that a table can be decoded, and that its nulls, indices and numbers are in range.

    lengths  int64 (S,)  steps of each sequence; of SEQUENCES itself it is not read
    returns  characters of the longest text of each text column
    raises   StatelineError  at the first column or row that is out of range
    """
    schema = polars_schema(columns)
    table = pl.scan_parquet(path)
    texts = {column: dtype for column, dtype in schema.items() if is_text(dtype)}
    facts = [pl.col(each.name).null_count().alias(f"null {each.name}") for each in columns]
    facts += [_characters(each, dtype).max().alias(f"text {each}") for each, dtype in texts.items()]
    rules = list(rules_of(manifest, name, columns, lengths))
    indices = sorted({column for _, _, rule in rules for column in rule.meta.root_names()})
    try:
        # In pieces: a table of states is larger than what should stand in memory.
        found = table.select(facts).collect(engine="streaming").row(0, named=True)
        rows = table.select(indices).collect() if indices else pl.DataFrame()
        for each in columns:
            if not each.null and found[f"null {each.name}"]:
                raise StatelineError(path, f"column {each.name} is null, which it never is")
        for column, wanted, rule in rules:
            good = rows.select(rule).to_series().fill_null(True)
            if not good.all():
                row = (~good).arg_max() or 0
                got = str(rows[column][row])[:80]
                raise StatelineError(path, f"row {row:,}: {column}", expected=wanted, got=got)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise StatelineError(path, f"cannot be read ({_first_line(error)})") from None
    return {each: found[f"text {each}"] or 0 for each in texts}


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column holds texts, or lists of them."""
    return dtype == pl.String or dtype == pl.List(pl.String)


def _characters(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return the characters of each text of a column, or of the longest of each list."""
    if dtype == pl.String:
        return pl.col(column).str.len_chars()
    return pl.col(column).list.eval(pl.element().str.len_chars()).list.max()


def shortened(column: str, dtype: pl.DataType, most: int) -> pl.Expr:
    """Return a text column with its long texts cut, each of which tells its whole length."""

    def cut(text: pl.Expr) -> pl.Expr:
        size = text.str.len_chars()
        short = pl.format("{}… ({} characters)", text.str.slice(0, most), size)
        return pl.when(size > most).then(short).otherwise(text)

    if dtype == pl.String:
        return cut(pl.col(column)).alias(column)
    return pl.col(column).list.eval(cut(pl.element())).alias(column)


def rules_of(
    manifest: Manifest, name: str, columns: tuple[Column, ...], lengths: np.ndarray
) -> Iterator[Rule]:
    """Yield the rules of the rows of a table: what each index may point at, and finite numbers.

    lengths  int64 (S,)  steps of each sequence
    """
    classes = len(manifest.corpus.classes)
    for column, dtype in polars_schema(columns).items():
        if dtype.is_float():
            yield column, "a number", pl.col(column).is_finite()
        elif column in ("label", "predicted", "towards"):
            yield _below(column, classes, "a class")
    if name == SEQUENCES:
        yield from sequence_rules(manifest)
    elif is_step_grained(columns):
        yield from step_rules(manifest, name, columns, lengths)
    elif name == VOCABULARY:
        yield _counting("token_id")
    else:
        yield from _other_rules(manifest, name, lengths)


def sequence_rules(manifest: Manifest) -> Iterator[Rule]:
    """Yield the rules of sequences.parquet: its steps are those of the step-grained tables."""
    yield _counting("sequence_id")
    length = pl.col("length")
    states = manifest.rows(STEPS)
    yield "length", f"1 to {states:,}", length.is_between(1, states)
    yield "length", f"lengths that add up to {states:,}", length.cast(pl.Int64).sum() == states
    yield "length_full", "not below length", pl.col("length_full") >= length
    for column in ("settle_step", "max_distance_step", "turning_step", "right_until"):
        yield column, "a step of the sequence", pl.col(column) < length


def step_rules(
    manifest: Manifest, name: str, columns: tuple[Column, ...], lengths: np.ndarray
) -> Iterator[Rule]:
    """Yield the rules of a step-grained table: one row per step, in the order of the sequences.

    lengths  int64 (S,)  steps of each sequence
    """
    sequence = pl.Series(np.repeat(np.arange(len(lengths)), lengths))
    ends = np.cumsum(lengths)
    t = pl.Series(np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths))
    yield (
        "sequence_id",
        "rows sorted by sequence_id and t",
        pl.col("sequence_id") == pl.lit(sequence),
    )
    yield "t", "rows sorted by sequence_id and t", pl.col("t") == pl.lit(t)
    names = {each.name for each in columns}
    if "token_id" in names:
        yield _below("token_id", manifest.rows(VOCABULARY), "a row of the vocabulary")
    if "cluster" in names:
        clusters = manifest.rows(name.replace("projections/", "clusters/"))
        for level in range(CLUSTER_LEVELS):
            inside = pl.col("cluster").arr.get(level).is_between(-1, clusters - 1)
            yield "cluster", f"-1 to {clusters - 1:,} at each level", inside


def _other_rules(manifest: Manifest, name: str, lengths: np.ndarray) -> Iterator[Rule]:
    """Yield the rules of the tables of units, their contexts and groups, and of clusters.

    lengths  int64 (S,)  steps of each sequence
    """
    folder, _, file = name.partition("/")
    units = {each.id: each.units for each in manifest.layers}.get(file.removesuffix(".parquet"), 0)
    if folder == "units":
        yield _counting("unit")
        rows = f"{units:,} rows, one row per unit"
        yield "unit", rows, pl.lit(manifest.rows(name) == units) & pl.col("unit").is_not_null()
        yield _below("cluster", units, "a group of units")
    elif folder == "contexts":
        yield _below("unit", units, "a unit")
        yield _below("sequence_id", len(lengths), "a sequence")
        steps = pl.lit(pl.Series(lengths)).gather(pl.col("sequence_id"))
        yield "t", "a step of the sequence", pl.col("t") < steps
    elif folder == "responses":
        yield _below("cluster", max(units, manifest.rows(name)), "a group of words")
    elif folder == "clusters":
        yield _below("level", CLUSTER_LEVELS, "a level")
        place = pl.int_range(pl.len()).over("level")
        yield "cluster", "numbers that count from 0 in each level", pl.col("cluster") == place
        most = manifest.rows(name)
        yield "parent", f"-1 to {most - 1:,}", pl.col("parent").is_between(-1, most - 1)
        size = pl.col("words").list.len()
        yield "words", f"{CHARACTERISTIC_WORDS} at the most", size <= CHARACTERISTIC_WORDS
        for other in ("word_sequences", "word_q"):
            yield other, "one a word", pl.col(other).list.len() == size


def _below(column: str, end: int, what: str) -> Rule:
    return column, f"{what}, below {end:,}", pl.col(column) < end


def _counting(column: str) -> Rule:
    return column, "numbers that count from 0", pl.col(column) == pl.int_range(pl.len())


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
