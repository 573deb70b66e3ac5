"""Export: every view of the Explore page as PNG and SVG, and the menu that offers them."""

import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import open_run, stay

SEQUENCE_VIEWS = ["map", "words", "heatmap", "contributions", "distances"]
OVERVIEW_VIEWS = ["map", "class-bars", "confusion"]
SVG = "{http://www.w3.org/2000/svg}"
COLOURS = 20  # that any picture of a view has more of
# Width and height of a picture, whether it has more colours than so many, and the colour of its
# upper left corner.
LOOK = """async ([address, least]) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    const many = new Uint32Array(data.buffer).some((pixel) => colours.add(pixel).size > least);
    return {size: [canvas.width, canvas.height], many, corner: [...data.slice(0, 4)]};
}"""


@pytest.fixture
def open_sequence(page, site: str) -> Callable:
    """Opens a sequence of a run, or its overview, with everything drawn."""

    def go(run: str, sequence: int | None = None) -> None:
        query = "" if sequence is None else f"?sequence={sequence}"
        open_run(page, f"{site}/explore/{run}{query}")
        all_drawn(page, sequence)

    return go


@pytest.fixture
def third(shared_page, site: str):
    """Sequence 3 of the reviews with everything drawn, for tests that leave it as it is."""
    stay(shared_page, f"{site}/explore/reviews?sequence=3")
    all_drawn(shared_page, 3)
    return shared_page


def all_drawn(page, sequence: int | None) -> None:
    """Wait until all that can be saved is there."""
    if sequence is not None:
        page.wait_for_function("stateline.segments > 0")
    page.wait_for_function("stateline.export.views().some(({key}) => key === 'map')")


def saved(page, view: str, kind: str, folder: Path) -> Path:
    """The file that saving a view downloads."""
    with page.expect_download() as download:
        name = page.evaluate("([view, kind]) => stateline.export.save(view, kind)", [view, kind])
    assert download.value.suggested_filename == name
    path = folder / name
    download.value.save_as(path)
    return path


def looked_at(page, path: Path) -> dict:
    """Return what the script LOOK finds in a PNG file."""
    address = f"data:image/png;base64,{b64encode(path.read_bytes()).decode()}"
    return page.evaluate(LOOK, [address, COLOURS])


def texts(root: ElementTree.Element) -> str:
    """Everything written in a picture, titles included, line by line."""
    return "\n".join(text for text in root.itertext() if text.strip())


def references(text: str) -> list[str]:
    """Addresses that a picture refers to, those inside it left out."""
    found = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', text)
    addresses = [first or second for first, second in found]
    return [one for one in addresses if not one.startswith(("#", "data:image/png;base64,"))]


@pytest.mark.parametrize("run", ["reviews", "news"])
def test_each_view_is_saved_as_picture_and_as_vectors_of_the_same_size(
    page, open_sequence: Callable, tmp_path: Path, run: str
) -> None:
    for sequence, views in ((3, SEQUENCE_VIEWS), (None, OVERVIEW_VIEWS)):
        open_sequence(run, sequence)
        assert [one["key"] for one in page.evaluate("stateline.export.views()")] == views
        for view in views:
            text = saved(page, view, "svg", tmp_path).read_text()
            root = ElementTree.fromstring(text)
            assert references(text) == []
            width, height = float(root.get("width")), float(root.get("height"))
            picture = saved(page, view, "png", tmp_path)
            number = "" if sequence is None else "-3"
            assert picture.name == f"stateline-{run}{number}-{view}.png"
            seen = looked_at(page, picture)
            assert seen["size"] == [2 * width, 2 * height]
            assert seen["many"]
            assert f"run {run}" in texts(root)
        assert page.locator(".export-layout").count() == 0


def test_words_are_all_there_with_the_facts_of_their_sequence(
    third, browser_store: Path, tmp_path: Path
) -> None:
    root = ElementTree.parse(saved(third, "words", "svg", tmp_path)).getroot()
    written = [element.text for element in root.iter(f"{SVG}text")]
    words = open_folder(browser_store / "reviews").steps_of(3)["surface"].to_list()
    assert [text for text in written if text in set(words)][: len(words)] == words
    assert "#3" in written and "undecided" in written


def test_what_the_page_keeps_shut_stays_out_of_the_picture(third, tmp_path: Path) -> None:
    third.evaluate(
        """() => document.getElementById("words").insertAdjacentHTML("beforeend",
            "<details id='shut'><summary>More</summary><p>kept shut</p></details>")"""
    )
    written = texts(ElementTree.parse(saved(third, "words", "svg", tmp_path)).getroot())
    assert "More" in written and "kept shut" not in written
    third.evaluate("document.getElementById('shut').remove()")


