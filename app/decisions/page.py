"""The page `/decisions/<run>`: when the model decides, and how far to believe its confidence."""

from dash import dcc, html

from stateline.app import ids
from stateline.app.decisions.cards import THEME, USUAL, cards, no_cards
from stateline.app.decisions.choices import DecisionChoices, parse_choices
from stateline.app.layout.missing import instead_of_run
from stateline.app.layout.run_choice import run_choice
from stateline.app.layout.shell import header
from stateline.app.queries.text import count
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run


def title(run: str | None = None, **_: object) -> str:
    """Of the browser's tab; only the name is known to Dash here."""
    return f"Decisions · {run[:80]} · Stateline" if run else "Stateline"


def layout(run: object = None, **query: object) -> html.Div:
    """The page of a run, or the page that says what exists instead.

    Dash calls this without arguments once, to learn which elements the page has.
    """
    if run is None:
        return page(None, None)
    try:
        found = current().run(run)
        return page(found, parse_choices(found, query))
    except StatelineError as error:
        return instead_of_run(error)


def page(run: Run | None, chosen: DecisionChoices | None) -> html.Div:
    """Header and body; a script draws the charts and keeps the address."""
    lead, usual = "", None
    if run is not None:
        usual = parse_choices(run, {}).plain()
        lead = (
            f"{count(run.sequences.height, 'stored sequence')} of "
            f"{count(len(run.class_names), 'class', 'classes')}. Click a line or a bar to see its "
            "sequences in Explore."
        )
    shown = cards(run, chosen) if run and chosen else no_cards()
    return html.Div(
        [
            header([run_choice(run)], run.name if run else None, "decisions"),
            html.Main(
                [
                    html.Div(
                        [html.H1("When decided"), html.P(lead, className="page-lead")],
                        className="decision-lead",
                    ),
                    html.Div(shown, className="decision-cards"),
                ],
                className="decisions",
            ),
            dcc.Store(id=USUAL, data=usual),
            dcc.Store(id=THEME),
        ],
        id=ids.DECISIONS,
        className="page",
    )
