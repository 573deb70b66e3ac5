"""The cards of the Decisions page: a chart each, one sentence on how to read it, its numbers."""

import numpy as np
from dash import dcc, html

from app import addresses, decisions
from app.components.shell import choice
from app.components.text import count, percent
from app.confidence import BINS, range_of
from app.figures.decision_charts import (
    ClassLines,
    calibration_chart,
    fan_chart,
    lines_chart,
    percent_axis,
    step_axis,
    trajectory_chart,
)
from app.figures.raster import pixel_place
from app.measured import state_name
from app.queries import THUMBNAIL, drawn_rows, step_noun
from store.reader import Run

CONFIG = {"displayModeBar": False, "displaylogo": False, "responsive": True, "staticPlot": False}
CHARTS = ("accuracy", "fan", "settled", "trajectory", "calibration")
CHOICES = CHARTS[1:]  # charts with a select over them
EMPTY = {"data": [], "layout": {}}
BY_STEP, BY_SHARE = "step", "share"
ENDS = {"1.0": "at the end", "0.5": "half read", "0.25": "a quarter read"}


def class_lines(run: Run) -> ClassLines:
    """The classes of all charts; a click leads to the sequences of the class."""
    links = [
        addresses.explore(run.name, (["actual", label],)) for label in range(len(run.class_names))
    ]
    return ClassLines(run.class_names, run.class_colours, links)


def cards(run: Run) -> list:
    """All of them, in reading order."""
    return [
        _accuracy_card(run),
        _fan_card(run),
        _settled_card(run),
        _trajectory_card(run),
        _calibration_card(run),
    ]


def no_cards() -> list:
    """The elements of all cards, without a run: from these Dash learns what callbacks may use."""
    return [
        card(key, "", "", EMPTY, figure_choice(key, "", {}, {}) if key in CHOICES else None)
        for key in CHARTS
    ]


def card(key: str, title: str, reading: str, figure: dict, *more: object) -> html.Section:
    """One card.

    key      of the chart: its element is `decisions-<key>`
    reading  the sentence on how to read it
    more     a choice for the head, then what stands under the chart
    """
    head, *under = more or (None,)
    return html.Section(
        [
            html.Div([html.H2(title), head], className="decision-head"),
            html.P(reading, className="note"),
            html.Div(
                dcc.Graph(
                    id=f"decisions-{key}", figure=figure, config=CONFIG, responsive=True,
                    style={"height": "100%"},
                ),
                className="decision-chart",
            ),
            *under,
        ],
        className=f"decision-card decision-card-{key}",
        role="group",
        **{"aria-label": title},
    )  # fmt: skip


def figure_choice(
    key: str, name: str, options: dict[str, str], figures: dict[str, dict]
) -> html.Div:
    """A select that puts one of some figures into the chart `decisions-<key>`."""
    listed = [{"label": text, "value": value} for value, text in options.items()]
    first = next(iter(options), None)
    return html.Div(
        [
            choice(name, f"decisions-{key}-choice", listed, first),
            dcc.Store(id=f"decisions-{key}-figures", data=figures),
        ]
    )


def _accuracy_card(run: Run) -> html.Section:
    noun, found = step_noun(run), decisions.accuracy(run)
    level, final = decisions.majority(run), float(run.sequences["correct"].mean())
    figure = lines_chart(
        class_lines(run),
        found.by_class,
        1,
        step_axis(f"{noun}s read"),
        found.whole,
        ("majority", level),
    )
    return card(
        "accuracy",
        f"Accuracy after so many {noun}s",
        f"Share of the sequences whose answer after so many {noun}s is the actual class; a shorter "
        f"one keeps its last answer. {percent(final)} at the end; naming always the most frequent "
        f"class gets {percent(level)}.",
        figure,
    )


def _settled_card(run: Run) -> html.Section:
    noun, found, classes = step_noun(run), decisions.settled(run), class_lines(run)
    figures = {
        BY_STEP: lines_chart(classes, found.by_step, 0, step_axis("step")),
        BY_SHARE: lines_chart(
            classes, found.by_share, 0, percent_axis("from the first step to the last")
        ),
    }
    options = {BY_STEP: f"by {noun}", BY_SHARE: "by share read"}
    middles = [
        f"{name} {median:g}"
        for name, median in zip(run.class_names, found.median, strict=True)
        if not np.isnan(median)
    ]
    shown = ", ".join(middles[:MOST_LISTED]) + (" …" if len(middles) > MOST_LISTED else "")
    return card(
        "settled",
        "Settled",
        "Share of the sequences of each actual class whose answer never changes again from there "
        f"on, right or wrong. Median settle step: {shown}.",
        figures[BY_STEP],
        figure_choice("settled", "Steps", options, figures),
    )


