"""Addresses of the app's pages, pictures and reports, once; the scripts' are in addresses.js."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from stateline.store.reader import Run

GALLERY, HELP = "/", "/help"
EXPLORE, WORDS, DECISIONS, UNITS = "explore", "words", "decisions", "units"
# The pages of one run, by the first part of their addresses.
RUN_PAGES = {EXPLORE: "Explore", WORDS: "Words", DECISIONS: "Decisions", UNITS: "Units"}


def template(page: str) -> str:
    """Return the template of the addresses of a page of RUN_PAGES, as Dash takes it."""
    return f"/{page}/<run>"


def of_page(page: str, run: str, **query: object) -> str:
    """Address of a page of a run.

    page   key of RUN_PAGES
    run    its name
    query  what the page shows, by the keys of its selection
    """
    return f"/{page}/{_part(run)}{_written(query)}"


def explore(run: str, filters: tuple[list[Any], ...] = (), **query: object) -> str:
    """Address of a run's Explore page with a selection.

    filters  chips of the filter bar, each a kind and its values
    query    other keys of the selection
    """
    if filters:
        query["filters"] = json.dumps(filters, separators=(",", ":"), ensure_ascii=False)
    return of_page(EXPLORE, run, **query)


def report(run: str, sequence_id: int) -> str:
    """Address of the report on a sequence."""
    return f"/report/{_part(run)}/{sequence_id}.html"


def thumbnail(run: Run, **query: object) -> str:
    """Address of a run's picture; of the default projection where the query names none."""
    return f"/data/{_part(run.name)}/thumbnail.png{_written(query | {'v': run.checksum[:16]})}"


def _part(name: str) -> str:
    """One part of a path: not even a slash of a name begins another."""
    return quote(name, safe="")


def _written(query: dict[str, object]) -> str:
    return f"?{urlencode(query)}" if query else ""
