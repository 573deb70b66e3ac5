"""The gallery, and the pages that say what exists."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.browser.conftest import open_run
from tests.synthetic import synthetic_run

DRAWN = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"


def test_the_gallery_shows_every_run_with_its_picture(page, site: str) -> None:
    page.goto(site)
    page.wait_for_selector(".run-card")
    assert page.locator(".run-card h2").all_inner_texts() == ["news", "reviews"]
    page.wait_for_function(DRAWN)


def test_a_card_leads_to_its_run_and_back_returns(page, site: str) -> None:
    page.goto(site)
    page.click(".run-card:has-text('reviews')")
    page.wait_for_selector("#workspace")
    assert page.url == f"{site}/explore/reviews"
    page.go_back()
    page.wait_for_selector(".run-card")


def test_an_empty_store_says_what_to_type_and_a_new_run_appears(
    page, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    address = serve(tmp_path)
    page.goto(address)
    page.wait_for_selector("text=make all")
    folder = synthetic_run(tmp_path, "mine")
    page.reload()
    page.wait_for_selector(".run-card:has-text('mine')")
    page.wait_for_function(DRAWN)  # Else the picture is asked for when its run is broken.
    (folder / "manifest.json").write_text("{")
    page.reload()
    page.wait_for_selector(".broken-run:has-text('is not JSON')")


def test_an_unknown_run_or_sequence_says_what_exists(page, site: str) -> None:
    for path in ("/explore/nothing", "/explore/news?sequence=999", "/explore/news?projection=x"):
        page.goto(site + path)
        page.wait_for_selector(".empty-state")
        assert page.locator(".run-links a").all_inner_texts() == ["news", "reviews"]
    page.goto(f"{site}/nowhere")
    page.wait_for_selector("text=This page does not exist")


def test_the_theme_follows_the_system_and_then_the_switch(new_page: Callable, site: str) -> None:
    page = new_page(color_scheme="dark")
    theme = "document.documentElement.dataset.bsTheme"
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto(site)
    page.wait_for_selector(".run-card")
    assert page.evaluate(theme) == "dark"
    dark = page.evaluate(ground)
    page.click("#theme-switch")
    assert page.evaluate(theme) == "light" and page.evaluate(ground) != dark
    page.reload()
    page.wait_for_selector(".run-card")
    assert page.evaluate(theme) == "light"


def test_a_run_removed_while_open_says_so(
    page, serve: Callable[[Path], str], tmp_path: Path, complaints: list[str]
) -> None:
    folder = synthetic_run(tmp_path, "mine", sequences=6)
    open_run(page, f"{serve(tmp_path)}/explore/mine")
    shutil.rmtree(folder)
    page.click(".ag-row[row-index='1'] [col-id=actual]")
    page.wait_for_selector("#map-message[data-kind=error]:has-text('no such run')")
    # The browser's own note of the refused request is what this test is about.
    assert all("404" in complaint for complaint in complaints)
    complaints.clear()
