"""Evidence in the sequence view: contributions, turning point, other methods, stretch."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.app.queries.run import sequence
from stateline.app.typed import client as typed
from stateline.store.reader import Run
from stateline.store.reader import open_run as open_folder
from stateline.store.schema import projection_table
from tests.browser.conftest import choose_row, open_run, stay
from tests.browser.test_explore import requests_during
from tests.browser.test_typed import MODEL_SECONDS, TYPED

# Of each step: the height of its bar in pixels, negative where it hangs from the zero line.
BARS = """(root) => [...document.querySelectorAll(`${root} g[data-t]`)].map((step) => {
    const bar = step.querySelector("rect:not(.turning-mark, .opposed-mark)");
    const [top, height] = ["y", "height"].map((name) => Number(bar.getAttribute(name)));
    const line = [...step.closest("svg").querySelectorAll(".zero-line")].at(-1);
    const zero = Number(line.getAttribute("d").match(/M0 ([0-9.]+)H/)[1]);
    return top + height / 2 < zero ? height : -height;
})"""


def run_of(store: Path, name: str) -> Run:
    return open_folder(store / name)


def misclassified(run: Run) -> int:
    """Number of a sequence that turned, with a step named as what turned it."""
    turned = run.sequences.filter(pl.col("turning_step").is_not_null())["sequence_id"]
    named = (number for number in turned if sequence(run, number, "lstm-tsne")["decision"]["step"])
    return next(named)


def open_sequence(page, site: str, run: str, number: int, query: str = "") -> None:
    open_run(page, f"{site}/explore/{run}?sequence={number}{query}")
    page.wait_for_function(f"stateline.sequenceShown === {number} && stateline.segments > 0")


def stay_sequence(page, site: str, run: str, number: int, query: str = "") -> None:
    """The same on the page that the tests share."""
    stay(page, f"{site}/explore/{run}?sequence={number}{query}")


def moved_towards(run: Run, number: int, chosen: int) -> np.ndarray:
    """Contributions of the store towards a class, by the definition."""
    contribution = run.steps_of(number)["contribution"].to_numpy()
    if contribution.shape[1] == 1:
        return contribution[:, 0] * (1 if chosen == 1 else -1)
    return contribution[:, chosen]


@pytest.mark.parametrize("name", ["reviews", "news"])
def test_bars_point_as_the_contributions_do_and_the_sum_ends_at_the_final_logit(
    shared_page, site: str, browser_store: Path, name: str
) -> None:
    page = shared_page
    run = run_of(browser_store, name)
    stay_sequence(page, site, name, 3)
    predicted = run.sequences["predicted"][3]
    for chosen in range(len(run.class_names)):
        page.select_option("#contribution-class", str(chosen))
        wanted = moved_towards(run, 3, chosen)
        heights = np.array(page.evaluate(BARS, "#contributions"))
        seen = heights != 0
        assert seen.sum() > len(wanted) / 2
        assert np.array_equal(np.sign(heights[seen]), np.sign(wanted[seen]))
        scale = np.abs(wanted).max() / np.abs(heights).max()
        assert np.abs(heights * scale - wanted).max() < 1.1 * scale  # a pixel
        logit = run.steps_of(3)["logit"][-1].to_numpy()
        final = logit[chosen] if len(logit) > 1 else logit[0] * (1 if chosen else -1)
        assert float(page.get_attribute("#contributions .sum-end", "data-logit")) == pytest.approx(
            final, abs=1e-5
        )
        text = f"{final:+.2f}".replace("-", "−")
        assert page.inner_text("#contributions .sum-end") == text
        assert f"class={chosen}" in page.url
    page.select_option("#contribution-class", "")
    assert "class=" not in page.url
    answer = run.class_names[predicted]
    assert page.inner_text("#contributions .step-names").splitlines()[1] == f"to {answer}"


def test_back_and_a_link_restore_class_and_bars(page, site: str) -> None:
    open_sequence(page, site, "news", 3, "&class=4&bars=contribution")
    assert page.input_value("#contribution-class") == "4"
    assert page.is_visible("#contributions") and page.is_hidden("#distances")
    page.click("#bars-switch [data-bars='both']")
    page.select_option("#contribution-class", "1")
    assert page.is_visible("#distances") and page.url.endswith("?sequence=3&class=1")
    page.go_back()
    page.wait_for_function("document.querySelector('#contribution-class').value === '4'")
    page.go_back()
    page.wait_for_function("document.querySelector('#detail').dataset.bars === 'contribution'")
    assert page.get_attribute("#bars-switch [data-bars='contribution']", "aria-pressed") == "true"
    page.click("#bars-switch [data-bars='distance']")
    assert page.is_hidden("#contributions") and page.is_visible("#distances")
    assert page.is_hidden("#compare-switch") and "bars=distance" in page.url
    # A class that was chosen stays for the next sequence.
    choose_row(page, 5)
    assert page.input_value("#contribution-class") == "4" and "class=4" in page.url


def test_class_and_bars_ask_the_server_nothing_and_light_like_all_else(
    shared_page, site: str
) -> None:
    page = shared_page
    stay_sequence(page, site, "reviews", 0)

    def act() -> None:
        page.select_option("#contribution-class", "0")
        page.click("#bars-switch [data-bars='contribution']")
        page.locator("#contributions g[data-t='2'] .hit").hover()
        page.wait_for_function("stateline.hoveredStep === 2")
        assert page.locator("#words .lit").inner_text() == page.inner_text("#tooltip strong")
        assert "To negative" in page.inner_text("#tooltip")
        assert "Changes the prediction, memory only" in page.inner_text("#tooltip")

    assert requests_during(page, act) == []


def test_each_jump_is_split_into_what_the_answer_sees_and_what_it_does_not(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = run_of(browser_store, "reviews")
    stay_sequence(page, site, "reviews", 4)
    steps = run.steps_of(4)
    wanted = (steps["visible"] / steps["distance"]).to_numpy() ** 2
    heights = page.evaluate(
        """() => [...document.querySelectorAll("#distances g[data-t]")].map((step) =>
            ["visible", "silent"].map((part) =>
                Number(step.querySelector(`[data-part="${part}"]`).getAttribute("height"))))"""
    )
    shares = np.array([seen / (seen + silent) for seen, silent in heights])
    assert np.abs(shares - wanted).max() < 0.03
    assert page.is_visible(".parts-legend")


def test_the_turning_point_is_said_marked_and_leads_there(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = run_of(browser_store, "news")
    number = misclassified(run)
    told = sequence(run, number, "lstm-tsne")["decision"]
    stay_sequence(page, site, "news", number)
    sentence = page.inner_text("#sequence-info .sentence")
    assert sentence == told["before"] + told["named"] + told["after"]
    turn = told["step"]
    for view in ("contributions", "distances"):
        marks = page.locator(f"#{view} .turning-mark")
        assert marks.count() == 1
        assert page.locator(f"#{view} g[data-t='{turn}'] .turning-mark").count() == 1
    assert page.get_attribute(f"#word-heads [data-t='{turn}']", "class") == "word-head head-turning"
    assert page.evaluate("stateline.turnings") == 1
    page.click("#sequence-info .sentence-step")
    page.wait_for_function(f"stateline.hoveredStep === {turn}")
    assert f"step={turn}" in page.url
    assert page.locator(f"#words .lit[data-t='{turn}']").count() == 1


def test_a_sequence_that_is_right_says_when_it_settled_and_marks_no_turning_point(
    shared_page, site: str, browser_store: Path
) -> None:
    page = shared_page
    run = run_of(browser_store, "news")
    number = run.sequences.filter(correct=True, flips=1)["sequence_id"][0]
    settle = run.sequences["settle_step"][number]
    stay_sequence(page, site, "news", number)
    sentence = page.inner_text("#sequence-info .sentence")
    assert sentence.startswith("Settled on ") and f"at step {settle}; " in sentence
    assert page.locator(".turning-mark").count() == 0 and page.evaluate("stateline.turnings") == 0


def test_a_pinned_sequence_has_bars_towards_the_same_class(shared_page, site: str) -> None:
    page = shared_page
    stay_sequence(page, site, "news", 3, "&pinned=1")
    page.wait_for_function("stateline.pinnedShown === 1")
    page.select_option("#contribution-class", "3")
    names = page.locator(".step-names .sum-name:nth-child(2)").all_inner_texts()
    assert len(names) == 2 and len(set(names)) == 1
    steps = page.locator("#pinned .pinned-heatmap g[data-t]").count()
    assert page.locator("#pinned .pinned-contributions g[data-t]").count() == steps


@pytest.mark.parametrize("projection", ["lstm-tsne", "lstm-pca"])
def test_segments_whose_length_misleads_are_drawn_apart_and_counted(
    page, site: str, browser_store: Path, projection: str
) -> None:
    run = run_of(browser_store, "reviews")
    table = run.scan(projection_table(projection)).select("stretch").collect()
    stretch = table["stretch"].fill_null(np.nan).to_numpy()
    number = int(np.searchsorted(run.offsets, np.nanargmax(np.abs(stretch)), side="right") - 1)
    own = stretch[run.offsets[number] : run.offsets[number + 1]]
    long, short = (int((sign * own >= np.log2(3)).sum()) for sign in (1, -1))
    assert long + short > 0
    open_sequence(page, site, "reviews", number, f"&projection={projection}")
    assert page.evaluate("stateline.stretched") == {"long": long, "short": short}
    legend = page.inner_text("#legend")
    if long:
        assert f"dotted: {long} segment" in legend and "over 3 times too long" in legend
    if short:
        assert f"double: {short} segment" in legend and "over 3 times too short" in legend
    page.click("#detail-close")
    page.wait_for_function("stateline.stretched.long + stateline.stretched.short === 0")
    assert "3 times too" not in page.inner_text("#legend")


def answer_with(page, make: Callable[[dict], tuple[int, str]]) -> list[dict]:
    """Stands in for the model: make(asked) is status and body; returns what was asked so far."""
    asked = []

    def answer(route) -> None:
        asked.append(json.loads(route.request.post_data))
        status, body = make(asked[-1])
        route.fulfill(status=status, body=body, content_type="application/json")

    page.route("**/attribution?*", answer)
    return asked


def measured(run: Run, asked: dict, factor: float = 1.0) -> dict:
    """An answer that agrees with the contributions, but for the sign of the strongest step."""
    own = moved_towards(run, asked["sequence"], asked["class"]).astype(float)
    other = own.copy()
    other[np.abs(own).argmax()] *= -1
    rows = {"leave_one_out": (factor * own).tolist(), "integrated_gradients": other.tolist()}
    return rows | {
        "class": asked["class"],
        "logit": 1.5,
        "baseline": 0.5,
        "gap": 0.0,
        "reason": None,
    }


def test_other_methods_stand_beside_the_contributions_and_disagreement_shows(
    page, site: str, browser_store: Path
) -> None:
    run = run_of(browser_store, "reviews")
    asked = answer_with(page, lambda one: (200, json.dumps(measured(run, one, factor=2.0))))
    open_sequence(page, site, "reviews", 3)
    own = moved_towards(run, 3, run.sequences["predicted"][3])
    before = np.array(page.evaluate(BARS, "#contributions"))
    assert page.is_hidden("#comparison")
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li")
    assert asked == [{"sequence": 3, "class": int(run.sequences["predicted"][3])}]
    status = page.inner_text("#comparison-status")
    assert "Leave-one-out: what would the logit be without the word? ρ = 1.00\n" in status
    strongest = int(np.abs(own).argmax())
    word = run.steps_of(3)["surface"][strongest]
    assert f"opposite sign at “{word}”" in status
    marks = page.locator("#comparison-rows .opposed-mark")
    assert marks.count() == 1
    assert page.locator(f"#comparison-rows g[data-t='{strongest}'] .opposed-mark").count() == 1
    # One scale: the bars make room for those twice as long, and the rows stand column under column.
    after = np.array(page.evaluate(BARS, "#contributions"))
    assert np.abs(after).max() < np.abs(before).max()
    assert page.locator("#comparison-rows g[data-t]").count() == len(own)
    page.locator(f"#comparison-rows g[data-t='{strongest}'] .hit").hover()
    page.wait_for_function(f"stateline.hoveredStep === {strongest}")
    assert "Leave-one-out" in page.inner_text("#tooltip")


def test_an_answer_is_asked_once_a_sequence_and_class(page, site: str, browser_store: Path) -> None:
    run = run_of(browser_store, "reviews")
    asked = answer_with(page, lambda one: (200, json.dumps(measured(run, one))))
    open_sequence(page, site, "reviews", 3)
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li")
    page.click("#compare-switch")
    assert page.is_hidden("#comparison")
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li")
    assert len(asked) == 1
    other = 1 - asked[0]["class"]
    page.select_option("#contribution-class", str(other))
    page.wait_for_selector("#comparison-status li")
    assert [one["class"] for one in asked] == [1 - other, other]
    # The next sequence is not asked for until somebody wants it.
    choose_row(page, 5)
    assert page.is_hidden("#comparison") and len(asked) == 2
    choose_row(page, 3)
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li")
    assert len(asked) == 2


def test_what_keeps_the_model_from_answering_is_said(page, site: str, complaints: list) -> None:
    answer_with(page, lambda _: (503, "typing: it has ended"))
    open_sequence(page, site, "reviews", 3)
    page.click("#compare-switch")
    page.wait_for_function(
        "document.querySelector('#comparison-status').innerText === 'typing: it has ended'"
    )
    assert page.inner_text("#comparison-rows") == ""
    assert any("503" in line for line in complaints)
    complaints.clear()


def test_a_method_that_the_model_cannot_give_is_left_out_with_the_reason(
    page, site: str, browser_store: Path
) -> None:
    run = run_of(browser_store, "reviews")
    lacking = {"integrated_gradients": None, "reason": "the model reads its ids in another way"}
    answer_with(page, lambda one: (200, json.dumps(measured(run, one) | lacking)))
    open_sequence(page, site, "reviews", 3)
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li")
    assert page.locator("#comparison-rows .zero-line").count() == 1
    assert "the model reads its ids in another way" in page.inner_text("#comparison-status")


def test_where_no_model_can_be_asked_compare_says_what_would_help(
    page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "find_spec", lambda _: None)
    open_sequence(page, site, "reviews", 3)
    assert page.get_attribute("#compare-switch", "aria-disabled") == "true"
    page.focus("#compare-switch")
    page.keyboard.press("Enter")
    assert "make setup" in page.inner_text("#comparison-status")


def test_the_model_itself_is_asked_about_a_typed_text(page, serve, model_store: Path) -> None:
    page.goto(f"{serve(model_store)}/explore/modelled?text=A+dull+film+but+clever+actors")
    page.wait_for_function(TYPED, timeout=MODEL_SECONDS)
    assert page.inner_text("#sequence-info .sentence").startswith(("Settled on", "Answered"))
    assert page.locator(".turning-mark").count() == 0
    page.click("#compare-switch")
    page.wait_for_selector("#comparison-status li", timeout=MODEL_SECONDS)
    assert page.locator("#comparison-rows g[data-t]").count() == 6
    assert page.locator("#comparison-rows .zero-line").count() == 2
    status = page.inner_text("#comparison-status")
    assert status.count("? ρ = ") == 2 and status.startswith("Contribution: by how much")