MOST_LISTED = 8  # classes named in a sentence


def _fan_card(run: Run) -> html.Section:
    noun, found, classes = step_noun(run), decisions.fan(run), class_lines(run)
    known = [label for label in range(len(run.class_names)) if found.running[label].any()]
    figures = {
        str(label): fan_chart(
            classes, label, found.quantiles[label], found.running[label], step_axis("step")
        )
        for label in known
    }
    options = {str(label): run.class_names[label] for label in known}
    return card(
        "fan",
        "Expected prediction",
        f"Of the actual class after each {noun}: median and bands over the sequences of the class. "
        "The dotted line counts those still running: where few are, the bands are of few.",
        figures[str(known[0])],
        figure_choice("fan", "Class", options, figures),
    )


def _trajectory_card(run: Run) -> html.Section:
    usual = run.manifest["default_projection"]
    order = sorted(run.projection_ids, key=lambda each: each != usual)
    figures = {each: _trajectory_figure(run, each) for each in order}
    options = {each: _projection_name(run, each) for each in order}
    return card(
        "trajectory",
        "Mean trajectory by class",
        "Mean place of the sequences of each actual class at every 5 % of their way, from the "
        "open to the large circle, over the map of all states. A mean may lie where no state is.",
        figures[usual],
        figure_choice("trajectory", "Projection", options, figures),
    )


def _projection_name(run: Run, projection: str) -> str:
    entry = run.projection(projection)
    if len(run.manifest["layers"]) == 1 and entry["state"] == "h":
        return entry["method"]
    return f"{state_name(run.layer(entry['layer']), entry['state'])}: {entry['method']}"


def _trajectory_figure(run: Run, projection: str) -> dict:
    place, rows = run.coordinates(projection), drawn_rows(run.states)
    scale, left, top = pixel_place(place["x"][rows], place["y"][rows], *THUMBNAIL)
    picture = {
        "source": addresses.thumbnail(run, projection=projection),
        "xref": "x",
        "yref": "y",
        "x": -left / scale,
        "y": top / scale,
        "sizex": THUMBNAIL[0] / scale,
        "sizey": THUMBNAIL[1] / scale,
        "sizing": "stretch",
        "layer": "below",
        "opacity": 0.5,
    }
    places = decisions.mean_trajectory(run, projection)
    return trajectory_chart(class_lines(run), places, picture)


def _calibration_card(run: Run) -> html.Section:
    found = {key: decisions.calibration(run, float(key)) for key in ENDS}
    links = [
        addresses.explore(run.name, (["confidence", *range_of(number)],)) for number in range(BINS)
    ]
    figures = {
        # The table of sequences knows the confidence at the end only.
        key: calibration_chart(
            each.count, each.accuracy, each.confidence, links if key == "1.0" else [None] * BINS
        )
        for key, each in found.items()
    }
    errors = ", ".join(f"{found[key].error:.3f} {text}" for key, text in ENDS.items())
    return card(
        "calibration",
        "Calibration",
        "Accuracy by confidence; a bar below the dashed line is an answer surer than it is right. "
        f"The figures above count sequences. Expected calibration error: {errors}.",
        figures["1.0"],
        figure_choice("calibration", "Answers", ENDS, figures),
        _bins_table(found["1.0"], links),
    )


def _bins_table(found: decisions.Calibration, links: list[str]) -> html.Details:
    """The bins at the end as a table, each a way to its sequences."""
    rows = [
        html.Tr(
            [
                html.Th(dcc.Link(f"{10 * low} to {10 * (low + 1)} %", href=links[low])),
                html.Td(count(int(found.count[low]), "sequence")),
                html.Td(percent(float(found.accuracy[low]))),
                html.Td(percent(float(found.confidence[low]))),
            ]
        )
        for low in range(BINS)
        if found.count[low]
    ]
    head = html.Tr([html.Th(name) for name in ("Confidence", "", "right", "mean confidence")])
    return html.Details(
        [
            html.Summary("The bins as a table, with their sequences"),
            html.Table([html.Thead(head), html.Tbody(rows)], className="decision-table"),
        ]
    )
