"""The states that pass the filters as a table to take away: CSV or Parquet."""

import io

import polars as pl

from app.filters import Passing
from store.reader import Run
from store.schema import STEPS, projection_table

FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def states_table(run: Run, projection: str, passing: Passing) -> pl.DataFrame:
    """A row a state that passes: where it stands, its word, its answers and its classes.

    Expected predictions are one column a class, `ep_<class>`, so that a spreadsheet reads them.
    """
    names = pl.Series(run.class_names)
    sequences = run.sequences.select(
        "sequence_id",
        "external_id",
        names.gather(run.sequences["label"]).alias("actual"),
        names.gather(run.sequences["predicted"]).alias("classified"),
        "correct",
    )
    answers = [
        pl.col("ep").arr.get(index).alias(f"ep_{name}")
        for index, name in enumerate(run.class_names)
    ]
    places = run.scan(projection_table(projection)).select("x", "y", "trust")
    steps = run.scan(STEPS).select(
        "sequence_id", "t", "surface", "token", "known", "role", "predicted", "confidence",
        "distance", *answers,
    )  # fmt: skip
    # Both tables hold a row a state in one order, so they stand side by side.
    rows = pl.concat([steps, places], how="horizontal").collect().filter(passing.states)
    answer = names.gather(rows["predicted"]).alias("answer")
    rows = rows.with_columns(answer).drop("predicted")
    return rows.join(sequences, on="sequence_id", how="left", maintain_order="left")


def written(table: pl.DataFrame, form: str) -> bytes:
    """The table as a file of one of FORMATS."""
    buffer = io.BytesIO()
    if form == "csv":
        table.write_csv(buffer)
    else:
        table.write_parquet(buffer)
    return buffer.getvalue()
