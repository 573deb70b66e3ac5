"""Drawings of the help page: an invented review, drawn like those of a run."""

import base64
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from dash import html

from stateline.app.figures.colours import EXPECTED, ink, scales, to_bins
from stateline.app.figures.raster import pixel_place, scatter_png
from stateline.app.figures.steps_svg import NIGHT, PAPER, WIDTH, StepView, Tones, step_panel
from stateline.app.figures.trajectory_svg import HEIGHT, MARGIN, trajectory_svg

WORDS = "A slow start yet the finish is not dull it is a joy".split()
POSITIVE = (0.48, 0.16, 0.13, 0.38, 0.42, 0.47, 0.49, 0.27, 0.78, 0.8, 0.82, 0.84, 0.98)
DISTANCE = (0.6, 1.5, 0.4, 1.1, 0.2, 0.3, 0.25, 0.9, 1.9, 0.4, 0.2, 0.25, 1.0)
TURN, UNKNOWN = 1, 5
PLACES = (
    (330, 356), (196, 300), (168, 262), (262, 172), (280, 150), (306, 138), (330, 146),
    (268, 232), (500, 300), (528, 268), (548, 250), (556, 222), (604, 148),
)  # fmt: skip
# Clouds of invented states: centre, standard deviation, number, and expected prediction.
CLOUDS = (((170, 250), (46, 70), 900, 0.06), ((545, 230), (56, 76), 1000, 0.94),
          ((330, 190), (80, 70), 400, 0.5))  # fmt: skip


def words_drawing() -> html.P:
    """Return the text with its colours, an unknown word and a turning point."""
    colours = _view().colours
    spans: list[html.Span | str] = []
    for t, word in enumerate(WORDS):
        kind = {TURN: " word-turning", UNKNOWN: " word-unknown"}.get(t, "")
        style = {"background": colours[t], "color": ink(colours[t])}
        spans += [html.Span(word, className=f"word{kind}", style=style), " "]
    return html.P(spans, className="help-words")


def steps_drawing() -> html.Figure:
    """Return heatmap, answer row, distances and words on one step axis."""
    return _figure(
        lambda tones: step_panel(_view(), 0, len(WORDS), tones),
        "Two heatmap rows, the answer row and one bar per word",
        "Each column is a step. “dull” after “not” has the largest distance, and the answer "
        "changes from negative to positive.",
    )


def trajectory_drawing() -> html.Figure:
    """Return the same review on an invented map."""
    return _figure(
        _trajectory,
        "A trajectory from a grey ring over a map to a dark ring",
        "The small grey ring is the state after the first word, the large one after the last. Two "
        "labels name the words of the longest jumps.",
    )


def _trajectory(tones: Tones) -> str:
    across, down = _states()[:2]
    scale, left, top = pixel_place(across, -down, WIDTH, HEIGHT, MARGIN)
    x, y = np.array(PLACES, dtype=float).T
    spots = (left + scale * x, top + scale * y)
    drawn, _ = trajectory_svg(*spots, _view().path, [(8, "dull"), (1, "slow")], _map(), tones)
    return drawn


def _figure(draw: Callable[[Tones], str], alt: str, caption: str) -> html.Figure:
    """Return a drawing in the light and the dark theme, of which the styles show one."""
    images = [
        html.Img(src=_address(draw(tones)), alt=alt, className=f"help-drawing help-{mode}")
        for mode, tones in (("light", PAPER), ("dark", NIGHT))
    ]
    return html.Figure([*images, html.Figcaption(caption)])


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _colours() -> list[str]:
    """Return the scale of two classes in the demo runs' colours."""
    names, ends = ["negative", "positive"], ["#D6336C", "#1C6FD6"]
    return scales(names, ends, len(WORDS))[EXPECTED].colours


@lru_cache(maxsize=1)
def _view() -> StepView:
    positive = np.array(POSITIVE)
    palette = _colours()
    colours = [palette[bin_] for bin_ in to_bins(positive)]
    return StepView(
        words=WORDS,
        ep=np.column_stack([1 - positive, positive]),
        distance=np.array(DISTANCE),
        answers=[int(share > 0.5) for share in POSITIVE],
        colours=colours,
        path=colours,
        class_names=["negative", "positive"],
        class_colours=["#D6336C", "#1C6FD6"],
    )


@lru_cache(maxsize=1)
def _states() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return invented states, the same each time.

    returns  float64 (M,) each: across, down, expected prediction of the positive class
    """
    rng = np.random.default_rng(1)
    parts = [
        (
            rng.normal(across, wide, number),
            rng.normal(down, high, number),
            np.clip(rng.normal(positive, 0.12, number), 0, 1),
        )
        for (across, down), (wide, high), number, positive in CLOUDS
    ]
    across, down, positive = (np.concatenate(part) for part in zip(*parts, strict=True))
    return across, down, positive


@lru_cache(maxsize=1)
def _map() -> str:
    """Return a picture of the invented states as a data address."""
    across, down, positive = _states()
    bins = to_bins(positive)
    file = scatter_png(across, -down, bins, _colours(), WIDTH, HEIGHT, MARGIN)
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"
