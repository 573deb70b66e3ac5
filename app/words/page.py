"""The page `/words/<run>`: what words and phrases do to the answer, over the whole run."""

from dash import dcc, html

from stateline.app import ids
from stateline.app.layout.missing import instead_of_run
from stateline.app.layout.run_choice import run_choice
from stateline.app.layout.shell import header
from stateline.app.web.registry import current
from stateline.app.words.queries import AskedWords, parse_words
from stateline.app.words.rows import words_facts
from stateline.app.words.views import no_words, words_view
from stateline.store.errors import StatelineError
from stateline.store.reader import Run


def title(run: str | None = None, **_: object) -> str:
    """Of the browser's tab; only the name is known to Dash here."""
    return f"Words · {run[:80]} · Stateline" if run else "Stateline"


def layout(run: object = None, **query: object) -> html.Div:
    """The page of a run, or the page that says what exists instead.

    Dash calls this without arguments once, to learn which elements the page has.
    """
    if run is None:
        return page(None, None)
    try:
        found = current().run(run)
        return page(found, None if found.kind == "series" else parse_words(found, query))
    except StatelineError as error:
        return instead_of_run(error)


def page(run: Run | None, asked: AskedWords | None) -> html.Div:
    """Header, the bar that chooses the words, and the panes; of a series why there are none."""
    facts = words_facts(run, asked) if run and asked else None
    body = no_words(run) if run and run.kind == "series" else words_view(run)
    return html.Div(
        [
            header([run_choice(run)], run.name if run else None, "words"),
            html.Div(id=ids.LEXICON_BAR, className="filter-bar lexicon-bar", hidden=facts is None),
            body,
            dcc.Store(id=ids.LEXICON_FACTS, data=facts),
        ],
        id=ids.LEXICON,
        className="page lexicon-page",
    )
