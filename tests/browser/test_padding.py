"""Padding that is folded away: keys stay on the steps that are seen, and answers stay."""

import json
from pathlib import Path

import pytest

from tests.browser.test_evidence import measured, open_sequence, run_of

FRONT, BACK = 3, 2  # steps of padding before and after the words


@pytest.fixture
def padded(page, site: str):
    """A page on whose sequences the first and the last steps are padding."""

    def answer(route) -> None:
        response = route.fetch()
        found = response.json()
        count = len(found["steps"]["surface"])
        found["steps"]["padding"] = [t < FRONT or t >= count - BACK for t in range(count)]
        route.fulfill(response=response, body=json.dumps(found))

    page.route("**/sequence/*", answer)
    open_sequence(page, site, "reviews", 3)
    assert page.locator(".padding-fold").count() == 2
    return page


@pytest.mark.parametrize("which", ["first", "last"])
def test_arrows_stop_at_the_first_and_the_last_word(
    padded, browser_store: Path, which: str
) -> None:
    steps = run_of(browser_store, "reviews").steps_of(3).height
    first, last = FRONT, steps - BACK - 1
    assert last - first >= 1
    towards, back, end = (
        ("ArrowRight", "ArrowLeft", first)
        if which == "first"
        else ("ArrowLeft", "ArrowRight", last)
    )
    for key in (towards, back, back):
        padded.keyboard.press(key)
        padded.wait_for_selector(f"#words [data-t='{end}']:focus")


def test_folding_padding_keeps_the_comparison_and_the_answer_under_way(
    padded, browser_store: Path
) -> None:
    run = run_of(browser_store, "reviews")
    held = []
    padded.route("**/attribution?*", lambda route: held.append(route))
    padded.click("#compare-switch")
    padded.wait_for_selector("#comparison-status .waiting-line")
    padded.locator(".padding-fold").first.click()
    assert padded.locator("#words .word-padding").count() == FRONT + BACK
    assert padded.is_visible("#comparison") and len(held) == 1
    asked = json.loads(held[0].request.post_data)
    held[0].fulfill(body=json.dumps(measured(run, asked)), content_type="application/json")
    padded.wait_for_selector("#comparison-status li")
    padded.locator(".padding-fold").first.click()
    assert padded.locator("#words .word-padding").count() == 0
    assert padded.locator("#comparison-status li").count() > 0
    assert len(held) == 1
