"""Faults around an open page: runs removed, changed or broken, odd addresses, no network."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dash
import pytest

from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import FLAGS, choose_row, chromium_path, open_run, watch
from tests.synthetic import synthetic_run

ERROR = "#map-message[data-kind=error]"
SHOWN = "document.getElementById('map-message').hidden && stateline.segments > 0"


def forgive(page, complaints: list[str]) -> None:
    """Take out the browser's own notes of requests that a test made fail; nothing else."""
    page.wait_for_timeout(500)  # The note may come after what the page says of it.
    assert all("Failed to load resource" in complaint for complaint in complaints), complaints
    complaints.clear()


def click_row(page, row: int) -> None:
    page.click(f".ag-row[row-index='{row}'] [col-id=actual]")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Folder of a run that a test may break."""
    return synthetic_run(tmp_path / "store", "mine", sequences=12)


@pytest.fixture
def address(page, serve: Callable[[Path], str], mine: Path) -> str:
    """Address of that run, opened in the page."""
    where = f"{serve(mine.parent)}/explore/mine"
    open_run(page, where)
    return where


def test_a_run_that_goes_and_comes_back_is_shown_again_without_a_reload(
    page, address: str, mine: Path, complaints: list[str]
) -> None:
    choose_row(page, 0)
    away = mine.rename(mine.parents[1] / "away")
    click_row(page, 1)
    page.wait_for_selector(f"{ERROR}:has-text('no such run in this store')")
    page.select_option("#colour-select", "trust")
    page.wait_for_selector(ERROR)
    forgive(page, complaints)
    away.rename(mine)
    choose_row(page, 3)
    page.wait_for_function(SHOWN)
    page.select_option("#colour-select", "step")
    page.wait_for_selector("#legend:has-text('step')")
    assert page.evaluate(SHOWN)
    forgive(page, complaints)  # of a request that went out just before the run came back


def test_a_run_that_is_built_anew_asks_for_a_reload_and_is_whole_after_it(
    page, address: str, mine: Path, complaints: list[str]
) -> None:
    choose_row(page, 1)
    synthetic_run(mine.parent, "mine", sequences=9, seed=7)
    click_row(page, 2)
    page.wait_for_selector(f"{ERROR}:has-text('built anew'):has-text('Reload the page')")
    forgive(page, complaints)
    page.reload()
    page.wait_for_function(f"stateline?.points === {open_folder(mine).states}")
    choose_row(page, 3)
    words = open_folder(mine).steps_of(3)["surface"].to_list()
    assert page.locator("#words button").all_inner_texts() == words


def test_a_run_that_is_damaged_while_open_says_where_and_recovers(
    page, address: str, mine: Path, complaints: list[str]
) -> None:
    table = mine / "steps.parquet"
    content = table.read_bytes()
    for damaged, says in (
        (content[:-9], "cut short or changed"),
        (content[:4] + b"\xa5" * 40 + content[44:], "is not what was written"),
        (b"", "cut short or changed"),
    ):
        choose_row(page, 1)
        table.write_bytes(damaged)
        click_row(page, 2)
        page.wait_for_selector(f"{ERROR}:has-text('steps.parquet'):has-text('{says}')")
        forgive(page, complaints)
        page.reload()
        page.wait_for_selector(f".empty-state:has-text('{says}')")
        page.click(".empty-state a:has-text('gallery')")
        page.wait_for_selector(f".broken-run:has-text('{says}')")
        table.write_bytes(content)
        page.reload()
        page.click(".run-card:has-text('mine')")
        page.wait_for_selector("#sequences .ag-row .tick")
        choose_row(page, 3)


def test_an_app_that_does_not_answer_is_said_and_the_page_goes_on_after_it(
    page, address: str, complaints: list[str]
) -> None:
    choose_row(page, 0)
    page.context.set_offline(True)
    try:
        click_row(page, 1)
        page.wait_for_selector(f"{ERROR}:has-text('does not answer')")
        page.hover("#words [data-t='0']")  # What was there stays alive.
        page.wait_for_function("stateline.hoveredStep === 0")
    finally:
        page.context.set_offline(False)
    forgive(page, complaints)
    choose_row(page, 3)
    page.wait_for_function(SHOWN)


def test_a_deleted_store_leaves_pages_that_say_so(
    page, address: str, mine: Path, complaints: list[str]
) -> None:
    shutil.rmtree(mine.parent)
    click_row(page, 1)
    page.wait_for_selector(f"{ERROR}:has-text('expected one of none yet')")
    forgive(page, complaints)
    page.click(".brand")
    page.wait_for_selector("text=make all")
    page.go_back()
    page.wait_for_selector(".empty-state:has-text('no such run')")


def test_two_users_on_two_runs_do_not_see_each_other(page, new_page: Callable, site: str) -> None:
    first, second, third = new_page(), new_page(), page
    open_run(first, f"{site}/explore/reviews")
    open_run(second, f"{site}/explore/news")
    open_run(third, f"{site}/explore/news")
    choose_row(first, 3)
    choose_row(second, 4)
    first.select_option("#colour-select", "trust")
    first.wait_for_function("location.search.includes('trust')")
    second.select_option("#projection-select", "lstm-pca")
    second.wait_for_function("location.search.includes('lstm-pca')")
    second.click("#theme-switch")
    choose_row(first, 5)
    state = """() => [
        location.pathname + location.search,
        stateline.sequenceShown,
        document.getElementById("run-select").value,
        document.getElementById("projection-select").value,
        document.getElementById("colour-select").value,
        document.documentElement.dataset.bsTheme,
    ]"""
    assert [each.evaluate(state) for each in (first, second, third)] == [
        ["/explore/reviews?colour=trust&sequence=5", 5, "reviews", "lstm-tsne", "trust", "light"],
        ["/explore/news?projection=lstm-pca&sequence=4", 4, "news", "lstm-pca", "expected", "dark"],
        ["/explore/news", None, "news", "lstm-tsne", "expected", "light"],
    ]


def test_keys_pressed_faster_than_answers_come_end_on_one_sequence(page, site: str) -> None:
    open_run(page, f"{site}/explore/news")
    choose_row(page, 0)
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => {
            const shown = String(stateline.sequenceShown);
            const row = document.querySelector(".ag-row-selected [col-id=sequence_id]");
            return shown !== "0" && row?.innerText === shown
                && new URLSearchParams(location.search).get("sequence") === shown
                && document.getElementById("sequence-info").innerText.includes(`#${shown}`)
                && document.querySelectorAll("#words button").length === stateline.segments + 1;
        }"""
    )


