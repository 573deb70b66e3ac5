"""The Units page's address: an opened match beside its question, the choices, Back and Forward."""

from tests.browser.conftest import has_count
from tests.browser.test_units import ROWS, drag, open_units, query_of


def test_an_opened_match_is_marked_and_the_question_stays(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1&from=2&to=3&threshold=0.1")
    page.wait_for_selector("#match-found .context")
    found = page.inner_text("#match-found")
    matches = page.locator("#match-found .context-open")
    places = matches.evaluate_all("all => all.map(({ dataset }) => ({ ...dataset }))")
    nth = next(i for i, each in enumerate(places) if each["sequence"] != "1")
    sequence, first, last = (places[nth][key] for key in ("sequence", "first", "last"))
    matches.nth(nth).click()

    def opened() -> None:
        page.wait_for_function(
            "wanted => document.querySelector('[data-units=sequence]')?.value === wanted",
            arg=sequence,
        )
        page.wait_for_selector("#match-found .context-open[aria-current]")
        assert page.inner_text("#match-found") == found
        marked = page.locator("#match-found .context-open[aria-current]")
        assert marked.evaluate("each => each.dataset.first") == first and marked.count() == 1
        heads = page.locator(".units-axis .word-head.opened")
        assert heads.evaluate_all("all => all.map(({ dataset }) => dataset.t)") == [
            str(t) for t in range(int(first), int(last) + 1)
        ]
        assert page.input_value("[data-units=from]") == "2"
        assert "of #1" in " ".join(page.inner_text(".match-own").split())
        query = query_of(page)
        assert (query["sequence"], query["open"]) == ("1", f"{sequence}-{first}-{last}")

    opened()
    page.reload()
    opened()
    page.click(".units-opened [data-back]")
    page.wait_for_function("document.querySelector('[data-units=sequence]').value === '1'")
    has_count(page, ".units-axis .word-head.brushed", 2)
    has_count(page, "#units-page [aria-current], .units-opened", 0)
    assert page.inner_text("#match-found") == found and "open" not in query_of(page)


def test_a_span_dragged_in_an_opened_sequence_is_a_new_question(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1&from=2&to=3&threshold=0.1&open=3-1-2")
    page.wait_for_selector(".units-opened")
    drag(page, 2, 3, 4)
    query = query_of(page)
    assert (query["sequence"], query["from"], query["to"]) == ("3", "3", "4")
    assert "open" not in query
    has_count(page, ".units-opened", 0)


def test_back_and_forward_stay_on_the_page_as_it_is(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    drag(page, 2, 3, 4)
    page.wait_for_selector("#match-found .contexts, #match-found .units-empty")
    page.fill("[data-units=threshold]", "0.05")  # replaces
    page.wait_for_function("location.search.includes('threshold=0.05')")
    drag(page, 2, 1, 2)
    page.click("[data-sequence-by='1']")
    page.wait_for_function("document.querySelector('[data-units=sequence]').value === '2'")
    built = []
    page.on(
        "request", lambda request: built.append(request.url) if "_dash" in request.url else None
    )
    page.go_back()
    page.wait_for_function("document.querySelector('[data-units=sequence]').value === '1'")
    assert (query_of(page)["from"], page.input_value("[data-units=from]")) == ("1", "1")
    page.go_back()
    page.wait_for_function("document.querySelector('[data-units=from]').value === '3'")
    assert query_of(page)["threshold"] == "0.05"
    assert page.input_value("[data-units=threshold]") == "0.05"
    page.go_back()
    page.wait_for_function("!location.search.includes('from=')")
    assert page.locator("#units-tab-unit").get_attribute("aria-selected") == "true"
    has_count(page, ".units-axis .word-head.brushed", 0)
    page.go_forward()
    page.wait_for_function("location.search.includes('from=3')")
    page.wait_for_selector("#match-found .contexts, #match-found .units-empty")
    assert built == []


def test_back_from_another_page_brings_the_span_back(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    drag(page, 2, 3, 4)
    page.click(".nav-link-plain >> text=Help")
    page.wait_for_selector("#units-page", state="detached")
    page.go_back()
    page.wait_for_selector(".units-axis .word-head.brushed")
    has_count(page, ".units-axis .word-head.brushed", 2)
    page.go_back()
    page.wait_for_function("!location.search.includes('from=')")
    has_count(page, ".units-axis .word-head.brushed", 0)


def test_the_choices_are_in_the_address_and_come_back(page, site: str) -> None:
    open_units(page, f"{site}/units/reviews?sequence=1")
    before = page.evaluate("history.length")
    towards = page.input_value("[data-units=class]")
    other = "1" if towards == "0" else "0"
    page.select_option("[data-units=class]", other)
    page.select_option("[data-units=rows]", "number")
    page.select_option("[data-units=cells]", "change")
    page.click("#units-tab-groups")
    page.locator(".group .tool-button").nth(1).click()
    query = query_of(page)
    assert (query["class"], query["rows"], query["cells"]) == (other, "number", "change")
    assert query["panel"] == "groups" and "group" in query
    assert page.evaluate("history.length") == before
    rows = page.evaluate(ROWS)
    page.reload()
    page.wait_for_function("window.stateline?.unitsDrawn > 0")
    assert page.evaluate(ROWS) == rows
    assert page.input_value("[data-units=class]") == other
    assert page.input_value("[data-units=cells]") == "change"
    assert page.is_visible("#units-groups") and not page.is_visible("#units-unit")


def test_a_match_opens_there_and_its_address_brings_it_back(page, site: str) -> None:
    address = f"{site}/units/reviews?sequence=1&from=2&to=2&threshold=0.2"
    open_units(page, address)
    page.wait_for_selector("#match-found .context")
    assert page.get_attribute("#units-tab-match", "aria-selected") == "true"
    assert "elsewhere" in page.inner_text("#match-found")
    link = page.locator("#match-found .context-link").first
    href = link.get_attribute("href")
    link.click()
    page.wait_for_url(site + href)  # With all its scripts: half of them cannot count segments.
    page.wait_for_function("window.stateline?.segments > 0")
