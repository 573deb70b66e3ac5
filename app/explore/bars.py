"""The bars under the heatmap: contributions to a class, other methods beside them, distances."""

from typing import Any

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes, text_button
from stateline.app.layout.shell import block_title
from stateline.app.queries.contributions import is_exact, kind_of
from stateline.app.queries.run import step_noun
from stateline.app.queries.selection import BARS, BOTH
from stateline.store.reader import Run

DISTANCES_TITLE = ("Distance", "", ids.DISTANCES_SCOPE)  # of which states, a script says
BARS_NAMES = dict(zip(BARS, ("Distance", "Contribution", "Both"), strict=True))


def evidence_bars(run: Run | None) -> list[Any]:
    """Return the plots under the heatmap on the step axis, which scripts fill in."""
    return [
        html.Div([_bars_switch(), _compare_switch()], className="title-row bars-row"),
        html.Div(
            [
                _contribution_title(run),
                html.Div(id=ids.CONTRIBUTIONS, className="step-plot"),
                _comparison(),
            ],
            className="bars-contribution",
        ),
        html.Div(
            [
                _distance_title(run),
                html.Div(id=ids.DISTANCES, className="step-plot"),
            ],
            className="bars-distance",
        ),
    ]


def _bars_switch() -> html.Div:
    """Which bars are shown."""
    buttons = [
        html.Button(
            name,
            type="button",
            className="tool-button",
            **attributes(data_bars=bars, aria_pressed=str(bars == BOTH).lower()),
        )
        for bars, name in BARS_NAMES.items()
    ]
    return html.Div(
        buttons,
        id=ids.BARS_SWITCH,
        className="tool-group bars-switch",
        role="group",
        **attributes(aria_label="Bars under the heatmap"),
    )


def _compare_switch() -> html.Button:
    """Other methods beside the contributions; the model computes them when it is pressed."""
    title = "With leave-one-out and integrated gradients, which the model computes now"
    return text_button("Compare", ids.COMPARE_SWITCH, title, aria_pressed="false")


def _contribution_title(run: Run | None) -> html.Div:
    """Heading, the choice of the class, and what kind of numbers these are."""
    noun = step_noun(run) if run else "word"
    names = run.class_names if run else []
    options = [html.Option("", value="")]
    options += [html.Option(name, value=str(index)) for index, name in enumerate(names)]
    title = block_title("Contribution", kind_of(run))
    choice = html.Label(
        [
            html.Span("to"),
            html.Select(
                options,
                id=ids.CONTRIBUTION_CLASS,
                **attributes(aria_label=f"Class that each {noun} contributes to"),
            ),
        ],
        className="contribution-class",
    )
    title.children.insert(1, choice)
    return title


def _comparison() -> html.Div:
    """Leave-one-out and integrated gradients, and how far they agree."""
    return html.Div(
        [
            html.Div(id=ids.COMPARISON_ROWS, className="step-plot"),
            html.Div(id=ids.COMPARISON_STATUS, className="comparison-status note", role="status"),
        ],
        id=ids.COMPARISON,
        hidden=True,
    )


def _distance_title(run: Run | None) -> html.Div:
    """Heading, and what the two parts of a bar are where the head sees one part of a state only."""
    title = block_title(*DISTANCES_TITLE)
    if run is not None and is_exact(run):
        keys = html.Span(
            [
                html.Span(className="part-key"),
                "changes the prediction",
                html.Span(className="part-key part-silent"),
                "memory only",
            ],
            className="parts-legend",
        )
        title.children.insert(1, keys)
    return title