def test_runs_chosen_faster_than_they_load_end_on_the_last(page, site: str) -> None:
    open_run(page, f"{site}/explore/news?sequence=3")
    page.select_option("#run-select", "reviews")
    page.wait_for_function("location.pathname === '/explore/reviews'")
    page.go_back()  # Its map is still on the way.
    page.wait_for_function("location.pathname === '/explore/news'")
    page.wait_for_selector("#legend:has-text('Most likely class')")
    page.wait_for_function("document.getElementById('run-select').value === 'news'")
    page.wait_for_selector("#sequences .ag-row .tick")
    choose_row(page, 3)
    assert page.locator("#heatmap .step-names span").count() > 2


def test_a_lit_step_stays_lit_under_a_mouse_that_rests(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews?sequence=0")
    page.wait_for_function("stateline.segments > 0")
    for view in ("distances", "heatmap"):
        box = page.locator(f"#{view} g[data-t='4'] .hit").bounding_box()
        # At the upper edge only the step's own target is under the mouse, no bar.
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
        page.wait_for_function("stateline.hoveredStep === 4")
        draws = page.evaluate("stateline.overlayDraws")
        page.wait_for_timeout(300)
        assert page.evaluate("[stateline.overlayDraws, stateline.hoveredStep]") == [draws, 4]


@pytest.fixture
def plain_browser(browser) -> Iterator:
    """A Chromium that has no WebGL at all."""
    flags = [*FLAGS, "--disable-webgl", "--disable-3d-apis"]
    kind = browser.browser_type
    chromium = kind.launch(executable_path=chromium_path(), args=flags)
    yield chromium
    chromium.close()


def test_a_browser_without_webgl_draws_the_map_and_says_so(
    plain_browser, site: str, complaints: list[str]
) -> None:
    page = plain_browser.new_page()
    watch(page, complaints)
    open_run(page, f"{site}/explore/reviews")
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
    assert "drawn without WebGL" in page.inner_text("#legend")
    points = page.locator("#map .scatterlayer .point").count()
    assert points == page.evaluate("stateline.points") > 0
    kinds = "document.querySelector('#map .js-plotly-plot').data.map((trace) => trace.type)"
    assert set(page.evaluate(kinds)) == {"scatter"}
    choose_row(page, 3)
    page.select_option("#colour-select", "trust")
    page.wait_for_selector("#legend:has-text('neighbours')")
    assert complaints == []


# Addresses whose link is clicked as well, of a run, a sequence and a page that do not exist.
FOLLOWED = ("/explore/nothing", "/explore/news?sequence=60", "/explore")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/explore/nothing", "expected one of news, reviews"),
        ("/explore/news?sequence=60", "expected a number from 0 to 59"),
        ("/explore/news?sequence=-1", "expected a number from 0 to 59"),
        ("/explore/news?projection=lstm-umap", "expected one of lstm-pca, lstm-tsne"),
        ("/explore/news?colour=rainbow", "actual, correct, step, trust"),
        ("/explore/news?sequence=1&sequence=2", "expected a number from 0 to 59"),
        ("/explore/..%2f..%2fetc%2fpasswd", "expected one of news, reviews"),
        ("/explore/%00", "expected one of news, reviews"),
        ("/explore/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "expected one of news, reviews"),
        ("/explore/news/more", "expected one of news, reviews"),
        ("/explore", "This page does not exist"),
        ("/EXPLORE/news", "This page does not exist"),
        ("//explore//news", "expected one of news, reviews"),
        ("/%F0%9F%98%80", "This page does not exist"),
        ("/" + "long" * 400, "This page does not exist"),
    ],
)
def test_an_address_of_nothing_says_what_exists_and_leads_there(
    shared_page, site: str, path: str, says: str
) -> None:
    page = shared_page
    page.goto(site + path)
    page.wait_for_selector(f".empty-state:has-text('{says}')")
    leads = ".run-links a:has-text('news')"
    assert page.get_attribute(leads, "href") == "/explore/news"
    if path in FOLLOWED:
        page.click(leads)
        page.wait_for_selector("#workspace")
        assert page.url == f"{site}/explore/news"


