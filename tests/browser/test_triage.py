"""Ready orders, filters of words and clusters, and the nearest states: each link by hand."""

import json
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from stateline.app.explore.neighbours import neighbours
from stateline.app.queries.filters import parse_filters, passing
from stateline.app.queries.orders import ORDERS, ranked
from stateline.store.reader import Run
from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run, stay
from tests.browser.test_explore import ORDER
from tests.browser.test_filtering import clear, filtered, filters_of

ANSWERED = "stateline.neighboursShown?.step === {}"


@pytest.fixture(scope="module")
def run(browser_store: Path) -> Run:
    """The run of two classes."""
    return open_folder(browser_store / "reviews")


def numbers(page) -> list[int]:
    """Sequences of the table, as far as its rows are drawn."""
    return [int(number) for number in page.evaluate(ORDER)]


def ordered(page, wanted: list[int]) -> None:
    """Wait until the table begins with these sequences."""
    first = ",".join(str(number) for number in wanted[:5])
    page.wait_for_function(f"({ORDER})().slice(0, 5).join() === '{first}'")


def frame_at(page, x: float, y: float) -> tuple[float, float]:
    """Pixels of the window of a place of the map's frame."""
    frame = page.locator("#map-frame").bounding_box()
    return frame["x"] + x, frame["y"] + y


def on_map(page, x: float, y: float) -> tuple[float, float]:
    """Pixels of the window of coordinates of the map."""
    scale_x, shift_x, scale_y, shift_y = page.evaluate("stateline.map.place()")
    return frame_at(page, x * scale_x + shift_x, y * scale_y + shift_y)


