"""Drawings of one sequence as SVG text: heatmap with its answer row, distance bars, words.

They need no script and no other file, so they can stand in a document of their own. Whatever
comes from a run is escaped here.
"""

from dataclasses import dataclass
from html import escape

import numpy as np

from stateline.app.figures.colours import Scale, mix

PALE = "#e4e7eb"
MAX_ROWS = 8  # classes of a heatmap; with more, those that come closest to winning

WIDTH = 720  # of every drawing, in its own units; it is scaled to the column it stands in
NAMES = 100  # left of the step axis
RIGHT = 4
MAX_COLUMNS = 50  # steps beside each other; more would leave no room for the words
WIDEST = 40  # of a column
ROW, GAP = 16, 4
BARS = 56
TICKS = 15
LETTER = 5.8  # about as wide as the type of the words
MAX_LETTERS = 14  # of a word, and of a class name
TICK_EVERY = 5


@dataclass(frozen=True)
class Tones:
    """Colours of a drawing that do not come from the run."""

    ground: str
    ink: str
    muted: str
    line: str


PAPER = Tones(ground="#ffffff", ink="#18202a", muted="#5c6773", line="#dfe3e8")
NIGHT = Tones(ground="#12171d", ink="#eef1f4", muted="#98a3af", line="#2b343e")


@dataclass(frozen=True)
class StepView:
    """What the drawings know of one sequence of T steps and C classes.

    words           T, as written
    ep              float (T, C)  expected prediction
    distance        float (T,)    hidden-state units
    answers         T  index of the likeliest class
    colours         T  of the expected prediction: `step_colours`
    path            T  of the answer alone: what a thin line can carry
    class_names, class_colours  C of each
    backward        whether the layer read the steps from the end
    """

    words: list[str]
    ep: np.ndarray
    distance: np.ndarray
    answers: list[int]
    colours: list[str]
    path: list[str]
    class_names: list[str]
    class_colours: list[str]
    backward: bool = False

    @property
    def order(self) -> range:
        """Steps in the order in which the layer read them."""
        steps = range(len(self.words))
        return steps[::-1] if self.backward else steps


def step_colours(scale: Scale, bins: list[int], confidence: list[float], classes: int) -> list[str]:
    """Colour of each step's expected prediction, as on the words of the page.

    Two classes: the diverging scale. More: the likeliest class, paler the less sure it is; a tie
    of all classes still shows a fifth of its colour.
    """
    if scale.kind == "ramp":
        return [scale.colours[bin_] for bin_ in bins]
    least = 1 / classes
    sure = [min(1.0, max(0.0, (share - least) / (1 - least))) for share in confidence]
    return [
        mix(PALE, scale.colours[bin_], 0.2 + 0.8 * share)
        for bin_, share in zip(bins, sure, strict=True)
    ]


def shown_classes(ep: np.ndarray) -> list[int]:
    """Classes that the heatmap has a row for, in the manifest's order; ep is (T, C)."""
    classes = ep.shape[1]
    if classes <= MAX_ROWS:
        return list(range(classes))
    strongest = np.argsort(-ep.max(axis=0), kind="stable")[:MAX_ROWS]
    return sorted(int(index) for index in strongest)


