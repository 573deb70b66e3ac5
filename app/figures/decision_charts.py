"""Charts of the Decisions page, as Plotly's figures: plain dicts, so that Plotly is not loaded.

Grounds are transparent and decisions.css gives texts and lines the tones of the theme. A trace's
`meta`, or a point's `customdata`, is the address that a click leads to.
"""

from dataclasses import dataclass

import numpy as np

from app.figures.colours import rgb

MOST_NAMED = 8  # classes of a legend; of more, a line's tooltip says which it is
OVERALL = "#7C8894"  # of what is no class; stands out from light and from dark ground
BARS = "#5168B8"
COUNTS = 1.08  # height of the counts over a chart of shares
DIGITS = 4


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
    start: float,
    axis: dict,
    overall: np.ndarray | None = None,
    level: tuple[str, float] | None = None,
) -> dict:
    """Shares from 0 to 1, a line a class, and one for all of them.

    values   float (C, n)  NaN rows are left out
    start    x of the first value; the others follow in ones
    axis     Plotly's x axis
    overall  float (n,)    of all sequences; None for no such line
    level    a level to compare with: its name and its height
    """
    traces = [
        _line(name, colour, row, start, {"meta": link})
        for name, colour, link, row in zip(
            classes.names, classes.colours, classes.links, values, strict=True
        )
        if not np.isnan(row).all()
    ]
    if overall is not None:
        traces.append(_line("all", OVERALL, overall, start, {}, width=3.5))
    if level is not None:
        name, height = level
        ends = [start, start + values.shape[1] - 1]
        dashed = {"color": OVERALL, "width": 1.5, "dash": "dash"}
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": ends,
                "y": [round(height, DIGITS)] * 2,
                "line": dashed,
                "hovertemplate": f"{name}: %{{y:.1%}}<extra></extra>",
            }
        )
    return _figure(traces, {"xaxis": axis, "yaxis": _share_axis()}, len(classes.names))


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
        "hovertemplate": "%{y:.1%} at %{x}",
        **more,
    }


def fan_chart(
    classes: ClassLines, label: int, quantiles: np.ndarray, running: np.ndarray, axis: dict
) -> dict:
    """Median and two bands of the expected prediction of one actual class, and what still runs.

    quantiles  float (L, 5)  from the lowest to the highest; the third is the median
    running    int   (L,)    sequences that have a step there
    """
    colour, link = classes.colours[label], classes.links[label]
    traces = []
    for low, high, share, name in ((0, 4, 0.18, "10–90 %"), (1, 3, 0.34, "25–75 %")):
        edge = {"type": "scatter", "mode": "lines", "x0": 0, "dx": 1, "line": {"width": 0}}
        edge |= {"hoverinfo": "skip", "meta": link}
        traces.append(edge | {"y": _numbers(quantiles[:, low]), "showlegend": False})
        traces.append(
            edge
            | {
                "y": _numbers(quantiles[:, high]),
                "fill": "tonexty",
                "fillcolor": _faint(colour, share),
                "name": name,
            }
        )
    median = _line("median", colour, quantiles[:, 2], 0, {"meta": link}, width=2.5)
    median["customdata"] = [
        [f"{low:.1%} to {high:.1%}", f"{count:,}"] if count else ["", "0"]
        for low, high, count in zip(quantiles[:, 0], quantiles[:, 4], running, strict=True)
    ]
    median["hovertemplate"] = (
        "after step %{x}: median %{y:.1%}<br>10 to 90 %: %{customdata[0]}"
        "<br>%{customdata[1]} still running<extra></extra>"
    )
    traces.append(median)
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "running",
            "showlegend": False,
            "x0": 0,
            "dx": 1,
            "y": running.tolist(),
            "yaxis": "y2",
            "line": {"color": OVERALL, "width": 1.25, "dash": "dot"},
            "hoverinfo": "skip",
        }
    )
    second = {
        "overlaying": "y", "side": "right", "rangemode": "tozero", "showgrid": False,
        "title": {"text": "sequences"}, "fixedrange": True, "zeroline": False,
        "nticks": 4, "tickformat": ",d",
    }  # fmt: skip
    layout = {"xaxis": axis, "yaxis": _share_axis(), "yaxis2": second, "margin": {"r": 46}}
    return _figure(traces, layout, 1)


