"""Cards of the Decisions page: a chart each, with a note on how to read it."""

from typing import Any

import numpy as np
from dash import dcc, html

from stateline.app import addresses
from stateline.app.decisions import queries as decisions
from stateline.app.decisions.card import bins_id, card, figure_choice
from stateline.app.decisions.charts import (
    ClassLines,
    calibration_chart,
    fan_chart,
    lines_chart,
    trajectory_chart,
)
from stateline.app.decisions.choices import (
    ANSWERS,
    AT_END,
    BY_SHARE,
    BY_STEP,
    DecisionChoices,
    present_labels,
)
from stateline.app.decisions.traces import percent_axis, step_axis
from stateline.app.figures.raster import pixel_place
from stateline.app.layout.elements import Figure
from stateline.app.queries.accuracy import baseline_short
from stateline.app.queries.confidence import BINS, range_of
from stateline.app.queries.run import THUMBNAIL, drawn_rows, step_noun
from stateline.app.queries.state_kinds import state_name
from stateline.app.queries.text import count, percent
from stateline.store.reader import Run

ANSWER_NAMES = {"end": "at the end", "half": "half read", "quarter": "a quarter read"}
MAX_LISTED = 12  # classes named in a sentence


def class_lines(run: Run) -> ClassLines:
    """Return the classes of all charts; a click leads to the sequences of the class."""
    links = [
        addresses.explore(run.name, (["actual", label],)) for label in range(len(run.class_names))
    ]
    return ClassLines(run.class_names, run.class_colours, links)


def cards(run: Run, chosen: DecisionChoices) -> list[html.Section]:
    """Return all cards in reading order."""
    shown = chosen.plain()
    return [
        _accuracy_card(run),
        _fan_card(run, shown["class"]),
        _settled_card(run, shown["steps"]),
        _trajectory_card(run, shown["projection"]),
        _calibration_card(run, shown["answers"]),
    ]


def _accuracy_card(run: Run) -> html.Section:
    noun, found = step_noun(run), decisions.accuracy(run)
    level, final = decisions.majority(run), float(run.sequences["correct"].to_numpy().mean())
    accuracy = run.manifest.model.metrics.accuracy
    figure = lines_chart(
        class_lines(run),
        found.by_class,
        step_axis(f"{noun}s read", 1, len(found.whole)),
        (f"{noun}s read: {{x}}", "Right"),
        overall=found.whole,
        level=("majority", level),
    )
    return card(
        "accuracy",
        f"Accuracy after so many {noun}s",
        f"Share of the stored sequences whose answer after so many {noun}s is the actual class; a "
        f"shorter one keeps its last answer. {percent(final)} at the end; always the most frequent "
        f"class (dashed): {percent(level)}. Over the whole test set: {percent(accuracy)}, "
        f"{baseline_short(run)}.",
        {"": figure},
    )


def _settled_card(run: Run, shown: str) -> html.Section:
    noun, found, classes = step_noun(run), decisions.settled(run), class_lines(run)
    more = [[["Median settle step", f"{median:g}"]] for median in found.median]
    last = found.by_step.shape[1] - 1
    figures = {
        BY_STEP: lines_chart(
            classes, found.by_step, step_axis("step", 0, last), ("by step {x}", "Settled"), more
        ),
        BY_SHARE: lines_chart(
            classes,
            found.by_share,
            percent_axis("from the first step to the last"),
            ("by {x} % of the way", "Settled"),
            more,
        ),
    }
    options = {BY_STEP: f"by {noun}", BY_SHARE: "by share read"}
    return card(
        "settled",
        "Settled",
        "Share of the stored sequences of each actual class whose answer does not change any more, "
        f"right or wrong. Median settle step: {medians(run.class_names, found.median)}.",
        figures,
        figure_choice("settled", "Steps", options, shown),
    )


def medians(names: list[str], median: np.ndarray) -> str:
    """List the classes by their median settle step; of many, the first and the last only.

    median  float (C,)  NaN for a class without sequences
    """
    by_step: dict[str, list[str]] = {}
    for label in np.argsort(median, kind="stable"):
        if not np.isnan(median[label]):
            by_step.setdefault(f"{median[label]:g}", []).append(names[label])
    ranked = list(by_step.items())
    if sum(map(len, by_step.values())) <= MAX_LISTED:
        return ", ".join(
            f"{step} (class{'es' if len(here) > 1 else ''} {', '.join(here)})"
            for step, here in ranked
        )
    ends = [f"{step} ({count(len(here), 'class', 'classes')})" for step, here in ranked]
    return ends[0] if len(ends) == 1 else f"from {ends[0]} to {ends[-1]}"


