"""Charts of the Decisions page, as Plotly figures: plain dicts, so that Plotly is not loaded."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.app.decisions.traces import (
    AXIS,
    DASHED,
    MAX_NAMED,
    OVERALL,
    QUARTERS,
    TOP,
    Axis,
    Trace,
    figure,
    line,
    numbers,
    share_axis,
    share_ticks,
    tooltip,
)
from stateline.app.layout.elements import Figure
from stateline.app.queries.text import percent

BARS, MEANS = "#5168B8", "#E8590C"
COUNTS = 1.08  # height of the counts above a chart of shares


@dataclass(frozen=True)
class ClassLines:
    """The C classes of every chart.

    names, colours  of each
    links           address that a click on each leads to
    """

    names: list[str]
    colours: list[str]
    links: list[str]


def lines_chart(
    classes: ClassLines,
    values: np.ndarray,
    axis: Axis,
    labels: tuple[str, str],
    more: list[list[list[str]]] | None = None,
    overall: np.ndarray | None = None,
    level: tuple[str, float] | None = None,
) -> Figure:
    """Draw shares from 0 to 1, one line per class, and one for all of them.

    values   float (C, n)  first column at the start of the axis; rows of NaN are left out
    axis     x axis, with its range
    labels   of the tooltip: position of a point, and name of its height
    more     C  further rows of the tooltip, each a name and a value
    overall  float (n,)    of all sequences; None for no such line
    level    name and height of a horizontal line to compare with; None for no such line
    """
    start = axis["range"][0]
    position, measure = labels
    traces = []
    for label, row in enumerate(values):
        if np.isnan(row).all():
            continue
        name, pairs = classes.names[label], [[measure, "{y}"], *(more[label] if more else [])]
        tip = tooltip("{name}", position, pairs, classes.links[label], name)
        traces.append(line(name, classes.colours[label], row, start, tip))
    if overall is not None:
        tip = tooltip("all", position, [[measure, "{y}"]])
        traces.append(line("all", OVERALL, overall, start, tip, width=3.5))
    if level is not None:
        name, height = level
        flat, tip = np.full(values.shape[1], height), tooltip(name, "", [[measure, "{y}"]])
        compared = line(name, OVERALL, flat, start, tip)
        traces.append(compared | {"line": DASHED, "showlegend": False})
    return figure(traces, {"xaxis": axis, "yaxis": share_axis()}, len(classes.names))


def fan_chart(
    classes: ClassLines, label: int, quantiles: np.ndarray, running: np.ndarray, axis: Axis
) -> Figure:
    """Draw median and two bands of the expected prediction of one actual class.

    quantiles  float (L, 5)  from the lowest to the highest; the third is the median
    running    int   (L,)    sequences that have such a step, drawn as a dotted line
    axis       x axis, with its range
    """
    traces = _bands(quantiles, classes.colours[label])
    traces.append(_median(classes, label, quantiles, running))
    still = line("running", OVERALL, running, 0, {"hoverinfo": "skip", "yaxis": "y2"})
    dotted = {"color": OVERALL, "width": 1.25, "dash": "dot"}
    traces.append(still | {"showlegend": False, "line": dotted})
    tick = _round_tick(int(running.max()))
    second = AXIS | {
        "overlaying": "y", "side": "right", "range": [0, TOP * QUARTERS * tick], "dtick": tick,
        "tick0": 0, "showgrid": False, "title": {"text": "sequences"}, "tickformat": ",d",
    }  # fmt: skip
    layout = {"xaxis": axis, "yaxis": share_axis(), "yaxis2": second, "margin": {"r": 52}}
    return figure(traces, layout, 1)


def _bands(quantiles: np.ndarray, colour: str) -> list[Trace]:
    """Return the two bands around the median; quantiles is float (L, 5)."""
    traces = []
    for low, high, opacity, name in ((0, 4, "2e", "10–90 %"), (1, 3, "57", "25–75 %")):
        edge = {"type": "scatter", "mode": "lines", "x0": 0, "dx": 1, "line": {"width": 0}}
        edge |= {"hoverinfo": "skip"}
        traces.append(edge | {"y": numbers(quantiles[:, low]), "showlegend": False})
        band = {"fill": "tonexty", "fillcolor": colour + opacity, "name": name}
        traces.append(edge | {"y": numbers(quantiles[:, high])} | band)
    return traces


def _median(classes: ClassLines, label: int, quantiles: np.ndarray, running: np.ndarray) -> Trace:
    """Return the line of the median; quantiles and running as in fan_chart."""
    pairs = [["Median", "{y}"], ["10 to 90 %", "{0}"], ["Still running", "{1}"]]
    name = classes.names[label]
    tip = tooltip("{name}", "after step {x}", pairs, classes.links[label], name)
    tip["customdata"] = [
        [f"{percent(low)} to {percent(high)}", f"{count:,}"] if count else ["", "0"]
        for low, high, count in zip(quantiles[:, 0], quantiles[:, 4], running, strict=True)
    ]
    return line("median", classes.colours[label], quantiles[:, 2], 0, tip, width=2.5)


def _round_tick(highest: int) -> int:
    """Return the smallest round number that reaches `highest` in QUARTERS steps."""
    smallest = max(math.ceil(highest / QUARTERS), 1)
    power: int = 10 ** (len(str(smallest)) - 1)
    return next(each * power for each in (1, 2, 5, 10) if each * power >= smallest)


def calibration_chart(
    count: np.ndarray, accuracy: np.ndarray, confidence: np.ndarray, links: list[str]
) -> Figure:
    """Draw one bar per bin of confidence, as high as the accuracy, marked at the mean confidence.

    count       int   (10,)  sequences of each bin
    accuracy    float (10,)  NaN in an empty bin
    confidence  float (10,)  mean; NaN in an empty bin
    links       10  address that a click on a bin leads to; "" for none
    """
    bins = len(count)
    # Empty bins are left out: Plotly would not redraw a bin that was empty before.
    full = np.flatnonzero(count).tolist()
    middle = [(each + 0.5) / bins for each in full]
    heights = numbers(accuracy[full])
    tip = _calibration_tip(full, count, confidence, links)
    bars = {
        "type": "bar", "name": "accuracy of a bin", "x": middle, "y": heights,
        "width": 0.92 / bins, "marker": {"color": BARS}, **tip,
    }  # fmt: skip
    counts = {
        "type": "scatter", "mode": "text", "x": middle, "y": [COUNTS] * len(full),
        "text": [f"{count[each]:,}" for each in full], "showlegend": False, "hoverinfo": "skip",
    }  # fmt: skip
    mean = {
        "type": "scatter", "mode": "markers", "name": "at its mean confidence",
        "x": numbers(confidence[full]), "y": heights, "cliponaxis": False, **tip,
        "marker": {"color": MEANS, "size": 9, "symbol": "diamond"},
    }  # fmt: skip
    diagonal = {
        "type": "scatter", "mode": "lines", "name": "calibrated", "x": [0, 1], "y": [0, 1],
        "line": DASHED, "hoverinfo": "skip",
    }  # fmt: skip
    across = AXIS | share_ticks(5) | {"range": [0, 1], "title": {"text": "confidence"}}
    down = share_axis() | {"range": [0, COUNTS + 0.06]}
    layout = {"xaxis": across, "yaxis": down, "margin": {"r": 24}}
    return figure([bars, diagonal, mean, counts], layout, 3)


def _calibration_tip(
    full: list[int], count: np.ndarray, confidence: np.ndarray, links: list[str]
) -> Trace:
    """Return the tooltips of the bins that are not empty, `full`; see calibration_chart."""
    bins = len(count)
    pairs = [["Right", "{y}"], ["Mean confidence", "{2}"], ["Sequences", "{3}"]]
    return tooltip("{1} sure", "", pairs, "{0}") | {
        "customdata": [
            [
                links[each],
                f"{100 * each // bins} to {100 * (each + 1) // bins} %",
                percent(confidence[each]),
                f"{count[each]:,}",
            ]
            for each in full
        ]
    }


def trajectory_chart(
    classes: ClassLines,
    places: np.ndarray,
    picture: dict[str, Any],
    ranges: tuple[tuple[float, float], tuple[float, float]],
) -> Figure:
    """Draw the mean trajectory of the sequences of each class over the picture of a map.

    places   float (C, P, 2)  NaN for a class without sequences
    picture  Plotly's layout image
    ranges   of all states: smallest and largest x, smallest and largest y
    """
    traces = [
        _trajectory(classes, label, way)
        for label, way in enumerate(places)
        if not np.isnan(way).any()
    ]
    named = len(classes.names)
    hidden = AXIS | {"showgrid": False, "showticklabels": False, "ticks": ""}
    hidden |= {"constrain": "domain"}
    across, down = (_padded(*each) for each in ranges)
    layout = {
        "images": [picture],
        # The legend stands beside the map.
        "xaxis": hidden | {"range": across, "domain": [0.24 if named <= MAX_NAMED else 0, 1]},
        "yaxis": hidden | {"range": down, "scaleanchor": "x"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"x": 0, "y": 1, "xanchor": "left", "yanchor": "top"},
    }
    return figure(traces, layout, named)


def _trajectory(classes: ClassLines, label: int, places: np.ndarray) -> Trace:
    """Return the line of a class through places, float (P, 2), from an open to a large circle."""
    points = len(places)
    name, colour = classes.names[label], classes.colours[label]
    tip = tooltip("{name}", "", [["Of the way", "{0}"]], classes.links[label], name)
    tip |= {
        "mode": "lines+markers",
        "x": numbers(places[:, 0]),
        "marker": {
            "size": [11] + [5] * (points - 2) + [15],
            "opacity": 1,
            "line": {"width": 1, "color": OVERALL},
            "symbol": ["circle-open"] + ["circle"] * (points - 1),
            "color": colour,
        },
        "customdata": [[f"{round(100 * each / (points - 1))} %"] for each in range(points)],
    }
    return line(name, colour, places[:, 1], 0, tip, width=3)


def _padded(low: float, high: float) -> list[float]:
    margin = 0.03 * (high - low) or 1
    return [low - margin, high + margin]
