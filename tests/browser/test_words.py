"""The Words page: table, plot, occurrences and map follow one another and the address."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest

from stateline.store.reader import Run
from stateline.store.reader import open_run as open_folder
from stateline.store.schema import MAX_Q
from tests.browser.test_explore import requests_during
from tests.synthetic import synthetic_run
from tests.synthetic_shortcuts import shortcut_run

READY = """() => document.querySelector("#words-table .ag-row [col-id=phrase]")
    && stateline.wordsPlot?.place && stateline.wordsList.word"""
LISTED = "[...document.querySelectorAll('#words-table .ag-pinned-left-cols-container .ag-row')]"
PHRASES = f"{LISTED}.sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index')).map(r => r.innerText.trim())"  # noqa: E501


@pytest.fixture(scope="module")
def words_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run that has shortcuts, one of five classes, and a series."""
    folder = tmp_path_factory.mktemp("words-store")
    shortcut_run(folder, "reviews")
    synthetic_run(
        folder, "news", sequences=60, max_steps=25, units=6, classes=5, seed=2, swaps=True
    )
    synthetic_run(folder, "waves", features=2, classes=3)
    return folder


@pytest.fixture(scope="module")
def reviews(words_store: Path) -> Run:
    return open_folder(words_store / "reviews")


@pytest.fixture(scope="module")
def words_site(serve, words_store: Path) -> str:
    return serve(words_store)


def open_words(page, address: str) -> None:
    """Go to an address of the page and wait until all of it is there."""
    page.goto(address)
    page.wait_for_function(READY)


def stay_at_words(page, address: str) -> None:
    """The same, unless an earlier test has left the page there."""
    if page.url != address:
        open_words(page, address)


def chosen(page, word: str) -> None:
    """Wait until a word is chosen everywhere."""
    page.wait_for_function(
        "word => stateline.wordsList.word === word && stateline.wordsPlot.chosen === word",
        arg=word,
    )


def asked(page) -> dict:
    """Return the query of the address."""
    return {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}


def word_of(run: Run, word: str) -> dict:
    return run.words.row(by_predicate=pl.col("phrase") == word, named=True)


def test_every_cell_of_a_row_shows_its_value(shared_page, words_site: str, reviews: Run) -> None:
    page = shared_page
    stay_at_words(page, f"{words_site}/words/reviews")
    word = page.evaluate(PHRASES)[0]
    row = word_of(reviews, word)
    cells = page.eval_on_selector_all(
        "#words-table .ag-row[row-index='0'] [role=gridcell]",
        "cells => Object.fromEntries(cells.map(cell => [cell.getAttribute('col-id'), cell.innerText"
        " || cell.innerHTML]))",
    )
    for column in ("error_with", "error_without"):
        text = "" if row[column] is None else f"{100 * row[column]:.1f} %"
        assert cells[column].strip() == text
    assert cells["count"] == f"{row['count']:,}"
    for column, value in cells.items():
        assert value.strip() or row.get(column) is None, f"{column} is empty"


def test_a_row_shows_its_occurrences_lights_its_states_and_marks_its_point(
    shared_page, words_site: str, reviews: Run
) -> None:
    page = shared_page
    stay_at_words(page, f"{words_site}/words/reviews")
    first, second = page.evaluate(PHRASES)[:2]
    chosen(page, first)  # The surest word is open from the beginning.
    draws = page.evaluate("stateline.wordsPlot.draws")

    def choose_second() -> None:
        page.click("#words-table .ag-row[row-index='1'] [col-id=count]")
        chosen(page, second)

    requests = [urlsplit(address).path for address in requests_during(page, choose_second)]
    count = word_of(reviews, second)["count"]
    assert page.evaluate("stateline.wordsList.count") == count
    assert page.evaluate("stateline.wordsMap.dots") == count
    assert asked(page) == {"word": second}
    assert page.evaluate("stateline.wordsPlot.draws") > draws
    # The points stay as they are: only the occurrences were asked for.
    data = {path.rpartition("/")[2] for path in requests if path.startswith("/data/")}
    assert data == {"occurrences", "places"}
    assert f"“{second}”" in page.inner_text("#words-word")
    name = reviews.class_names[word_of(reviews, second)["towards"]]
    said = page.inner_text("#live")
    assert said.startswith(f"{second}: +") and said.endswith(f"towards {name}, {count} occurrences")


