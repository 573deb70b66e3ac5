"""Drawing of a trajectory over the map of all states, as SVG without other files."""

from collections.abc import Sequence
from html import escape
from math import log2

import numpy as np

from stateline.app.figures.steps_svg import PAPER, WIDTH, Tones, short

HEIGHT = 430
MARGIN = 24  # around the states, for the rings
ARROW_FROM = 26  # length from which a segment has an arrowhead
LETTER, LINE = 6.6, 13  # about the width of a letter of the labels, and the line height
TIMES = 3  # from so many times too long or too short, a segment is marked
LONG, SHORT = "long", "short"
VEIL = 0.38  # opacity of the map under the trajectory

Box = tuple[float, float, float, float]


def trajectory_svg(
    x: np.ndarray,
    y: np.ndarray,
    colours: list[str],
    labels: list[tuple[int, str]],
    picture: str | None = None,
    tones: Tones = PAPER,
    backward: bool = False,
    stretch: Sequence[float | None] = (),
) -> tuple[str, int]:
    """Draw the states in order, joined by straight segments, with rings at start and end.

    x, y      float (T,)  places in the drawing's units, y downwards
    colours   T  of the states; a segment has the colour of the state that it starts from
    labels    steps to label, the most important first, each with its word
    picture   address of the map's picture, drawn faint below all; None for none
    backward  whether the layer read the steps from the end, so that the last one starts
    stretch   T  log2 of how many times too long the segment to a state is drawn; () for unknown
    returns   the `<svg>`, and how many labels found room
    """
    spots = [(float(across), float(down)) for across, down in zip(x, y, strict=True)]
    wrong = [misdrawn(value) for value in stretch] or [None] * len(spots)
    if backward:
        spots, colours, wrong = spots[::-1], colours[::-1], wrong[::-1]
        labels = [(len(spots) - 1 - t, word) for t, word in labels]
    map_ = (
        f'<image href="{escape(picture)}" width="{WIDTH}" height="{HEIGHT}" opacity="{VEIL}"/>'
        if picture
        else ""
    )
    written, count = _labels(spots, labels, tones)
    body = map_ + _path(spots, colours, wrong, tones) + _ends(spots, tones) + written
    steps = f"{len(spots)} state{'' if len(spots) == 1 else 's'}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="Inter, system-ui, sans-serif" aria-label="Trajectory of {steps} on the map">'
        f"{body}</svg>"
    ), count


def misdrawn(stretch: float | None) -> str | None:
    """Return LONG or SHORT for a segment drawn TIMES or more too long, or too short, else None.

    stretch  log2 of how many times too long; None for unknown
    """
    if stretch is None or abs(stretch) < log2(TIMES):
        return None
    return LONG if stretch > 0 else SHORT


def _path(
    spots: list[tuple[float, float]], colours: list[str], wrong: list[str | None], tones: Tones
) -> str:
    """Draw the segments with arrowheads, and one dot per state."""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    # An outline in the background's colour separates crossing segments.
    parts = [
        f'<polyline points="{line}" fill="none" stroke="{tones.ground}" stroke-width="4.5" '
        'stroke-linejoin="round"/>'
    ]
    for (x, y), (to_x, to_y), colour, kind in zip(
        spots, spots[1:], colours, wrong[1:], strict=False
    ):
        way = f'd="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke-linecap="round"'
        dots = ' stroke-dasharray="0.1 6.5"' if kind == LONG else ""
        wide = 5.75 if kind == SHORT else 2.25
        parts.append(f'<path class="segment" {way} stroke="{colour}" stroke-width="{wide}"{dots}/>')
        if kind == SHORT:  # A double line.
            parts.append(f'<path {way} stroke="{tones.ground}" stroke-width="1.75"/>')
        parts.append(_arrow(x, y, to_x, to_y, colour))
    parts += [
        f'<circle class="state" cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}" '
        f'stroke="{tones.ground}"/>'
        for (x, y), colour in zip(spots, colours, strict=True)
    ]
    return "".join(parts)


def _arrow(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    across, down = to_x - x, to_y - y
    length = float(np.hypot(across, down))
    if length < ARROW_FROM:
        return ""
    unit_x, unit_y = across / length, down / length
    tip_x, tip_y = x + across * 0.58, y + down * 0.58
    corners = (
        (tip_x, tip_y),
        (tip_x - unit_x * 8 - unit_y * 4.5, tip_y - unit_y * 8 + unit_x * 4.5),
        (tip_x - unit_x * 8 + unit_y * 4.5, tip_y - unit_y * 8 - unit_x * 4.5),
    )
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
    return f'<polygon points="{points}" fill="{colour}"/>'


def _ends(spots: list[tuple[float, float]], tones: Tones) -> str:
    """Draw a small grey ring at the start and a larger dark one at the end."""
    rings = ((spots[0], 7.5, tones.muted, "start"), (spots[-1], 10, tones.ink, "end"))
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="none" stroke="{tones.ground}" '
        f'stroke-width="5"/><circle class="ring-{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}" '
        f'fill="none" stroke="{colour}" stroke-width="2.5"/>'
        for (x, y), radius, colour, name in rings
    )


def _labels(
    spots: list[tuple[float, float]], labels: list[tuple[int, str]], tones: Tones
) -> tuple[str, int]:
    """Write start, end and then the words, each where it covers no earlier label."""
    wanted = [(0, "start", tones.muted), (len(spots) - 1, "end", tones.ink)]
    wanted += [(t, short(word), tones.ink) for t, word in labels]
    # Labels keep clear of the two rings.
    taken: list[Box] = [_around(spots[0], 8), _around(spots[-1], 10)]
    parts, count = [], 0
    for number, (t, text, fill) in enumerate(wanted):
        box = _room(spots[t], text, taken)
        if box is None:
            continue
        taken.append(box)
        count += number > 1
        parts.append(
            f'<text x="{(box[0] + box[2]) / 2:.1f}" y="{box[3] - 3:.1f}" text-anchor="middle" '
            f'font-size="11" font-weight="600" fill="{fill}" stroke="{tones.ground}" '
            f'stroke-width="3.5" paint-order="stroke" stroke-linejoin="round">'
            f"{escape(text)}</text>"
        )
    return "".join(parts), count


def _around(spot: tuple[float, float], reach: float) -> Box:
    return spot[0] - reach, spot[1] - reach, spot[0] + reach, spot[1] + reach


def _room(spot: tuple[float, float], text: str, taken: list[Box]) -> Box | None:
    """Return a free place beside a state, right, left, above or below, or None."""
    x, y = spot
    half, wide = len(text) * LETTER / 2, len(text) * LETTER
    for left, top in (
        (x + 15, y - LINE / 2),
        (x - 15 - wide, y - LINE / 2),
        (x - half, y - 14 - LINE),
        (x - half, y + 14),
    ):
        box = (left, top, left + wide, top + LINE)
        inside = left >= 0 and top >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT
        if inside and not any(_meet(box, other) for other in taken):
            return box
    return None


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
