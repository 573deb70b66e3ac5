"""A live app and one shared Chromium; a page that complains or calls elsewhere fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.serving import served
from tests.synthetic import synthetic_run

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 60  # on a machine that does much else
FAILED = pytest.StashKey[bool]()
VIEWPORT = {"width": 1440, "height": 900}
# What is on the page once a run is open: points drawn, rows in the table, nothing loading.
OPEN = """() => window.stateline?.points > 0
    && document.getElementById("map-message")?.hidden
    && document.querySelector("#map .js-plotly-plot canvas, #map .js-plotly-plot svg")
    && document.querySelector("#sequences .ag-row .tick")"""

# What an address says that only leads to other sequences and to what is drawn of them.
OF_SEQUENCES = ("sequence", "step", "pinned", "text", "class", "bars", "labels", "distance")
# Leads there on the page that is open, as Back does.
TURN = """(address) => {
    history.pushState(history.state, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}"""
# The sequences that the address asks for are drawn.
TURNED = """() => {
    const asked = new URLSearchParams(location.search);
    const number = (name) => (asked.has(name) ? Number(asked.get(name)) : null);
    return stateline.sequenceShown === number("sequence")
        && stateline.pinnedShown === number("pinned")
        && stateline.typedShown === asked.get("text")
        && (stateline.shown.main === null || stateline.segments > 0);
}"""


def lacking() -> str | None:
    """Return what is missing to drive a browser; None where nothing is."""
    if chromium_path() is None:
        return "Chromium (apt install chromium)"
    if find_spec("playwright") is None:
        return "playwright (pip install playwright)"
    return None


def chromium_path() -> str | None:
    """Debian's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; leave them out where no browser is.

    Never left out where CI is set: there a missing browser ends the run.
    """
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
    what = lacking()
    if what is None or not here:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"the browser tests need {what}; CI must run them")
    items[:] = [item for item in items if item not in here]
    config.hook.pytest_deselected(items=here)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """Playwright's launcher of Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator:
    """Headless Chromium, started once."""
    started = chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def browser_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run of two classes and a run of five; tests only read it."""
    folder = tmp_path_factory.mktemp("browser-store")
    synthetic_run(
        folder, "reviews", sequences=80, max_steps=40, units=8, classes=2, outputs=1,
        projections=("pca", "tsne", "umap"), minimum_steps=5,
    )  # fmt: skip
    synthetic_run(folder, "news", sequences=60, max_steps=25, units=6, classes=5, seed=2)
    return folder


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a store on a free port until the session ends: serve(store) is its address."""
    with ExitStack() as running:
        yield lambda store: running.enter_context(served(store, evaluates=True))


@pytest.fixture(scope="session")
def site(serve: Callable[[Path], str], browser_store: Path) -> str:
    """Address of the app over the browser store."""
    return serve(browser_store)


@pytest.fixture
def complaints() -> list[str]:
    """Errors of watched pages; a test that provokes one removes it."""
    return []


def watch(page, complaints: list[str]) -> None:
    """Note the page's errors, failures of the server and requests beyond this machine."""

    def hear(note) -> None:
        if note.type == "error":
            complaints.append(f"console: {note.text}")

    def check_answer(answer) -> None:
        if answer.status >= 500:
            complaints.append(f"{answer.status} of {answer.url}")

    def check_request(request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            complaints.append(f"left this machine: {request.url}")

    page.set_default_timeout(SECONDS * 1000)
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.on("response", check_answer)
    page.on("request", check_request)


@pytest.fixture
def new_page(browser, complaints: list[str]) -> Iterator[Callable]:
    """Opens watched pages in profiles of their own, with Playwright's options."""
    contexts = []

    def open_page(**options):
        contexts.append(browser.new_context(**({"viewport": VIEWPORT} | options)))
        page = contexts[-1].new_page()
        watch(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def profile(chromium, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A profile that the tests share: its cache spares them the libraries, compiled as they are.

    It lies in a folder, since Chromium keeps compiled scripts there only.
    """
    folder = tmp_path_factory.mktemp("profile")
    context = chromium.launch_persistent_context(
        folder, executable_path=chromium_path(), args=FLAGS, viewport=VIEWPORT
    )
    yield context
    context.close()


@pytest.fixture
def page(profile, complaints: list[str]) -> Iterator:
    """One watched page of 1440 x 900."""
    page = profile.new_page()
    watch(page, complaints)
    yield page
    page.close()
    assert complaints == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator:
    """Note that a test failed, for fixtures that end after it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="module")
def module_page(profile) -> Iterator[tuple]:
    """The page behind `shared_page`, and what it complained about."""
    page, captured = profile.new_page(), []
    watch(page, captured)
    yield page, captured
    page.close()


@pytest.fixture
def shared_page(request: pytest.FixtureRequest, module_page: tuple) -> Iterator:
    """One watched page for the tests of a file; see `stay`.

    A test leaves there nothing that its address does not say: no route, listener or open menu.
    """
    page, captured = module_page
    yield page
    if request.node.stash[FAILED]:
        page.goto("about:blank")  # The next test is not to find what this one left half done.
    page.mouse.move(0, 0)
    found = captured[:]
    captured.clear()
    assert found == []


def open_run(page, address: str) -> None:
    """Go to a run's address and wait until its map and table are there."""
    page.goto(address)
    page.wait_for_function(OPEN)


def stay(page, address: str) -> None:
    """Go to a run's address; anew only if it differs in more than the sequences to show."""
    if view_of(page.url) != view_of(address):
        open_run(page, address)
    elif page.url != address:
        page.evaluate(TURN, address)
    page.wait_for_function(TURNED)


def view_of(address: str) -> tuple:
    """Return run, map and table of an address."""
    site, path, query = urlsplit(address)[1:4]
    return site, path, [each for each in parse_qsl(query) if each[0] not in OF_SEQUENCES]


def choose_row(page, row: int) -> None:
    """Click a row of the table and wait until its sequence is drawn."""
    number = int(page.inner_text(f".ag-row[row-index='{row}'] [col-id=sequence_id]"))
    page.click(f".ag-row[row-index='{row}'] [col-id=actual]")
    page.wait_for_function(f"stateline.sequenceShown === {number} && stateline.segments > 0")


def has_count(page, selector: str, count: int) -> None:
    """Wait until so many elements are there."""
    page.wait_for_function(
        "([selector, count]) => document.querySelectorAll(selector).length === count",
        arg=[selector, count],
    )


def lowest_contrast(page, selector: str) -> float:
    """Return the lowest contrast of text on its background among the elements of a selector."""
    return page.evaluate(
        """(selector) => Math.min(...[...document.querySelectorAll(selector)].map((word) => {
            const style = getComputedStyle(word);
            const hex = (text) => "#" + text.match(/\\d+/g).slice(0, 3)
                .map((part) => Number(part).toString(16).padStart(2, "0")).join("");
            return stateline.colour.contrast(hex(style.color), hex(style.backgroundColor));
        }))""",
        selector,
    )
