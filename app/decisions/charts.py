"""Charts of the Decisions page, as Plotly's figures: plain dicts, so that Plotly is not loaded.

Grounds are transparent and decisions.css gives texts and lines the tones of the theme; what has a
class's colour gets it from decisioncharts.js, as the theme needs it. A trace's `meta` is what the
tooltip tells of its points and the address that a click leads to; in braces it names the point's
x, its y as a share, or one of its customdata by number.
"""

import math
from dataclasses import dataclass

import numpy as np

MAX_NAMED = 12  # classes of a legend; of more, the tooltip says which a line is
OVERALL = "#7C8894"  # of what is no class; stands out from light and from dark ground
BARS = "#5168B8"
COUNTS = 1.08  # height of the counts over a chart of shares
DIGITS = 4
QUARTERS = 4  # parts that lines divide a chart's height into


@dataclass(frozen=True)
class ClassLines:
    """The C classes of every chart.

    names, colours  of each
    links           where a click on each leads
    """

    names: list[str]
    colours: list[str]
    links: list[str]


def lines_chart(
    classes: ClassLines,
    values: np.ndarray,
    axis: dict,
    told: tuple[str, str],
    more: list[list] | None = None,
    overall: np.ndarray | None = None,
    level: tuple[str, float] | None = None,
) -> dict:
    """Shares from 0 to 1, a line a class, and one for all of them.

    values   float (C, n)  NaN rows are left out; the first one is at the start of the axis
    axis     Plotly's x axis, with its range
    told     of a point in the tooltip: its place, and what its height is
    more     C  further pairs of the tooltip
    overall  float (n,)    of all sequences; None for no such line
    level    a level to compare with: its name and its height
    """
    start = axis["range"][0]
    place, measure = told
    traces = []
    for label, row in enumerate(values):
        if np.isnan(row).all():
            continue
        name, pairs = classes.names[label], [[measure, "{y}"], *(more[label] if more else [])]
        tip = _tip(name, place, pairs, classes.links[label])
        traces.append(_line(name, classes.colours[label], row, start, tip))
    if overall is not None:
        tip = _tip("all", place, [[measure, "{y}"]])
        traces.append(_line("all", OVERALL, overall, start, tip, width=3.5))
    if level is not None:
        name, height = level
        flat = np.full(values.shape[1], height)
        line = _line(name, OVERALL, flat, start, _tip(name, "", [[measure, "{y}"]]), width=1.5)
        line["line"]["dash"] = "dash"
        traces.append(line | {"showlegend": False})
    return _figure(traces, {"xaxis": axis, "yaxis": _share_axis()}, len(classes.names))


def _tip(title: str, place: str, pairs: list[list[str]], href: str = "") -> dict:
    """What the tooltip tells of a trace's points, in place of Plotly's own label."""
    meta = {"title": title, "place": place, "pairs": pairs, "href": href}
    return {"meta": meta, "hoverinfo": "none"}


def _line(
    name: str, colour: str, values: np.ndarray, start: float, more: dict, width: float = 2
) -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x0": start,
        "dx": 1,
        "y": _numbers(values),
        "line": {"color": colour, "width": width},
        **more,
    }


