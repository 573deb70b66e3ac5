"""The list of the swap test: its rows, its sentences, and why there is none."""

from pathlib import Path

import polars as pl
import pytest

from stateline.app.main import create_app
from stateline.app.words import rows as word_rows
from stateline.app.words import swaps
from stateline.app.words.queries import WordSelection
from stateline.store.reader import Run, open_run
from stateline.store.schema import MAX_Q
from tests.synthetic import synthetic_run

SWAPS = WordSelection(kind="swaps")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run that has a swap test, one without a model and one without the test."""
    folder = tmp_path_factory.mktemp("swaps")
    sizes = {"sequences": 40, "max_steps": 30, "minimum_steps": 9, "classes": 2, "outputs": 1}
    synthetic_run(folder, "swapped", **sizes, swaps=True)
    synthetic_run(folder, "arrays", model=False)
    synthetic_run(folder, "off")
    return folder


@pytest.fixture
def swapped(store: Path) -> Run:
    return open_run(store / "swapped")


def test_the_surest_findings_come_first_and_the_rest_is_counted(swapped: Run) -> None:
    found = swaps.swap_rows(swapped, SWAPS)
    wanted = swapped.swaps.filter(pl.col("q") <= MAX_Q)
    assert [row["token"] for row in found["rows"]] == wanted["token"].to_list()
    assert found["count"] == wanted.height > 0
    assert all(row["stored"] for row in found["rows"])
    assert "False discovery rate 5\N{NO-BREAK SPACE}%" in found["note"]
    assert "3 others were not tested, and count as not found." in found["note"]


def test_a_search_narrows_the_list(swapped: Run) -> None:
    token = swapped.swaps["token"][0]
    asked = WordSelection(kind="swaps", search=token[1:].upper())
    assert token in [row["token"] for row in swaps.swap_rows(swapped, asked)["rows"]]
    assert not swaps.swap_rows(swapped, WordSelection(kind="swaps", search="zzz"))["rows"]


def test_the_plot_shows_the_words_of_the_list(swapped: Run) -> None:
    plotted = word_rows.points(swapped, SWAPS)["phrase"]
    assert sorted(plotted) == sorted(
        row["token"] for row in swaps.swap_rows(swapped, SWAPS)["rows"]
    )


ROW = {
    "towards": 1, "sequences": 240, "swapped": 100, "change": 1.234, "change_low": 1.0,
    "change_high": 1.468, "flips": 0.12, "flips_low": 0.07, "flips_high": 0.198,
    "unknown_change": 1.1, "unknown_flips": 0.1, "controls": 100, "control_change": 0.21,
    "control_flips": 0.01, "control_low": 0.002, "control_high": 0.03, "frequency": 1200,
    "labelled": 1100, "expected": 640.4, "weight": 1.51, "weight_rank": 3,
}  # fmt: skip
SENTENCE = (
    "Replacing it in the first 100 of the 240 test sequences that contain it lowers the logit of "
    "good by 1.23 (95 % interval 1.00 to 1.47) and changes the answer in 12 % (7 to 20 %) of "
    "replacements; the unknown word lowers it by 1.10 and changes the answer in 10 %. Replacing "
    "the 100 control words changes that logit by 0.21 in the median, and the answer in 1 % (0 to "
    "3 %). Of the 1,200 labelled sequences that contain it, 1,100 are good; a regression expects "
    "about 640 from their other words."
)


def test_the_sentence_says_what_was_done_and_no_more() -> None:
    said = swaps.sentence(ROW, ["bad", "good"]).replace("\N{NO-BREAK SPACE}", " ")
    assert said == SENTENCE
    without = ROW | {"unknown_change": None, "unknown_flips": None, "swapped": 240}
    said = swaps.sentence(without, ["bad", "good"])
    assert "unknown" not in said
    raised = swaps.sentence(ROW | {"unknown_change": -1.1}, ["bad", "good"])
    assert "; the unknown word raises it by 1.10 and" in raised
    assert said.startswith("Replacing it in the 240 test sequences that contain it lowers ")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("arrays", "was built from arrays of states"), ("off", "switched off when the run was built")],
)
def test_without_a_swap_test_the_reason_is_said(store: Path, name: str, reason: str) -> None:
    found = swaps.swap_rows(open_run(store / name), SWAPS)
    assert found["rows"] == [] and found["tested"] == 0
    assert reason in found["note"]
    assert word_rows.points(open_run(store / name), SWAPS)["phrase"] == []


def test_the_route_answers_with_the_list(store: Path) -> None:
    client = create_app(store).server.test_client()
    answer = client.get("/data/swapped/words/swaps?kind=swaps")
    assert answer.status_code == 200
    assert (
        answer.get_json()["count"] == swaps.swap_rows(open_run(store / "swapped"), SWAPS)["count"]
    )