def test_step_plots_and_overview_name_every_class(
    page, open_sequence: Callable, browser_store: Path, tmp_path: Path
) -> None:
    names = open_folder(browser_store / "news").class_names
    open_sequence("news", 1)
    steps = page.locator("#words button").count()
    root = ElementTree.parse(saved(page, "heatmap", "svg", tmp_path)).getroot()
    assert all(name in texts(root) for name in names)
    assert len(list(root.find(f"{SVG}svg"))) >= steps * (len(names) + 1)
    open_sequence("news")
    for view in ("class-bars", "confusion"):
        root = ElementTree.parse(saved(page, view, "svg", tmp_path)).getroot()
        assert all(name in texts(root) for name in names)


def test_step_plots_have_every_column_under_its_word_though_the_page_hides_some(
    page, open_sequence: Callable, browser_store: Path, tmp_path: Path
) -> None:
    run = open_folder(browser_store / "reviews")
    longest = int(run.sequences["length"].arg_max())
    words = run.steps_of(longest)["surface"].to_list()
    open_sequence("reviews", longest)
    page.click("#axis-switch")
    assert page.evaluate("document.querySelector('.step-axis').dataset.heads") in ("true", "false")
    for view in ("heatmap", "distances"):
        root = ElementTree.parse(saved(page, view, "svg", tmp_path)).getroot()
        heads = [each for each in root.iter(f"{SVG}text") if "rotate(-90)" in str(each.attrib)]
        whole = [each.findtext(f"{SVG}title") or each.text for each in heads]
        assert whole == words
        plot = root.findall(f".//{SVG}svg")[-1]
        assert plot.get("viewBox").split()[2] == str(len(words))
        # The middle of the last column, against the line of its word.
        column = float(plot.get("width")) / len(words)
        middle = float(plot.get("x")) + column * (len(words) - 0.5)
        line = float(re.search(r"translate\(([\d.]+)", heads[-1].get("transform")).group(1))
        assert abs(line - middle) < 6 and column >= 11


def test_a_pinned_sequence_has_pictures_of_its_own(
    page, site: str, browser_store: Path, tmp_path: Path
) -> None:
    open_run(page, f"{site}/explore/reviews?sequence=3&pinned=1")
    page.wait_for_function("stateline.segments > 0 && stateline.pinnedShown === 1")
    views = page.evaluate("stateline.export.views()")
    assert [each["name"] for each in views[1:]] == [
        f"{name}, #{number}"
        for number in (3, 1)
        for name in ("Words", "Expected prediction", "Contributions", "Distances")
    ]
    words = open_folder(browser_store / "reviews").steps_of(1)["surface"].to_list()
    for part in ("words", "heatmap", "contributions", "distances"):
        path = saved(page, f"pinned-{part}", "svg", tmp_path)
        assert path.name == f"stateline-reviews-1-{part}.svg"
        written = texts(ElementTree.parse(path).getroot())
        assert "sequence #1" in written and "#3" not in written
        assert all(word in written for word in words)


def test_a_picture_too_long_for_two_pixels_a_point_says_so_and_the_menu_stays(
    page, open_sequence: Callable
) -> None:
    open_sequence("reviews", 3)
    page.add_style_tag(content=".export-layout { width: 10000px !important }")
    page.click("#export-button")
    with page.expect_download():
        page.click("#export-menu [data-view=words][data-kind=png]")
    page.wait_for_selector(".export-status:has-text('at 1.6 instead of 2 pixels a point')")
    assert "16,000 a side" in page.inner_text(".export-status")
    with page.expect_download():
        page.click("#export-menu [data-view=words][data-kind=svg]")
    page.wait_for_selector("#export-menu", state="hidden")


def test_a_map_of_few_states_is_made_of_circles_under_its_trajectory(third, tmp_path: Path) -> None:
    page = third
    root = ElementTree.parse(saved(page, "map", "svg", tmp_path)).getroot()
    circles = len(list(root.iter(f"{SVG}circle")))
    assert circles == page.evaluate("stateline.points")
    written = texts(root)
    for part in ("run reviews", "sequence #3", f"all {circles:,} states in view", "undecided"):
        assert part in written
    assert "end" in [element.text for element in root.iter(f"{SVG}text")]
    # A PNG is a raster anyway: its points come as one.
    drawn = page.evaluate("stateline.export.draw('map', 'png').body")
    assert "<circle" not in drawn and "data:image/png;base64," in drawn


