"""The page `/decisions/<run>`: when the model decides, and how far to believe its confidence."""

from dash import html

from app import ids
from app.components.decision_cards import cards, no_cards
from app.components.run_choice import run_choice
from app.components.shell import header
from app.components.text import count
from app.pages.missing import instead_of_run
from app.registry import current
from store.errors import StatelineError
from store.reader import Run


def title(run: str | None = None, **_: object) -> str:
    """Of the browser's tab; only the name is known to Dash here."""
    return f"Decisions · {run[:80]} · Stateline" if run else "Stateline"


def layout(run: object = None, **query: object) -> html.Div:
    """The page of a run, or the page that says what exists instead.

    Dash calls this without arguments once, to learn which elements the page has.
    """
    if run is None:
        return page(None)
    try:
        return page(current().run(run))
    except StatelineError as error:
        return instead_of_run(error)


def page(run: Run | None) -> html.Div:
    """Header and body."""
    lead = ""
    if run is not None:
        lead = (
            f"{count(run.sequences.height, 'stored sequence')} of "
            f"{count(len(run.class_names), 'class', 'classes')}. Click a line or a bar to see its "
            "sequences in Explore."
        )
    return html.Div(
        [
            header([run_choice(run)], run.name if run else None, "decisions"),
            html.Main(
                [
                    html.Div(
                        [html.H1("When decided"), html.P(lead, className="page-lead")],
                        className="decision-lead",
                    ),
                    html.Div(cards(run) if run else no_cards(), className="decision-cards"),
                ],
                className="decisions",
            ),
        ],
        id=ids.DECISIONS,
        className="page",
    )
