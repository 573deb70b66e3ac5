"""Brushes, search and the filter bar: what passes, in the table, on the map and in a file."""

import csv
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import polars as pl

from stateline.app.queries.filters import parse_filters, passing
from stateline.store.reader import Run
from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run, stay
from tests.browser.test_explore import ORDER


def filters_of(page) -> list:
    """The filters that the address holds."""
    held = parse_qs(urlsplit(page.url).query).get("filters")
    return json.loads(held[0]) if held else []


def filtered(page, count: int) -> None:
    """Wait until the filter bar has so many chips and the table has followed."""
    page.wait_for_function(f"document.querySelectorAll('#filter-chips .chip').length === {count}")
    page.wait_for_timeout(400)
    none = "document.querySelector('#sequences-count').innerText.startsWith('0 ')"
    page.wait_for_function(f"({ORDER})().length > 0 || {none}")


def clear(page) -> None:
    """Take all filters off, so that the next test finds none."""
    page.click("#filter-clear")
    filtered(page, 0)


def numbers(page) -> list[int]:
    return [int(number) for number in page.evaluate(ORDER)]


def wanted(run: Run, filters: list) -> list[int]:
    """Sequences that pass, first in the table."""
    found = passing(run, parse_filters(run, json.dumps(filters))).sequences
    return np.flatnonzero(found).tolist()


def test_a_confusion_cell_a_bar_and_a_segment_filter_table_map_and_counts(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = open_folder(browser_store / "news")
    stay(page, f"{site}/explore/news")
    wrong = run.sequences.filter(~pl.col("correct")).row(0, named=True)
    cell = f"[data-class='{wrong['label']}'][data-predicted='{wrong['predicted']}']"
    page.click(f".confusion-cell{cell}")
    filtered(page, 2)
    both = [["actual", wrong["label"]], ["predicted", wrong["predicted"]]]
    assert filters_of(page) == both
    assert numbers(page) == wanted(run, both)
    rows = wanted(run, both)
    states = int(np.diff(run.offsets)[rows].sum())
    said = page.inner_text("#filter-count")
    assert f"{len(rows)} of 60 sequences" in said and f"{states:,} of {run.states:,} states" in said
    page.click("#filter-clear")
    filtered(page, 0)
    page.click(f".class-bar[data-class='{wrong['label']}'] .bar-track >> nth=0")
    filtered(page, 1)
    assert numbers(page)[:5] == wanted(run, [["actual", wrong["label"]]])[:5]
    # A segment says the class and the classification; the keyboard reaches it as well.
    page.focus(f".bar-segment{cell}")
    page.keyboard.press("Enter")
    filtered(page, 2)
    assert filters_of(page) == both
    clear(page)


def test_what_passes_can_be_taken_away_as_csv_and_parquet(
    shared_page, site: str, browser_store: Path, tmp_path: Path
) -> None:
    page = shared_page
    run = open_folder(browser_store / "news")
    stay(page, f"{site}/explore/news")
    page.click(".class-bar[data-class='2'] .bar-track >> nth=0")
    filtered(page, 1)
    files = {}
    for form in ("CSV", "PARQUET"):
        with page.expect_download() as download:
            page.click(f".filter-save >> text={form}")
        files[form] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[form])
    taken = pl.read_parquet(files["PARQUET"])
    rows = wanted(run, [["actual", 2]])
    assert sorted(set(taken["sequence_id"])) == rows
    assert taken.height == int(np.diff(run.offsets)[rows].sum())
    with files["CSV"].open(newline="") as file:
        assert [row["surface"] for row in csv.DictReader(file)] == taken["surface"].to_list()


