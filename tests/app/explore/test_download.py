"""Downloads that a spreadsheet opens."""

import io

import polars as pl
import pytest

from stateline.app.explore.download import written

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("begins", BEGINNINGS)
def test_a_text_that_begins_as_a_formula_is_marked_as_a_text(begins: str) -> None:
    cell = f"{begins}cmd|' /C calc'!A0"
    table = pl.DataFrame({"surface": [cell, "plain", "a=b", None, ""], "x": [-1.5, 2, 3, 4, 5]})
    read = pl.read_csv(io.BytesIO(written(table, "csv")), schema=table.schema)
    assert read["surface"].to_list()[:3] == ["'" + cell, "plain", "a=b"]
    assert read["x"].to_list() == table["x"].to_list(), "numbers stay numbers"


def test_parquet_is_no_spreadsheet_and_keeps_every_text() -> None:
    table = pl.DataFrame({"surface": ["=1+1", "-", None]})
    assert pl.read_parquet(io.BytesIO(written(table, "parquet"))).equals(table)
