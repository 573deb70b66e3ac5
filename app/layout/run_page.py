"""The frame of a page of a run: title, header, and the page shown for a missing run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import Children, attributes
from stateline.app.layout.missing import instead_of_run
from stateline.app.layout.shell import choice, header
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

S = TypeVar("S")


@dataclass(frozen=True)
class RunPage(Generic[S]):
    """A page of a run, as `app/pages.py` registers it.

    name   before the run's name in the browser's tab; empty for none
    parse  the selection that the query of an address asks for, None where the page needs none;
           raises StatelineError for a value that the run does not have
    build  the page of a run with its selection; of None and None the same elements without content
    """

    name: str
    parse: Callable[[Run, Mapping[str, object]], S | None]
    build: Callable[[Run | None, S | None], html.Div]

    def title(self, /, run: str | None = None, **_: object) -> str:
        """Return the title of the browser's tab, from the run's name in the address."""
        if not run:
            return "Stateline"
        return " · ".join((*filter(None, [self.name]), run[:80], "Stateline"))

    def layout(self, /, run: object = None, **query: object) -> html.Div:
        """Return the page of a run, or the page for a missing run.

        Dash calls this without arguments once, to learn which elements the page has. Any key may
        stand in a query, so that `self` is positional only.
        run    its name in the address
        query  the query of the address; a page ignores the keys of other pages
        """
        if run is None:
            return self.build(None, None)
        try:
            found = current().run(run)
            return self.build(found, self.parse(found, query))
        except StatelineError as error:
            return instead_of_run(error)


def run_header(run: Run | None, page: str, choices: Children = ()) -> html.Header:
    """Return the header of a page of a run.

    run      None where Dash only asks for the elements
    page     key of addresses.RUN_PAGES
    choices  of the page, beside the choice of the run
    """
    signs = [verification_sign(run)] if run and run.files.are_pending else []
    return header([run_choice(run), *choices, *signs], run.name if run else None, page)


def verification_sign(run: Run) -> html.Div:
    """Return the sign of files that are still to be verified, which lib/verification.js keeps."""
    return html.Div(
        "Verifying this run's files",
        className="verification",
        role="status",
        **attributes(data_run=run.name),
    )


def run_choice(run: Run | None) -> html.Label:
    """Return the select that leads to the same page of another run; empty without a run."""
    if run is None:
        return choice("", ids.RUN_SELECT, [], None)
    names = [{"label": other.name, "value": other.name} for other in current().runs()]
    return choice("Run", ids.RUN_SELECT, names, run.name)
