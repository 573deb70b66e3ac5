"""A run as a card of the gallery."""

from dash import dcc, html

from stateline.app import addresses
from stateline.app.queries.series import series_line
from stateline.app.queries.text import count, day, percent
from stateline.store.manifest.models import Manifest
from stateline.store.reader import BrokenRun, Run

MAX_CLASSES = 6  # named on a card; the others are counted


def run_card(run: Run) -> dcc.Link:
    """Picture, name, accuracy and sizes; all of it leads to the run."""
    manifest = run.manifest
    model = manifest.model
    method = run.projection(manifest.default_projection).method
    return dcc.Link(
        [
            html.Div(
                html.Img(
                    src=addresses.thumbnail(run),
                    alt=f"{method} map of the hidden states of {run.name}",
                    className="card-picture",
                ),
                className="card-frame",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(
                                [
                                    html.H2(run.name),
                                    html.P(_about(manifest), className="card-about"),
                                    *_read(run),
                                    html.P(day(manifest.created), className="card-about"),
                                ],
                                className="card-names",
                            ),
                            html.Div(
                                [
                                    html.Span(
                                        percent(model.metrics.accuracy),
                                        className="card-accuracy",
                                    ),
                                    html.Span("test accuracy", className="card-accuracy-name"),
                                ],
                                className="card-score",
                            ),
                        ],
                        className="card-top",
                    ),
                    html.Div(_class_names(run), className="card-classes"),
                    html.Dl(_sizes(run), className="card-sizes"),
                ],
                className="card-body-plain",
            ),
        ],
        href=addresses.explore(run.name),
        className="run-card",
    )


def _about(manifest: Manifest) -> str:
    cell = manifest.model.cell
    return f"{manifest.corpus.name} · {cell}"


def _read(run: Run) -> list:
    """What the model reads, where that is no text."""
    return [html.P(series_line(run), className="card-about")] if run.kind == "series" else []


def _sizes(run: Run) -> list:
    sizes = (
        ("sequences", run.sequences.height),
        ("states", run.states),
        ("units", run.manifest.model.units),
        ("classes", len(run.class_names)),
    )
    return [
        html.Div([html.Dt(name), html.Dd(f"{number:,}")], className="card-size")
        for name, number in sizes
    ]


def _class_names(run: Run) -> list:
    pairs = list(zip(run.class_names, run.class_colours, strict=True))
    chips = [class_chip(name, colour) for name, colour in pairs[:MAX_CLASSES]]
    if len(pairs) > MAX_CLASSES:
        more = count(len(pairs) - MAX_CLASSES, "more class", "more classes")
        chips.append(html.Span(f"and {more}", className="class-more"))
    return chips


def class_chip(name: str, colour: str) -> html.Span:
    """A class's name beside its colour."""
    dot = html.Span(className="class-dot", style={"background": colour})
    return html.Span(
        [dot, html.Span(name, className="class-name")], className="class-chip", title=name
    )


def broken_card(run: BrokenRun) -> html.Li:
    """A run that cannot be opened, with the line that says why."""
    return html.Li([html.Strong(run.name), html.Span(run.message)], className="broken-run")
