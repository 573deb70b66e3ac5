"""Colour scales of the states, their palettes, and the text colour readable on each colour."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

EXPECTED, LIKELIEST, ACTUAL = "expected", "likeliest", "actual"
CORRECT, STEP, TRUST = "correct", "step", "trust"
COLOURINGS = {
    EXPECTED: "Expected prediction",
    LIKELIEST: "Most likely class",
    ACTUAL: "Actual class",
    CORRECT: "Correctness",
    STEP: "Step",
    TRUST: "Trust in the map",
}

BINS = 20
NEUTRAL = "#9AA0A6"
# Readable on light and on dark backgrounds; ordered by lightness, for colour-blind readers.
SEQUENTIAL = ("#5168B8", "#8A5BC0", "#CF5593", "#F08760", "#F3C250")
WRONG_RIGHT = ("#E8590C", "#2B9E8F")


@dataclass(frozen=True)
class Scale:
    """A colour scale of the states.

    key, label  key of COLOURINGS and its name in the header
    kind        "ramp" (a continuous scale in bins) or "classes"
    colours     colour of each bin
    labels      ramp: low end, (middle,) high end; classes: one name per bin
    order       bins from the first drawn to the last, which lies on top
    shows       description for the legend
    """

    key: str
    label: str
    kind: str
    colours: list[str]
    labels: list[str]
    order: list[int]
    shows: str

    def plain(self) -> dict[str, Any]:
        """Return the scale as JSON for the page."""
        return asdict(self)


def rgb(colour: str) -> np.ndarray:
    """Return the channels of `#rrggbb` as float64 (3,), 0 to 255."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


def mix(first: str, second: str, share: float) -> str:
    """Return the first colour with a share (0 to 1) of the second, as `#rrggbb`."""
    mixed = rgb(first) * (1 - share) + rgb(second) * share
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def ramp(anchors: tuple[str, ...], count: int) -> list[str]:
    """Return `count` colours, spaced evenly along the anchors."""
    colours = []
    for position in np.linspace(0, len(anchors) - 1, count):
        left = min(int(position), len(anchors) - 2)
        colours.append(mix(anchors[left], anchors[left + 1], position - left))
    return colours


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1.

    source  WCAG 2.2, "relative luminance"
    """
    channels = rgb(colour) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def ink(background: str) -> str:
    """Return black or white, whichever contrasts more: at least 4.5 to 1 on any background."""
    level = luminance(background)
    return "#000000" if (level + 0.05) / 0.05 >= 1.05 / (level + 0.05) else "#ffffff"


def scales(
    class_names: list[str],
    class_colours: list[str],
    longest: int,
    read: tuple[str, str] = ("text", "word"),
) -> dict[str, Scale]:
    """Return every colour scale of the states of a run, by its key.

    class_names, class_colours  C of each
    longest  steps of the longest sequence
    read     nouns for a sequence and for a step
    """
    ended = f"if the {read[0]} ended here"
    found = (
        _expected(class_names, class_colours, ended),
        _likeliest(LIKELIEST, class_names, class_colours, ended),
        _of_classes(ACTUAL, class_names, class_colours, "Class that the whole sequence really has"),
        _of_classes(
            CORRECT,
            ["in a sequence classified wrongly", "in one classified correctly"],
            list(WRONG_RIGHT),
            "Whether the whole sequence is classified correctly",
            order=[1, 0],  # errors are drawn last, on top
        ),
        _ramp(
            STEP,
            SEQUENTIAL,
            ["step 0", f"step {max(longest - 1, 0):,}"],
            f"Position of the {read[1]} in its sequence",
        ),
        _ramp(
            TRUST,
            SEQUENTIAL,
            ["0", "1"],
            "Share of a state's neighbours that are its neighbours on the map too",
        ),
    )
    return {scale.key: scale for scale in found}


def _expected(class_names: list[str], class_colours: list[str], ended: str) -> Scale:
    """Return the scale of the expected prediction: a ramp for two classes, else the likeliest."""
    if len(class_names) != 2:
        return _likeliest(EXPECTED, class_names, class_colours, ended)
    first, second = class_colours
    # The undecided middle is drawn first, below the decided ends.
    order = sorted(range(BINS), key=lambda bin_: abs(bin_ - (BINS - 1) / 2))
    labels = [class_names[0], "undecided", class_names[1]]
    return _ramp(EXPECTED, (first, NEUTRAL, second), labels, f"Prediction {ended}", order)


def _likeliest(key: str, class_names: list[str], class_colours: list[str], ended: str) -> Scale:
    return _of_classes(key, class_names, class_colours, f"Most likely class {ended}")


def _of_classes(
    key: str, names: list[str], colours: list[str], shows: str, order: list[int] | None = None
) -> Scale:
    """Return a scale of one bin a class, drawn in `order`; None for the classes' own order."""
    drawn = list(range(len(names))) if order is None else order
    return Scale(key, COLOURINGS[key], "classes", colours, names, drawn, shows)


def _ramp(
    key: str,
    anchors: tuple[str, ...],
    labels: list[str],
    shows: str,
    order: list[int] | None = None,
) -> Scale:
    """Return a continuous scale of BINS bins, drawn in `order`; None for the lowest bin first."""
    drawn = list(range(BINS)) if order is None else order
    return Scale(key, COLOURINGS[key], "ramp", ramp(anchors, BINS), labels, drawn, shows)


def to_bins(share: np.ndarray) -> np.ndarray:
    """Return the bin of each share.

    share    float (n,)  from 0 to 1
    returns  uint8 (n,)  from 0 to BINS - 1
    """
    bins: np.ndarray = np.clip(share * BINS, 0, BINS - 1).astype(np.uint8)
    return bins
