"""The Decisions page: charts that are drawn, follow their selects, and lead to Explore."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from stateline.app.decisions import queries as decisions
from stateline.app.decisions.choices import ANSWERS
from stateline.app.queries.confidence import range_of
from stateline.store.reader import open_run
from tests.browser.conftest import has_count
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


def stay_at_decisions(page, address: str) -> None:
    """The same, unless an earlier test has left the page there."""
    if page.url != address:
        open_decisions(page, address)


COUNTS = """[...document.querySelectorAll("#decisions-calibration .textpoint")].map(
    ({ textContent }) => textContent)"""
CURSOR = "key => getComputedStyle(document.querySelector(`#decisions-${key} .nsewdrag`)).cursor"


def filters_of(page) -> str:
    return parse_qs(urlsplit(page.url).query)["filters"][0]


def test_every_chart_is_drawn_with_a_sentence_on_how_to_read_it(shared_page, site: str) -> None:
    page = shared_page
    stay_at_decisions(page, f"{site}/decisions/reviews")
    assert page.locator(".decision-card > .note").count() == len(CHARTS)
    assert page.evaluate(DRAWN, "accuracy") == 4  # two classes, all, the majority
    has_count(page, "#decisions-accuracy .legend .traces", 3)
    page.wait_for_function("document.querySelector('#decisions-trajectory image')")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight"
        " && document.documentElement.scrollWidth <= innerWidth"
    )


def test_the_theme_reaches_the_charts_without_drawing_those_anew_that_show_no_class(
    shared_page, site: str
) -> None:
    page = shared_page
    stay_at_decisions(page, f"{site}/decisions/reviews")
    tone = """getComputedStyle(document.querySelector("#decisions-calibration .xtick text")).fill"""
    before = page.evaluate(tone)
    # Its size settles just after it is drawn: then a mark on its elements stays.
    page.wait_for_function("""() => {
        const { dataset } = document.querySelector("#decisions-calibration .xtick text");
        dataset.kept ??= Date.now();
        return Date.now() - dataset.kept > 700;
    }""")
    page.click("#theme-switch")
    assert page.evaluate(tone) != before
    page.wait_for_timeout(300)
    assert page.locator("#decisions-calibration [data-kept]").count() == 1
    page.click("#theme-switch")


def test_selects_put_another_figure_into_their_chart(shared_page, site: str) -> None:
    page = shared_page
    stay_at_decisions(page, f"{site}/decisions/reviews")
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
    bar = [each for each in range(10) if count[each]].index(last)
    page.mouse.click(*page.evaluate(SPOT, ["calibration", 0, bar]))
    page.wait_for_function("location.pathname === '/explore/reviews'")
    assert json.loads(filters_of(page)) == [["confidence", *range_of(last)]]
    page.wait_for_function(
        f"document.querySelector('#filter-count')?.textContent.startsWith('{count[last]} ')"
    )
    ends = f"{last * 10}.0 % to {last * 10 + 10}.0 %"
    assert f"confidence: {ends}" in page.inner_text("#filter-chips")


def test_counts_and_table_of_the_bins_follow_the_answers(
    page, site: str, browser_store: Path
) -> None:
    open_decisions(page, f"{site}/decisions/news")
    run = open_run(browser_store / "news")
    listed = ".decision-table:visible tbody td:nth-child(2)"
    for answers in ("half", "quarter", "end", "half"):
        page.select_option("#decisions-calibration-choice", answers)
        count = decisions.calibration(run, ANSWERS[answers]).count
        wanted = [f"{each:,}" for each in count if each]
        page.wait_for_function(f"({COUNTS}).join() === {','.join(wanted)!r}")
        page.wait_for_selector(f"#decisions-bins-{answers}:visible")
        assert page.locator(listed).all_inner_texts() == wanted
    assert "at the end only" in page.inner_text(".decision-card-calibration")


def test_only_what_leads_somewhere_looks_clickable_and_says_what_it_is(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews?answers=half")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    assert page.evaluate(CURSOR, "settled") == "default"
    page.mouse.move(*page.evaluate(SPOT, ["settled", 0, 3]))
    page.wait_for_selector("#tooltip:has-text('by step 3'):has-text('Median settle step')")
    assert "lists its sequences" in page.inner_text("#tooltip")
    assert page.evaluate(CURSOR, "settled") == "pointer"
    # Below the chart: no line is hidden by what is said of it.
    boxes = [page.locator(each).bounding_box() for each in ("#tooltip", "#decisions-settled")]
    assert boxes[0]["y"] >= boxes[1]["y"] + boxes[1]["height"]
    page.mouse.move(*page.evaluate(SPOT, ["calibration", 0, 0]))
    page.wait_for_selector("#tooltip:has-text('Mean confidence')")
    assert "lists its sequences" not in page.inner_text("#tooltip")
    assert page.evaluate(CURSOR, "calibration") == "default"
    page.mouse.click(*page.evaluate(SPOT, ["calibration", 0, 0]))
    page.mouse.move(2, 300)
    page.wait_for_selector("#tooltip", state="hidden")
    assert urlsplit(page.url).path == "/decisions/reviews" and requests == []


def test_choices_are_kept_in_the_address_and_come_back(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    requests, steps = [], page.evaluate("history.length")
    # The icon of a tab is asked for anew where its address changes.
    page.on("request", lambda request: "icon.svg" in request.url or requests.append(request.url))
    asked = {"fan": "1", "settled": "share", "calibration": "half"}
    for key, value in asked.items():
        page.select_option(f"#decisions-{key}-choice", value)
    query = "?class=1&steps=share&answers=half"
    page.wait_for_function(f"location.search === {query!r}")
    assert page.evaluate("history.length") == steps and requests == []
    page.mouse.click(*page.evaluate(SPOT, ["settled", 1, 50]))
    page.wait_for_function("location.pathname === '/explore/reviews'")
    page.wait_for_selector("#sequences")
    page.go_back()
    page.wait_for_function(f"({DRAWN})('calibration') > 0")
    for key, value in asked.items():
        assert page.input_value(f"#decisions-{key}-choice") == value
    page.wait_for_selector("#decisions-settled >> text=from the first step to the last")
    assert page.locator("#decisions-bins-half").is_visible()
    assert urlsplit(page.url).query == query[1:]
    page.select_option("#decisions-fan-choice", "0")
    page.wait_for_function("location.search === '?steps=share&answers=half'")


def test_a_line_of_a_class_leads_to_its_sequences(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/news")
    page.mouse.click(*page.evaluate(SPOT, ["settled", 2, 3]))
    page.wait_for_function("location.pathname === '/explore/news'")
    assert filters_of(page).startswith('[["actual",')


def test_the_table_of_bins_leads_there_by_key(page, site: str) -> None:
    open_decisions(page, f"{site}/decisions/reviews")
    page.locator(".decision-table a").last.press("Enter")
    page.wait_for_function("location.pathname === '/explore/reviews'")
    assert "confidence" in filters_of(page)


@pytest.mark.parametrize(("classes", "named"), [(10, 11), (14, 0)])
def test_many_classes_and_a_series_fit_a_small_window(
    page, serve: Callable[[Path], str], tmp_path: Path, classes: int, named: int
) -> None:
    synthetic_run(
        tmp_path, "many", sequences=60, classes=classes, units=6, features=2, max_steps=20
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    open_decisions(page, f"{serve(tmp_path)}/decisions/many")
    for _ in range(2):  # light and dark
        # One name per class, and that of all of them.
        has_count(page, "#decisions-accuracy .legend .traces", named)
        has_count(page, "#decisions-trajectory .legend .traces", max(0, named - 1))
        assert "steps" in page.inner_text(".decision-card-accuracy h2")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        frame = page.locator("#decisions-accuracy .nsewdrag").bounding_box()
        assert frame["height"] > 100
        page.click("#theme-switch")


def test_lines_of_classes_are_seen_in_either_theme(
    new_page: Callable, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    synthetic_run(tmp_path, "many", sequences=60, classes=10, units=6, max_steps=20)
    page = new_page(color_scheme="light")
    open_decisions(page, f"{serve(tmp_path)}/decisions/many")
    contrasts = """() => {
        const tone = stateline.theme.tone("--surface");
        const { data } = document.querySelector("#decisions-accuracy .js-plotly-plot");
        return data.map(({ line }) => stateline.colour.contrast(line.color, tone));
    }"""
    assert min(page.evaluate(contrasts)) >= 2
    page.click("#theme-switch")
    page.wait_for_function(f"Math.min(...({contrasts})()) >= 3")
