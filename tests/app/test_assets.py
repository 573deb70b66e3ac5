"""Scripts and styles: ids that exist, no address beyond this machine, licences at hand."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app import ids

ASSETS = Path(__file__).parents[2] / "app" / "assets"
KNOWN = {value for name, value in vars(ids).items() if name.isupper()}
SCRIPTS = sorted(path for path in ASSETS.rglob("*.js") if "vendor" not in path.parts)
# Elements that a script itself writes.
MADE = {name for path in SCRIPTS for name in re.findall(r' id="([\w-]+)"', path.read_text())}
# Names of XML kinds and the licence line of a vendored file are no requests.
NAMES = ("http://www.w3.org/2000/svg", "https://getbootstrap.com/", "https://github.com/twbs")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ASSETS)))
def test_scripts_only_look_for_elements_that_the_pages_have(script: Path) -> None:
    text = script.read_text()
    used = set(re.findall(r'getElementById\("([^"]+)"\)|\b(?:at|existing)\("([^"]+)"\)', text))
    selected = re.findall(r'(?:closest|querySelector)\??\.?\((?:event, )?"#([\w-]+)', text)
    assert {first or second for first, second in used} | set(selected) <= KNOWN | MADE


@pytest.mark.parametrize(
    "asset",
    [
        path
        for path in sorted(ASSETS.rglob("*"))
        # Plotly names where it would fetch maps of the earth; the policy of the pages forbids it.
        if path.suffix in (".js", ".css", ".svg") and path.parent.name != "plotly"
    ],
    ids=lambda path: path.name,
)
def test_no_asset_names_an_address_beyond_this_machine(asset: Path) -> None:
    text = asset.read_text()
    for name in NAMES:
        text = text.replace(name, "")
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", text, re.IGNORECASE)
    assert "sourceMappingURL" not in text


def test_vendored_files_lie_beside_their_licences() -> None:
    for folder in (ASSETS / "vendor").iterdir():
        assert (folder / "LICENSE").read_text().strip()


def test_the_page_loads_from_this_machine_only(client: FlaskClient) -> None:
    page = client.get("/").text
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources and all(source.startswith("/") for source in sources)
    for source in sources:
        assert client.get(source).status_code == 200, source


def test_light_or_dark_is_set_before_anything_is_painted(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.index("early.js") < page.index("<body>")
    assert page.count("early.js") == 1


def test_dash_tags_the_classic_scripts_only_and_modules_are_served(client: FlaskClient) -> None:
    tagged = re.findall(r'src="/assets/([^"?]+\.js)', client.get("/").text)
    assert sorted(tagged) == ["callbacks.js", "early.js"]
    for module in (ASSETS / "client").rglob("*.js"):
        answer = client.get(f"/assets/{module.relative_to(ASSETS)}")
        assert answer.status_code == 200 and answer.mimetype == "text/javascript"
