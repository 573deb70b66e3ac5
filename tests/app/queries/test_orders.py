"""Ready orders against plain loops over the rows of the table."""

from pathlib import Path

import polars as pl
import pytest
from flask.testing import FlaskClient

from stateline.app.explore.order_choice import order_choice
from stateline.app.main import create_app
from stateline.app.queries.filters import parse_filters
from stateline.app.queries.orders import ORDERS, parse_order, ranked
from stateline.app.queries.table import TableQuery, block, ordered, position
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with enough sequences that every order leaves some out and keeps several."""
    folder = tmp_path_factory.mktemp("orders")
    return open_run(synthetic_run(folder, "mixed", sequences=200, max_steps=11, units=3, seed=9))


def looped(run: Run, order: str) -> list[int]:
    """The sequences of an order, by loops that restate what it is."""
    rows = run.sequences.to_dicts()
    if order == "confident":
        kept = [row for row in rows if row["label"] != row["predicted"]]
        kept.sort(key=lambda row: (-row["confidence"], row["sequence_id"]))
    elif order == "late":
        kept = [row for row in rows if row["flips"] > 0]
        for row in kept:
            row["settled"] = row["settle_step"] / (row["length"] - 1)
        kept.sort(key=lambda row: (-row["settled"], -row["length"], row["sequence_id"]))
    elif order == "lost":
        kept = []
        for row in rows:
            steps = run.steps_of(row["sequence_id"])
            right = [each == row["label"] for each in steps["predicted"]]
            if row["label"] != row["predicted"] and any(right):
                row["peak"] = max(answer[row["label"]] for answer in steps["ep"].to_list())
                kept.append(row)
        kept.sort(key=lambda row: (-row["peak"], row["sequence_id"]))
    else:
        kept = rows
        for row in kept:
            row["peak"] = max(run.steps_of(row["sequence_id"])["confidence"])
        kept.sort(key=lambda row: (row["peak"], row["sequence_id"]))
    return [row["sequence_id"] for row in kept]


@pytest.mark.parametrize("order", list(ORDERS))
def test_an_order_keeps_what_it_is_about_and_puts_the_strongest_first(
    mixed: Run, order: str
) -> None:
    found = ranked(mixed, order)["sequence_id"].to_list()
    assert found == looped(mixed, order)
    assert len(found) > 3 and (len(found) == 200) == (order == "unsure")
    assert found != sorted(found)


@pytest.mark.parametrize("order", list(ORDERS))
def test_an_order_shows_the_number_that_it_sorts_by(mixed: Run, order: str) -> None:
    asked = ORDERS[order]
    shown = [row[asked.shows] for row in block(mixed, 0, 200, TableQuery(order=order))["rows"]]
    assert None not in shown and len(set(shown)) > 1
    assert shown == sorted(shown, reverse=asked.down[0])


def test_what_an_order_shows_is_said_with_its_choice() -> None:
    options = order_choice().children[1].children
    shows = {option.value: getattr(option, "data-column", None) for option in options}
    assert shows == {
        "": None,
        "confident": None,  # the confidence has a column at all times
        "late": "settled",
        "lost": "peak_label",
        "unsure": "peak_confidence",
    }


@pytest.mark.parametrize("order", list(ORDERS))
def test_orders_combine_with_the_filter_bar_and_with_the_grid_s_filters(
    mixed: Run, order: str
) -> None:
    filters = parse_filters(mixed, '[["confidence", 0.3, 0.8]]')
    long = '{"length": {"type": "greaterThan", "filter": 3}}'
    rows = mixed.sequences.to_dicts()
    wanted = [
        number
        for number in looped(mixed, order)
        if 0.3 <= round(rows[number]["confidence"], 6) <= 0.8 and rows[number]["length"] > 3
    ]
    found = ordered(mixed, TableQuery(columns=long, filters=filters, order=order))
    assert found["sequence_id"].to_list() == wanted
    assert 0 < len(wanted) < len(looped(mixed, order))
    assert found.columns == ordered(mixed, TableQuery()).columns


def test_a_column_s_sort_takes_over_and_keeps_what_the_order_left(mixed: Run) -> None:
    found = ordered(mixed, TableQuery(sort="length:desc", order="confident"))
    wrong = mixed.sequences.filter(~pl.col("correct"))
    wanted = wrong.sort("length", "sequence_id", descending=[True, False])["sequence_id"]
    assert found["sequence_id"].to_list() == wanted.to_list()


def test_blocks_and_positions_follow_the_order(mixed: Run) -> None:
    asked = TableQuery(order="lost")
    wanted = looped(mixed, "lost")
    assert [row["sequence_id"] for row in block(mixed, 0, 3, asked)["rows"]] == wanted[:3]
    assert block(mixed, 0, 3, asked)["count"] == len(wanted)
    assert position(mixed, wanted[2], asked) == 2
    right = int(mixed.sequences.filter("correct")["sequence_id"][0])
    assert position(mixed, right, asked) is None


def test_sequences_of_a_series_have_the_same_orders(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "series", sequences=30, features=2, seed=3)
    run = open_run(folder)
    for order in ORDERS:
        found = ordered(run, TableQuery(order=order))["sequence_id"].to_list()
        assert found == looped(run, order)


@pytest.mark.parametrize("text", ["early", "confident,late", "Confident", "correct", "1" * 300])
def test_any_other_order_is_refused_in_a_line_that_names_them(text: str) -> None:
    with pytest.raises(StatelineError, match="expected one of confident, late, lost, unsure"):
        parse_order(text)
    assert parse_order("") == ""


def test_the_routes_of_rows_and_positions_take_an_order(store: Path) -> None:
    client: FlaskClient = create_app(store).server.test_client()
    run = open_run(store / "synthetic")
    wanted = looped(run, "unsure")
    rows = client.get("/data/synthetic/rows?start=0&end=10&order=unsure").json["rows"]
    assert [row["sequence_id"] for row in rows] == wanted
    row = client.get(f"/data/synthetic/position/{wanted[1]}?order=unsure").json["row"]
    assert row == 1
    refused = client.get("/data/synthetic/rows?start=0&end=10&order=best")
    assert refused.status_code == 404 and refused.text.startswith("order: unknown value")