def _fan_card(run: Run, shown: str) -> html.Section:
    noun, found, classes = step_noun(run), decisions.fan(run), class_lines(run)
    known = present_labels(run)
    axis = step_axis("step", 0, found.running.shape[1] - 1)
    figures = {
        str(label): fan_chart(classes, label, found.quantiles[label], found.running[label], axis)
        for label in known
    }
    options = {str(label): run.class_names[label] for label in known}
    return card(
        "fan",
        "Expected prediction",
        f"Of the actual class after each {noun}: median and bands over the sequences of the class. "
        "The dotted line counts the sequences of so many steps: where it is low, the bands are "
        "uncertain.",
        figures,
        figure_choice("fan", "Class", options, shown),
    )


def _trajectory_card(run: Run, shown: str) -> html.Section:
    default = run.manifest.default_projection
    order = sorted(run.projection_ids, key=lambda each: each != default)
    figures = {each: _trajectory_figure(run, each) for each in order}
    options = {each: _projection_name(run, each) for each in order}
    return card(
        "trajectory",
        "Mean trajectory by class",
        "Mean position of the sequences of each actual class at every 5 % of their steps, from the "
        "open to the large circle, over the map of all states. A mean may lie where no state is.",
        figures,
        figure_choice("trajectory", "Projection", options, shown),
    )


def _projection_name(run: Run, projection: str) -> str:
    entry = run.projection(projection)
    if len(run.manifest.layers) == 1 and entry.state == "h":
        return entry.method
    return f"{state_name(run.layer(entry.layer), entry.state)}: {entry.method}"


def _trajectory_figure(run: Run, projection: str) -> Figure:
    place, rows = run.coordinates(projection), drawn_rows(run.states)
    x, y = place["x"][rows], place["y"][rows]
    scale, left, top = pixel_place(x, y, *THUMBNAIL)
    picture: dict[str, Any] = {
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
    ranges = (float(x.min()), float(x.max())), (float(y.min()), float(y.max()))
    return trajectory_chart(class_lines(run), places, picture, ranges)


def _calibration_card(run: Run, shown: str) -> html.Section:
    found = {key: decisions.calibration(run, share) for key, share in ANSWERS.items()}
    links = [
        addresses.explore(run.name, (["confidence", *range_of(number)],)) for number in range(BINS)
    ]
    # The table of sequences can be filtered by the confidence at the end only.
    leads = {key: links if key == AT_END else [""] * BINS for key in ANSWERS}
    figures = {
        key: calibration_chart(each.count, each.accuracy, each.confidence, leads[key])
        for key, each in found.items()
    }
    errors = ", ".join(
        f"{found[key].error:.3f} ({found[key].error_by_chance:.3f}) {text}"
        for key, text in ANSWER_NAMES.items()
    )
    return card(
        "calibration",
        "Calibration",
        "Accuracy by confidence, with a mark at the mean confidence of each bin: below the dashed "
        "line the confidence was higher than the accuracy. The numbers above the bars count "
        f"stored sequences. Expected calibration error: {errors}; in brackets, the mean "
        "error of a perfectly calibrated model with as many sequences.",
        figures,
        figure_choice("calibration", "Answers", ANSWER_NAMES, shown),
        [
            html.Div(_bins(key, found[key], leads[key]), id=bins_id(key), hidden=key != shown)
            for key in ANSWERS
        ],
    )


def _bins(
    answers: str, found: decisions.Calibration, links: list[str]
) -> list[html.Table | html.P]:
    """Return the bins that are not empty as a table, with links to their sequences."""
    names = [f"{10 * low} to {10 * (low + 1)} %" for low in range(BINS)]
    rows = [
        html.Tr(
            [
                html.Th(dcc.Link(names[low], href=links[low]) if links[low] else names[low]),
                html.Td(f"{int(found.count[low]):,}"),
                html.Td(percent(float(found.accuracy[low]))),
                html.Td(percent(float(found.confidence[low]))),
            ]
        )
        for low in range(BINS)
        if found.count[low]
    ]
    titles = ("confidence", "sequences", "right", "mean confidence")
    head = html.Tr([html.Th(name) for name in titles])
    note = (
        "A bin's link, or a click on its bar, lists its sequences."
        if answers == AT_END
        else "These bins have no link: the table of sequences has the confidence at the end only."
    )
    return [
        html.Table([html.Thead(head), html.Tbody(rows)], className="decision-table"),
        html.P(note, className="note"),
    ]
