"""Typing a text and changing one: read by a real model, shown and linked like a stored sequence."""

from pathlib import Path

import pytest

from stateline.app.typed import client as typed
from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run, stay

MODEL_SECONDS = 120_000  # milliseconds for TensorFlow to load
TYPED = "stateline.typedShown !== null && stateline.segments > 0"

# Of an element's ink on the first ground under it.
CONTRAST = """(part) => {
    const element = document.querySelector(part);
    const hex = (text) => "#" + text.match(/\\d+/g).slice(0, 3)
        .map((channel) => Number(channel).toString(16).padStart(2, "0")).join("");
    const ground = (at) => {
        const colour = getComputedStyle(at).backgroundColor;
        return colour === "rgba(0, 0, 0, 0)" ? ground(at.parentElement) : colour;
    };
    return stateline.colour.contrast(hex(getComputedStyle(element).color), hex(ground(element)));
}"""


@pytest.fixture(scope="module")
def modelled(serve, model_store: Path) -> str:
    """Address of a run whose model can read."""
    return f"{serve(model_store)}/explore/modelled"


@pytest.fixture
def at_run(page, modelled: str):
    open_run(page, modelled)
    return page


@pytest.fixture
def shared_at_run(shared_page, modelled: str):
    """The same, on the page that the tests share."""
    stay(shared_page, modelled)
    return shared_page


def read(page, text: str) -> None:
    """Write a text into the open panel and run it."""
    page.fill("#typed-text", text)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(TYPED, timeout=MODEL_SECONDS)


def shown_words(page) -> list[str]:
    return page.locator("#words button").all_inner_texts()


def test_a_typed_text_is_drawn_in_every_view(shared_at_run) -> None:
    page = shared_at_run
    page.click("#typed-open")
    assert page.evaluate("document.activeElement.id") == "typed-text"
    read(page, "Never a dull film; zyzzyva, but clever actors")
    words = "Never a dull film zyzzyva but clever actors".split()
    assert shown_words(page) == words
    assert page.locator("#words .word-unknown").all_inner_texts() == ["zyzzyva"]
    for view in ("heatmap", "distances"):
        assert page.locator(f"#{view} g[data-t]").count() == len(words)
    assert page.evaluate("stateline.segments") == len(words) - 1
    head = page.inner_text("#sequence-info")
    assert head.startswith("typed text") and "most similar stored states" in head
    assert "Report" not in head and "classified" not in head
    assert (
        page.is_hidden("#typed") and page.is_visible("#detail") and page.is_disabled("#detail-pin")
    )
    assert page.locator("#sequences .ag-row-selected").count() == 0
    assert "stands at the most similar stored states" in page.inner_text("#legend")
    assert page.url.endswith("?text=Never+a+dull+film%3B+zyzzyva%2C+but+clever+actors")


def test_its_steps_light_everywhere_and_the_keys_move_through_them(shared_at_run) -> None:
    page = shared_at_run
    page.click("#typed-open")
    read(page, "A dull film but clever actors")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("stateline.hoveredStep") == 1
    assert page.locator("#words .lit").inner_text() == "dull"
    assert page.locator("#heatmap .lit, #distances .lit").count() == 2
    page.hover("#words [data-t='3']")
    page.wait_for_function("stateline.hoveredStep === 3")
    tip = page.inner_text("#tooltip")
    assert "typed text · step 3" in tip and "most similar" in tip and "Actual class" not in tip
    assert "text=" in page.url and "step=1" in page.url
    page.mouse.move(700, 880)
    page.keyboard.press("Escape")
    page.wait_for_selector("#overview", state="visible")
    assert page.evaluate("[stateline.typedShown, stateline.segments]") == [None, 0]
    assert "text=" not in page.url


def test_a_stored_text_is_changed_with_the_original_beside_it(
    shared_at_run, modelled: str, model_store: Path
) -> None:
    page = shared_at_run
    choose_row(page, 0)
    stored = open_folder(model_store / "modelled").sequences.row(0, named=True)
    page.click("#detail-edit")
    assert page.input_value("#typed-text") == stored["text"]
    assert page.inner_text(".typed-keep") == "Keep #0 beside it"
    read(page, f"Bad {stored['text']}")
    page.wait_for_function("stateline.pinnedShown === 0")
    assert page.is_hidden("#typed")
    assert shown_words(page)[0] == "Bad"
    assert page.is_visible("#pinned") and "#0" in page.inner_text("#pinned .sequence-info")
    both = len(shown_words(page)) + page.locator("#pinned .word").count()
    assert page.evaluate("stateline.segments") == both - 2
    # Once more from there: the original stays where it is, and nothing offers to keep a typed text.
    page.click("#detail-edit")
    assert page.is_hidden(".typed-keep")
    read(page, "The end")
    page.wait_for_function("stateline.typedShown === 'The end'")
    assert page.evaluate("stateline.pinnedShown") == 0
    # Back through both typed texts to the stored one.
    page.go_back()
    page.wait_for_function("stateline.typedShown?.startsWith('Bad ')")
    page.go_back()
    page.wait_for_function("stateline.sequenceShown === 0 && stateline.typedShown === null")
    assert page.url == f"{modelled}?sequence=0"
    page.go_forward()
    page.wait_for_function("stateline.typedShown?.startsWith('Bad ')")


