"""The page for an address that leads nowhere: the reason, and links to the runs that exist."""

from dash import dcc, html

from stateline.app import addresses
from stateline.app.layout.shell import header
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError


def layout(**_: object) -> html.Div:
    """Return the page for an address that belongs to no page."""
    return message_page(
        "This page does not exist", "Stateline has a gallery of runs, and a page a run."
    )


def instead_of_run(error: StatelineError) -> html.Div:
    """Return the page for a run, or a selection in one, that does not exist."""
    return message_page("Nothing to show at this address", str(error))


def message_page(title: str, line: str) -> html.Div:
    """Return a page with one message and a link to every run."""
    runs = current().runs()
    links = [html.Li(dcc.Link(run.name, href=addresses.explore(run.name))) for run in runs]
    return html.Div(
        [
            header(),
            html.Main(
                html.Section(
                    [
                        html.H1(title),
                        html.P(line, className="message-line"),
                        html.H2("Runs in this store") if links else None,
                        html.Ul(links, className="run-links") if links else None,
                        dcc.Link(
                            "Go to the gallery",
                            href=addresses.GALLERY,
                            className="btn btn-primary btn-sm",
                        ),
                    ],
                    className="empty-state",
                    role="alert",
                ),
                className="gallery",
            ),
        ],
        className="page",
    )
