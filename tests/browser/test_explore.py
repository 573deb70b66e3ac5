"""The Explore page: map, table, words and the links between them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, lowest_contrast, open_run, stay

# Numbers of the sequences in the table's rows, from the top, as far as they are loaded.
ORDER = """() => [...document.querySelectorAll("#sequences .ag-row")]
    .filter((row) => row.querySelector("[col-id=sequence_id]")?.innerText)
    .sort((a, b) => a.getAttribute("row-index") - b.getAttribute("row-index"))
    .map((row) => row.querySelector("[col-id=sequence_id]").innerText)"""


def requests_during(page, action: Callable[[], None]) -> list[str]:
    """Addresses requested while the action runs."""
    seen = []

    def hear(request) -> None:
        seen.append(request.url)

    page.on("request", hear)
    action()
    page.wait_for_timeout(150)
    page.remove_listener("request", hear)
    # Chromium fetches the tab's icon when it likes.
    return [address for address in seen if not address.endswith("/assets/icon.svg")]


@pytest.mark.parametrize("run", ["news", "reviews"])
def test_every_state_is_drawn_and_the_legend_says_so(
    shared_page, site: str, browser_store: Path, run: str
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/{run}")
    states = open_folder(browser_store / run).states
    assert page.evaluate("stateline.points") == states
    traces = "document.querySelector('#map .js-plotly-plot').data"
    assert page.evaluate(f"{traces}.reduce((sum, trace) => sum + trace.x.length, 0)") == states
    assert page.evaluate(f"{traces}.every(trace => trace.x instanceof Float32Array)")
    assert f"{states:,} states" in page.inner_text("#legend")
    assert page.is_visible("#overview") and not page.is_visible("#detail")


def test_choosing_a_row_draws_trajectory_and_words_with_one_request(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews")
    seen = requests_during(page, lambda: choose_row(page, 3))
    assert len(seen) == 1 and "/data/reviews/sequence/3" in seen[0]
    run = open_folder(browser_store / "reviews")
    words = run.steps_of(3)["surface"].to_list()
    assert page.locator("#words button").all_inner_texts() == words
    assert page.evaluate("stateline.segments") == len(words) - 1
    for view in ("heatmap", "distances"):
        assert page.locator(f"#{view} g[data-t]").count() == len(words)
    assert "#3" in page.inner_text("#sequence-info") and page.is_visible("#detail")
    assert page.url == f"{site}/explore/reviews?sequence=3"


def test_words_are_readable_on_their_colours(shared_page, site: str) -> None:
    page = shared_page
    for run in ("reviews", "news"):
        stay(page, f"{site}/explore/{run}?sequence=1")
        page.wait_for_selector("#words button")
        assert lowest_contrast(page, "#words button") >= 4.5


def test_nothing_scrolls_but_the_panes_at_any_size(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news?sequence=1")
    page.wait_for_function("stateline.segments > 0")
    for width, height in ((1280, 720), (1920, 1080), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"innerWidth === {width}")
        root = "document.documentElement"
        assert page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]") == [width, height]
        boxes = [page.locator(f".pane-{name}").bounding_box() for name in ("left", "map", "right")]
        left, middle, right = (box["width"] for box in boxes)
        assert middle > max(left, right)


def test_plots_and_regions_have_names_for_screen_readers(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news?sequence=1")
    page.wait_for_selector("#heatmap svg[aria-label]")
    for name in ("#map-frame", "#words", "#distances svg", ".grid-frame", "#theme-switch"):
        assert page.get_attribute(name, "aria-label")
    page.focus("#words [data-t='0']")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.dataset.t === '1'")
    assert page.inner_text("#live").startswith("Step 1, ")


def test_hover_links_words_map_and_step_plots_both_ways_without_a_request(
    shared_page, site: str
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=0")
    page.wait_for_function("stateline.segments > 0")

    def hover() -> None:
        draws = page.evaluate("stateline.overlayDraws")
        page.hover("#words [data-t='2']")
        page.wait_for_function("stateline.hoveredStep === 2")
        assert page.evaluate("stateline.overlayDraws") > draws
        assert page.locator("#heatmap .lit, #distances .lit").count() == 2
        assert page.inner_text("#tooltip strong") == page.inner_text("#words [data-t='2']")
        box = page.locator("#distances g[data-t='4'] .hit").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_function("stateline.hoveredStep === 4")
        # From the map: the place of step 1, worked out with the map's own axes.
        place = page.evaluate(
            """() => {
                const answer = stateline.overlay.spot(1);
                const frame = document.getElementById("map-frame").getBoundingClientRect();
                return [frame.left + answer[0], frame.top + answer[1]];
            }"""
        )
        page.mouse.move(*place)
        page.wait_for_function("stateline.hoveredStep !== null && stateline.hoveredStep !== 4")
        lit = page.evaluate("stateline.hoveredStep")
        assert page.locator(f"#words .lit[data-t='{lit}']").count() == 1

    assert requests_during(page, hover) == []


def test_the_map_is_not_redrawn_for_a_highlight_or_a_sequence(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews")
    choose_row(page, 1)  # By now the first drawing is over.
    page.evaluate(
        """() => {
            window.redraws = 0;
            document.querySelector("#map .js-plotly-plot")
                .on("plotly_afterplot", () => { window.redraws += 1; });
        }"""
    )
    choose_row(page, 3)
    page.hover("#words [data-t='1']")
    page.wait_for_function("stateline.hoveredStep === 1")
    assert page.evaluate("window.redraws") == 0


def test_a_deep_link_restores_the_view_and_changes_keep_it_in_step(page, site: str) -> None:
    link = f"{site}/explore/reviews?projection=lstm-pca&colour=trust&sequence=7"
    open_run(page, link)
    page.wait_for_function("stateline.sequenceShown === 7 && stateline.segments > 0")
    assert page.input_value("#projection-select") == "lstm-pca"
    assert page.input_value("#colour-select") == "trust"
    page.wait_for_selector(".ag-row-selected [col-id=sequence_id] >> text=7")
    page.select_option("#colour-select", "expected")
    page.wait_for_function("!location.search.includes('colour')")
    page.select_option("#projection-select", "lstm-umap")
    page.wait_for_function("location.search.includes('projection=lstm-umap')")
    page.reload()
    page.wait_for_function("stateline?.sequenceShown === 7 && stateline.segments > 0")
    assert page.input_value("#projection-select") == "lstm-umap"


def test_another_projection_moves_points_and_trajectory(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/reviews?sequence=2")
    page.wait_for_function("stateline.segments > 0")
    before = page.evaluate("stateline.overlay.spot(0)")
    page.select_option("#projection-select", "lstm-pca")
    page.wait_for_function("location.search.includes('lstm-pca')")
    page.wait_for_function(f"Math.abs(stateline.overlay.spot(0)[0] - {before[0]}) > 0.5")
    assert "PCA" in page.inner_text("#legend")


def test_every_colouring_has_its_legend(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news")
    for colouring, says in (
        ("actual", "Class that the whole sequence really has"),
        ("correct", "classified wrongly"),
        ("step", "step 24"),
        ("trust", "neighbours"),
        ("expected", "Most likely class"),
    ):
        page.select_option("#colour-select", colouring)
        page.wait_for_selector(f"#legend:has-text('{says}')")


def test_side_columns_collapse_and_give_the_map_their_room(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news")
    width = "document.getElementById('map-frame').clientWidth"
    before = page.evaluate(width)
    page.click(".collapse-left")
    page.click(".collapse-right")
    page.wait_for_function(f"{width} > {before} + 600")
    page.wait_for_function(f"document.querySelector('#map .main-svg').clientWidth === {width}")
    page.click(".collapse-left")
    page.click(".collapse-right")
    page.wait_for_function(f"{width} === {before}")


def test_keys_move_in_the_order_shown_and_escape_returns(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews")
    page.click(".ag-header-cell[col-id=confidence] .ag-header-cell-label")
    page.wait_for_selector(".ag-header-cell[col-id=confidence][aria-sort=ascending]")
    page.wait_for_function(f"(({ORDER})()[1] ?? '1') !== '1'")
    shown = page.evaluate(ORDER)
    choose_row(page, 0)
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"stateline.sequenceShown === {shown[1]}")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(f"stateline.sequenceShown === {shown[2]}")
    page.keyboard.press("ArrowUp")
    page.wait_for_function(f"stateline.sequenceShown === {shown[1]}")
    assert page.inner_text(".ag-row-selected [col-id=sequence_id]") == shown[1]
    page.keyboard.press("Escape")
    page.wait_for_function("stateline.sequenceShown === null")
    assert page.is_visible("#overview") and "sequence" not in page.url


def test_a_filter_counts_and_shows_only_what_passes(page, site: str) -> None:
    open_run(page, f"{site}/explore/news")
    page.hover(".ag-header-cell[col-id=correct]")
    page.evaluate(
        """async () => (await dash_ag_grid.getApiAsync("sequences"))
            .setFilterModel({correct: {filterType: "text", type: "false"}})"""
    )
    page.wait_for_selector("#sequences-count:has-text(' of 60')")
    page.wait_for_function("!document.querySelector('#sequences .tick.right')")
    wrong = page.locator("#sequences .tick.wrong").count()
    assert page.inner_text("#sequences-count") == f"{wrong} of 60 shown"


def test_zooming_keeps_the_trajectory_on_its_points_and_reset_returns(
    shared_page, site: str
) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news?sequence=5")
    page.wait_for_function("stateline.segments > 0")
    before = page.evaluate("stateline.overlay.spot(2)")
    frame = page.locator("#map-frame").bounding_box()
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.wheel(0, -400)
    page.wait_for_selector("#map-reset:visible")
    assert page.evaluate("stateline.overlay.spot(2)") != before
    page.click("#map-reset")
    page.wait_for_selector("#map-reset", state="hidden")
    after = page.evaluate("stateline.overlay.spot(2)")
    assert after == pytest.approx(before, abs=1)


def test_a_click_on_a_state_goes_to_its_sequence_at_its_step(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news?sequence=5")
    page.wait_for_function("stateline.segments > 0")
    x, y = page.evaluate("stateline.overlay.spot(3)")
    frame = page.locator("#map-frame").bounding_box()
    page.keyboard.press("Escape")
    page.wait_for_function("stateline.sequenceShown === null")
    page.mouse.click(frame["x"] + x, frame["y"] + y)
    page.wait_for_function("stateline.sequenceShown === 5 && stateline.hoveredStep === 3")


def test_another_run_is_one_choice_away(shared_page, site: str) -> None:
    page = shared_page
    stay(page, f"{site}/explore/news?sequence=5")
    page.select_option("#run-select", "reviews")
    page.wait_for_function("location.pathname === '/explore/reviews'")
    page.wait_for_function("document.getElementById('legend').innerText.includes('undecided')")
    assert page.evaluate("stateline.sequenceShown") is None
