"""A run as a card of the gallery."""

from dash import dcc, html

from stateline.app import addresses
from stateline.app.queries.accuracy import baseline_line, baseline_short
from stateline.app.queries.series import series_line
from stateline.app.queries.text import count, day, percent
from stateline.store.reader import Run
from stateline.store.runs import BrokenRun

MAX_CLASSES = 6  # named on a card; the others are counted


def run_card(run: Run) -> dcc.Link:
    """Return a card with picture, name, accuracy and sizes, which links to the run."""
    method = run.projection(run.manifest.default_projection).method
    picture = html.Img(
        src=addresses.thumbnail(run),
        alt=f"{method} map of the hidden states of {run.name}",
        className="card-picture",
    )
    return dcc.Link(
        [
            html.Div(picture, className="card-frame"),
            html.Div(
                [
                    html.Div([_names(run), _score(run)], className="card-top"),
                    html.Div(_class_names(run), className="card-classes"),
                    html.Dl(_sizes(run), className="card-sizes"),
                ],
                className="card-body-plain",
            ),
        ],
        href=addresses.explore(run.name),
        className="run-card",
    )


def _names(run: Run) -> html.Div:
    """Return the run's name, corpus and cell, what a series is of, and the day of the build."""
    manifest = run.manifest
    lines = [f"{manifest.corpus.name} · {manifest.model.cell}"]
    if run.kind == "series":
        lines.append(series_line(run))
    lines.append(day(manifest.created))
    if run.files.are_pending:
        lines.append("Its files are still being verified")
    about = [html.P(line, className="card-about") for line in lines]
    return html.Div([html.H2(run.name), *about], className="card-names")


def _score(run: Run) -> html.Div:
    accuracy = percent(run.manifest.model.metrics.accuracy)
    return html.Div(
        [
            html.Span(accuracy, className="card-accuracy"),
            html.Span("test accuracy", className="card-accuracy-name"),
            html.Span(
                baseline_short(run),
                className="card-accuracy-name",
                title=f"Baseline: {baseline_line(run)}",
            ),
        ],
        className="card-score",
    )


def _sizes(run: Run) -> list[html.Div]:
    sizes = (
        ("sequences", run.manifest.corpus.sizes.stored),
        ("states", run.states),
        ("units", run.manifest.model.units),
        ("classes", len(run.class_names)),
    )
    return [
        html.Div([html.Dt(name), html.Dd(f"{number:,}")], className="card-size")
        for name, number in sizes
    ]


def _class_names(run: Run) -> list[html.Span]:
    pairs = list(zip(run.class_names, run.class_colours, strict=True))
    chips = [class_chip(name, colour) for name, colour in pairs[:MAX_CLASSES]]
    if len(pairs) > MAX_CLASSES:
        more = count(len(pairs) - MAX_CLASSES, "more class", "more classes")
        chips.append(html.Span(f"and {more}", className="class-more"))
    return chips


def class_chip(name: str, colour: str) -> html.Span:
    """Return a class's name beside its colour."""
    dot = html.Span(className="class-dot", style={"background": colour})
    return html.Span(
        [dot, html.Span(name, className="class-name")], className="class-chip", title=name
    )


def broken_card(run: BrokenRun) -> html.Li:
    """Return the name of a run that cannot be opened, and the reason."""
    return html.Li([html.Strong(run.name), html.Span(run.message)], className="broken-run")
