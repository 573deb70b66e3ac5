"""Drawings of a numeric series as SVG: the rows of a picture, or curves on the step axis.

Like those of steps_svg they need no other file, and share the step axis of the sequence.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from stateline.app.figures.colours import ink
from stateline.app.figures.steps_svg import (
    LETTER,
    NAMES,
    PAPER,
    RIGHT,
    WIDEST,
    WIDTH,
    StepView,
    Tones,
    len_of_first,
    short,
    step_line,
    svg,
)
from stateline.store.manifest.models import Feature

INK = "#12171d"  # of the largest value of a picture
EDGE = 8  # height of the answer above a strip
MAX_CURVES = 8  # features drawn as curves; more are cells
CURVE, BETWEEN = 34, 5  # height of a curve, and the gap between two
CELL, ROOM = 11, 280  # height of a feature's cells, and of all of them
LARGEST = 26  # side of a pixel of a picture
PICTURE_ROOM = 300  # height of all its rows


def picture_svg(view: StepView, values: np.ndarray, low: float, high: float) -> str:
    """Draw the rows of a picture as they were read, each with its name and the answer after it.

    values     float (T, F)
    low, high  of all features, one scale for all pixels
    returns    one `<svg>`
    """
    rows, across = values.shape
    cell = min(LARGEST, PICTURE_ROOM / max(rows, across))
    share = np.clip((values - low) / ((high - low) or 1), 0, 1)
    parts = []
    for t in range(rows):
        pixels = "".join(
            f'<rect x="{NAMES + f * cell:.2f}" y="{t * cell:.2f}" width="{cell:.2f}" '
            f'height="{cell:.2f}" fill="{INK}" fill-opacity="{share[t, f]:.3f}"/>'
            for f in range(across)
            if share[t, f] > 0
        )
        parts.append(f"<g><title>{escape(step_line(view, t))}</title>{pixels}")
        parts.append(_answer(view, t, NAMES + across * cell + 3, t * cell, cell) + "</g>")
    frame = (
        f'<rect x="{NAMES}" y="0" width="{across * cell:.2f}" height="{rows * cell:.2f}" '
        f'fill="none" stroke="{PAPER.line}"/>'
    )
    label = "Each step a row of pixels, the darker the higher, and the answer after it"
    return svg(rows * cell + 1, "".join(parts) + frame, label)


def _answer(view: StepView, t: int, left: float, top: float, height: float) -> str:
    """Draw the answer after a row on its colour, and the row's name, where text has room."""
    answer, colour = view.answers[t], view.colours[t]
    band = f'<rect x="{left:.2f}" y="{top:.2f}" width="150" height="{height:.2f}" fill="{colour}"/>'
    if height < 12:
        return band
    middle = top + height / 2 + 4
    text = f"{short(view.class_names[answer])} · {100 * view.ep[t, answer]:.1f} %"
    return band + (
        f'<text x="{NAMES - 8}" y="{middle:.2f}" text-anchor="end" font-size="11" '
        f'fill="{PAPER.muted}">{escape(short(view.words[t]))}</text>'
        f'<text x="{left + 8:.2f}" y="{middle:.2f}" font-size="11" font-weight="600" '
        f'fill="{ink(colour)}">{escape(text)}</text>'
    )


def strip_panel(
    view: StepView,
    values: np.ndarray,
    features: Sequence[Feature],
    start: int,
    stop: int,
    tones: Tones = PAPER,
) -> str:
    """Draw one row per feature, each between its own lowest and highest value.

    values       float (T, F)
    features     F of the manifest: name, low, high
    start, stop  first step, and the one after the last
    returns      one `<svg>`
    """
    curves = len(features) <= MAX_CURVES
    lane = CURVE if curves else max(2.0, min(CELL, ROOM / len(features)))
    across = min(WIDEST, (WIDTH - NAMES - RIGHT) / max(stop - start, len_of_first(view)))
    parts = [
        f'<rect x="{NAMES + (t - start) * across:.2f}" y="0" width="{across:.2f}" '
        f'height="{EDGE - 2}" fill="{view.colours[t]}"><title>{escape(step_line(view, t))}</title>'
        "</rect>"
        for t in range(start, stop)
    ]
    draw = _curve if curves else _cells
    for row, feature in enumerate(features):
        low, span = feature.low, (feature.high - feature.low) or 1
        share = np.clip((values[start:stop, row] - low) / span, 0, 1)
        top = EDGE + row * lane
        parts.append(draw(view.colours[start:stop], share, top, lane, across, tones))
        if lane >= LETTER or row % round(CELL / lane) == 0:
            parts.append(
                f'<text x="{NAMES - 8}" y="{top + lane / 2 + 4:.2f}" text-anchor="end" '
                f'font-size="11" fill="{tones.ink}">{escape(short(feature.name))}</text>'
            )
    label = f"Values of steps {start} to {stop - 1}, one row per feature, the answer on top"
    return svg(EDGE + len(features) * lane, "".join(parts), label)


def _curve(
    colours: list[str], share: np.ndarray, top: float, lane: float, across: float, tones: Tones
) -> str:
    """Draw values, float (n,) from 0 to 1, as a stepped line over the colours of the answers."""
    height = lane - BETWEEN
    y = top + height - share * (height - 2) - 1
    fills = "".join(
        f'<rect x="{NAMES + t * across:.2f}" y="{level:.2f}" width="{across:.2f}" '
        f'height="{max(top + height - level, 0):.2f}" fill="{colour}" fill-opacity="0.55"/>'
        for t, (level, colour) in enumerate(zip(y, colours, strict=True))
    )
    way = "".join(f"V{level:.2f}H{NAMES + (t + 1) * across:.2f}" for t, level in enumerate(y))
    return (
        f'<rect x="{NAMES}" y="{top:.2f}" width="{len(share) * across:.2f}" height="{height:.2f}" '
        f'fill="{tones.line}" fill-opacity="0.35"/>{fills}'
        f'<path d="M{NAMES} {y[0]:.2f}{way}" fill="none" stroke="{tones.ink}" stroke-width="1.25"/>'
    )


def _cells(
    colours: list[str], share: np.ndarray, top: float, lane: float, across: float, tones: Tones
) -> str:
    """Draw values, float (n,) from 0 to 1, as cells, the higher the darker."""
    return "".join(
        f'<rect x="{NAMES + t * across:.2f}" y="{top:.2f}" width="{across:.2f}" '
        f'height="{lane:.2f}" fill="{INK}" fill-opacity="{part:.3f}"/>'
        for t, part in enumerate(share)
    )
