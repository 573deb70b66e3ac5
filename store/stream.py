"""Writing a large table piece by piece, so that it never stands in memory whole."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stateline.store.schema import STEP_ROWS_PER_GROUP, Column, polars_schema

# A table as a stream: called once, it gives the table's rows in order, cut anywhere.
Stream = Callable[[], Iterator[pl.DataFrame]]


def write_stream(
    path: Path,
    pieces: Iterator[pl.DataFrame],
    columns: tuple[Column, ...],
    check: Callable[[pl.Schema], None],
) -> None:
    """Write pieces into one Parquet file of the types that `pl.DataFrame.write_parquet` gives.

    pieces   the rows in order; each is let go of once its row groups are written
    columns  the schema's
    check    called with the Polars schema of each piece; raises if it is not the schema's
    """
    schema = polars_schema(columns)
    empty = arrow(pl.DataFrame(schema=schema))
    # Numbers of a state hardly ever repeat: a dictionary of them would only be in the way.
    repeating = [name for name, dtype in schema.items() if dtype == pl.String or dtype.is_integer()]
    with pq.ParquetWriter(
        path,
        empty.schema,
        compression="zstd",
        compression_level=3,
        use_dictionary=repeating,
        write_statistics=True,
    ) as out:
        for group in row_groups(pieces, check):
            out.write_table(arrow(group), row_group_size=STEP_ROWS_PER_GROUP)


def row_groups(
    pieces: Iterator[pl.DataFrame], check: Callable[[pl.Schema], None]
) -> Iterator[pl.DataFrame]:
    """Yield the rows of the pieces in whole row groups; only the last one may be smaller."""
    left: pl.DataFrame | None = None
    for piece in pieces:
        check(piece.schema)
        rows = piece if left is None else pl.concat([left, piece])
        whole = rows.height - rows.height % STEP_ROWS_PER_GROUP
        if whole:
            yield rows.head(whole)
        left = rows.slice(whole)
    if left is not None and left.height:
        yield left


def arrow(table: pl.DataFrame) -> pa.Table:
    """Return a table in the types that Parquet readers of any age know."""
    return table.to_arrow(compat_level=pl.CompatLevel.oldest())
