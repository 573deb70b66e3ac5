"""Numeric series in the page: strips on the step axis, pictures row by row, and no text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run, stay
from tests.browser.test_explore import requests_during
from tests.synthetic import synthetic_run

# Of each step: how far its button in the strip lies from its head, its heatmap column and its bar.
DRIFT = """(root) => {
    const middle = (element) => {
        const { left, width } = element.getBoundingClientRect();
        return left + width / 2;
    };
    const part = document.querySelector(root);
    return [...part.querySelectorAll(".strip-step")].map((step) => {
        const others = part.querySelectorAll(
            `.word-head[data-t="${step.dataset.t}"], .step-svg g[data-t="${step.dataset.t}"] .hit`);
        const seen = [...others].filter((other) => other.getBoundingClientRect().width > 0);
        const away = seen.map((other) => Math.abs(middle(other) - middle(step)));
        return others.length === 4 ? Math.max(...away) : Infinity;
    });
}"""
# How far a row of pixels is from touching the next, and how wide its cells are for their height.
ROWS = """() => [...document.querySelectorAll("#words .picture-row .pixels")].map((row, t, all) => {
    const box = row.getBoundingClientRect();
    const gap = t + 1 < all.length ? all[t + 1].getBoundingClientRect().top - box.bottom : 0;
    return { gap, square: box.width / row.viewBox.baseVal.width / box.height };
})"""


@pytest.fixture(scope="module")
def series_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of pictures of 8 rows and 8 columns, and one of long series of three features."""
    folder = tmp_path_factory.mktemp("series-store")
    synthetic_run(
        folder, "pictures", sequences=30, max_steps=8, minimum_steps=8, units=6, classes=5,
        features=8, picture=True, cut=False,
    )  # fmt: skip
    synthetic_run(
        folder, "waves", sequences=12, max_steps=80, minimum_steps=12, units=6, classes=3,
        features=3, seed=4,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def series_site(serve: Callable[[Path], str], series_store: Path) -> str:
    return serve(series_store)


def stay_series(page, site: str, query: str) -> None:
    stay(page, f"{site}/explore/{query}")
    page.wait_for_function("stateline.segments > 0")


def test_a_strip_has_a_column_a_step_on_the_axis_of_heatmap_and_bars(
    shared_page, series_site: str, series_store: Path
) -> None:
    page = shared_page
    stay_series(page, series_site, "waves?sequence=0&pinned=1")
    run = open_folder(series_store / "waves")
    for root, number in (("#detail-main", 0), ("#pinned", 1)):
        drifts = page.evaluate(DRIFT, root)
        assert len(drifts) == run.sequences["length"][number] and max(drifts) < 0.5
    names = page.locator("#words .strip-names span").all_inner_texts()
    assert names == run.feature_names
    page.click("#axis-switch")
    assert max(page.evaluate(DRIFT, "#detail-main")) < 0.5
    page.click("#axis-switch")


def test_the_edge_of_a_step_is_its_answer_s_colour(shared_page, series_site: str) -> None:
    page = shared_page
    stay_series(page, series_site, "waves?sequence=2")
    for query in (".strip-step", ".word-head"):
        assert page.evaluate(
            f"""() => [...document.querySelectorAll("#detail-main {query}")].every((step) => {{
                const fill = document.querySelector(
                    `#heatmap g[data-t="${{step.dataset.t}}"] rect:nth-last-child(2)`);
                const {{ backgroundColor, borderTopColor }} = getComputedStyle(step);
                const wanted = getComputedStyle(fill).fill;
                return wanted === backgroundColor || wanted === borderTopColor;
            }})"""
        )


# In turns, so that a page is opened no more often than it must be.
@pytest.mark.parametrize("run", ["waves", "pictures"])
def test_hover_links_both_ways_without_a_request(shared_page, series_site: str, run: str) -> None:
    page = shared_page
    stay_series(page, series_site, f"{run}?sequence=1")

    def lit_by(query: str) -> list[str]:
        assert requests_during(page, lambda: page.hover(query)) == []
        return page.locator("#detail-main .detail-steps .lit").evaluate_all(
            "all => all.map(one => one.dataset.t)"
        )

    assert lit_by("#words [data-t='2']") == ["2"] * 5  # step, head, two columns, bar
    assert page.evaluate("stateline.hoveredStep") == 2
    tip = page.inner_text("#tooltip")
    for part in ("step 2", "Answer so far", "Actual class", "Distance", "feature 0", "feature 2"):
        assert part in tip
    assert page.locator("#tooltip .so-far").count() == (run == "pictures")
    assert lit_by("#heatmap g[data-t='4']") == ["4"] * 5
    assert page.locator("#words .lit").get_attribute("data-t") == "4"
    x, y = page.evaluate("stateline.overlay.spot(6)")
    frame = page.locator("#map-frame").bounding_box()
    page.mouse.move(frame["x"] + x, frame["y"] + y)
    page.wait_for_function("stateline.hovered !== null")
    step = page.evaluate("stateline.hovered.step")
    assert page.locator("#words .lit").first.get_attribute("data-t") == str(step)


@pytest.mark.parametrize("run", ["pictures", "waves"])
def test_click_and_keys_go_through_the_steps(shared_page, series_site: str, run: str) -> None:
    page = shared_page
    stay_series(page, series_site, f"{run}?sequence=1")
    page.click("#words [data-t='3']")
    assert "step=3" in page.url
    page.keyboard.press("ArrowRight")
    assert page.evaluate("stateline.hoveredStep") == 4
    assert page.evaluate("document.activeElement.dataset.t") == "4"
    seen = requests_during(page, lambda: page.keyboard.press("Escape"))
    assert not [each for each in seen if "/sequence/" in each]


def test_a_drag_across_a_strip_is_a_filter_of_its_steps(shared_page, series_site: str) -> None:
    page = shared_page
    stay_series(page, series_site, "waves?sequence=1")
    page.hover("#words [data-t='2']")
    page.mouse.down()
    page.hover("#words [data-t='5']")
    page.mouse.up()
    page.wait_for_selector(".chip >> text=steps 2 to 5")


def test_rows_of_a_picture_lie_on_each_other_so_that_it_can_be_read(
    shared_page, series_site: str
) -> None:
    page = shared_page
    stay_series(page, series_site, "pictures?sequence=3")
    rows = page.evaluate(ROWS)
    assert len(rows) == 8
    for row in rows:
        assert abs(row["gap"]) < 0.1 and 0.9 < row["square"] < 1.1
    assert page.locator("#words .row-answer").count() == 8
    first = page.locator("#words [data-t='0']")
    assert first.get_attribute("aria-label").startswith("step 0: feature 0 ")
    assert page.inner_text("#sequence-info").count("8 steps") == 1


def test_the_next_sequence_is_one_request(shared_page, series_site: str) -> None:
    page = shared_page
    stay_series(page, series_site, "pictures?sequence=2")
    page.wait_for_selector(".ag-row-selected")

    def following() -> None:
        page.keyboard.press("ArrowDown")
        page.wait_for_function("stateline.sequenceShown === 3")
        page.wait_for_timeout(200)

    assert len(requests_during(page, following)) == 1


def test_the_end_of_a_trajectory_shows_the_picture_in_light_and_dark(
    shared_page, series_site: str
) -> None:
    page = shared_page
    stay_series(page, series_site, "pictures?sequence=3&pinned=5")
    page.wait_for_function("stateline.pinnedShown === 5")
    assert page.evaluate("stateline.pictures") == 2
    for _ in range(2):
        drawn = page.evaluate(
            """() => {
            const { canvas } = stateline.shown.main.scene.picture;
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            const greys = new Set(data.filter((_, i) => i % 4 === 0));
            return { greys: greys.size, darkest: Math.min(...greys), lightest: Math.max(...greys) };
            }"""
        )
        # Paper and ink in both themes; of features this unlike, most pixels are in the middle.
        assert drawn["greys"] > 2 and drawn["lightest"] > drawn["darkest"] + 20
        page.click("#theme-switch")
    stay_series(page, series_site, "waves?sequence=3")
    assert page.evaluate("stateline.pictures") == 0


def test_the_table_has_pictures_instead_of_texts_and_nothing_to_search(
    page, series_site: str
) -> None:
    open_run(page, f"{series_site}/explore/pictures")
    page.wait_for_function("document.querySelectorAll('.cell-picture canvas').length > 5")
    assert page.evaluate("document.querySelector('.cell-picture canvas').width") == 8
    for run in ("pictures", "waves"):
        open_run(page, f"{series_site}/explore/{run}")
        headings = page.locator("#sequences .ag-header-cell-text").all_inner_texts()
        assert "Text" not in headings and "Class" in headings
        assert page.locator("#search").count() == 0
        assert "no text to search" in page.inner_text("#search-box")
        assert not page.is_visible("#typed-open")
        page.keyboard.press("/")
        choose_row(page, 1)
        assert not page.is_visible("#detail-edit")


def test_an_address_that_searches_a_series_says_why_not(page, series_site: str) -> None:
    page.goto(f'{series_site}/explore/waves?filters=[["search","a"]]')
    page.wait_for_selector("text=numeric series, with no text to search")


def test_an_address_with_a_text_opens_the_panel_that_says_why_not(page, series_site: str) -> None:
    open_run(page, f"{series_site}/explore/waves?text=hello")
    page.wait_for_selector("#typed-status[data-kind=error]:visible")
    assert "numbers, not a text" in page.inner_text("#typed-status")


@pytest.mark.parametrize(("run", "rows"), [("waves", None), ("pictures", 8)])
def test_the_series_and_the_map_are_exported(
    shared_page, series_site: str, run: str, rows: int
) -> None:
    page = shared_page
    stay_series(page, series_site, f"{run}?sequence=1")
    steps = rows or page.locator("#words .strip-step").count()
    with page.expect_download() as caught:
        page.evaluate("stateline.export.save('words', 'svg')")
    assert caught.value.suggested_filename == f"stateline-{run}-1-series.svg"
    written = Path(caught.value.path()).read_text(encoding="utf-8")
    assert written.count("<svg") >= steps + 1 and "Series of " in written
    for view, kind in (("words", "png"), ("map", "svg")):
        with page.expect_download() as caught:
            page.evaluate(f"stateline.export.save('{view}', '{kind}')")
        assert Path(caught.value.path()).stat().st_size > 3000
    written = Path(caught.value.path()).read_text(encoding="utf-8")
    assert ("<image" in written) is (run == "pictures")
