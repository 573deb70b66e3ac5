"""Numeric series: what the page, its data routes, the table, the download and the report say."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from stateline.app import ids
from stateline.app.explore.overview import overview
from stateline.app.explore.page import workspace
from stateline.app.gallery.cards import run_card
from stateline.app.main import create_app
from stateline.app.queries import run as queries
from stateline.app.queries import series
from stateline.app.queries.selection import parse_selection
from stateline.app.queries.table import TableQuery, block, columns_of
from stateline.app.report.document import report
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.app.layout_text import text_of
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def series_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a picture run, a plain series and one of many features."""
    folder = tmp_path_factory.mktemp("series-store")
    synthetic_run(folder, "picture", classes=3, features=4, picture=True, cut=False)
    synthetic_run(folder, "plain", sequences=6, max_steps=9, features=3, classes=2, outputs=1)
    synthetic_run(folder, "many", features=20)
    return folder


@pytest.fixture(scope="module")
def picture(series_store: Path) -> Run:
    return open_run(series_store / "picture")


@pytest.fixture(scope="module")
def plain(series_store: Path) -> Run:
    return open_run(series_store / "plain")


def test_the_sequence_route_sends_every_value_to_five_digits(plain: Run) -> None:
    for number in range(plain.sequences.height):
        sent = queries.sequence(plain, number, "lstm-pca")["steps"]["values"]
        held = plain.steps_of(number)["values"].to_numpy()
        assert np.shape(sent) == held.shape
        np.testing.assert_allclose(sent, held, rtol=5e-5)
        assert max(len(json.dumps(value)) for step in sent for value in step) <= 12


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.0, "1"), (0.0625, "0.0625"), (-3.14159265, "-3.1416"), (1e300, "1e+300"), (100.0, "100")],
)
def test_a_value_is_written_without_what_it_does_not_need(value: float, written: str) -> None:
    assert json.dumps(series.compact(value)) == written


def test_facts_name_the_features_and_what_a_step_is(picture: Run, several: Run) -> None:
    facts = queries.page_facts(picture)
    assert (facts["kind"], facts["picture"]) == ("series", True)
    assert [each["name"] for each in facts["features"]] == picture.feature_names
    text = queries.page_facts(several)
    assert (text["kind"], text["picture"], text["features"]) == ("text", False, [])
    for scale, of_text, of_series in (("expected", "text", "series"), ("step", "word", "step")):
        assert of_text in text["scales"][scale]["shows"]
        assert of_text not in facts["scales"][scale]["shows"]
        assert of_series in facts["scales"][scale]["shows"]


@pytest.mark.parametrize(
    ("features", "line"),
    [
        (1, "series of 1 number per step (feature 0)"),
        (4, "series of 4 numbers per step (feature 0, feature 1, feature 2, feature 3)"),
        (8, "series of 8 numbers per step (feature 0, feature 1, …, feature 7)"),
    ],
)
def test_the_line_on_a_series_names_its_features(tmp_path: Path, features: int, line: str) -> None:
    assert series.series_line(open_run(synthetic_run(tmp_path, features=features))) == line


def test_card_and_overview_speak_of_numbers_and_steps_and_never_of_words(
    picture: Run, plain: Run
) -> None:
    for run in (picture, plain):
        for part in (run_card(run), overview(run)):
            said = text_of(part)
            assert series.series_line(run) in said
            assert "word" not in said.lower()
    assert "rows of a picture" in text_of(overview(picture))
    assert "rows of a picture" not in text_of(overview(plain))
    assert "first 9 steps read" in text_of(overview(plain))


def test_a_series_table_has_steps_no_text_and_of_pictures_a_picture(
    picture: Run, plain: Run, several: Run
) -> None:
    names = {run.name: [column.name for column in columns_of(run)] for run in (picture, plain)}
    headings = [column.heading for column in columns_of(plain)]
    assert "beginning" not in names["plain"] and "Words" not in headings
    assert "Steps" in headings and "Turning step" in headings
    assert names["picture"] == ["sequence_id", "picture", *names["plain"][1:]]
    assert "beginning" in [column.name for column in columns_of(several)]