@pytest.mark.parametrize("path", ["/explore/news/", "/explore/news?x=%00#part"])
def test_an_address_that_is_only_spelt_oddly_shows_the_run(page, site: str, path: str) -> None:
    open_run(page, site + path)
    choose_row(page, 3)
    page.reload()
    page.wait_for_function("stateline?.sequenceShown === 3 && stateline.segments > 0")


def test_no_page_asks_anything_of_another_machine(new_page: Callable, site: str) -> None:
    page = new_page()
    asked: list[str] = []

    def answer(route) -> None:
        asked.append(route.request.url)
        if route.request.url.startswith(site):
            route.continue_()
        else:
            route.abort()

    page.context.route("**/*", answer)
    page.context.on("websocket", lambda socket: asked.append(socket.url))
    paths = {
        entry["path"] for entry in dash.page_registry.values() if entry["path_template"] is None
    }
    for path in sorted(paths | {"/nowhere", "/explore/nothing"}):
        page.goto(site + path)
        page.wait_for_selector(".page")
        page.wait_for_load_state("networkidle")
    open_run(page, f"{site}/explore/reviews?sequence=1")
    page.select_option("#colour-select", "trust")
    page.select_option("#projection-select", "lstm-pca")
    page.wait_for_load_state("networkidle")
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