def fan_chart(
    classes: ClassLines, label: int, quantiles: np.ndarray, running: np.ndarray, axis: dict
) -> dict:
    """Median and two bands of the expected prediction of one actual class, and what still runs.

    quantiles  float (L, 5)  from the lowest to the highest; the third is the median
    running    int   (L,)    sequences that have a step there
    """
    colour = classes.colours[label]
    traces = []
    for low, high, opacity, name in ((0, 4, "2e", "10–90 %"), (1, 3, "57", "25–75 %")):
        edge = {"type": "scatter", "mode": "lines", "x0": 0, "dx": 1, "line": {"width": 0}}
        edge |= {"hoverinfo": "skip"}
        traces.append(edge | {"y": _numbers(quantiles[:, low]), "showlegend": False})
        band = {"fill": "tonexty", "fillcolor": colour + opacity, "name": name}
        traces.append(edge | {"y": _numbers(quantiles[:, high])} | band)
    pairs = [["Median", "{y}"], ["10 to 90 %", "{0}"], ["Still running", "{1}"]]
    tip = _tip(classes.names[label], "after step {x}", pairs, classes.links[label])
    median = _line("median", colour, quantiles[:, 2], 0, tip, width=2.5)
    median["customdata"] = [
        [f"{_percent(low)} to {_percent(high)}", f"{count:,}"] if count else ["", "0"]
        for low, high, count in zip(quantiles[:, 0], quantiles[:, 4], running, strict=True)
    ]
    traces.append(median)
    dotted = {"color": OVERALL, "width": 1.25, "dash": "dot"}
    still = _line("running", OVERALL, running, 0, {"hoverinfo": "skip", "yaxis": "y2"})
    traces.append(still | {"showlegend": False, "line": dotted})
    tick = _tick(int(running.max()))
    second = {
        "overlaying": "y", "side": "right", "range": [0, TOP * QUARTERS * tick], "dtick": tick,
        "tick0": 0, "showgrid": False, "title": {"text": "sequences"}, "tickformat": ",d",
    }  # fmt: skip
    second |= AXIS
    layout = {"xaxis": axis, "yaxis": _share_axis(), "yaxis2": second, "margin": {"r": 52}}
    return _figure(traces, layout, 1)


def _tick(most: int) -> int:
    """The least round number that reaches `most` in QUARTERS steps."""
    least = max(math.ceil(most / QUARTERS), 1)
    power = 10 ** (len(str(least)) - 1)
    return next(each * power for each in (1, 2, 5, 10) if each * power >= least)