def test_each_ready_order_changes_the_rows_and_says_what_it_shows(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    assert not page.is_visible("#order-note")
    for key, order in ORDERS.items():
        page.select_option("#order-select", label=order.name)
        wanted = ranked(run, key)["sequence_id"].to_list()
        ordered(page, wanted)
        assert page.inner_text("#order-note") == f"{order.says} · {len(wanted)}"
        assert f"order={key}" in page.url
    page.select_option("#order-select", "")
    ordered(page, list(range(5)))
    assert "order=" not in page.url and not page.is_visible("#order-note")


def test_an_order_of_the_address_is_taken_up_and_the_arrow_keys_follow_it(
    page, site: str, run: Run
) -> None:
    wanted = ranked(run, "confident")["sequence_id"].to_list()
    open_run(page, f"{site}/explore/reviews?order=confident")
    ordered(page, wanted)
    assert page.input_value("#order-select") == "confident"
    choose_row(page, 0)
    for number in wanted[1:3]:
        page.keyboard.press("ArrowDown")
        page.wait_for_function(f"stateline.sequenceShown === {number}")
    page.go_back()
    page.wait_for_function(f"stateline.sequenceShown === {wanted[1]}")


def test_back_takes_an_order_off_again(shared_page, site: str, run: Run) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.select_option("#order-select", "late")
    ordered(page, ranked(run, "late")["sequence_id"].to_list())
    page.go_back()
    ordered(page, list(range(5)))
    assert page.input_value("#order-select") == ""


def test_a_confusion_cell_narrows_an_order_and_a_column_sorts_what_is_left(
    page, site: str, run: Run
) -> None:
    open_run(page, f"{site}/explore/reviews?order=confident")
    page.click(".confusion-cell[data-class='1'][data-predicted='0']")
    filtered(page, 2)
    rows = run.sequences
    wanted = [
        number
        for number in ranked(run, "confident")["sequence_id"].to_list()
        if (rows["label"][number], rows["predicted"][number]) == (1, 0)
    ]
    assert len(wanted) > 1 and numbers(page) == wanted
    page.click("#sequences .ag-header-cell[col-id='length'] .ag-header-cell-label")
    longest = sorted(wanted, key=lambda number: (rows["length"][number], number))
    ordered(page, longest)
    # Another order takes the column's sort off.
    page.select_option("#order-select", "unsure")
    unsure = [n for n in ranked(run, "unsure")["sequence_id"].to_list() if n in wanted]
    ordered(page, unsure)


def test_a_word_of_an_address_filters_map_table_and_chip(page, site: str, run: Run) -> None:
    phrase = run.words.filter(run.words["size"] == 2).sort("count")["phrase"][-1]
    asked = [["word", phrase]]
    open_run(page, f"{site}/explore/reviews?filters={quote(json.dumps(asked))}")
    filtered(page, 1)
    found = passing(run, parse_filters(run, json.dumps(asked)))
    assert page.inner_text(".chip").startswith(f"word: {phrase}")
    assert numbers(page) == np.flatnonzero(found.sequences).tolist()[: len(numbers(page))]
    assert f"{found.states.sum():,} of {run.states:,} states" in page.inner_text("#filter-count")


def test_the_menu_takes_a_word_in_any_case_and_says_beside_it_what_is_none(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.click("[data-opens='filter-menu']")
    page.fill("#filter-word", "Film")
    page.press("#filter-word", "Enter")
    filtered(page, 1)
    assert filters_of(page) == [["word", "Film"]]
    states = passing(run, parse_filters(run, '[["word", "film"]]')).states.sum()
    assert states and f"{states:,} of {run.states:,} states" in page.inner_text("#filter-count")
    page.fill("#filter-word", "nosuchword")
    page.press("#filter-word", "Enter")
    page.wait_for_selector("#filter-word-note:visible")
    assert page.inner_text("#filter-word-note").startswith("No such word")
    filtered(page, 0)
    page.fill("#filter-word", "film")
    page.press("#filter-word", "Enter")
    filtered(page, 1)
    assert page.is_hidden("#filter-word-note")
    page.keyboard.press("Escape")  # shuts the menu
    clear(page)


def test_a_range_that_is_turned_round_is_refused_beside_its_fields(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.click("[data-opens='filter-menu']")
    page.fill("#filter-confidence-from", "90")
    page.press("#filter-confidence-from", "Enter")
    filtered(page, 1)
    page.fill("#filter-confidence-to", "10")
    page.press("#filter-confidence-to", "Enter")
    page.wait_for_selector("#filter-confidence-note:visible")
    assert page.inner_text("#filter-confidence-note").startswith("Turned round")
    filtered(page, 0)
    page.fill("#filter-confidence-from", "")
    page.press("#filter-confidence-from", "Enter")
    filtered(page, 1)
    assert filters_of(page) == [["confidence", 0, 0.1]]
    page.keyboard.press("Escape")
    clear(page)


def test_clusters_are_named_on_the_map_and_a_click_filters_by_one(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.wait_for_function("stateline.clusterLabels.length > 0")
    standing = page.evaluate("stateline.clusterLabels")
    there = {
        row["cluster"]: row for row in run.clusters("lstm-tsne").to_dicts() if not row["level"]
    }
    assert {row["cluster"] for row in standing} <= set(there)
    first = standing[0]
    left, top, right, bottom = first["box"]
    page.mouse.move(*frame_at(page, (left + right) / 2, (top + bottom) / 2))
    page.wait_for_selector("#tooltip:visible")
    card = page.inner_text("#tooltip")
    row = there[first["cluster"]]
    said = ", ".join(row["words"]) or "none occurs in more sequences than expected by chance"
    assert said in card and f"{row['states']:,}" in card
    share = f"{row['purity']:.1%}".replace("%", " %")
    assert f"{share} of states" in card
    page.mouse.down()
    page.mouse.up()
    filtered(page, 1)
    assert filters_of(page) == [["cluster", "lstm-tsne", 0, first["cluster"]]]
    assert f"{row['states']:,} of {run.states:,} states" in page.inner_text("#filter-count")
    chip, name = page.inner_text(".chip"), [*row["words"], "answer"][0]
    assert name in chip and "(coarse)" in chip
    clear(page)


def test_finer_clusters_take_over_where_the_map_is_larger_and_a_control_hides_them(
    page, site: str
) -> None:
    open_run(page, f"{site}/explore/reviews")
    page.wait_for_function("stateline.clusterLabels.length > 0")
    drawn = page.evaluate("stateline.map.place()")
    page.mouse.move(*frame_at(page, 330, 330))
    seen = []
    while not seen or (seen[-1] < 2 and len(seen) < 40):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(60)
        seen.append(page.evaluate("stateline.clusterLevel"))
    assert seen == sorted(seen) and set(seen) == {0, 1, 2}
    assert page.evaluate("stateline.map.place()") != drawn
    assert {row["level"] for row in page.evaluate("stateline.clusterLabels")} <= {2}
    assert "names of clusters: fine" in page.inner_text("#legend")
    page.click("#map-reset")
    page.wait_for_function("stateline.clusterLevel === 0 && stateline.clusterLabels.length > 0")
    page.click("[data-opens='view-controls']")
    page.uncheck("[data-view='clusters']")
    page.wait_for_function("stateline.clusterLabels.length === 0")
    assert "names of clusters" not in page.inner_text("#legend")


def test_the_keyboard_reaches_clusters_in_the_menu(shared_page, site: str, run: Run) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.click("[data-opens='filter-menu']")
    page.wait_for_selector("#filter-cluster optgroup[label='fine']", state="attached")
    fine = run.clusters("lstm-tsne").filter(run.clusters("lstm-tsne")["level"] == 2)
    number = int(fine["cluster"][-1])
    page.select_option(
        "#filter-cluster", json.dumps(["lstm-tsne", 2, number], separators=(",", ":"))
    )
    filtered(page, 1)
    assert filters_of(page) == [["cluster", "lstm-tsne", 2, number]]
    page.keyboard.press("Escape")
    clear(page)


def test_a_step_lists_its_nearest_states_and_a_row_lights_one_on_the_map(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    assert not page.is_visible("#neighbours")
    choose_row(page, 3)
    assert "Click a word" in page.inner_text("#neighbours")
    page.click("#words [data-t='2']")
    page.wait_for_function(ANSWERED.format(2))
    wanted = neighbours(run, "lstm-tsne", 3, 2, 10)["neighbours"]
    rows = page.locator("#neighbours .neighbour")
    assert rows.count() == 10
    for index, found in enumerate(wanted):
        said = " ".join(rows.nth(index).inner_text().split())
        for part in (f"#{found['sequence']}", found["word"], f"{found['distance']:.2f}"):
            assert part in said
        assert ("near" if found["apart"] <= 0.05 else "far") in said
    drawn = page.evaluate("stateline.overlayDraws")
    rows.nth(4).hover()
    page.wait_for_function("stateline.neighbourLit === 4")
    assert page.evaluate("stateline.overlayDraws") > drawn
    # The dot on the map lights its row.
    page.mouse.move(*on_map(page, wanted[6]["x"], wanted[6]["y"]))
    page.wait_for_function("stateline.neighbourLit !== 4")
    rows.nth(1).click()
    chosen, step = wanted[1]["sequence"], wanted[1]["step"]
    page.wait_for_function(f"stateline.sequenceShown === {chosen}")
    page.wait_for_function(ANSWERED.format(step))
    assert f"sequence={chosen}&step={step}" in page.url


def test_a_dot_on_the_map_opens_the_neighbour_that_it_stands_for(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    wanted = neighbours(run, "lstm-tsne", 3, 2, 10)["neighbours"]
    stay(page, f"{site}/explore/reviews?sequence=3&step=2")
    page.wait_for_function(ANSWERED.format(2))
    page.mouse.move(*on_map(page, wanted[0]["x"], wanted[0]["y"]))
    page.wait_for_function("stateline.neighbourLit !== null")
    lit = wanted[page.evaluate("stateline.neighbourLit")]
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function(f"stateline.sequenceShown === {lit['sequence']}")
    assert f"step={lit['step']}" in page.url


def test_the_list_follows_the_arrow_keys_and_can_be_put_away(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=3&step=2")
    page.wait_for_function(ANSWERED.format(2))
    page.focus("#words [data-t='2']")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(ANSWERED.format(3))
    page.click("#neighbours-switch")
    page.wait_for_function("stateline.neighboursShown === null")
    assert not page.is_visible("#neighbours-list")
    page.keyboard.press("Escape")
    page.wait_for_selector("#overview:visible")
    assert not page.is_visible("#neighbours")
    choose_row(page, 0)
    page.click("#neighbours-switch")
    assert page.is_visible("#neighbours-list")


def test_another_map_lists_the_same_states_where_they_lie_there(
    shared_page, site: str, run: Run
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=3&step=2")
    page.wait_for_function(ANSWERED.format(2))
    page.select_option("#projection-select", "lstm-pca")
    page.wait_for_function("stateline.neighboursShown?.projection === 'lstm-pca'")
    found = page.evaluate("stateline.neighboursShown.neighbours")
    wanted = neighbours(run, "lstm-pca", 3, 2, 10)["neighbours"]
    assert found == wanted
