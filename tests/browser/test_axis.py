"""The step axis: heads, heatmap and bars column under column, scrolled as one or squeezed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, lowest_contrast, open_run, stay
from tests.browser.test_explore import requests_during
from tests.synthetic import synthetic_run

# Of each step: how far the middles of its column and its bars lie from that of its head.
DRIFT = """(root) => {
    const middle = (element) => {
        const { left, width } = element.getBoundingClientRect();
        return left + width / 2;
    };
    const part = document.querySelector(root);
    return [...part.querySelectorAll(".word-head")].map((head) => {
        const columns = part.querySelectorAll(`.step-svg g[data-t="${head.dataset.t}"] .hit`);
        const away = [...columns].map((column) => Math.abs(middle(column) - middle(head)));
        return columns.length === 3 ? Math.max(...away) : Infinity;
    });
}"""
AXIS = "document.querySelector('#detail-main .step-axis')"
# Whether a step's head is inside the axis, beside the names.
IN_VIEW = """(t) => {
    const axis = document.querySelector("#detail-main .step-axis");
    const head = axis.querySelector(`.word-head[data-t="${t}"]`).getBoundingClientRect();
    const names = axis.querySelector(".step-names").getBoundingClientRect();
    return head.left >= names.right - 1 && head.right <= axis.getBoundingClientRect().right + 1;
}"""


@pytest.fixture(scope="module")
def long_site(serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """An app over a run whose texts are longer than the pane."""
    folder = tmp_path_factory.mktemp("long-store")
    synthetic_run(folder, "long", sequences=6, max_steps=120, units=4, classes=3, minimum_steps=90)
    return serve(folder)


def open_long(page, site: str, query: str = "?sequence=0") -> None:
    open_run(page, f"{site}/explore/long{query}")
    page.wait_for_function("stateline.segments > 0")


def stay_long(page, site: str, query: str = "?sequence=0") -> None:
    """The same on the page that the tests share."""
    stay(page, f"{site}/explore/long{query}")


def test_heads_columns_and_bars_stand_one_under_the_other(shared_page, long_site: str) -> None:
    page = shared_page
    stay_long(page, long_site, "?sequence=0&pinned=1")
    for _ in range(2):
        for root in ("#detail-main", "#pinned"):
            drifts = page.evaluate(DRIFT, root)
            assert len(drifts) == page.locator(f"{root} .word").count()
            assert max(drifts) < 0.5
        page.evaluate(f"{AXIS}.scrollLeft = 333")
    page.evaluate(f"{AXIS}.scrollLeft = 0")


def test_a_short_text_spreads_over_the_pane_and_has_nothing_to_choose(
    page, site: str, browser_store: Path
) -> None:
    lengths = open_folder(browser_store / "reviews").sequences["length"]
    open_run(page, f"{site}/explore/reviews?sequence={lengths.arg_min()}")
    page.wait_for_function("stateline.segments > 0")
    assert not page.is_visible("#axis-switch")
    assert page.evaluate(f"{AXIS}.scrollWidth === {AXIS}.clientWidth")
    assert max(page.evaluate(DRIFT, "#detail-main")) < 0.5


def test_a_step_met_elsewhere_brings_its_column_into_view(shared_page, long_site: str) -> None:
    page = shared_page
    stay_long(page, long_site)
    last = page.locator("#words .word").count() - 1
    assert page.evaluate(IN_VIEW, 0) and not page.evaluate(IN_VIEW, last)

    def over_word() -> None:
        page.locator(f"#words [data-t='{last}']").hover()
        page.wait_for_function(f"stateline.hoveredStep === {last}")

    assert requests_during(page, over_word) == []
    assert page.evaluate(IN_VIEW, last)
    # The map's own place of a step.
    x, y = page.evaluate("stateline.overlay.spot(0)")
    frame = page.locator("#map-frame").bounding_box()
    page.mouse.move(frame["x"] + x, frame["y"] + y)
    page.wait_for_function("stateline.hoveredStep !== null")
    assert page.evaluate(IN_VIEW, page.evaluate("stateline.hoveredStep"))
    open_long(page, long_site, f"?sequence=0&step={last}")
    assert page.evaluate(IN_VIEW, last)


def test_keys_go_through_the_columns_though_others_pass_under_the_cursor(
    shared_page, long_site: str
) -> None:
    page = shared_page
    stay_long(page, long_site)
    page.locator("#heatmap g[data-t='5']").hover()
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("stateline.hoveredStep") == 5 and "step=5" in page.url
    for step in range(6, 46):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"stateline.hoveredStep === {step}")
        assert page.evaluate(IN_VIEW, step)


def test_a_head_lights_answers_and_stays_like_every_other_step(shared_page, long_site: str) -> None:
    page = shared_page
    stay_long(page, long_site)
    page.locator("#word-heads [data-t='3']").hover()
    page.wait_for_function("stateline.hoveredStep === 3")
    lit = page.locator("#detail-main .detail-steps .lit")
    assert lit.evaluate_all("all => all.map(one => one.dataset.t)") == ["3"] * 5
    assert page.inner_text("#tooltip strong") == page.inner_text("#words [data-t='3']")
    page.locator("#word-heads [data-t='3']").click()
    assert "step=3" in page.url
    page.locator("#word-heads [data-t='1']").hover()
    page.mouse.down()
    page.locator("#word-heads [data-t='4']").hover()
    page.mouse.up()
    page.wait_for_selector(".chip >> text=steps 1 to 4")


def test_names_and_the_threshold_stay_while_columns_scroll(page, long_site: str) -> None:
    open_long(page, long_site)
    fixed = (
        "#heatmap .step-names",
        "#distances .threshold-line span",
        "#detail-main .bars-distance h2",
    )
    before = [page.locator(name).bounding_box()["x"] for name in fixed]
    page.evaluate(f"{AXIS}.scrollLeft = 400")
    assert page.evaluate(f"{AXIS}.scrollLeft") == 400
    assert [page.locator(name).bounding_box()["x"] for name in fixed] == before
    page.click("[data-opens='view-controls']")
    page.fill("#line-width", "4")
    assert page.evaluate(f"{AXIS}.scrollLeft") == 400


def test_fit_squeezes_all_steps_into_the_pane_and_is_remembered(
    new_page: Callable, long_site: str
) -> None:
    page = new_page()
    open_long(page, long_site)
    assert page.is_visible("#word-heads")
    page.click("#axis-switch")
    for opened_anew in (False, True):
        if opened_anew:
            open_long(page, long_site)
        assert page.get_attribute("#axis-switch", "aria-pressed") == "true"
        assert page.evaluate(f"{AXIS}.scrollWidth === {AXIS}.clientWidth")
        assert not page.is_visible("#word-heads")  # Their columns are too narrow to be read.
    page.click("#axis-switch")
    assert page.is_visible("#word-heads")
    choose_row(page, 2)
    assert page.evaluate(f"{AXIS}.scrollWidth > {AXIS}.clientWidth")


def test_words_on_heads_are_readable_on_their_colours(shared_page, long_site: str) -> None:
    page = shared_page
    stay_long(page, long_site)
    assert lowest_contrast(page, ".word-head") >= 4.5
