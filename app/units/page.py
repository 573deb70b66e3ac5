"""The page `/units/<run>`: what single units and groups of them answer to."""

from dash import dcc, html

from stateline.app import ids
from stateline.app.layout.missing import instead_of_run
from stateline.app.layout.run_choice import run_choice
from stateline.app.layout.shell import header
from stateline.app.units.queries import UnitSelection, page_facts, parse_units
from stateline.app.units.views import units_view
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run


def title(run: str | None = None, **_: object) -> str:
    """Of the browser's tab; only the name is known to Dash here."""
    return f"Units · {run[:80]} · Stateline" if run else "Stateline"


def layout(run: object = None, **query: object) -> html.Div:
    """The page of a run, or the page that says what exists instead.

    Dash calls this without arguments once, to learn which elements the page has.
    """
    if run is None:
        return page(None, None)
    try:
        found = current().run(run)
        return page(found, parse_units(found, query))
    except StatelineError as error:
        return instead_of_run(error)


def page(run: Run | None, chosen: UnitSelection | None) -> html.Div:
    """Header and body; the scripts draw what the facts say."""
    facts = page_facts(run) | {"selection": chosen.plain()} if run and chosen else None
    return html.Div(
        [
            header([run_choice(run)], run.name if run else None, "units"),
            units_view(),
            dcc.Store(id=ids.UNITS_FACTS, data=facts),
        ],
        id=ids.UNITS,
        className="page units-page",
    )
