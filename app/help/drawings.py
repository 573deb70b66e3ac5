"""Drawings of the help page: a made-up review, drawn as the views draw a real one."""

import base64
from functools import lru_cache

import numpy as np
from dash import html

from stateline.app.figures.colours import EXPECTED, ink, scales, to_bins
from stateline.app.figures.raster import pixel_place, scatter_png
from stateline.app.figures.steps_svg import NIGHT, PAPER, WIDTH, StepView, Tones, step_panel
from stateline.app.figures.trajectory_svg import HEIGHT, MARGIN, trajectory_svg

WORDS = "A slow start yet the ending is not dull it is a joy".split()
POSITIVE = (0.48, 0.16, 0.13, 0.38, 0.42, 0.47, 0.49, 0.27, 0.78, 0.8, 0.82, 0.84, 0.98)
DISTANCE = (0.6, 1.5, 0.4, 1.1, 0.2, 0.3, 0.25, 0.9, 1.9, 0.4, 0.2, 0.25, 1.0)
TURN, UNKNOWN = 1, 5
PLACES = (
    (330, 356), (196, 300), (168, 262), (262, 172), (280, 150), (306, 138), (330, 146),
    (268, 232), (500, 300), (528, 268), (548, 250), (556, 222), (604, 148),
)  # fmt: skip
# Clouds of made-up states: middle, spread, how many, and how positive.
CLOUDS = (((170, 250), (46, 70), 900, 0.06), ((545, 230), (56, 76), 1000, 0.94),
          ((330, 190), (80, 70), 400, 0.5))  # fmt: skip


def words_drawing() -> html.P:
    """The text with its colours, an unknown word and a turning word."""
    colours = _view().colours
    spans = []
    for t, word in enumerate(WORDS):
        kind = {TURN: " word-turning", UNKNOWN: " word-unknown"}.get(t, "")
        style = {"background": colours[t], "color": ink(colours[t])}
        spans += [html.Span(word, className=f"word{kind}", style=style), " "]
    return html.P(spans, className="help-words")


def steps_drawing() -> html.Figure:
    """Heatmap, answer row, distances and words on one step axis."""
    return _figure(
        lambda tones: step_panel(_view(), 0, len(WORDS), tones),
        "Two heatmap rows, the answer row and a bar a word",
        "A column is a step in all of them. “dull” after “not” moves the state furthest, and the "
        "answer turns from negative to positive.",
    )


def trajectory_drawing() -> html.Figure:
    """The same review on a made-up map."""
    return _figure(
        _trajectory,
        "A trajectory from a grey ring over a map to a dark ring",
        "Small grey ring: the state after the first word. Large ring: after the last. Two labels "
        "name the words of the longest jumps.",
    )


def _trajectory(tones: Tones) -> str:
    across, down = _states()[:2]
    scale, left, top = pixel_place(across, -down, WIDTH, HEIGHT, MARGIN)
    x, y = np.array(PLACES, dtype=float).T
    spots = (left + scale * x, top + scale * y)
    drawn, _ = trajectory_svg(*spots, _view().path, [(8, "dull"), (1, "slow")], _map(), tones)
    return drawn


def _figure(draw: object, alt: str, caption: str) -> html.Figure:
    """A drawing in both modes, of which the styles show one."""
    images = [
        html.Img(src=_address(draw(tones)), alt=alt, className=f"help-drawing help-{mode}")
        for mode, tones in (("light", PAPER), ("dark", NIGHT))
    ]
    return html.Figure([*images, html.Figcaption(caption)])


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _colours() -> list[str]:
    """The binary palette's scale, as the demo runs have it."""
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
    """Made-up states: across, down and how positive; the same at every start."""
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
    """Address of their picture."""
    across, down, positive = _states()
    bins = to_bins(positive)
    file = scatter_png(across, -down, bins, _colours(), WIDTH, HEIGHT, MARGIN)
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"