def test_rows_of_pictures_come_with_a_digit_a_pixel(picture: Run) -> None:
    asked = TableQuery(sort="length:desc")
    rows = block(picture, 1, 4, asked)["rows"]
    low, high = series.value_range(picture)
    for row in rows:
        width, digits = row["picture"].split(":")
        values = picture.steps_of(row["sequence_id"])["values"].to_numpy()
        assert (int(width), len(digits)) == (values.shape[1], values.size)
        for digit, value in zip(digits, values.ravel(), strict=True):
            assert abs(int(digit, 16) / 15 - (value - low) / (high - low)) <= 1 / 30 + 1e-6


def test_a_large_picture_is_averaged_down(tmp_path: Path) -> None:
    run = open_run(
        synthetic_run(tmp_path, features=34, max_steps=40, minimum_steps=40, picture=True)
    )
    width, digits = series.shades(run, [0])[0].split(":")
    assert int(width) == 12 and len(digits) == 12 * 14


@pytest.mark.parametrize("asked", [{"sort": "beginning:asc"}, {"sort": "picture:asc"},
                                   {"columns": '{"beginning":{"type":"blank"}}'}])  # fmt: skip
def test_columns_that_a_series_lacks_cannot_be_asked_for(picture: Run, asked: dict) -> None:
    with pytest.raises(StatelineError, match="expected .*turning_word") as error:
        block(picture, 0, 3, TableQuery(**asked))
    assert "expected one of beginning" not in str(error.value)


@pytest.mark.parametrize("kind", ["search", "regex"])
def test_a_search_in_an_address_is_one_clear_line(series_store: Path, kind: str) -> None:
    client = create_app(series_store).server.test_client()
    answer = client.get("/data/plain/passing", query_string={"filters": f'[["{kind}", "a"]]'})
    assert answer.status_code == 404
    assert answer.text.startswith("filters: the sequences of this run are numeric series, with no")
    assert "search" not in answer.text.split("expected")[1].split("got")[0]


def test_no_text_can_be_typed_and_the_page_says_why(series_store: Path, several: Run) -> None:
    with create_app(series_store).server.test_request_context():
        for run, hidden in ((open_run(series_store / "plain"), True), (several, False)):
            page = workspace(run, parse_selection(run, {}))
            assert page[ids.TYPED_OPEN].hidden is hidden and page[ids.DETAIL_EDIT].hidden is hidden
            if hidden:
                assert "numbers, not a text" in page[ids.RUN_FACTS].data["cannotType"]


def test_a_plain_series_stands_on_the_step_axis_and_a_picture_by_itself(series_store: Path) -> None:
    with create_app(series_store).server.test_request_context():
        for name, on_axis in (("plain", True), ("picture", False)):
            run = open_run(series_store / name)
            page = workspace(run, parse_selection(run, {}))
            axes = [
                part for part in page._traverse() if getattr(part, "className", "") == "step-axis"
            ]
            assert len(axes) == 2
            inside = [getattr(part, "id", None) for part in axes[0]._traverse()]
            assert (ids.WORDS in inside) is on_axis


def test_a_download_has_a_column_a_feature(series_store: Path, plain: Run) -> None:
    client = create_app(series_store).server.test_client()
    rows = list(csv.DictReader(io.StringIO(client.get("/data/plain/states.csv").text)))
    held = plain.scan("steps.parquet").collect()["values"].to_numpy()
    names = [f"value_{name}" for name in plain.feature_names]
    found = np.array([[float(row[name]) for name in names] for row in rows])
    np.testing.assert_allclose(found, held, rtol=1e-6)
    assert "surface" in rows[0] and not {"token", "known", "role"} & rows[0].keys()


@pytest.mark.parametrize("name", ["picture", "plain", "many"])
def test_a_report_shows_the_series_and_speaks_of_steps(series_store: Path, name: str) -> None:
    run = open_run(series_store / name)
    for number in range(3):
        written = report(run, number, run.projection_ids[0], date(2026, 11, 24))
        body = written.split("</style>")[1].split("<footer>")[0]
        assert "<h2>Series</h2>" in body and series.series_line(run) in body
        assert " word" not in body and "Words" not in body and "a text" not in body
        few = len(run.feature_names) <= 8
        assert all((f">{feature}</th>" in body) is few for feature in run.feature_names)
        assert ("have no room here" in body) is not few
        length = run.sequences["length"][number]
        assert body.count("<title>Step ") >= 2 * length  # in the series, and in the heatmap
