"""The help page and the report of a sequence, as a browser shows and prints them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import OPEN
from tests.synthetic_demo import demo_run

# Lowest contrast of any text on its own ground, and where; grounds are solid on these pages.
CONTRAST = """(root) => {
    const hex = (text) => "#" + text.match(/[\\d.]+/g).slice(0, 3)
        .map((part) => Number(part).toString(16).padStart(2, "0")).join("");
    const solid = (text) => !/rgba\\(.*, 0\\)|transparent/.test(text);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (solid(colour)) return hex(colour);
        }
        return "#ffffff";
    };
    const light = (colour) => {
        const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
            .map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let worst = [99, ""];
    for (const element of document.querySelectorAll(`${root} *`)) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest("svg")) continue;
        const [low, high] = [light(hex(getComputedStyle(element).color)), light(ground(element))]
            .sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        if (ratio < worst[0]) worst = [ratio, element.outerHTML.slice(0, 120)];
    }
    return worst;
}"""
# What sticks out of the window to the right.
# A wide table scrolls within its own box.
WIDER = """() => [...document.querySelectorAll("main *")]
    .filter((each) => !each.closest("svg, .table > *"))
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def demo_site(serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of an app whose store holds a run called demo-reviews."""
    folder = tmp_path_factory.mktemp("demo-store")
    demo_run(folder, 1, (0, 1, 2, 3, 4, 5))
    return serve(folder)


def open_help(page, site: str, anchor: str = "") -> None:
    page.goto(f"{site}/help{anchor}")
    page.wait_for_selector(".help-text section")


def test_the_header_leads_to_the_help_page_and_back(page, site: str) -> None:
    page.goto(site)
    page.click("header nav >> text=Help")
    page.wait_for_selector(".help-text h1")
    assert page.url == f"{site}/help" and page.title() == "Help · Stateline"
    page.click("header nav >> text=Runs")
    page.wait_for_selector(".run-card")


def test_the_contents_lead_to_their_sections(page, site: str) -> None:
    open_help(page, site)
    entries = page.locator(".help-contents a")
    page.emulate_media(reduced_motion="reduce")
    for number in (3, 6, 1):
        entry = entries.nth(number)
        anchor = entry.get_attribute("href")
        entry.click()
        page.wait_for_function(
            """(anchor) => {
                const box = document.querySelector(anchor).getBoundingClientRect();
                return box.top >= 0 && box.top < 90;
            }""",
            arg=anchor,
        )
        assert page.url.endswith(anchor) and entry.is_visible()


def test_an_address_with_a_section_opens_there(page, site: str) -> None:
    open_help(page, site, "#help-filters")
    page.wait_for_function(
        """() => {
            const top = document.querySelector("#help-filters").getBoundingClientRect().top;
            return top >= 0 && top < 90;
        }"""
    )


def test_help_is_readable_and_shows_the_drawings_of_its_mode(
    new_page: Callable, demo_site: str
) -> None:
    page = new_page(color_scheme="light")
    open_help(page, demo_site)
    page.wait_for_selector(".help-walk")
    for scheme in ("light", "dark"):
        for width, height in ((420, 800), (1280, 720), (1440, 900)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(WIDER) == []
        ratio, where = page.evaluate(CONTRAST, ".help")
        assert ratio >= 4.5, where
        assert page.locator(f".help-drawing.help-{scheme}:visible").count() == 2
        assert page.locator(".help-drawing:visible").count() == 2
        drawn = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
        page.wait_for_function(drawn)
        page.click("#theme-switch")


def test_a_step_of_the_walk_opens_its_sequence(page, demo_site: str) -> None:
    open_help(page, demo_site)
    page.wait_for_selector(".help-walk")
    link = page.locator(".help-walk a:has-text('Choose sequence')")
    number = int(link.inner_text().split()[-1])
    link.click()
    page.wait_for_function(OPEN)
    page.wait_for_function(f"stateline.sequenceShown === {number}")


def test_a_report_needs_one_request_and_fits_its_paper(
    new_page: Callable, site: str, tmp_path: Path
) -> None:
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for run in ("reviews", "news"):
        asked.clear()
        page.goto(f"{site}/report/{run}/1.html", wait_until="networkidle")
        sent = [url for url in asked if not url.startswith("data:")]
        # Chromium looks for an icon of its own accord.
        assert [url for url in sent if "favicon" not in url] == [f"{site}/report/{run}/1.html"]
        ratio, where = page.evaluate(CONTRAST, "main")
        assert ratio >= 4.5, where
        for width in (1440, 420):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) == []
        sheet = tmp_path / f"{run}.pdf"
        page.pdf(path=sheet, prefer_css_page_size=True)
        assert sheet.read_bytes()[:5] == b"%PDF-"
        # A4 in points; one box a page.
        assert b"/MediaBox [0 0 594.95996 841.91998]" in sheet.read_bytes()