def test_escape_takes_back_the_last_filter_and_then_the_sequence(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.click(".class-bar[data-class='1'] .bar-track >> nth=0")
    filtered(page, 1)
    choose_row(page, 0)
    page.locator("#heatmap g[data-t='1']").hover()
    page.mouse.down()
    page.locator("#heatmap g[data-t='4']").hover()
    page.mouse.up()
    filtered(page, 2)
    assert filters_of(page) == [["actual", 1], ["steps", 1, 4]]
    page.keyboard.press("Escape")
    filtered(page, 1)
    assert page.is_visible("#detail")
    page.keyboard.press("Escape")
    page.wait_for_selector("#overview:visible")
    filtered(page, 1)
    page.keyboard.press("Escape")
    filtered(page, 0)


def test_box_and_lasso_brush_states_and_never_move_the_map(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = open_folder(browser_store / "reviews")
    stay(page, f"{site}/explore/reviews")
    before = page.evaluate("stateline.map.place()")
    frame = page.locator("#map-frame").bounding_box()
    middle = [frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2]
    page.click("[data-tool='box']")
    page.mouse.move(middle[0] - 150, middle[1] - 150)
    page.mouse.down()
    page.mouse.move(middle[0] + 20, middle[1] + 30, steps=4)
    page.mouse.up()
    filtered(page, 1)
    (box,) = filters_of(page)
    assert box[:2] == ["box", "lstm-tsne"] and box[2] < box[4] and box[3] < box[5]
    assert page.evaluate("stateline.map.place()") == before
    place = run.coordinates("lstm-tsne")
    within = (place["x"] >= box[2]) & (place["x"] <= box[4])
    within &= (place["y"] >= box[3]) & (place["y"] <= box[5])
    assert f"{within.sum():,} of {run.states:,} states" in page.inner_text("#filter-count")
    assert 0 < within.sum() < run.states
    page.click("[data-tool='lasso']")
    page.mouse.move(middle[0] - 100, middle[1] - 100)
    page.mouse.down()
    for x, y in ((100, -100), (100, 100), (-100, 100)):
        page.mouse.move(middle[0] + x, middle[1] + y, steps=5)
    page.mouse.up()
    filtered(page, 2)
    assert filters_of(page)[1][0] == "lasso"
    assert page.get_attribute("[data-tool='pan']", "aria-pressed") == "true"
    clear(page)


def test_search_finds_words_and_patterns_and_says_beside_it_what_is_wrong(
    page, site: str, browser_store: Path, complaints: list[str]
) -> None:
    run = open_folder(browser_store / "reviews")
    open_run(page, f"{site}/explore/reviews")
    page.keyboard.press("/")
    page.keyboard.type("wheat")
    filtered(page, 1)
    assert numbers(page)[:8] == wanted(run, [["search", "wheat"]])[:8]
    assert 0 < len(wanted(run, [["search", "wheat"]])) < 80
    page.click("#search-regex")
    page.fill("#search", "wh(ea|i)t.*oil")
    page.wait_for_function("document.querySelector('.chip').innerText.includes('/wh(ea|i)t')")
    assert filters_of(page) == [["regex", "wh(ea|i)t.*oil"]]
    # Typed on to what is no pattern, the filter goes, and the field says why: nothing is asked for.
    page.fill("#search", "wh(")
    page.wait_for_selector("#search-note:visible")
    assert page.inner_text("#search-note") == "Not a regular expression"
    filtered(page, 0)
    page.fill("#search", "wheat")
    filtered(page, 1)
    assert page.is_hidden("#search-note")
    # What only the server can refuse is said in the same place.
    page.fill("#search", "(?y)wheat")
    page.wait_for_selector("#search-note:visible")
    filtered(page, 0)
    (refused,) = complaints
    assert "404" in refused
    complaints.clear()


def test_the_menu_filters_by_result_confidence_and_steps(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = open_folder(browser_store / "reviews")
    stay(page, f"{site}/explore/reviews")
    page.click("[data-opens='filter-menu']")
    page.select_option("[data-adds='correct']", "false")
    page.fill("#filter-confidence-from", "80")
    page.press("#filter-confidence-from", "Tab")
    filtered(page, 2)
    asked = [["correct", False], ["confidence", 0.8, 1]]
    assert filters_of(page) == asked
    assert numbers(page) == wanted(run, asked)[: len(numbers(page))]
    page.keyboard.press("Escape")
    assert not page.is_visible("#filter-menu")
    filtered(page, 2)


def test_filters_of_an_address_stay_in_it_though_the_map_comes_first(page, site: str) -> None:
    held: list = []
    page.route("**/passing*", lambda route: held.append(route))
    wanted = [["correct", False]]
    open_run(page, f"{site}/explore/reviews?filters={json.dumps(wanted)}")
    held[0].continue_()
    filtered(page, 1)
    assert filters_of(page) == wanted


def two_filters_under_way(page) -> list:
    """Set a filter of the result, then one of the class, and return the held requests of both."""
    held: list = []
    page.route("**/passing*", lambda route: held.append(route))
    page.click("[data-opens='filter-menu']")
    page.select_option("[data-adds='correct']", "false")
    page.select_option("[data-adds='actual']", "1")
    while len(held) < 2:
        page.wait_for_timeout(20)
    return held


def test_a_filter_set_while_another_is_under_way_adds_to_it(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews")
    first, second = two_filters_under_way(page)
    second.continue_()
    first.continue_()  # Its answer comes last, and is no longer taken up.
    filtered(page, 2)
    assert filters_of(page) == [["correct", False], ["actual", 1]]


def test_a_filter_that_fails_keeps_the_one_under_way_before_it(
    page, site: str, complaints: list[str]
) -> None:
    open_run(page, f"{site}/explore/reviews")
    first, second = two_filters_under_way(page)
    second.abort()
    page.wait_for_function("!document.getElementById('filter-note').hidden")
    first.continue_()
    filtered(page, 1)
    assert filters_of(page) == [["correct", False]]
    complaints.clear()