def test_a_click_on_a_point_chooses_its_row(page, words_site: str, reviews: Run) -> None:
    open_words(page, f"{words_site}/words/reviews?kind=tokens")
    rows = reviews.words.filter((pl.col("size") == 1) & (pl.col("count") >= 5))
    word = rows.sort("effect")["phrase"][0]
    count, effect = word_of(reviews, word)["count"], word_of(reviews, word)["contribution"][0]
    spot = page.evaluate(
        """([count, effect]) => {
            const frame = document.getElementById("words-plot-frame");
            const { left, top } = frame.getBoundingClientRect();
            const [sx, x, sy, y] = stateline.wordsPlot.place;
            return [left + sx * Math.log10(count) + x, top + sy * effect + y];
        }""",
        [count, effect],
    )
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.mouse.move(*spot)
    page.wait_for_selector("#tooltip:visible")
    assert not [url for url in requests if "/data/" in url]  # Hovering asks for nothing.
    under = page.inner_text("#tooltip strong")
    page.mouse.click(*spot)
    chosen(page, under)
    page.wait_for_selector("#words-table .ag-row-selected")
    assert page.inner_text("#words-table .ag-row-selected [col-id=phrase]") == under
    assert abs(word_of(reviews, under)["contribution"][0] - effect) < 0.2


def test_kind_search_and_least_count_change_table_plot_and_address(
    page, words_site: str, reviews: Run
) -> None:
    open_words(page, f"{words_site}/words/reviews")
    page.click("#words-bar [data-kind=phrases]")
    page.fill("#words-search", "the")
    page.fill("#words-least", "3")
    wanted = reviews.words.filter(
        (pl.col("size") == 2) & pl.col("phrase").str.contains("the", literal=True)
    )
    kept = wanted.filter(pl.col("count") >= 3)
    page.wait_for_function(f"stateline.wordsPlot.words === {kept.height}")
    page.wait_for_function(
        f"document.querySelector('#words-count').innerText.startsWith('{kept.height} of')"
    )
    said = page.inner_text("#words-count")
    assert f"{wanted.height - kept.height} rarer ones hidden" in said
    assert set(page.evaluate(PHRASES)) <= set(kept["phrase"])
    held = asked(page)
    assert (held["kind"], held["search"], held["least"]) == ("phrases", "the", "3")
    page.reload()
    page.wait_for_function(f"window.stateline?.wordsPlot?.words === {kept.height}")
    assert page.input_value("#words-search") == "the"
    assert page.get_attribute("#words-bar [data-kind=phrases]", "aria-pressed") == "true"
    chosen(page, held["word"])


def test_a_class_turns_the_plot_and_the_order_of_the_occurrences(
    page, words_site: str, words_store: Path
) -> None:
    run = open_folder(words_store / "news")
    word = run.words["phrase"][0]
    open_words(page, f"{words_site}/words/news?word={word}")
    chosen(page, word)
    page.select_option("#words-towards", "3")
    page.wait_for_function("stateline.words.asked.towards === 3")
    page.wait_for_function(
        "name => document.querySelector('#words-plot .ytitle')?.textContent.endsWith(name)",
        arg=run.class_names[3],
    )
    page.wait_for_selector("#words-occurrences .occurrence-number")
    page.wait_for_timeout(300)
    shown = page.locator("#words-occurrences .occurrence-number").all_inner_texts()
    values = [float(text.replace("−", "-")) for text in shown]
    assert values == sorted(values, reverse=True)
    token = pl.col("token") == word
    moved = run.scan("steps.parquet").filter(token).select("contribution").collect()
    effects = [each[3] - (sum(each) - each[3]) / 4 for each in moved["contribution"].to_list()]
    assert values[0] == pytest.approx(max(effects), abs=0.006)
    name = run.class_names[3]
    assert f"Effect towards {name}, strongest first" in page.inner_text(".occurrence-heading")
    mean = float(page.inner_text("#words-word .class-chip").split()[1].replace("−", "-"))
    assert mean == pytest.approx(sum(effects) / len(effects), abs=0.006)
    page.click("[data-order=reading]")
    page.wait_for_function(
        "() => document.querySelector('[data-order=reading]').ariaPressed === 'true'"
    )