def test_a_map_says_how_many_states_are_in_view_and_which_filters_are_set(
    page, open_sequence: Callable
) -> None:
    open_sequence("news", 1)
    drawn = page.evaluate("stateline.export.draw('map', 'svg').body")
    assert "Filters:" not in drawn
    page.evaluate(
        """() => {
            const plot = stateline.map.plot();
            const [from, to] = plot._fullLayout.xaxis.range;
            const third = (to - from) / 3;
            return Plotly.relayout(plot, {"xaxis.range": [from + third, to - third]}).then(() => 0);
        }"""
    )
    page.wait_for_selector("#map-reset:visible")
    page.evaluate("stateline.filters.add(['actual', 1])")
    page.wait_for_selector("#filter-chips .chip")
    drawn = page.evaluate("stateline.export.draw('map', 'svg').body")
    inside, states = re.search(r"([\d,]+) of ([\d,]+) states in view", drawn).groups()
    assert drawn.count("<circle") == int(inside.replace(",", "")) < int(states.replace(",", ""))
    assert "Filters: class: " in drawn


def test_pictures_are_dark_where_the_page_is(page, open_sequence: Callable, tmp_path: Path) -> None:
    open_sequence("news", 1)
    corners = []
    for _ in range(2):
        corners.append(sum(looked_at(page, saved(page, "words", "png", tmp_path))["corner"][:3]))
        page.click("#theme-switch")
    assert max(corners) > 700 and min(corners) < 120


def test_a_word_with_markup_or_control_characters_in_it_leaves_the_file_whole(
    third, tmp_path: Path
) -> None:
    page = third
    strange = "<script>&\"\u0001'\ufffe"
    write = "(text) => { document.querySelector('#words button').textContent = text; }"
    word = page.text_content("#words button >> nth=0")
    page.evaluate(write, strange)
    root = ElementTree.parse(saved(page, "words", "svg", tmp_path)).getroot()
    assert "<script>&\"'" in [element.text for element in root.iter(f"{SVG}text")]
    saved(page, "words", "png", tmp_path)
    page.evaluate(write, word)


def test_the_menu_is_worked_by_keys_and_escape_closes_nothing_but_it(
    third,
) -> None:
    page = third
    page.focus("#export-button")
    page.keyboard.press("Enter")
    assert page.get_attribute("#export-button", "aria-expanded") == "true"
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == "Map as PNG"
    for key, name in (
        ("ArrowRight", "Map as SVG"),
        ("ArrowDown", "Words as SVG"),
        ("ArrowLeft", "Words as PNG"),
        ("End", "Distances as PNG"),
        ("ArrowDown", "Map as PNG"),
        ("ArrowUp", "Distances as PNG"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == name
    page.keyboard.press("Escape")
    assert not page.is_visible("#export-menu")
    assert page.evaluate("document.activeElement.id") == "export-button"
    assert page.evaluate("stateline.sequenceShown") == 3


def test_a_choice_saves_and_closes_and_a_click_elsewhere_closes(
    page, open_sequence: Callable
) -> None:
    open_sequence("reviews")
    page.click("#export-button")
    with page.expect_download() as download:
        page.click("#export-menu [data-view=confusion][data-kind=svg]")
    assert download.value.suggested_filename == "stateline-reviews-confusion.svg"
    page.wait_for_selector("#export-menu", state="hidden")
    assert page.inner_text("#live") == "Saved stateline-reviews-confusion.svg"
    page.click("#export-button")
    assert page.is_visible("#export-menu")
    page.mouse.click(5, 300)
    assert not page.is_visible("#export-menu")


def test_a_failure_says_one_line_on_the_menu_and_aloud(page, open_sequence: Callable) -> None:
    open_sequence("reviews")
    page.click("#export-button")
    assert page.evaluate("stateline.export.save('words', 'png')") is None
    line = 'Not saved: The page does not show "words" now.'
    assert page.inner_text("#live") == page.inner_text(".export-status") == line
    page.evaluate("() => { HTMLCanvasElement.prototype.toBlob = (done) => done(null); }")
    page.click("#export-menu [data-view=confusion][data-kind=png]")
    page.wait_for_selector(".export-status:has-text('could not make a picture')")
    assert page.is_visible("#export-menu")
