"""Pages in a window of a phone's width."""

import pytest

NARROW = {"width": 390, "height": 844}
# Pairs of the header's links, selects and buttons that overlap, as far as they can be seen.
OVERLAPS = """() => {
  const clip = (element) => (element.closest("nav") ?? document.body).getBoundingClientRect().right;
  const shown = [...document.querySelectorAll("header a, header select, header button")]
    .filter((element) => element.getBoundingClientRect().right <= clip(element) + 1)
    .map((element) => [element.textContent.trim() || element.id, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.right <= innerWidth);
  return shown.flatMap(([name, a], index) => shown.slice(index + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
    .map(([other]) => `${name} over ${other}`));
}"""


@pytest.mark.parametrize("path", ["explore/news", "words/news", "units/news", "decisions/news"])
def test_the_header_of_a_narrow_window_has_no_overlap(page, site: str, path: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(f"{site}/{path}")
    page.wait_for_selector(".nav-link-current")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
