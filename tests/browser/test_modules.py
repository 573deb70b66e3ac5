"""A page loads its own ES modules, each once, and no other page's."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CLIENT = Path(__file__).parents[2] / "app" / "assets" / "client"
PAGES = sorted(path.parent.name for path in CLIENT.glob("pages/*/main.js"))


def closure(module: Path) -> set[str]:
    """Return a module and all that it imports, as paths below client/."""
    root = CLIENT.resolve()
    waiting, seen = [module.resolve()], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            imports = re.findall(r'(?:^import|\bfrom) "(\.[^"]+)";', path.read_text(), re.MULTILINE)
            waiting.extend((path.parent / name).resolve() for name in imports)
    return {str(path.relative_to(root)) for path in seen if root in path.parents}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_requests_its_own_modules_once(page, site: str, name: str) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(urlsplit(request.url).path))
    page.goto(f"{site}/{name}" if name == "help" else f"{site}/{name}/reviews")
    page.wait_for_selector("#theme-switch")
    page.wait_for_load_state("networkidle")
    prefix = page.locator('meta[name="stateline-modules"]').get_attribute("content") + "/client/"
    modules = [path.removeprefix(prefix) for path in requested if path.startswith(prefix)]
    assert not [path for path in requested if path.startswith("/assets/client/")]
    expected = closure(CLIENT / "pages" / name / "main.js") | closure(CLIENT / "lib" / "shell.js")
    assert sorted(modules) == sorted(expected)
    others = {f"pages/{other}/" for other in PAGES if other != name}
    assert not [path for path in modules if path.startswith(tuple(others))]


def test_another_page_s_modules_come_when_it_is_opened(page, site: str) -> None:
    page.goto(f"{site}/help")
    page.wait_for_selector("#theme-switch")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("stateline.points") is None
    page.evaluate(
        "href => dash_clientside.set_props('_pages_location', { href })", "/explore/reviews"
    )
    page.wait_for_function("stateline.points > 0")