def test_unless_a_class_is_chosen_a_word_s_occurrences_are_towards_its_own(
    page, words_site: str, reviews: Run
) -> None:
    rows = reviews.words.filter(pl.col("count") > 4)
    for towards in (0, 1):
        word = rows.filter(pl.col("towards") == towards)["phrase"][0]
        open_words(page, f"{words_site}/words/reviews?word={word}")
        chosen(page, word)
        name = reviews.class_names[towards]
        assert f"Effect towards {name}" in page.inner_text(".occurrence-heading")
        mean = float(page.inner_text("#words-word .class-chip").split()[1])
        assert mean == pytest.approx(word_of(reviews, word)["effect"], abs=0.006) and mean > 0
        shown = page.locator("#words-occurrences .occurrence-number").all_inner_texts()
        values = [float(text.replace("−", "-")) for text in shown]
        assert values == sorted(values, reverse=True) and values[0] > 0


def test_back_goes_through_words_kinds_and_classes_and_then_leaves(page, words_site: str) -> None:
    page.goto(f"{words_site}/runs")
    open_words(page, f"{words_site}/words/news")
    first, second = page.evaluate(PHRASES)[:2]
    chosen(page, first)
    page.click("#words-table .ag-row[row-index='1'] [col-id=count]")
    chosen(page, second)
    page.click("#words-bar [data-kind=phrases]")
    page.wait_for_function("stateline.words.asked.kind === 'phrases'")
    page.select_option("#words-towards", "3")
    page.wait_for_function("stateline.words.asked.towards === 3")
    page.evaluate("window.kept = true")  # A page that is built anew forgets it.
    page.go_back()
    page.wait_for_function("stateline.words.asked.towards === null")
    assert page.input_value("#words-towards") == ""
    assert asked(page) == {"kind": "phrases", "word": second}
    page.go_back()
    page.wait_for_function(
        "() => document.querySelector('#words-bar [data-kind=all]').ariaPressed === 'true'"
    )
    chosen(page, second)
    page.go_back()
    chosen(page, first)
    page.go_forward()
    chosen(page, second)
    page.wait_for_selector(f"#words-table .ag-row-selected >> text='{second}'")
    assert page.evaluate("window.kept")
    page.go_back()
    page.go_back()
    page.wait_for_url("**/runs")


def test_hovering_an_occurrence_marks_its_dot_and_a_dot_its_occurrence(
    page, words_site: str
) -> None:
    open_words(page, f"{words_site}/words/reviews?word=the")
    chosen(page, "the")
    page.hover("#occurrence-2")
    page.wait_for_function("stateline.wordsMap.lit === 2")
    page.mouse.move(5, 5)
    page.evaluate("stateline.wordsList.light(-1)")
    last = page.evaluate("stateline.wordsList.count") - 1
    page.evaluate("i => stateline.wordsMap.light(i)", last)
    across, down = page.evaluate("stateline.wordsMap.at")
    frame = page.locator("#words-map").bounding_box()
    factor = frame["width"] / 640
    page.mouse.click(frame["x"] + across * factor, frame["y"] + down * factor)
    page.wait_for_selector("#words-occurrences .occurrence.lit")
    lit = page.evaluate("stateline.wordsList.lit")
    assert page.is_visible(f"#occurrence-{lit}")
    where = page.evaluate("stateline.wordsMap.at")
    assert abs(where[0] - across) < 12 and abs(where[1] - down) < 12


def test_an_occurrence_opens_its_sequence_at_its_step_and_back_returns(
    page, words_site: str, reviews: Run
) -> None:
    open_words(page, f"{words_site}/words/reviews?word=the")
    chosen(page, "the")
    page.click("#occurrence-1 .occurrence-word")
    page.wait_for_function("window.stateline.sequenceShown !== null")
    held = asked(page)
    assert urlsplit(page.url).path == "/explore/reviews"
    steps = reviews.steps_of(int(held["sequence"]))
    assert steps["token"][int(held["step"])] == "the"
    page.go_back()
    page.wait_for_function(READY)
    chosen(page, "the")
    page.click("#words-map-link")
    page.wait_for_selector("#filter-chips .chip")
    assert json.loads(asked(page)["filters"]) == [["word", "the"]]


