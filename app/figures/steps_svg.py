"""Drawings of one sequence as SVG: heatmap with its answer row, distance bars, words.

They need no script and no other file, so that they can stand in any document. Text of a run is
escaped here.
"""

from dataclasses import dataclass
from html import escape

import numpy as np

from stateline.app.figures.colours import Scale, mix

PALE = "#e4e7eb"
MAX_ROWS = 8  # classes of a heatmap; of more, those with the highest expected predictions

WIDTH = 720  # of every drawing, in its own units; the page scales it
NAMES = 100  # left of the step axis
RIGHT = 4
MAX_COLUMNS = 50  # steps of a panel; more would leave no room for the words
WIDEST = 40  # of a column
ROW, GAP = 16, 4
BARS = 56
TICKS = 15
LETTER = 5.8  # about the width of a letter of the words
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
    """One sequence of T steps and C classes, as the drawings need it.

    words           T, as written
    ep              float (T, C)  expected prediction
    distance        float (T,)    hidden-state units
    answers         T  index of the likeliest class
    colours         T  colours of the expected prediction, from `step_colours`
    path            T  colours of the answer without its confidence, for thin lines
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
        """Return the steps in the order in which the layer read them."""
        steps = range(len(self.words))
        return steps[::-1] if self.backward else steps


def step_colours(scale: Scale, bins: list[int], confidence: list[float], classes: int) -> list[str]:
    """Return the colour of each step's expected prediction, as on the words of the page.

    Two classes: the diverging scale. More: the colour of the likeliest class, paler the lower the
    confidence; a tie of all classes keeps a fifth of the colour.
    bins        T  of the expected prediction on the scale
    confidence  T  of the likeliest class, 1 / C to 1
    classes     C
    """
    if scale.kind == "ramp":
        return [scale.colours[bin_] for bin_ in bins]
    lowest = 1 / classes
    sure = [min(1.0, max(0.0, (share - lowest) / (1 - lowest))) for share in confidence]
    return [
        mix(PALE, scale.colours[bin_], 0.2 + 0.8 * share)
        for bin_, share in zip(bins, sure, strict=True)
    ]


def shown_classes(ep: np.ndarray) -> list[int]:
    """Return the classes that the heatmap has a row for, in the manifest's order.

    ep  float (T, C)
    """
    classes = ep.shape[1]
    if classes <= MAX_ROWS:
        return list(range(classes))
    strongest = np.argsort(-ep.max(axis=0), kind="stable")[:MAX_ROWS]
    return sorted(int(index) for index in strongest)


def panels(steps: int) -> list[tuple[int, int]]:
    """Return start and stop of each panel: as few as possible, all of about one length."""
    count = max(1, -(-steps // MAX_COLUMNS))
    each = -(-steps // count)
    return [(start, min(start + each, steps)) for start in range(0, steps, each)]


@dataclass(frozen=True)
class _Panel:
    """Geometry of a panel.

    shown       classes that have a row
    start       first step
    across      width of a column
    answer_top, bars_top, base  of the answer row; of the bars, and their lower end
    """

    view: StepView
    shown: list[int]
    start: int
    across: float
    tones: Tones

    @property
    def answer_top(self) -> int:
        return len(self.shown) * ROW + GAP

    @property
    def bars_top(self) -> int:
        return self.answer_top + ROW + 2 * GAP

    @property
    def base(self) -> int:
        return self.bars_top + BARS


def step_panel(view: StepView, start: int, stop: int, tones: Tones = PAPER) -> str:
    """Draw heatmap, answer row, distances and words of the steps start to stop (exclusive).

    returns  one `<svg>`; all four share one step axis, and bars have the same scale in every
             panel of the sequence
    """
    across = min(WIDEST, (WIDTH - NAMES - RIGHT) / max(stop - start, len_of_first(view)))
    panel = _Panel(view, shown_classes(view.ep), start, across, tones)
    columns = "".join(_column(panel, t) for t in range(start, stop))
    axis = (
        f'<path d="M{NAMES} {panel.base + 0.5}H{NAMES + (stop - start) * across:.2f}" '
        f'stroke="{tones.muted}" stroke-width="1"/>'
    )
    words = LETTER * max(len(short(view.words[t])) for t in range(start, stop))
    label = (
        f"Steps {start} to {stop - 1}: expected prediction of each class, answer and distance "
        "after each step; the table of steps has the same numbers"
    )
    return svg(panel.base + TICKS + 8 + words, _names(panel) + columns + axis, label)


def len_of_first(view: StepView) -> int:
    """Return the columns of the first panel, whose scale the others keep."""
    start, stop = panels(len(view.words))[0]
    return stop - start


def svg(height: float, body: str, label: str) -> str:
    """Return an `<svg>` of WIDTH and a height; the label is escaped."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        # Else a seam shows between cells whose edge falls inside a pixel.
        'shape-rendering="crispEdges" '
        f'font-family="Inter, system-ui, sans-serif" aria-label="{escape(label)}">{body}</svg>'
    )


