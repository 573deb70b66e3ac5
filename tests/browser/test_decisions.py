"""The Decisions page: charts that are drawn, follow their selects, and lead to Explore."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app import decisions
from app.confidence import range_of
from store.reader import open_run
from tests.synthetic import synthetic_run

CHARTS = ("accuracy", "fan", "settled", "trajectory", "calibration")
DRAWN = """key => document.querySelectorAll(
    `#decisions-${key} .scatterlayer .trace, #decisions-${key} .barlayer .trace`).length"""
# The middle of a bar, or of the point of a line, of a chart.
SPOT = """([key, trace, point]) => {
    const chart = document.querySelector(`#decisions-${key} .js-plotly-plot`);
    const { xaxis, yaxis } = chart._fullLayout;
    const data = chart._fullData[trace];
    const x = data.x ? data.x[point] : data.x0 + point * data.dx;
    const y = data.type === "bar" ? data.y[point] / 2 : data.y[point];
    const box = chart.querySelector(".nsewdrag").getBoundingClientRect();
    return [box.left + xaxis.d2p(x), box.top + yaxis.d2p(y)];
}"""


def open_decisions(page, address: str) -> None:
    """Go to a Decisions page and wait until every chart is drawn."""
    page.goto(address)
    for key in CHARTS:
        page.wait_for_function(f"({DRAWN})('{key}') > 0")


def filters_of(page) -> str:
    return parse_qs(urlsplit(page.url).query)["filters"][0]


def test_every_chart_is_drawn_with_a_sentence_on_how_to_read_it(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    assert page.locator(".decision-card .note").count() == len(CHARTS)
    assert page.evaluate(DRAWN, "accuracy") == 4  # two classes, all, the majority
    page.wait_for_function("document.querySelector('#decisions-trajectory image')")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight"
        " && document.documentElement.scrollWidth <= innerWidth"
    )


def test_selects_put_another_figure_into_their_chart(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    median = "document.querySelector('#decisions-fan .js-plotly-plot').data[4].y.join()"
    before = page.evaluate(median)
    page.select_option("#decisions-fan-choice", "1")
    page.wait_for_function(f"({median}) !== before".replace("before", repr(before)))
    page.select_option("#decisions-settled-choice", "share")
    page.wait_for_selector("#decisions-settled >> text=from the first step to the last")
    page.select_option("#decisions-trajectory-choice", "lstm-pca")
    page.wait_for_selector(
        "#decisions-trajectory image[*|href*='projection=lstm-pca']", state="attached"
    )


def test_a_bar_of_the_calibration_leads_to_its_sequences(
    page, site: str, browser_store: Path
) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    count = decisions.calibration(open_run(browser_store / "reviews"), 1.0).count
    last = max(range(10), key=lambda each: count[each])
    page.mouse.click(*page.evaluate(SPOT, ["calibration", 0, last]))
    page.wait_for_function("location.pathname === '/explore/reviews'")
    assert json.loads(filters_of(page)) == [["confidence", *range_of(last)]]
    page.wait_for_function(
        f"document.querySelector('#filter-count')?.textContent.startsWith('{count[last]} ')"
    )
    ends = f"{last * 10}.0 % to {last * 10 + 10}.0 %"
    assert f"confidence: {ends}" in page.inner_text("#filter-chips")


def test_a_line_of_a_class_leads_to_its_sequences(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/news")
    page.mouse.click(*page.evaluate(SPOT, ["settled", 2, 3]))
    page.wait_for_function("location.pathname === '/explore/news'")
    assert filters_of(page).startswith('[["actual",')


def test_the_table_of_bins_leads_there_by_key(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    page.focus(".decision-card-calibration summary")
    page.keyboard.press("Enter")
    page.locator(".decision-table a").last.press("Enter")
    page.wait_for_function("location.pathname === '/explore/reviews'")
    assert "confidence" in filters_of(page)


def test_the_theme_reaches_the_charts_without_drawing_them_anew(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    tone = """getComputedStyle(document.querySelector("#decisions-accuracy .xtick text")).fill"""
    before = page.evaluate(tone)
    page.evaluate("document.querySelector('#decisions-accuracy .xtick text').dataset.kept = 'yes'")
    page.click("#theme-switch")
    assert page.evaluate(tone) != before
    assert page.locator("#decisions-accuracy [data-kept]").count() == 1
    page.click("#theme-switch")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_many_classes_and_a_series_fit_a_small_window(
    new_page: Callable, serve: Callable[[Path], str], tmp_path: Path, theme: str
) -> None:
    synthetic_run(tmp_path, "many", sequences=60, classes=12, units=6, features=2, max_steps=20)
    page = new_page(viewport={"width": 1280, "height": 720}, color_scheme=theme)
    open_decisions(page, f"{serve(tmp_path)}/decisions/many")
    assert page.locator("#decisions-accuracy .legend .traces").count() == 0
    assert "steps" in page.inner_text(".decision-card-accuracy h2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
