"""Imports flow one way: which folder may import which, without a circle.

Rooms are read off the folders: a folder of modules is one room, a module that lies directly in
`app`, `pipeline` or `store` is a room of its own. Syntax trees are read, so that imports inside of
functions count as well. A new room fails here until it has a line in ROOMS.
"""

import ast
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("store", "pipeline", "app", "cli")
STANDARD = set(sys.stdlib_module_names)
# Libraries that a package may import; None: anything but what NEVER names.
LIBRARIES = {
    "store": {"numpy", "polars", "pyarrow", "pydantic", "usearch"},
    "pipeline": None,
    "app": {"numpy", "polars", "pyarrow", "plotly", "contourpy", "dash", "dash_ag_grid",
            "dash_bootstrap_components", "cachetools", "flask", "jinja2", "markupsafe", "waitress",
            "werkzeug"},
    "cli": {"click"},
}  # fmt: skip
NEVER = {"pipeline": {"dash", "plotly", "flask"}}
# Rooms of the same package that a room may import; `store` is below all others, see OUTSIDE.
ROOMS = {
    "store.errors": "",
    "store.schema": "",
    "store.files": "",
    "store.blocks": "",
    "store.exchange": "",
    "store.lock": "errors",
    "store.table": "errors files manifest schema",
    "store.stream": "schema",
    "store.manifest": "errors files schema",
    "store.rebuild": "errors files schema",
    "store.limits": "errors manifest schema",
    "store.verify": "errors files manifest",
    "store.tables": "errors limits manifest rebuild schema table verify",
    "store.reader": "errors exchange files manifest rebuild schema table tables",
    "store.runs": "errors exchange reader schema",
    "store.process": "",
    "store.index": "errors process reader schema",
    "store.checks": "blocks errors exchange index manifest reader schema table verify",
    "store.writer": "checks errors exchange files lock manifest schema stream",
    "store.migrate": "errors exchange files manifest schema writer",
    "store.archive": "checks errors exchange lock manifest schema",
    "pipeline.run": "numerics",
    "pipeline.config": "run",
    "pipeline.locked": "config run",
    "pipeline.numerics": "",
    "pipeline.models": "",
    "pipeline.models.keras": "numerics run",
    "pipeline.sources": "models.keras numerics run",
    "pipeline.demos": "sources",
    "pipeline.corpus": "demos models.keras run sources",
    "pipeline.train": "models.keras numerics run",
    "pipeline.baseline": "numerics run sources",
    "pipeline.extract": "models.keras numerics run",
    "pipeline.expected": "numerics run",
    "pipeline.distances": "numerics run",
    "pipeline.words": "numerics run",
    "pipeline.swaps": "models.keras numerics run",
    "pipeline.units": "numerics run",
    "pipeline.neighbours": "numerics run",
    "pipeline.index": "numerics run",
    "pipeline.project": "numerics run",
    "pipeline.clusters": "numerics run",
    "pipeline.export": "run",
    "pipeline.check": "export run",
    "pipeline.stages": "baseline clusters distances expected export index neighbours project run "
                       "swaps units words",
    "pipeline.build": "config extract models.keras numerics run sources stages train",
    "pipeline.live": "models.keras numerics run sources",
    "pipeline.bench": "build config corpus demos distances expected extract live models.keras "
                      "numerics project run sources stages swaps train words",
    "app.ids": "",
    "app.addresses": "",
    "app.web": "ids",
    "app.figures": "",
    "app.queries": "figures web",
    "app.layout": "addresses ids queries web",
    "app.typed": "ids layout queries web",
    "app.explore": "figures ids layout queries typed web",
    "app.words": "addresses figures ids layout queries web",
    "app.decisions": "addresses figures ids layout queries web",
    "app.units": "figures ids layout queries web",
    "app.gallery": "addresses ids layout queries web",
    "app.report": "figures queries web",
    "app.help": "addresses figures layout queries web",
    "app.pages": "addresses decisions explore gallery help layout units words",
    "app.routes": "explore report typed units web words",
    "app.callbacks": "decisions ids",
    "app.main": "callbacks layout pages routes typed web",
    "cli.options": "",
    "cli.app": "options",
    "cli.store": "options",
    "cli.build": "options",
    "cli.main": "app build store",
}  # fmt: skip
# Rooms of app pages: they are peers, and none imports another.
PAGES = {f"app.{page}" for page in ("explore", "words", "decisions", "units", "gallery", "help")}
# What a package may import of the others.
OUTSIDE = {
    "store": (),
    "pipeline": ("store",),
    "app": ("store",),
    "cli": ("store", "pipeline", "app"),
}


