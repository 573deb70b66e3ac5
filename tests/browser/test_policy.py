"""The pages under the policy that is sent, and the token, in a browser.

Playwright's `wait_for_function` makes a script from a text, which the policy forbids: other tests
allow it, these do without.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from stateline.app.web.access import access_to
from tests.serving import served

TOKEN = "s3cret & ünusual"
# What a page shows once it has drawn, in its own elements.
DRAWN = {
    "explore": "#map canvas.gl-canvas, #map .gl-container canvas",
    "words": "#words-plot canvas",
    "decisions": ".js-plotly-plot .scatterlayer path",
    "units": "canvas",
}


@pytest.fixture(scope="module")
def strict(browser_store: Path) -> Iterator[str]:
    """Address of the app with its policy as it is."""
    with served(browser_store) as address:
        yield address


@pytest.mark.parametrize("name", DRAWN)
def test_a_page_draws_and_nothing_is_refused_by_its_policy(page, strict: str, name: str) -> None:
    page.goto(f"{strict}/{name}/reviews")
    page.locator(DRAWN[name]).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    if name in ("explore", "words"):
        kinds = page.evaluate(
            "[...document.querySelectorAll('.js-plotly-plot')].map((plot) => plot.data[0].type)"
        )
        assert "scattergl" in kinds  # WebGL, of which Plotly's other bundle needs eval


def test_no_text_becomes_a_script(page, strict: str, complaints: list[str]) -> None:
    page.goto(f"{strict}/help")
    run = page.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "globalThis.ran = true";
            document.body.append(script);
            await new Promise((resolve) => setTimeout(resolve, 0));
            return globalThis.ran === true;
        }"""
    )
    assert run is False
    assert "inline script violates" in complaints.pop()


def test_a_token_leads_in_and_leaves_the_address_bar(
    new_page, browser_store: Path, complaints: list[str]
) -> None:
    access = access_to("127.0.0.1", token=TOKEN)
    with served(browser_store, access=access) as address, served(browser_store) as other:
        page = new_page()
        page.goto(f"{address}/help?a=1&token={quote(TOKEN)}")
        page.locator("h1").first.wait_for()
        assert page.url == f"{address}/help?a=1"
        # Of a link on another site, a browser withholds the cookie at first.
        page.goto(f"{other.replace('127.0.0.1', 'localhost')}/help")
        page.locator("h1").first.wait_for()
        page.evaluate("address => { location.href = address; }", f"{address}/help?b=2")
        page.wait_for_url(f"{address}/help?b=2")
        page.locator("h1").first.wait_for()
    # The other site is this machine under another name; its refused answer is in the console.
    assert {each.partition(":")[0] for each in complaints} <= {"left this machine", "console"}
    complaints.clear()
