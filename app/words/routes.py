"""GET routes of the Words page: its table, its plot, and where a word occurs."""

import polars as pl
from flask import Blueprint, Response

from stateline.app.web.responses import as_json, asked_query, cached, requested_run, whole_number
from stateline.app.words import occurrences
from stateline.app.words import queries as words
from stateline.app.words import rows as word_rows
from stateline.app.words.queries import AskedWords, parse_word, parse_words
from stateline.store.reader import Run

words_data = Blueprint("words", __name__)


@words_data.get("/data/<name>/words")
def rows(name: str) -> Response:
    """A block of the table."""
    run, asked, query = _asked(name)
    start, end = (whole_number(query, key) for key in ("start", "end"))
    return cached(run, "application/json", lambda: as_json(word_rows.block(run, start, end, asked)))


@words_data.get("/data/<name>/words/position")
def position(name: str) -> Response:
    """Row of a word in the table as it is sorted and filtered."""
    run, asked, query = _asked(name)
    word = parse_word(run, query.get("phrase"))
    return cached(
        run, "application/json", lambda: as_json({"row": words.position(run, word, asked)})
    )


@words_data.get("/data/<name>/words/points")
def points(name: str) -> Response:
    """What the plot draws: every word that passes."""
    run, asked, _ = _asked(name)
    return cached(run, "application/json", lambda: as_json(word_rows.points(run, asked)))


@words_data.get("/data/<name>/words/occurrences")
def listed(name: str) -> Response:
    """A block of the occurrences of a word, with the words around each."""
    run, wanted, query = _occurrences_asked(name)
    start, end = (whole_number(query, key) for key in ("start", "end"))
    return cached(
        run,
        "application/json",
        lambda: as_json(_listed(run, wanted, start, end)),
    )


@words_data.get("/data/<name>/words/places")
def places(name: str) -> Response:
    """Pixels of the states of all occurrences of a word on the run's picture."""
    run, wanted, _ = _occurrences_asked(name)
    return cached(
        run,
        "application/octet-stream",
        lambda: occurrences.places(run, occurrences.occurrences(run, *wanted)),
    )


def _listed(run: Run, wanted: tuple[str, int | None, str], start: int, end: int) -> dict:
    """A block of occurrences, and the row of the word itself."""
    word, towards, _ = wanted
    row = pl.Series([run.words["phrase"].index_of(word)], dtype=pl.UInt32)
    found = occurrences.occurrences(run, *wanted)
    return {
        **occurrences.block(run, found, start, end),
        "word": word_rows.word_rows(run, row, towards)[0],
    }


def _asked(name: str) -> tuple[Run, AskedWords, dict[str, str]]:
    """The run, how its words are asked for, and the whole query."""
    run = requested_run(name)
    query = asked_query()
    return run, parse_words(run, query), query


def _occurrences_asked(name: str) -> tuple[Run, tuple[str, int | None, str], dict[str, str]]:
    """The run, the word with the class and the order of its occurrences, and the whole query."""
    run, asked, query = _asked(name)
    order = occurrences.parse_order(query.get("order", occurrences.EFFECT))
    return run, (parse_word(run, query.get("phrase")), asked.towards, order), query