def calibration_chart(
    count: np.ndarray, accuracy: np.ndarray, confidence: np.ndarray, links: list[str | None]
) -> dict:
    """A bar a bin of confidence, its height the accuracy; on the diagonal they agree.

    count, accuracy, confidence  (10,)  as app.decisions.Calibration has them
    links                        10  where a click on a bin leads
    """
    bins = len(count)
    middle = [(each + 0.5) / bins for each in range(bins)]
    words = [
        f"{low / bins:.0%} to {(low + 1) / bins:.0%} sure: {right:.1%} right, {sure:.1%} sure on "
        f"average<br>{number:,} sequences"
        for low, (number, right, sure) in enumerate(zip(count, accuracy, confidence, strict=True))
    ]
    bars = {
        "type": "bar", "name": "accuracy", "x": middle, "y": _numbers(accuracy),
        "width": 0.92 / bins, "marker": {"color": BARS}, "customdata": links,
        "hovertext": words, "hovertemplate": "%{hovertext}<extra></extra>",
    }  # fmt: skip
    counts = {
        "type": "scatter", "mode": "text", "x": middle, "y": [COUNTS] * bins, "hoverinfo": "skip",
        "text": [f"{number:,}" if number else "" for number in count], "showlegend": False,
    }  # fmt: skip
    mean = {
        "type": "scatter", "mode": "markers", "name": "mean confidence", "x": _numbers(confidence),
        "y": _numbers(confidence), "cliponaxis": False, "hoverinfo": "skip",
        "marker": {"color": "#E8590C", "size": 8, "symbol": "diamond"},
    }  # fmt: skip
    diagonal = {
        "type": "scatter", "mode": "lines", "name": "calibrated", "x": [0, 1], "y": [0, 1],
        "line": {"color": OVERALL, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
    }  # fmt: skip
    across = {"range": [0, 1], "tickformat": ".0%", "dtick": 0.2, "title": {"text": "confidence"}}
    down = _share_axis("accuracy") | {"range": [0, COUNTS + 0.06]}
    return _figure([bars, diagonal, mean, counts], {"xaxis": across | FIXED, "yaxis": down}, 3)


def trajectory_chart(classes: ClassLines, places: np.ndarray, picture: dict) -> dict:
    """Mean way of the sequences of each class over the picture of a map.

    places   float (C, P, 2)  NaN for a class that has none
    picture  Plotly's layout image
    """
    points = places.shape[1]
    percents = [round(100 * each / (points - 1)) for each in range(points)]
    traces = []
    for name, colour, link, way in zip(
        classes.names, classes.colours, classes.links, places, strict=True
    ):
        if np.isnan(way).any():
            continue
        size = [11] + [5] * (points - 2) + [15]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": _numbers(way[:, 0]),
                "y": _numbers(way[:, 1]),
                "line": {"color": colour, "width": 3},
                "marker": {
                    "color": colour, "size": size, "opacity": 1,
                    "line": {"width": 1, "color": OVERALL},
                    "symbol": ["circle-open"] + ["circle"] * (points - 1),
                },
                "text": [f"{percent} % of the way" for percent in percents],
                "hovertemplate": "%{text}",
                "meta": link,
            }
        )  # fmt: skip
    left, top, width, height = (picture[key] for key in ("x", "y", "sizex", "sizey"))
    hidden = {"showgrid": False, "showticklabels": False, "constrain": "domain"}
    layout = {
        "images": [picture],
        "xaxis": hidden | FIXED | {"range": [left, left + width]},
        "yaxis": hidden | FIXED | {"range": [top - height, top], "scaleanchor": "x"},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"x": 0, "y": 1, "yanchor": "top"},
    }
    return _figure(traces, layout, len(classes.names))


FIXED = {"fixedrange": True, "zeroline": False}


def step_axis(title: str) -> dict:
    """An x axis of whole steps."""
    return FIXED | {"title": {"text": title}, "rangemode": "tozero"}


def percent_axis(title: str) -> dict:
    """An x axis from 0 to 100 %."""
    return FIXED | {"title": {"text": title}, "range": [0, 100], "ticksuffix": " %"}


def _share_axis(title: str = "") -> dict:
    return FIXED | {
        "range": [0, 1.02],
        "tickformat": ".0%",
        "dtick": 0.25,
        "title": {"text": title},
    }


def _figure(traces: list[dict], layout: dict, named: int) -> dict:
    """Traces with what all charts share; `named` things go into a legend, where it has room."""
    margin = {"l": 46, "r": 10, "t": 30, "b": 38} | layout.pop("margin", {})
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
            "showlegend": named <= MOST_NAMED,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "traceorder": "normal",
            },
            **layout,
        },
    }


def _faint(colour: str, share: float) -> str:
    red, green, blue = (round(channel) for channel in rgb(colour))
    return f"rgba({red},{green},{blue},{share})"


def _numbers(values: np.ndarray) -> list[float | None]:
    """Rounded, and null where there is none."""
    return [
        None if np.isnan(value) else round(float(value), DIGITS) for value in np.asarray(values)
    ]