def test_shortcuts_are_ranked_with_their_reasons(page, words_site: str, reviews: Run) -> None:
    page.goto(f"{words_site}/words/reviews?kind=shortcuts")
    page.wait_for_selector("#words-shortcuts .shortcut")
    ranked = reviews.words.filter(pl.col("finding") == pl.col("phrase")).sort(
        "shortcut", descending=True, maintain_order=True
    )
    shown = page.locator(".shortcut-phrase").all_inner_texts()
    assert shown == ranked["phrase"].to_list() and len(shown) > 2
    assert "training sequences that contain it" in page.inner_text(".shortcut-reason >> nth=0")
    score = page.inner_text(".shortcut-score >> nth=0")
    assert score == f"unsupported effect, at least {ranked['shortcut'][0]:.2f} q = 0.0003"
    assert page.inner_text(".shortcut-variants") == "in mostly the same sequences: long"
    chosen(page, shown[0])
    assert page.is_hidden("#words-table")
    page.mouse.move(2, 2)
    page.focus("body")
    page.keyboard.press("ArrowDown")
    chosen(page, shown[1])
    page.fill("#words-search", "no such word")
    page.wait_for_selector("#words-shortcuts .words-empty")
    page.wait_for_selector("#words-plot >> text=No word passes")
    assert page.locator("#words-plot .xtick").count() == 0


def test_the_swap_test_is_a_table_of_its_findings_with_a_sentence_each(
    page, words_site: str, words_store: Path
) -> None:
    run = open_folder(words_store / "news")
    page.goto(f"{words_site}/words/news?kind=swaps")
    page.wait_for_selector("#words-swaps .swaps")
    found = run.swaps.filter(pl.col("q") <= MAX_Q)
    shown = page.locator(".swap-word").all_inner_texts()
    assert shown == found["token"].to_list() and len(shown) > 2
    chosen(page, shown[0])
    first = page.inner_text("#words-swaps tbody >> nth=0")
    for written in (f"+{found['change'][0]:.2f}", "q < 0.0001", "test sequences that contain it "):
        assert written in first
    assert page.is_hidden("#words-table") and page.is_hidden("#words-least")
    page.mouse.move(2, 2)
    page.focus("body")
    page.keyboard.press("ArrowDown")
    chosen(page, shown[1])
    page.click(f"#words-swaps [data-phrase='{shown[2]}']")
    chosen(page, shown[2])
    page.fill("#words-search", "no such word")
    page.wait_for_selector("#words-swaps .words-empty")


def test_without_a_swap_test_the_page_says_why(page, words_site: str) -> None:
    page.goto(f"{words_site}/words/reviews?kind=swaps")
    page.wait_for_selector("#words-swaps >> text=built from arrays of states")


