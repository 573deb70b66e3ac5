"""GET routes of the Words page: table, plot, and occurrences of a word."""

from typing import Any

import polars as pl
from flask import Blueprint, Response

from stateline.app.web.responses import (
    cached_bytes,
    cached_json,
    request_query,
    requested_run,
    whole_number,
)
from stateline.app.words import occurrences, swaps
from stateline.app.words import queries as words
from stateline.app.words import rows as word_rows
from stateline.app.words.queries import WordSelection, parse_word, parse_words
from stateline.store.reader import Run

routes = Blueprint("words", __name__)


@routes.get("/data/<name>/words")
def rows(name: str) -> Response:
    """Answer with a block of the table."""
    run, selection, query = _requested(name)
    start, end = (whole_number(query, key) for key in ("start", "end"))
    return cached_json(run, lambda: word_rows.block(run, start, end, selection))


@routes.get("/data/<name>/words/position")
def position(name: str) -> Response:
    """Answer with the row of a word in the table as it is sorted and filtered."""
    run, selection, query = _requested(name)
    word = parse_word(run, query.get("phrase"))
    return cached_json(run, lambda: {"row": words.position(run, word, selection)})


@routes.get("/data/<name>/words/points")
def points(name: str) -> Response:
    """Answer with what the plot draws: every word that passes."""
    run, selection, _ = _requested(name)
    return cached_json(run, lambda: word_rows.points(run, selection))


@routes.get("/data/<name>/words/swaps")
def swapped(name: str) -> Response:
    """Answer with the words that the swap test finds."""
    run, selection, _ = _requested(name)
    return cached_json(run, lambda: swaps.swap_rows(run, selection))


@routes.get("/data/<name>/words/occurrences")
def listed(name: str) -> Response:
    """Answer with a block of the occurrences of a word, with the words around each."""
    run, wanted, query = _requested_occurrences(name)
    start, end = (whole_number(query, key) for key in ("start", "end"))
    return cached_json(run, lambda: _listed(run, wanted, start, end))


@routes.get("/data/<name>/words/places")
def places(name: str) -> Response:
    """Answer with the pixels of the states of all occurrences of a word on the run's picture."""
    run, wanted, _ = _requested_occurrences(name)
    return cached_bytes(run, lambda: occurrences.places(run, occurrences.occurrences(run, *wanted)))


def _listed(run: Run, wanted: tuple[str, int | None, str], start: int, end: int) -> dict[str, Any]:
    """Return a block of occurrences, and the row of the word itself."""
    word, towards, _ = wanted
    row = pl.Series([words.row_of(run, word)], dtype=pl.UInt32)
    found = occurrences.occurrences(run, *wanted)
    return {
        **occurrences.block(run, found, start, end),
        "word": word_rows.word_rows(run, row, towards)[0],
    }


def _requested(name: str) -> tuple[Run, WordSelection, dict[str, str]]:
    """Return the run, the selection of its words, and the whole query.

    raises  StatelineError  no such run, or a value that it does not have
    """
    run = requested_run(name)
    query = request_query()
    return run, parse_words(run, query), query


def _requested_occurrences(name: str) -> tuple[Run, tuple[str, int | None, str], dict[str, str]]:
    """Return the run, the word with the class and the order of its occurrences, and the query.

    raises  StatelineError  no such run, or a value that it does not have
    """
    run, selection, query = _requested(name)
    order = occurrences.parse_order(query.get("order", occurrences.EFFECT))
    return run, (parse_word(run, query.get("phrase")), selection.towards, order), query
