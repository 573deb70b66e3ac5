"""The page `/words/<run>`: the effect of words and phrases on the answer, over the whole run."""

from collections.abc import Mapping

from dash import dcc, html

from stateline.app import ids
from stateline.app.layout.run_page import RunPage, run_header
from stateline.app.words.queries import WordSelection, parse_words
from stateline.app.words.rows import words_facts
from stateline.app.words.views import no_words, words_view
from stateline.store.reader import Run


def word_selection(run: Run, query: Mapping[str, object]) -> WordSelection | None:
    """Return the words that the query of an address asks for; None for a series, which has none.

    raises  StatelineError  a value that the run does not have
    """
    return None if run.kind == "series" else parse_words(run, query)


def page(run: Run | None, selection: WordSelection | None) -> html.Div:
    """Return header, filter bar and panes; for a series the reason why there are none."""
    facts = words_facts(run, selection) if run and selection else None
    body = no_words(run) if run and run.kind == "series" else words_view(run)
    return html.Div(
        [
            run_header(run, "words"),
            html.Div(id=ids.WORDS_BAR, className="filter-bar words-bar", hidden=facts is None),
            body,
            dcc.Store(id=ids.WORDS_FACTS, data=facts),
        ],
        id=ids.WORDS_PAGE,
        className="page words-page",
    )


PAGE = RunPage("Words", word_selection, page)
layout, title = PAGE.layout, PAGE.title