def test_a_link_restores_a_typed_text_on_its_map(page, modelled: str) -> None:
    page.goto(f"{modelled}?projection=lstm-pca&text=A+dull+film&step=1")
    page.wait_for_function(TYPED, timeout=MODEL_SECONDS)
    assert shown_words(page) == ["A", "dull", "film"]
    assert page.locator("#words .lit").inner_text() == "dull"
    place = "JSON.stringify(stateline.overlay.spot(0))"
    before = page.evaluate(place)
    page.select_option("#projection-select", "lstm-tsne")
    page.wait_for_function(f"{place} !== {before!r} && !location.search.includes('projection')")
    assert "text=A+dull+film" in page.url and page.evaluate("stateline.typedShown") == "A dull film"


def test_a_long_text_is_read_but_is_not_in_the_address(shared_at_run, modelled: str) -> None:
    page = shared_at_run
    page.click("#typed-open")
    read(page, "dull clever " * 200)
    assert page.url == modelled
    assert len(shown_words(page)) == 12  # the first 12 words are read
    assert "388 words after these were not read" in page.inner_text("#words")
    page.keyboard.press("Escape")  # The address does not tell the next test of it.


def test_pictures_of_a_typed_text_are_named_after_it(shared_at_run) -> None:
    page = shared_at_run
    page.click("#typed-open")
    read(page, "A dull film")
    for view in ("map", "words", "heatmap", "distances"):
        with page.expect_download() as saved:
            page.evaluate("view => { stateline.export.save(view, 'svg'); }", view)
        assert saved.value.suggested_filename == f"stateline-modelled-typed-{view}.svg"
        text = Path(saved.value.path()).read_text()
        assert "typed text" in text and "#null" not in text and "undefined" not in text


def test_what_cannot_be_read_is_said_in_the_panel_which_esc_shuts(at_run, complaints) -> None:
    page = at_run
    page.click("#typed-open")
    page.fill("#typed-text", "?! …")
    page.click("#typed-run")
    assert "no word" in page.inner_text("#typed-status")
    page.fill("#typed-text", "a" * 20_001)
    page.click("#typed-run")
    assert "20,001 characters" in page.inner_text("#typed-status")
    page.keyboard.press("Escape")
    assert page.is_hidden("#typed") and page.evaluate("document.activeElement.id") == "typed-open"
    # What only the server finds out: here a file that is no model.
    page.route("**/typed?*", lambda route: route.fulfill(status=503, body="typing: it has ended"))
    page.click("#typed-open")
    page.fill("#typed-text", "A film")
    page.click("#typed-run")
    page.wait_for_function(
        "document.querySelector('#typed-status').innerText === 'typing: it has ended'"
    )
    assert page.is_enabled("#typed-run") and page.is_visible("#overview")
    assert any("503" in line for line in complaints)
    complaints.clear()


def test_a_text_that_is_waited_for_can_be_given_up(at_run) -> None:
    page = at_run
    held = []
    page.route("**/typed?*", lambda route: held.append(route))
    page.click("#typed-open")
    page.fill("#typed-text", "A film")
    page.click("#typed-run")
    assert page.locator("#typed-status .spinner").count() == 1 and page.is_disabled("#typed-run")
    page.keyboard.press("Escape")
    assert page.is_hidden("#typed")
    choose_row(page, 2)
    with page.expect_response("**/typed?*"):
        held[0].continue_()
    assert page.evaluate("[stateline.sequenceShown, stateline.typedShown]") == [2, None]
    assert page.url.endswith("?sequence=2")


def test_where_no_model_can_be_read_the_panel_says_what_would_help(
    page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "find_spec", lambda _: None)
    open_run(page, f"{site}/explore/reviews?text=A+good+film")
    page.wait_for_selector("#typed", state="visible")
    assert "make setup" in page.inner_text("#typed-status")
    assert page.is_disabled("#typed-run") and page.input_value("#typed-text") == "A good film"
    page.click("#typed-close")
    assert page.is_hidden("#typed") and page.is_visible("#overview")


def test_the_panel_is_readable_and_fits_a_small_window(page, modelled: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_run(page, f"{modelled}?sequence=0")
    page.wait_for_function("stateline.sequenceShown === 0")
    page.click("#detail-edit")
    parts = ["#typed-text", "#typed-run", ".typed-keep", "#typed .scope"]
    for _ in range(2):  # light and dark
        assert min(page.evaluate(CONTRAST, part) for part in parts) >= 4.5
        page.click("#theme-switch")
    pane = page.locator(".pane-left").bounding_box()
    for part in ("#typed-text", "#typed-run", ".typed-keep", "#typed-close"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= pane["x"] and box["x"] + box["width"] <= pane["x"] + pane["width"]
    line = page.locator("#sequence-info .sequence-line > *").all()
    buttons = page.locator("#detail-edit").bounding_box()
    first = [each.bounding_box() for each in line]
    under = buttons["y"] + buttons["height"]
    assert all(
        each["x"] + each["width"] <= buttons["x"] or each["y"] >= under - 1 for each in first
    )
