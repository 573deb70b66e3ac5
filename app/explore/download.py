"""The states that pass the filters as a table to take away: CSV or Parquet."""

import io

import polars as pl

from stateline.app.queries.filters import Passing
from stateline.app.queries.state_kinds import state_kind
from stateline.store.reader import Run
from stateline.store.schema import DISTANCE_COLUMNS, STEPS, hidden_table, projection_table

# What a cell begins with that a spreadsheet computes, also as full-width characters.
FORMULA = "=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20"

FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def states_table(run: Run, projection: str, passing: Passing) -> pl.DataFrame:
    """One row per state that passes: where it stands, its word, its answers and its classes.

    Expected predictions are one column a class, `ep_<class>`, so that a spreadsheet reads them,
    and so are the values of a series, `value_<feature>`.
    Distances are of the states that the projection shows: `distance`, or where the run maps several
    kinds `distance_<layer>`, and `distance_<layer>_c` of cell states.
    """
    kind = state_kind(run, projection)
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
        "sequence_id", "t", *_read(run), "predicted", "confidence", *answers,
    )  # fmt: skip
    moved = run.scan(hidden_table(kind.layer)).select(
        pl.col(DISTANCE_COLUMNS[kind.state]).alias(kind.column)
    )
    # All tables hold one row per state in one order, so they stand side by side.
    rows = pl.concat([steps, moved, places], how="horizontal").collect().filter(passing.states)
    answer = names.gather(rows["predicted"]).alias("answer")
    rows = rows.with_columns(answer).drop("predicted")
    return rows.join(sequences, on="sequence_id", how="left", maintain_order="left")


def _read(run: Run) -> list[str | pl.Expr]:
    """Columns of what was read at a step: the word and its facts, or the values of a series.

    Values are one column a feature, `value_<feature>`.
    """
    if run.kind == "text":
        return ["surface", "token", "known", "role"]
    values = pl.col("values").arr
    return [
        "surface",
        *(values.get(f).alias(f"value_{n}") for f, n in enumerate(run.feature_names)),
    ]


def without_formula(column: str) -> pl.Expr:
    """Return a column of texts that no spreadsheet reads as formulas: an apostrophe in front.

    Numbers stand in columns of their own and stay as they are.
    source  OWASP, "CSV Injection"
    """
    text = pl.col(column)
    begins = text.str.contains(f"^[{FORMULA}]")
    return pl.when(begins).then(pl.format("'{}", text)).otherwise(text).alias(column)


def written(table: pl.DataFrame, form: str) -> bytes:
    """The table as a file of one of FORMATS."""
    buffer = io.BytesIO()
    if form == "csv":
        texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
        table.with_columns(map(without_formula, texts)).write_csv(buffer)
    else:
        table.write_parquet(buffer)
    return buffer.getvalue()
