"""Addresses of the browser's ES modules, and which of them a page requests at once."""

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.web import modules

CLIENT = Path(__file__).parents[3] / "app" / "assets" / "client"
PAGES = sorted(path.parent.name for path in CLIENT.glob("pages/*/main.js"))


def preloaded(client: FlaskClient, path: str) -> list[str]:
    """Return the addresses of the modules that the document at a path asks for."""
    return re.findall(r'<link rel="modulepreload" href="([^"]+)">', client.get(path).text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_s_document_names_its_modules_once_and_no_other_page_s(
    client: FlaskClient, page: str
) -> None:
    found = preloaded(client, f"/{page}/synthetic")
    assert len(found) == len(set(found))
    prefix = modules.current_modules().prefix
    assert f"{prefix}/client/lib/shell.js" in found
    assert f"{prefix}/client/pages/{page}/main.js" in found
    assert {name.split("/pages/")[1].split("/")[0] for name in found if "/pages/" in name} == {page}
    assert f'<meta name="stateline-modules" content="{prefix}">' in client.get("/").text


def test_a_module_is_kept_by_the_browser_and_is_the_file(client: FlaskClient) -> None:
    address = preloaded(client, "/explore/synthetic")[0]
    answer = client.get(address)
    assert answer.data == (CLIENT / "lib" / "shell.js").read_bytes()
    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.max_age == modules.MAX_AGE and answer.cache_control.immutable


def test_under_an_old_address_a_module_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/modules/0123456789abcdef/client/lib/shell.js")
    assert answer.status_code == 200 and answer.cache_control.no_store
    assert not answer.cache_control.max_age


@pytest.mark.parametrize(
    "name", ["client/none.js", "base.css", "../main.py", "client/package.json"]
)
def test_nothing_but_modules_is_served_there(client: FlaskClient, name: str) -> None:
    prefix = modules.current_modules().prefix
    assert client.get(f"{prefix}/{name}").status_code == 404


def test_an_edited_module_has_another_address(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = modules.current_modules().prefix
    shutil.copytree(CLIENT.parent, tmp_path / "assets")
    monkeypatch.setattr(modules, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(modules, "_read", modules.Modules([], {}))
    assert modules.current_modules().prefix == before  # the contents count, not when or where
    edited = tmp_path / "assets" / "client" / "lib" / "shell.js"
    edited.write_text(f"{edited.read_text()}// edited\n")
    address = preloaded(client, "/")[0]
    assert before not in address
    assert client.get(address).data == edited.read_bytes()
