"""The page `/units/<run>`: what single hidden units and groups of them respond to."""

from dash import dcc, html

from stateline.app import ids
from stateline.app.layout.run_page import RunPage, run_header
from stateline.app.units.queries import UnitSelection, page_facts, parse_units
from stateline.app.units.views import units_view
from stateline.store.reader import Run


def page(run: Run | None, chosen: UnitSelection | None) -> html.Div:
    """Return header and body, which scripts fill from the facts."""
    facts = page_facts(run) | {"selection": chosen.plain()} if run and chosen else None
    return html.Div(
        [
            run_header(run, "units"),
            units_view(),
            dcc.Store(id=ids.UNITS_FACTS, data=facts),
        ],
        id=ids.UNITS,
        className="page units-page",
    )


PAGE = RunPage("Units", parse_units, page)
layout, title = PAGE.layout, PAGE.title