def panels(steps: int) -> list[tuple[int, int]]:
    """Start and stop of each row of columns: as few rows as fit, all of about one length."""
    count = max(1, -(-steps // MAX_COLUMNS))
    each = -(-steps // count)
    return [(start, min(start + each, steps)) for start in range(0, steps, each)]


def step_panel(view: StepView, start: int, stop: int, tones: Tones = PAPER) -> str:
    """Heatmap, answer row, distances and words of the steps start to stop (not included).

    returns  one `<svg>`; all four share one step axis, and bars are as high as in every other
             panel of the sequence
    """
    shown = shown_classes(view.ep)
    across = min(WIDEST, (WIDTH - NAMES - RIGHT) / max(stop - start, len_of_first(view)))
    answer_top = len(shown) * ROW + GAP
    bars_top = answer_top + ROW + 2 * GAP
    parts = [_names(view, shown, answer_top, bars_top, tones)]
    for t in range(start, stop):
        left = NAMES + (t - start) * across
        parts.append(_column(view, shown, t, left, across, answer_top, bars_top, tones))
    base = bars_top + BARS
    parts.append(
        f'<path d="M{NAMES} {base + 0.5}H{NAMES + (stop - start) * across:.2f}" '
        f'stroke="{tones.muted}" stroke-width="1"/>'
    )
    height = base + TICKS + 8 + LETTER * max(len(short(view.words[t])) for t in range(start, stop))
    label = (
        f"Steps {start} to {stop - 1}: expected prediction of each class, answer and distance "
        "after each step; the table of steps has the same numbers"
    )
    return _svg(height, "".join(parts), label)


def len_of_first(view: StepView) -> int:
    """Columns of the first panel: the others keep its scale."""
    start, stop = panels(len(view.words))[0]
    return stop - start


def _svg(height: float, body: str, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        # Else a seam shows between cells whose edge falls inside a pixel.
        'shape-rendering="crispEdges" '
        f'font-family="Inter, system-ui, sans-serif" aria-label="{escape(label)}">{body}</svg>'
    )


def _names(
    view: StepView, shown: list[int], answer_top: float, bars_top: float, tones: Tones
) -> str:
    """What the rows are, left of them, and the ends of the distances' scale."""
    lines = [
        (ROW * row + 11.5, short(view.class_names[index]), tones.ink)
        for row, index in enumerate(shown)
    ]
    largest = float(view.distance.max(initial=0.0))
    lines += [
        (answer_top + 11.5, "answer", tones.muted),
        (bars_top + 9, f"{largest:.2f}", tones.muted),
        (bars_top + BARS / 2 + 4, "distance", tones.ink),
        (bars_top + BARS, "0", tones.muted),
    ]
    return "".join(
        f'<text x="{NAMES - 8}" y="{y:g}" text-anchor="end" font-size="11" fill="{fill}">'
        f"{escape(text)}</text>"
        for y, text, fill in lines
    )


def _column(
    view: StepView,
    shown: list[int],
    t: int,
    left: float,
    across: float,
    answer_top: float,
    bars_top: float,
    tones: Tones,
) -> str:
    """Everything of one step, with a title that a mouse finds."""
    cells = "".join(
        f'<rect x="{left:.2f}" y="{row * ROW}" width="{across:.2f}" height="{ROW - 1}" '
        f'fill="{view.class_colours[index]}" fill-opacity="{view.ep[t, index]:.3f}"/>'
        for row, index in enumerate(shown)
    )
    largest = float(view.distance.max(initial=0.0)) or 1.0
    height = max(0.5, BARS * float(view.distance[t]) / largest)
    # A bar has the colour of the segment that leads to its state; nothing leads to the first.
    before = t + 1 if view.backward else t - 1
    fill = tones.muted if t == view.order[0] else view.path[before]
    middle = left + across / 2
    base = bars_top + BARS
    tick = (
        f'<text x="{middle:.2f}" y="{base + 11}" text-anchor="middle" font-size="9" '
        f'fill="{tones.muted}">{t}</text>'
        if t % TICK_EVERY == 0
        else ""
    )
    word = (
        f'<text transform="translate({middle + 3.5:.2f} {base + TICKS + 2}) rotate(-90)" '
        f'text-anchor="end" font-size="10" fill="{tones.ink}">{escape(short(view.words[t]))}</text>'
    )
    return (
        f'<g data-t="{t}"><title>{escape(step_line(view, t))}</title>'
        f'<rect x="{left:.2f}" y="0" width="{across:.2f}" height="{len(shown) * ROW - 1}" '
        f'fill="{tones.line}" fill-opacity="0.35"/>{cells}'
        f'<rect x="{left:.2f}" y="{answer_top}" width="{across:.2f}" height="{ROW - 1}" '
        f'fill="{view.colours[t]}"/>'
        f'<rect x="{left + 0.06 * across:.2f}" y="{base - height:.2f}" '
        f'width="{0.88 * across:.2f}" height="{height:.2f}" fill="{fill}"/>{tick}{word}</g>'
    )


def step_line(view: StepView, t: int) -> str:
    """One step as a sentence."""
    answer = view.answers[t]
    return (
        f"Step {t}, {view.words[t]}: {view.class_names[answer]} {100 * view.ep[t, answer]:.1f} %, "
        f"distance {view.distance[t]:.3f}"
    )


def short(text: str) -> str:
    """A text that fits beside the step axis or under a column."""
    return text if len(text) <= MAX_LETTERS else text[: MAX_LETTERS - 1] + "…"