def modules() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    found = {}
    for package in PACKAGES:
        top = ROOT / "stateline" if package == "cli" else ROOT
        for path in sorted((top / package).rglob("*.py")):
            parts = path.relative_to(top).with_suffix("").parts
            if parts[:2] != ("store", "data"):
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[f"stateline.{name}"] = path
    return found


MODULES = modules()


def imported(path: Path) -> set[str]:
    """Dotted names of all that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def own(names: Iterable[str]) -> set[str]:
    """The project's own modules among imported names, which may be names inside of modules."""
    found = set()
    for name in names:
        while name and name not in MODULES:
            name = name.rpartition(".")[0]
        found |= {name} if name else set()
    return found


IMPORTS = {name: own(imported(path)) - {name} for name, path in MODULES.items()}


def room(module: str) -> str:
    """The room of a module: its folder, or itself where it lies directly in a package."""
    parts = module.split(".")[1:]
    if MODULES[module].name == "__init__.py":
        return ".".join(parts)
    return ".".join(parts[:-1]) if len(parts) > 2 else ".".join(parts)


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Circles of a graph, each as one way around it."""
    found, done = [], set()

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            found.append([*path[path.index(node) :], node])
        elif node not in done:
            for following in sorted(graph.get(node, ())):
                walk(following, [*path, node])
            done.add(node)

    for node in graph:
        walk(node, [])
    return found


ARROWS = {
    name: {
        room(other)
        for module, others in IMPORTS.items()
        if room(module) == name
        for other in others
        if room(other) not in (name, *PACKAGES)
    }
    for name in {room(module) for module in MODULES} - set(PACKAGES)
}


def test_every_room_has_a_line_in_the_table_and_every_line_a_room() -> None:
    assert set(ROOMS) == set(ARROWS)


@pytest.mark.parametrize("name", sorted(ARROWS))
def test_a_room_imports_just_the_rooms_that_the_table_allows(name: str) -> None:
    package = name.partition(".")[0]
    inside = {other for other in ARROWS[name] if other.startswith(f"{package}.")}
    # Equal, not less: an arrow that is gone shall not come back unseen.
    assert inside == {f"{package}.{other}" for other in ROOMS[name].split()}
    outside = {other.partition(".")[0] for other in ARROWS[name] - inside}
    assert outside <= set(OUTSIDE[package])


def test_pages_are_peers() -> None:
    served = {room(other) for other in IMPORTS["stateline.app.pages"]} - {"app.layout"}
    assert served - {"app.addresses", "app.ids"} == PAGES
    assert {page: ARROWS[page] & PAGES for page in PAGES} == dict.fromkeys(PAGES, set())


def test_there_is_no_circle_of_modules_nor_of_rooms() -> None:
    assert circles(IMPORTS) == []
    assert circles(ARROWS) == []


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c", "b"]]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_libraries_of_its_package(module: str) -> None:
    package = module.split(".")[1]
    names = {name.partition(".")[0] for name in imported(MODULES[module])}
    assert not names & set(PACKAGES), "the project's own packages are imported as stateline.*"
    names -= STANDARD | {"stateline"}
    assert not names & NEVER.get(package, set())
    allowed = LIBRARIES[package]
    assert allowed is None or names <= allowed


@pytest.mark.parametrize("folder", ["tests", "examples", "stateline"])
def test_nothing_imports_the_folders_by_their_own_names(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not {name.partition(".")[0] for name in imported(path)} & set(PACKAGES), path


def test_modules_stay_small_enough_to_be_read() -> None:
    long = {
        module: lines
        for module, path in MODULES.items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert not long
    assert not any(path.name == "utils.py" for path in MODULES.values())