def calibration_chart(
    count: np.ndarray, accuracy: np.ndarray, confidence: np.ndarray, links: list[str]
) -> dict:
    """A bar a bin of confidence, its height the accuracy, and a mark at its mean confidence.

    count, accuracy, confidence  (10,)  as stateline.app.decisions.queries.Calibration has them
    links                        10     where a click on a bin leads; "" for nowhere
    """
    bins = len(count)
    # Bins without sequences are left out: what Plotly once drew empty stays so.
    full = np.flatnonzero(count).tolist()
    middle = [(each + 0.5) / bins for each in full]
    heights = _numbers(accuracy[full])
    pairs = [["Right", "{y}"], ["Mean confidence", "{2}"], ["Sequences", "{3}"]]
    told = _tip("{1} sure", "", pairs, "{0}") | {
        "customdata": [
            [
                links[each],
                f"{100 * each // bins} to {100 * (each + 1) // bins} %",
                _percent(confidence[each]),
                f"{count[each]:,}",
            ]
            for each in full
        ]
    }
    bars = {
        "type": "bar", "name": "accuracy of a bin", "x": middle, "y": heights,
        "width": 0.92 / bins, "marker": {"color": BARS}, **told,
    }  # fmt: skip
    counts = {
        "type": "scatter", "mode": "text", "x": middle, "y": [COUNTS] * len(full),
        "text": [f"{count[each]:,}" for each in full], "showlegend": False, "hoverinfo": "skip",
    }  # fmt: skip
    mean = {
        "type": "scatter", "mode": "markers", "name": "at its mean confidence",
        "x": _numbers(confidence[full]), "y": heights, "cliponaxis": False, **told,
        "marker": {"color": "#E8590C", "size": 9, "symbol": "diamond"},
    }  # fmt: skip
    diagonal = {
        "type": "scatter", "mode": "lines", "name": "calibrated", "x": [0, 1], "y": [0, 1],
        "line": {"color": OVERALL, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
    }  # fmt: skip
    across = AXIS | _shares(5) | {"range": [0, 1], "title": {"text": "confidence"}}
    down = _share_axis() | {"range": [0, COUNTS + 0.06]}
    layout = {"xaxis": across, "yaxis": down, "margin": {"r": 24}}
    return _figure([bars, diagonal, mean, counts], layout, 3)


def trajectory_chart(
    classes: ClassLines, places: np.ndarray, picture: dict, ends: tuple[list, list]
) -> dict:
    """Mean way of the sequences of each class over the picture of a map.

    places   float (C, P, 2)  NaN for a class that has none
    picture  Plotly's layout image
    ends     of all states: the least and the largest x, and y
    """
    points = places.shape[1]
    percents = [f"{round(100 * each / (points - 1))} %" for each in range(points)]
    size = [11] + [5] * (points - 2) + [15]
    marker = {
        "size": size, "opacity": 1, "line": {"width": 1, "color": OVERALL},
        "symbol": ["circle-open"] + ["circle"] * (points - 1),
    }  # fmt: skip
    traces = []
    for label, way in enumerate(places):
        if np.isnan(way).any():
            continue
        name, colour = classes.names[label], classes.colours[label]
        tip = _tip(name, "", [["Of the way", "{0}"]], classes.links[label])
        tip |= {"mode": "lines+markers", "x": _numbers(way[:, 0])}
        tip |= {"marker": marker | {"color": colour}, "customdata": [[each] for each in percents]}
        traces.append(_line(name, colour, way[:, 1], 0, tip, width=3))
    named = len(classes.names)
    hidden = AXIS | {"showgrid": False, "showticklabels": False, "ticks": ""}
    hidden |= {"constrain": "domain"}
    across, down = (_padded(*each) for each in ends)
    layout = {
        "images": [picture],
        # The legend stands beside the map.
        "xaxis": hidden | {"range": across, "domain": [0.24 if named <= MAX_NAMED else 0, 1]},
        "yaxis": hidden | {"range": down, "scaleanchor": "x"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"x": 0, "y": 1, "xanchor": "left", "yanchor": "top"},
    }
    return _figure(traces, layout, named)


def _padded(low: float, high: float) -> list[float]:
    room = 0.03 * (high - low) or 1
    return [low - room, high + room]


TOP = 1.02  # of an axis of shares: a line at 1 keeps its width
# Ticks that are not seen keep the labels apart where two axes meet.
AXIS = {
    "fixedrange": True, "zeroline": False, "ticks": "outside", "ticklen": 5,
    "tickcolor": "rgba(0,0,0,0)",
}  # fmt: skip


def step_axis(title: str, first: int, last: int) -> dict:
    """An x axis of whole steps."""
    # A single step is an axis as well.
    return AXIS | {"title": {"text": title}, "range": [first, max(last, first + 1)]}


def percent_axis(title: str) -> dict:
    """An x axis from 0 to 100 %."""
    return AXIS | {"title": {"text": title}, "range": [0, 100], "ticksuffix": " %"}


def _share_axis() -> dict:
    return AXIS | _shares(QUARTERS) | {"range": [0, TOP]}


def _shares(parts: int) -> dict:
    """Ticks of an axis of shares."""
    values = [each / parts for each in range(parts + 1)]
    return {"tickvals": values, "ticktext": [f"{100 * each:.0f} %" for each in values]}


def _figure(traces: list[dict], layout: dict, named: int) -> dict:
    """Traces with what all charts share; `named` things go into a legend, where it has room."""
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
    if "legend" in layout:
        legend = layout.pop("legend")
    margin = {"l": 48, "r": 12, "t": 30, "b": 40} | layout.pop("margin", {})
    return {
        "data": traces,
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "Inter, system-ui, sans-serif", "size": 11},
            "margin": margin,
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0,
            "showlegend": named <= MAX_NAMED,
            "legend": legend,
            # What a click on the legend hides stays hidden when the colours follow the theme.
            "uirevision": "kept",
            **layout,
        },
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _numbers(values: np.ndarray) -> list[float | None]:
    """Rounded, and null where there is none."""
    return [
        None if np.isnan(value) else round(float(value), DIGITS) for value in np.asarray(values)
    ]