def _names(panel: _Panel) -> str:
    """Draw the names of the rows, left of them, and the ends of the distances' scale."""
    view, tones = panel.view, panel.tones
    lines = [
        (ROW * row + 11.5, short(view.class_names[index]), tones.ink)
        for row, index in enumerate(panel.shown)
    ]
    largest = float(view.distance.max(initial=0.0))
    lines += [
        (panel.answer_top + 11.5, "answer", tones.muted),
        (panel.bars_top + 9, f"{largest:.2f}", tones.muted),
        (panel.bars_top + BARS / 2 + 4, "distance", tones.ink),
        (panel.base, "0", tones.muted),
    ]
    return "".join(
        f'<text x="{NAMES - 8}" y="{y:g}" text-anchor="end" font-size="11" fill="{fill}">'
        f"{escape(text)}</text>"
        for y, text, fill in lines
    )


def _column(panel: _Panel, t: int) -> str:
    """Draw everything of one step, with a title that a mouse finds."""
    view, across = panel.view, panel.across
    left = NAMES + (t - panel.start) * across
    cells = "".join(
        f'<rect x="{left:.2f}" y="{row * ROW}" width="{across:.2f}" height="{ROW - 1}" '
        f'fill="{view.class_colours[index]}" fill-opacity="{view.ep[t, index]:.3f}"/>'
        for row, index in enumerate(panel.shown)
    )
    return (
        f'<g data-t="{t}"><title>{escape(step_line(view, t))}</title>'
        f'<rect x="{left:.2f}" y="0" width="{across:.2f}" height="{len(panel.shown) * ROW - 1}" '
        f'fill="{panel.tones.line}" fill-opacity="0.35"/>{cells}'
        f'<rect x="{left:.2f}" y="{panel.answer_top}" width="{across:.2f}" height="{ROW - 1}" '
        f'fill="{view.colours[t]}"/>{_bar(panel, t, left)}{_tick(panel, t, left + across / 2)}</g>'
    )


def _bar(panel: _Panel, t: int, left: float) -> str:
    """Draw the distance of a step, in the colour of the segment that leads to its state."""
    view = panel.view
    largest = float(view.distance.max(initial=0.0)) or 1.0
    height = max(0.5, BARS * float(view.distance[t]) / largest)
    before = t + 1 if view.backward else t - 1
    # No segment leads to the first state.
    fill = panel.tones.muted if t == view.order[0] else view.path[before]
    return (
        f'<rect x="{left + 0.06 * panel.across:.2f}" y="{panel.base - height:.2f}" '
        f'width="{0.88 * panel.across:.2f}" height="{height:.2f}" fill="{fill}"/>'
    )


def _tick(panel: _Panel, t: int, middle: float) -> str:
    """Draw the number of every fifth step, and the word of each."""
    tones = panel.tones
    number = (
        f'<text x="{middle:.2f}" y="{panel.base + 11}" text-anchor="middle" font-size="9" '
        f'fill="{tones.muted}">{t}</text>'
        if t % TICK_EVERY == 0
        else ""
    )
    word = escape(short(panel.view.words[t]))
    return (
        f'{number}<text transform="translate({middle + 3.5:.2f} {panel.base + TICKS + 2}) '
        f'rotate(-90)" text-anchor="end" font-size="10" fill="{tones.ink}">{word}</text>'
    )


def step_line(view: StepView, t: int) -> str:
    """Describe a step in a sentence."""
    answer = view.answers[t]
    return (
        f"Step {t}, {view.words[t]}: {view.class_names[answer]} {100 * view.ep[t, answer]:.1f} %, "
        f"distance {view.distance[t]:.3f}"
    )


def short(text: str) -> str:
    """Shorten a text to what fits beside the step axis or under a column."""
    return text if len(text) <= MAX_LETTERS else text[: MAX_LETTERS - 1] + "…"
