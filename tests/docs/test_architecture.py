"""docs/architecture.md is true: its table of folders is that of the imports, its walks short."""

import re

from tests.docs.documents import definitions
from tests.docs.room_table import DOCUMENT, END, START, room_table

TEXT = DOCUMENT.read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text below a heading, up to the next one of its level."""
    return re.split(r"^## ", TEXT.partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]


def first_paths(title: str) -> list[str]:
    """Return the file of each row of a section's table."""
    rows = re.findall(r"^\| `([\w./-]+)(?::[\w.]+)?` \|", section(title), re.MULTILINE)
    assert rows, title
    return rows


def test_the_table_of_folders_is_that_of_the_imports() -> None:
    # The middle column is the first line of a docstring, whose wording is free to change.
    held = TEXT.partition(START)[2].partition(END)[0]
    assert outer_columns(held) == outer_columns(room_table()), "python -m tests.docs.room_table"


def outer_columns(table: str) -> list[tuple[str, str]]:
    """Return first and last column of a table of three."""
    return [(row.split(" | ")[0], row.split(" | ")[-1]) for row in table.strip().splitlines()]


def test_a_walk_enters_no_file_twice() -> None:
    for title in ("A walk: one `distance` value", "A walk: one selection"):
        files = first_paths(title)
        assert len(files) == len(set(files)), title


def test_a_walk_goes_from_the_pipeline_or_the_address_to_the_browser() -> None:
    order = ["pipeline", "store", "app", "app/assets"]
    files = first_paths("A walk: one `distance` value")
    places = [order[3] if each.startswith("app/assets") else each.split("/")[0] for each in files]
    assert [each for i, each in enumerate(places) if each not in places[:i]] == order
    assert places == sorted(places, key=order.index)
    assert len(definitions(section("A walk: one selection"))) >= 4
