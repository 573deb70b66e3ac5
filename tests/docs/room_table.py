"""Write the table of folders in docs/architecture.md: `python -m tests.docs.room_table`."""

import ast
from pathlib import Path

from tests.docs.project_files import ROOT
from tests.test_imports import ROOMS

DOCUMENT = ROOT / "docs" / "architecture.md"
START, END = "<!-- folders -->\n\n", "\n<!-- end of folders -->"


def place_of(room: str) -> Path:
    """Return the folder or the module, without its suffix, of a room."""
    path = Path(room.replace(".", "/"))
    return path if (ROOT / path.parts[0]).is_dir() else "stateline" / path


def is_folder(place: Path) -> bool:
    """Whether a place is a folder of modules; what Git leaves of a moved one is none."""
    return (place / "__init__.py").is_file()


def purpose(place: Path) -> str:
    """Return the first line of the docstring of a folder or a module."""
    path = place / "__init__.py" if is_folder(place) else place.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ").rstrip(".").replace("|", "\\|")


def room_table() -> str:
    """Return a row for each folder, or module that lies directly in a package."""
    rows = ["| folder or module | holds | imports, of its package |", "|---|---|---|"]
    for room, imports in ROOMS.items():
        place = place_of(room)
        shown = f"{place}{'/' if is_folder(ROOT / place) else '.py'}"
        names = ", ".join(f"`{name}`" for name in imports.split()) or "–"
        rows.append(f"| `{shown}` | {purpose(ROOT / place)} | {names} |")
    return "\n".join(rows) + "\n"


def written() -> str:
    """Return the document with its table replaced."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(START)
    return f"{before}{START}{room_table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
