"""Axes, lines and tooltips of the Decisions page's charts, as Plotly takes them.

Backgrounds are transparent, decisions.css gives texts and lines the colours of the theme, and a
script adapts the colours of classes to it.
"""

from typing import Any

import numpy as np

from stateline.app.figures.plotly_text import plotly_text
from stateline.app.layout.elements import Figure

MAX_NAMED = 12  # classes of a legend; of more, the tooltip names the line
OVERALL = "#7C8894"  # of what belongs to no class; visible on light and on dark backgrounds
DIGITS = 4
QUARTERS = 4  # parts that grid lines divide a chart's height into
TOP = 1.02  # of an axis of shares: a line at 1 keeps its width

Trace = dict[str, Any]
Axis = dict[str, Any]

# Invisible ticks keep the labels apart where two axes meet.
AXIS: Axis = {
    "fixedrange": True, "zeroline": False, "ticks": "outside", "ticklen": 5,
    "tickcolor": "rgba(0,0,0,0)",
}  # fmt: skip
DASHED = {"color": OVERALL, "width": 1.5, "dash": "dash"}


def step_axis(title: str, first: int, last: int) -> Axis:
    """Return an x axis of whole steps."""
    # A single step still needs a range of some width.
    return AXIS | {"title": {"text": plotly_text(title)}, "range": [first, max(last, first + 1)]}


def percent_axis(title: str) -> Axis:
    """Return an x axis from 0 to 100 %."""
    return AXIS | {"title": {"text": plotly_text(title)}, "range": [0, 100], "ticksuffix": " %"}


def tooltip(
    title: str, position: str, pairs: list[list[str]], href: str = "", name: str = ""
) -> Trace:
    """Return the tooltip of a trace's points, in place of Plotly's own label.

    In braces it names the point's x, its y as a share, one of its customdata by number, or `name`.
    position  of a point
    pairs     rows, each a name and a value
    href      address that a click leads to; "" for none
    name      of a class, in which braces mean nothing
    """
    meta = {"title": title, "place": position, "pairs": pairs, "href": href, "name": name}
    return {"meta": meta, "hoverinfo": "none"}


def line(
    name: str, colour: str, values: np.ndarray, start: float, more: Trace, width: float = 2
) -> Trace:
    """Return a line through float (n,) values at whole steps from `start`."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plotly_text(name),
        "x0": start,
        "dx": 1,
        "y": numbers(values),
        "line": {"color": colour, "width": width},
        **more,
    }


def share_axis() -> Axis:
    """Return a y axis of shares from 0 to 100 %."""
    return AXIS | share_ticks(QUARTERS) | {"range": [0, TOP]}


def share_ticks(parts: int) -> Axis:
    """Return the ticks of an axis of shares."""
    values = [each / parts for each in range(parts + 1)]
    return {"tickvals": values, "ticktext": [f"{100 * each:.0f} %" for each in values]}


def figure(traces: list[Trace], layout: dict[str, Any], named: int) -> Figure:
    """Return a figure with what all charts share; the legend names at most MAX_NAMED things."""
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
    return {
        "data": traces,
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "Inter, system-ui, sans-serif", "size": 11},
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0,
            "showlegend": named <= MAX_NAMED,
            "legend": legend,
            # What a click on the legend hides stays hidden when the colours follow the theme.
            "uirevision": "kept",
            **layout,
            "margin": {"l": 48, "r": 12, "t": 30, "b": 40} | layout.get("margin", {}),
        },
    }


def numbers(values: np.ndarray) -> list[float | None]:
    """Round float (n,) values; None for NaN."""
    return [
        None if np.isnan(value) else round(float(value), DIGITS) for value in np.asarray(values)
    ]