def test_without_a_split_of_the_corpus_the_page_says_why_there_is_no_list(
    page, serve, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    synthetic_run(folder, "drawn", sequences=40, max_steps=30, classes=2, outputs=1, split="drawn")
    page.goto(f"{serve(folder)}/words/drawn?kind=shortcuts")
    page.wait_for_selector("#words-shortcuts >> text=drawn at random")
    assert page.locator(".shortcut").count() == 0


def test_keys_go_through_the_table_and_the_occurrences(page, words_site: str) -> None:
    open_words(page, f"{words_site}/words/reviews")
    first, second = page.evaluate(PHRASES)[:2]
    chosen(page, first)
    page.keyboard.press("ArrowDown")
    chosen(page, second)
    page.keyboard.press("ArrowUp")
    chosen(page, first)
    page.focus("#words-occurrences")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("stateline.wordsList.lit") == 1
    assert page.get_attribute("#words-occurrences", "aria-activedescendant") == "occurrence-1"
    page.keyboard.press("Enter")
    page.wait_for_function("location.pathname === '/explore/reviews'")
    assert {"sequence", "step"} <= set(asked(page))


def test_many_occurrences_come_block_by_block(page, serve, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    synthetic_run(folder, "long", sequences=400, max_steps=60, classes=2, outputs=1)
    run = open_folder(folder / "long")
    word = run.words["phrase"][0]
    count = word_of(run, word)["count"]
    assert count > 600
    open_words(page, f"{serve(folder)}/words/long?word={word}")
    chosen(page, word)
    assert page.locator(".occurrence").count() < 60
    page.evaluate("document.getElementById('words-occurrences').scrollTop = 1e9")
    page.wait_for_selector(f"#occurrence-{count - 1}")
    last = page.inner_text(f"#occurrence-{count - 1} .occurrence-number").replace("−", "-")
    sign = 1 if word_of(run, word)["towards"] else -1
    token = pl.col("token") == word
    moved = run.scan("steps.parquet").filter(token).select("contribution").collect()
    weakest = min(sign * each[0] for each in moved["contribution"])
    assert float(last) == pytest.approx(weakest, abs=0.006)


def test_another_run_and_a_series_are_one_choice_away(page, words_site: str) -> None:
    open_words(page, f"{words_site}/words/reviews?kind=tokens")
    page.select_option("#run-select", "news")
    page.wait_for_function("location.pathname === '/words/news'")
    page.wait_for_function(READY)
    page.wait_for_function("stateline.words.facts.run === 'news'")
    page.wait_for_function("stateline.words.asked.kind === 'all'")
    page.wait_for_function("document.querySelectorAll('#words-towards option').length === 6")
    page.select_option("#run-select", "waves")
    page.wait_for_selector("text=A series has no words")


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 1280, "height": 720}])
def test_the_page_fits_the_window_in_both_themes(page, words_site: str, size: dict) -> None:
    page.set_viewport_size(size)
    open_words(page, f"{words_site}/words/reviews")
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        for pane in page.locator(".words-pane").all():
            box = pane.bounding_box()
            assert box["height"] > 200 and box["x"] + box["width"] <= size["width"] + 1
        assert page.locator("#words-table .ag-center-cols-container .ag-row").count() >= 6
        # No column is cut: the edge begins where one ends, and leads to those beyond.
        edge = page.locator(".words-more").bounding_box()["x"]
        boxes = [each.bounding_box() for each in page.locator("#words-table .ag-header-cell").all()]
        ends = [box["x"] + box["width"] for box in boxes]
        assert min(abs(end - edge) for end in ends) <= len(ends)
        assert page.locator(".ag-header-cell[col-id=error_without]").bounding_box()["x"] < edge
        assert "Flips" in page.get_attribute(".words-more", "title")
        for _ in range(3):
            if page.is_visible(".words-more"):
                page.click(".words-more")
                page.wait_for_timeout(150)
        assert page.is_hidden(".words-more")
        assert page.evaluate(CUT) == 0
        page.evaluate(
            "document.querySelector('#words-table .ag-center-cols-viewport').scrollLeft = 0"
        )
        page.wait_for_selector(".words-more:visible")
        page.click("#theme-switch")


# Words of a context that are seen in part.
CUT = """() => [...document.querySelectorAll(".occurrence-before, .occurrence-after")]
    .flatMap((part) => {
        const frame = part.getBoundingClientRect();
        const boxes = [...part.children].map((word) => word.getBoundingClientRect());
        const seen = boxes.filter((box) => box.top < frame.bottom - 1);
        return seen.filter(({ left, right }) => left < frame.left - 1 || right > frame.right + 1);
    }).length"""


def test_panes_stand_one_under_the_other_in_a_narrow_window(page, words_site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{words_site}/words/news?kind=swaps")
    page.wait_for_selector("#words-swaps .swap-reason")
    boxes = page.evaluate(
        "[...document.querySelectorAll('.words-pane')].map((e) => e.getBoundingClientRect())"
        ".map(({left, width, top, bottom}) => [left, width, top, bottom])"
    )
    assert {(left, width) for left, width, _, _ in boxes} == {(0, 390)}
    assert all(upper[3] <= lower[2] for upper, lower in zip(boxes, boxes[1:], strict=False))
    reason = page.locator(".swap-reason p").first.bounding_box()
    assert reason["x"] >= 0 and reason["x"] + reason["width"] <= 390
