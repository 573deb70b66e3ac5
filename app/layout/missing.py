"""What stands in place of a page that does not exist: what is wrong, and what there is."""

from dash import dcc, html

from stateline.app import addresses
from stateline.app.layout.shell import header
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError


def layout(**_: object) -> html.Div:
    """The page for an address that no page has."""
    return instead("This page does not exist", "Stateline has a gallery of runs, and a page a run.")


def instead_of_run(error: StatelineError) -> html.Div:
    """The page for a run, or a part of one, that does not exist."""
    return instead("Nothing to show at this address", str(error))


def instead(title: str, line: str) -> html.Div:
    """A page with one message and a link to every run."""
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
