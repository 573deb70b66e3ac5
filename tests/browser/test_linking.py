"""Labels, thresholds, the pinned sequence, the address and the view controls across the views."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run, stay
from tests.browser.test_explore import requests_during
from tests.browser.test_filtering import filtered, filters_of


def test_labels_follow_thresholds_for_one_sequence_and_for_all(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    page.click("[data-opens='view-controls']")
    page.check("[data-label='after-distance']")
    page.wait_for_function("stateline.labelsDrawn > 0")
    assert "word labels have room" in page.inner_text("#legend")
    page.fill("#threshold-distance", "1")
    page.wait_for_function("stateline.labelsDrawn <= 1")
    page.uncheck("[data-label='after-distance']")
    page.check("[data-label='after-class']")
    page.keyboard.press("Escape")
    choose_row(page, 3)
    flips = page.evaluate(
        "(() => { const p = [...document.querySelectorAll('#words .word')]; return p.length; })()"
    )
    drawn = page.evaluate("stateline.labelsDrawn")
    assert 0 <= drawn <= flips
    assert "labels=after-class" in page.url and "distance=1" in page.url


def test_the_threshold_line_drags_and_stays_inside_the_plot(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=2&distance=1")
    plot = page.locator("#distances .bars").bounding_box()
    line = page.locator("#distances .threshold-line span").bounding_box()
    assert plot["y"] - 9 <= line["y"] <= plot["y"] + plot["height"]
    page.mouse.move(line["x"] + 10, line["y"] + line["height"] / 2)
    page.mouse.down()
    page.mouse.move(line["x"] + 10, plot["y"] + plot["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_function("stateline.view.distance < 1")
    value = page.evaluate("stateline.view.distance")
    assert 0.4 < value < 0.65
    assert page.input_value("#threshold-distance") == str(value)
    assert f"distance={value}" in page.url


def test_a_pinned_sequence_stays_beside_the_next_and_both_answer_to_hover(
    shared_page, site: str
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    choose_row(page, 1)
    page.click("#detail-pin")
    assert not page.is_visible("#pinned")
    choose_row(page, 3)
    page.wait_for_selector("#pinned:visible")
    assert "#1" in page.inner_text("#pinned .sequence-info")
    both = page.locator("#words .word").count() + page.locator("#pinned .word").count()
    assert page.evaluate("stateline.segments") == both - 2
    page.hover("#pinned .word[data-t='2']")
    assert page.evaluate("stateline.hovered") == {"which": "pinned", "step": 2, "segment": False}
    lit = page.locator("#pinned .detail-steps .lit")
    assert lit.count() == 5  # word, head, columns of heatmap and contributions, bar
    assert page.locator("#detail-main .lit").count() == 0
    assert "pinned=1" in page.url
    page.click("#pinned-close")
    assert not page.is_visible("#pinned") and "pinned" not in page.url


def test_a_segment_lights_its_bar_and_both_words_without_a_request(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews")
    choose_row(page, 3)
    # Near enough, some segment has a place that no state of its own is near to.
    page.evaluate(
        """() => {
        const { xaxis, yaxis } = stateline.map.plot()._fullLayout;
        const middle = (range) => (range[0] + range[1]) / 2;
        const closer = (range) => range.map((end) => middle(range) + (end - middle(range)) / 6);
        const { toData } = stateline.geometry;
        const start = toData(stateline.map.place(), stateline.overlay.spot(1));
        const shifted = (range, to) => closer(range).map((end) => end - middle(range) + to);
        return Plotly.relayout(stateline.map.plot(), {
            "xaxis.range": shifted(xaxis.range, start[0]),
            "yaxis.range": shifted(yaxis.range, start[1]),
        });
        }"""
    )
    x, y = page.evaluate(
        """() => {
        const count = document.querySelectorAll("#words .word").length;
        for (let t = 1; t < count; t += 1) {
            const [[ax, ay], [bx, by]] = [stateline.overlay.spot(t - 1), stateline.overlay.spot(t)];
            const at = [(ax + bx) / 2, (ay + by) / 2];
            const { clientWidth, clientHeight } = document.getElementById("map-frame");
            const within = at[0] > 9 && at[1] > 60 && at[0] < clientWidth - 9;
            const bare = stateline.overlay.under(...at, 14)?.segment;
            if (within && at[1] < clientHeight - 9 && bare) return at;
        }
        }"""
    )
    frame = page.locator("#map-frame").bounding_box()
    seen = requests_during(page, lambda: page.mouse.move(frame["x"] + x, frame["y"] + y))
    assert seen == []
    hovered = page.evaluate("stateline.hovered")
    assert hovered["segment"]
    step = hovered["step"]
    lit = page.locator("#words .lit").evaluate_all("all => all.map(word => +word.dataset.t)")
    assert lit == [step - 1, step]
    assert page.locator("#distances .lit").get_attribute("data-t") == str(step)
    assert "→" in page.inner_text("#tooltip")


def test_an_address_restores_filters_step_pin_and_thresholds(page, site: str) -> None:
    filters = json.dumps([["confidence", 0.2, 1], ["steps", 0, 30]])
    address = (
        f"{site}/explore/reviews?projection=lstm-pca&colour=actual&sequence=2&step=4&pinned=5"
        f"&filters={filters}&labels=after-distance&distance=0.25"
    )
    open_run(page, address)
    filtered(page, 2)
    page.wait_for_function("stateline.sequenceShown === 2 && stateline.pinnedShown === 5")
    page.wait_for_function("stateline.hoveredStep === 4")
    assert page.input_value("#projection-select") == "lstm-pca"
    assert page.input_value("#threshold-distance") == "0.25"
    assert page.is_checked("[data-label='after-distance']")
    assert page.is_visible("#pinned")
    held, asked = (parse_qs(urlsplit(each).query) for each in (page.url, address))
    assert filters_of(page) == json.loads(asked.pop("filters")[0]) and held.pop("filters")
    assert held == asked


def test_back_goes_through_what_was_done_without_building_the_page_anew(page, site: str) -> None:
    page.goto(f"{site}/")
    page.click("a[href='/explore/reviews']")
    page.wait_for_function(
        "window.stateline?.points > 0 && document.querySelector('.ag-row .tick')"
    )
    choose_row(page, 1)
    choose_row(page, 3)
    page.click("#detail-close")
    page.click(".class-bar[data-class='0'] .bar-track >> nth=0")
    filtered(page, 1)
    page.evaluate("document.querySelector('#map').dataset.same = 'yes'")
    page.go_back()
    filtered(page, 0)
    page.go_back()
    page.wait_for_function("stateline.sequenceShown === 3")
    page.go_back()
    page.wait_for_function("stateline.sequenceShown === 1")
    page.go_forward()
    page.wait_for_function("stateline.sequenceShown === 3")
    assert page.get_attribute("#map", "data-same") == "yes"
    page.go_back()
    page.go_back()
    page.wait_for_selector("#overview:visible")
    page.go_back()
    page.wait_for_selector("#gallery")


def test_view_controls_draw_at_once_and_leave_the_map_alone(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews?sequence=3")
    page.wait_for_function("stateline.segments > 0")
    page.evaluate(
        "window.mapDraws = 0; stateline.map.plot().on('plotly_afterplot', () => (mapDraws += 1))"
    )
    # A map that is fitted into its pane late draws once more, without a control.
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.evaluate("mapDraws = 0")
    page.click("[data-opens='view-controls']")
    for action in (
        lambda: page.select_option("[data-view='path']", "time"),
        lambda: page.select_option("[data-view='thickness']", "distance"),
        lambda: page.fill("#line-width", "4"),
        lambda: page.check("[data-view='first']"),
        lambda: page.check("[data-view='last']"),
        lambda: page.check("[data-view='density']"),
        lambda: page.select_option("[data-view='fade']", "wrong"),
    ):
        shot = page.locator("#map-frame").screenshot()
        action()
        page.wait_for_timeout(250)
        assert page.locator("#map-frame").screenshot() != shot
    assert page.evaluate("mapDraws") == 0
    said = page.inner_text("#legend")
    for layer in (
        "trajectory: from faint to strong by time, thick by distance",
        "rings: first and last states",
        "lines around",
        "muted: wrong sequences",
    ):
        assert layer in said


def test_the_question_mark_opens_help_and_back_returns_to_the_view(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews")
    choose_row(page, 2)
    page.keyboard.press("?")
    page.wait_for_selector("h1 >> text=Help")
    page.go_back()
    page.wait_for_function("stateline.sequenceShown === 2 && stateline.points > 0")
    assert page.url.endswith("?sequence=2")


def test_hints_come_once_and_never_over_a_trajectory(new_page: Callable, site: str) -> None:
    page = new_page()
    open_run(page, f"{site}/explore/reviews")
    assert page.is_visible("#hints")
    hints, legend = (page.locator(name).bounding_box() for name in ("#hints", "#legend"))
    assert hints["y"] + hints["height"] < legend["y"] - 40
    choose_row(page, 1)
    assert not page.is_visible("#hints")
    page.keyboard.press("Escape")
    page.wait_for_function("stateline.sequenceShown === null")
    page.click("#hints-close")
    assert not page.is_visible("#hints")
    open_run(page, f"{site}/explore/news")
    assert not page.is_visible("#hints")


def test_arrow_keys_work_wherever_the_focus_is(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    choose_row(page, 1)  # the focus is in the table
    page.keyboard.press("ArrowRight")
    page.wait_for_function("stateline.hoveredStep === 0")  # and now in the words
    page.keyboard.press("ArrowDown")
    page.wait_for_function("stateline.sequenceShown === 2")
    page.focus("[data-tool='box']")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("stateline.sequenceShown === 3")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("stateline.hoveredStep === 0")
    # A menu keeps them.
    page.focus("[data-opens='view-controls']")
    page.keyboard.press("ArrowDown")
    page.focus("#search")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("stateline.sequenceShown") == 3


def test_the_chosen_row_stays_in_view_when_the_list_of_nearest_states_opens(
    shared_page, site: str
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=40&step=2")
    page.wait_for_function("stateline.neighboursShown?.step === 2")
    page.wait_for_function(
        """() => {
            const row = document.querySelector(".ag-row-selected")?.getBoundingClientRect();
            const list = document.querySelector("#neighbours").getBoundingClientRect();
            const frame = document.querySelector(".grid-frame").getBoundingClientRect();
            return row && row.bottom <= list.top + 1 && row.top >= frame.top;
        }"""
    )


def test_a_truncated_text_can_be_read_whole(shared_page, site: str, browser_store: Path) -> None:
    page = shared_page
    run = open_folder(browser_store / "reviews")
    cut = run.sequences.filter(pl.col("length_full") > pl.col("length"))
    assert cut.height
    row = cut.row(0, named=True)
    stay(page, f"{site}/explore/reviews?sequence={row['sequence_id']}")
    page.wait_for_selector("#words .unread")
    page.click("#words .unread summary")
    assert page.inner_text("#words .unread p").strip() in row["text"]
