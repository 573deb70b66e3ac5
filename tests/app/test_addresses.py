"""Addresses of pages: whatever a run or a word is called, it comes back as it was."""

import json
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dash
import pytest

from stateline.app import addresses
from stateline.app.main import create_app
from stateline.store.reader import Run

# Names that the addresses of both sides must hold; the browser's are held to the same ones.
FIXTURE = Path(__file__).parents[1] / "fixtures" / "shared_rules.json"
ODD = json.loads(FIXTURE.read_text())["odd_names"]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("page", addresses.RUN_PAGES)
def test_a_run_s_name_is_one_part_of_the_path_and_comes_back(page: str, name: str) -> None:
    parts = urlsplit(addresses.of_page(page, name, sequence=3))
    assert parts.path.isascii() and parts.fragment == ""
    _, first, second = parts.path.split("/")
    assert (first, unquote(second)) == (page, name)
    assert parse_qs(parts.query) == {"sequence": ["3"]}


@pytest.mark.parametrize("word", ODD)
def test_words_and_filters_come_back_from_the_query(word: str) -> None:
    asked = parse_qs(urlsplit(addresses.of_page(addresses.WORDS, "mine", word=word)).query)
    assert asked == {"word": [word]}
    filters = (["word", word], ["confidence", 0.800001, 0.9])
    query = parse_qs(urlsplit(addresses.explore("mine", filters, step=0)).query)
    assert json.loads(query["filters"][0]) == [list(each) for each in filters]
    assert query["step"] == ["0"]


def test_without_a_selection_an_address_has_no_query() -> None:
    assert addresses.explore("mine") == "/explore/mine"
    assert addresses.of_page(addresses.UNITS, "mine") == "/units/mine"
    assert addresses.report("50%", 7) == "/report/50%25/7.html"


def test_a_picture_s_address_changes_with_the_run(several: Run) -> None:
    version = several.checksum[:16]
    default = addresses.thumbnail(several)
    assert default == f"/data/synthetic/thumbnail.png?v={version}"
    asked = parse_qs(urlsplit(addresses.thumbnail(several, projection="lstm-pca")).query)
    assert asked == {"projection": ["lstm-pca"], "v": [version]}


def test_every_page_of_a_run_is_registered_under_its_address(several: Run) -> None:
    create_app(several.folder.parent)
    known = {page["path_template"] for page in dash.page_registry.values()}
    for page in addresses.RUN_PAGES:
        assert addresses.template(page) in known
        assert addresses.template(page).replace("<run>", "mine") == addresses.of_page(page, "mine")
    paths = {page["path"] for page in dash.page_registry.values()}
    assert {addresses.GALLERY, addresses.HELP} <= paths
