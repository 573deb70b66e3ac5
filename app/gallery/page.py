"""The gallery `/`: every run of the store, or how to build one."""

import logging

from dash import html

from stateline.app import ids
from stateline.app.gallery.cards import broken_card, run_card
from stateline.app.layout.shell import header
from stateline.app.queries.text import count
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.runs import BrokenRun

log = logging.getLogger(__name__)


def layout(**_: object) -> html.Div:
    """Return the page; the store is read anew each time."""
    registry = current()
    runs, cards, broken = registry.runs(), [], registry.broken()
    for run in runs:
        try:
            cards.append(run_card(run))
        except StatelineError as error:
            broken.append(BrokenRun(run.name, str(error)))
        # Whatever is wrong with one run must not take the others' page away.
        except Exception as error:
            log.warning("the card of a run could not be made: %s", run.name, exc_info=error)
            line = StatelineError(run.folder, f"its card cannot be shown ({type(error).__name__})")
            broken.append(BrokenRun(run.name, str(line)))
    return html.Div(
        [
            header(),
            html.Main(
                [
                    html.Div(
                        [
                            html.H1("Runs"),
                            html.P(
                                [
                                    f"{count(len(cards), 'trained model')} in ",
                                    html.Code(str(registry.store)),
                                ],
                                className="page-lead",
                            ),
                        ],
                        className="page-head",
                    ),
                    html.Div(cards, className="cards") if cards else nothing_yet(),
                    *_broken(broken),
                ],
                className="gallery",
            ),
        ],
        id=ids.GALLERY,
        className="page",
    )


def nothing_yet() -> html.Section:
    """Return what the gallery shows of an empty store: how to build a run."""
    return html.Section(
        [
            html.H2("No runs yet"),
            html.P("A run is a trained model with its hidden state after every word."),
            html.P(
                [
                    "Type ",
                    html.Code("stateline build demo-reviews"),
                    " to train a demo model, which takes a few minutes, or ",
                    html.Code(
                        "stateline build reviews.csv --text review --label sentiment --run mine"
                    ),
                    " for texts of your own. In a checkout, ",
                    html.Code("make all"),
                    " builds all three demos, and ",
                    html.Code("make run CORPUS=reviews.csv TEXT=review LABEL=sentiment RUN=mine"),
                    " a run of your texts. Then reload this page.",
                ]
            ),
        ],
        className="empty-state",
    )


def _broken(broken: list[BrokenRun]) -> list[html.Section]:
    """Return the section of the runs that cannot be opened; empty where all can."""
    if not broken:
        return []
    return [
        html.Section(
            [
                html.H2(f"{count(len(broken), 'run')} cannot be opened"),
                html.Ul([broken_card(run) for run in broken]),
            ],
            className="broken-runs",
        )
    ]
