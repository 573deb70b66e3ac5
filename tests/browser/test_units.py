"""The Units page: heatmap, a unit's contexts, select and match, groups; each linked to the rest."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from stateline.store.reader import open_run
from tests.browser.conftest import open_run as open_explore
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL

# Rows of the heatmap, and pixels of its cells that are not of one colour.
ROWS = "stateline.unitsHeatmap.scene.order"
MARKED = """() => {
    const { width, height } = document.querySelector(".units-marks");
    const { data } = document.querySelector(".units-marks").getContext("2d")
        .getImageData(0, 0, width, height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def open_units(page, address: str) -> None:
    """Go to a Units page and wait until its heatmap is drawn."""
    page.goto(address)
    page.wait_for_function(
        "window.stateline?.unitsDrawn > 0 && document.querySelector('.units-cells')"
    )


def query_of(page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def place(page, unit: int, step: int) -> tuple[float, float]:
    """Middle of a cell, in the window."""
    return tuple(
        page.evaluate(
            """([unit, step]) => {
            const { scene, column, row } = stateline.unitsHeatmap;
            const { left, top } = document.querySelector(".units-plot").getBoundingClientRect();
            const at = scene.order.indexOf(unit);
            return [left + (step + 0.5) * column, top + (at + 0.5) * row];
            }""",
            [unit, step],
        )
    )


def drag(page, unit: int, first: int, last: int) -> None:
    page.mouse.move(*place(page, unit, first))
    page.mouse.down()
    page.mouse.move(*place(page, unit, last))
    page.mouse.up()


def test_the_heatmap_is_drawn_for_the_first_wrong_sequence(
    page, site: str, browser_store: Path
) -> None:
    open_units(page, f"{site}/units/reviews")
    run = open_run(browser_store / "reviews")
    wrong = run.sequences["correct"].to_list().index(False)
    assert page.input_value("[data-units=sequence]") == str(wrong)
    assert page.locator(".units-axis .word-head").count() == run.sequences["length"][wrong]
    colours = page.evaluate(
        """() => {
        const canvas = document.querySelector(".units-cells");
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 20
    scroll = "[document.documentElement.scrollHeight, innerHeight]"
    height, window = page.evaluate(scroll)
    assert height == window


def test_rows_are_ordered_by_what_the_unit_contributed(
    page, site: str, browser_store: Path
) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    run = open_run(browser_store / "reviews")
    h = run.hidden_of(1, "lstm")["h"].to_list()
    (weights,) = run.manifest.readout.weights
    before = [[0.0] * len(weights), *h]
    amount = [
        sum(abs(weights[n] * (h[t][n] - before[t][n])) for t in range(len(h)))
        for n in range(len(weights))
    ]
    wanted = sorted(range(len(weights)), key=lambda n: -amount[n])
    assert page.evaluate(ROWS) == wanted
    page.select_option("[data-units=rows]", "number")
    assert page.evaluate(ROWS) == sorted(wanted)
    page.select_option("[data-units=rows]", "group")
    cluster = run.units("lstm")["cluster"].to_list()
    assert page.evaluate(ROWS) == sorted(wanted, key=lambda n: cluster[n])


def test_cells_switch_between_the_value_and_its_contribution(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    assert "h after each word" in page.inner_text("#units-legend")
    page.select_option("[data-units=cells]", "change")
    assert "added to the logit of" in page.inner_text("#units-legend")
    # The scale is that of the cells: from the colour of one class to that of the other.
    scale = page.evaluate("stateline.unitsHeatmap.scene.ends")
    ramp = page.get_attribute("#units-legend .ramp-bar", "style")
    assert {scale["low"], scale["high"]} <= set(re.findall("#[0-9a-f]{6}", ramp))
    found = page.evaluate(
        """() => {
        const { scene } = stateline.unitsHeatmap;
        return scene.values.reduce((a, b) => a + b, 0);
        }"""
    )
    towards = page.locator("[data-units=class]").input_value()
    page.select_option("[data-units=class]", "1" if towards == "0" else "0")
    other = page.evaluate("stateline.unitsHeatmap.scene.values.reduce((a, b) => a + b, 0)")
    assert found == pytest.approx(-other, abs=1e-4) and abs(found) > 0.01


def test_a_click_on_a_row_shows_its_unit_and_a_context_opens_its_sequence(
    page, site: str, browser_store: Path
) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    page.mouse.click(*place(page, 5, 3))
    page.wait_for_selector("#units-unit h2:has-text('Unit 5')")
    assert query_of(page)["unit"] == "5"
    run = open_run(browser_store / "reviews")
    rows = [row for row in run.contexts("lstm").iter_rows(named=True) if row["unit"] == 5]
    shown = page.locator("#units-unit .context-head strong").all_inner_texts()
    assert shown == [f"#{row['sequence_id']}" for row in rows]
    link = page.locator("#units-unit .context-link").first.get_attribute("href")
    assert link == f"/explore/reviews?sequence={rows[0]['sequence_id']}&step={rows[0]['t']}"
    other = next(i for i, row in enumerate(rows) if row["sequence_id"] != 1)
    page.locator("#units-unit .context-open").nth(other).click()
    number = rows[other]["sequence_id"]
    page.wait_for_function(f"document.querySelector('[data-units=sequence]').value === '{number}'")
    step = rows[other]["t"]
    assert query_of(page)["open"] == f"{number}-{step}-{step}" and query_of(page)["unit"] == "5"
    opened = page.locator(".units-axis .word-head.opened")
    assert opened.get_attribute("data-t") == str(step)
    page.go_back()
    page.wait_for_function("document.querySelector('[data-units=sequence]')?.value === '1'")


def test_a_drag_selects_a_span_and_matches_it(page, site: str, browser_store: Path) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    drag(page, 2, 3, 4)
    page.wait_for_selector("#match-found .contexts, #match-found .units-empty")
    query = query_of(page)
    assert (query["from"], query["to"], query["threshold"]) == ("3", "4", "0.3")
    run = open_run(browser_store / "reviews")
    h = run.hidden_of(1, "lstm")["h"].to_list()
    on = [n for n in range(8) if min(h[3][n], h[4][n]) >= 0.3]
    chips = page.locator("#match-found .unit-chip").all_inner_texts()
    assert chips == [str(n) for n in on] and on
    assert page.evaluate(MARKED) > 100
    assert page.locator(".units-axis .word-head.brushed").count() == 2
    if len(on) > 1:
        page.locator("#match-found .unit-chip").first.click()
        page.wait_for_selector("#match-found .unit-chip[aria-pressed=false]")
        assert query_of(page)["without"] == str(on[0])


def test_what_matches_nothing_is_said_with_what_to_change(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1&from=2&to=5&threshold=0.99999")
    page.wait_for_selector("#match-found .units-empty")
    text = page.inner_text("#match-found")
    assert "threshold towards 0" in text or "Leave units out" in text
    page.fill("[data-units=threshold]", "0.05")
    page.wait_for_function("location.search.includes('threshold=0.05')")
    page.select_option("[data-units=side]", "low")
    page.wait_for_function("location.search.includes('threshold=-0.05')")
    page.check("[data-units=edges]")
    page.wait_for_function("location.search.includes('edges=1')")


def test_groups_filter_the_rows_and_words_light_their_units(
    page, site: str, browser_store: Path
) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    page.click("#units-tab-groups")
    run = open_run(browser_store / "reviews")
    cluster = run.units("lstm")["cluster"].to_list()
    assert page.locator(".group").count() == len(set(cluster))
    page.locator(".group .tool-button").nth(1).click()
    group = sorted(set(cluster))[1]
    wanted = [n for n, each in enumerate(cluster) if each == group]
    assert sorted(page.evaluate(ROWS)) == wanted
    page.click(f"#units-tools [data-group='{group}']")
    assert len(page.evaluate(ROWS)) == len(cluster)
    page.locator(".group-word").first.hover()
    word = int(page.locator(".group-word").first.get_attribute("data-word"))
    response = run.responses("lstm")["response"].to_list()[word]
    most = max(map(abs, response))
    assert page.evaluate("stateline.unitsHeatmap.marks.word") == [
        n for n, value in enumerate(response) if abs(value) >= most / 2
    ]
    # Rows of other units are paled, and no others.
    paled = page.evaluate(
        """() => {
        const { scene, row, marks } = stateline.unitsHeatmap;
        const canvas = document.querySelector(".units-marks");
        const scale = canvas.height / canvas.getBoundingClientRect().height;
        const pen = canvas.getContext("2d");
        return scene.order.filter((unit, at) => unit !== marks.unit &&
            pen.getImageData(canvas.width / 2, (at + 0.5) * row * scale, 1, 1).data[3] > 100);
        }"""
    )
    lit = page.evaluate(
        "[...stateline.unitsHeatmap.marks.word, stateline.unitsPage.selection.unit]"
    )
    assert sorted(paled) == sorted(set(range(len(cluster))) - set(lit))
    page.locator(".group .unit-chip").first.click()
    page.wait_for_selector("#units-unit h2")


def test_keys_choose_units_and_move_the_span(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    page.focus(".units-plot")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    order = page.evaluate(ROWS)
    # The first row is chosen already.
    assert query_of(page)["unit"] == str(order[2])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    query = query_of(page)
    assert (query["from"], query["to"]) == ("1", "2")


def test_hover_reads_the_cell_without_a_request(page, site: str, browser_store: Path) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.mouse.move(*place(page, 4, 2))
    page.wait_for_selector("#tooltip:visible")
    h = open_run(browser_store / "reviews").hidden_of(1, "lstm")["h"].to_list()[2][4]
    text = page.inner_text("#tooltip").replace("−", "-")
    assert "unit 4 · step 2" in text and f"{h:+.3f}" in text
    assert seen == []


def test_the_page_works_where_the_readout_says_nothing_of_the_units(
    page, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    synthetic_run(tmp_path, "waves", sequences=8, max_steps=12, units=5, classes=3, features=2,
                  readout="head")  # fmt: skip
    synthetic_run(tmp_path, "both", sequences=30, max_steps=12, classes=3, readout="prefix",
                  layers=BIDIRECTIONAL)  # fmt: skip
    site = serve(tmp_path)
    open_units(page, f"{site}/units/waves?unit=1")
    assert "the readout is not linear" in page.inner_text("#units-legend")
    page.wait_for_selector("#units-unit >> text=no weights by class")
    page.click("#units-tab-groups")
    assert "steps are numbers" in page.inner_text("#units-groups")
    open_units(page, f"{site}/units/both")
    page.select_option("[data-units=layer]", "bidirectional-backward")
    page.wait_for_function("location.search.includes('layer=bidirectional-backward')")
    page.wait_for_function("window.stateline?.unitsDrawn > 1")


def test_light_and_dark_and_a_small_window(new_page: Callable, site: str) -> None:
    page = new_page(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    open_units(page, f"{site}/units/news?unit=2&from=1&to=2")
    before = page.evaluate("document.querySelector('.units-cells').toDataURL()")
    page.click("#theme-switch")
    page.wait_for_function(
        "before => document.querySelector('.units-cells').toDataURL() !== before", arg=before
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_wrong_address_says_what_exists(page, site: str) -> None:
    page.goto(f"{site}/units/reviews?unit=99")
    page.wait_for_selector(".empty-state")
    assert "expected a number from 0 to 7" in page.inner_text(".empty-state")


def test_explore_leads_to_the_units_of_its_sequence_and_back(page, site: str) -> None:
    open_explore(page, f"{site}/explore/reviews?sequence=3")
    page.click("#sequence-info >> text=Units")
    page.wait_for_function("window.stateline?.unitsDrawn > 0")
    assert page.input_value("[data-units=sequence]") == "3"
    page.click("#units-tools >> text=Open in Explore")
    page.wait_for_function("window.stateline?.sequenceShown === 3")
