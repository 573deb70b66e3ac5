"""The page `/decisions/<run>`: when the model decides, and how well it is calibrated."""

from dash import dcc, html

from stateline.app import ids
from stateline.app.decisions.card import DEFAULTS, THEME, no_cards
from stateline.app.decisions.cards import cards
from stateline.app.decisions.choices import DecisionChoices, parse_choices
from stateline.app.layout.run_page import RunPage, run_header
from stateline.app.queries.text import count
from stateline.store.reader import Run


def page(run: Run | None, chosen: DecisionChoices | None) -> html.Div:
    """Return header and cards; a script draws the charts and keeps the address."""
    lead, defaults = "", None
    if run is not None:
        defaults = parse_choices(run, {}).plain()
        lead = (
            f"{count(run.sequences.height, 'stored sequence')} of "
            f"{count(len(run.class_names), 'class', 'classes')}. Click a line or a bar to see its "
            "sequences in Explore."
        )
    shown = cards(run, chosen) if run and chosen else no_cards()
    return html.Div(
        [
            run_header(run, "decisions"),
            html.Main(
                [
                    html.Div(
                        [
                            html.H1("When does the model decide?"),
                            html.P(lead, className="page-lead"),
                        ],
                        className="decision-lead",
                    ),
                    html.Div(shown, className="decision-cards"),
                ],
                className="decisions",
            ),
            dcc.Store(id=DEFAULTS, data=defaults),
            dcc.Store(id=THEME),
        ],
        id=ids.DECISIONS,
        className="page",
    )


PAGE = RunPage("Decisions", parse_choices, page)
layout, title = PAGE.layout, PAGE.title
