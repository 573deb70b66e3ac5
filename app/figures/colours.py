"""Colours: what each choice of colouring means, its palette, and readable ink on any of it."""

from dataclasses import asdict, dataclass

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
# Readable on light and on dark ground, and ordered by lightness for eyes that see no hue.
SEQUENTIAL = ("#5168B8", "#8A5BC0", "#CF5593", "#F08760", "#F3C250")
WRONG_RIGHT = ("#E8590C", "#2B9E8F")


@dataclass(frozen=True)
class Scale:
    """One way to colour the states.

    key, label  str         the choice and its name in the header
    kind        str         "ramp" (a continuous scale in bins) or "classes"
    colours     list[str]   colour of each bin
    labels      list[str]   ramp: its low end, (its middle,) its high end; classes: a name a bin
    order       list[int]   bins from first drawn to last, so that what matters lies on top
    shows       str         the sentence of the legend
    """

    key: str
    label: str
    kind: str
    colours: list[str]
    labels: list[str]
    order: list[int]
    shows: str

    def plain(self) -> dict:
        """As JSON for the page."""
        return asdict(self)


def rgb(colour: str) -> np.ndarray:
    """float64 (3,), 0 to 255, of `#rrggbb`."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


def mix(first: str, second: str, share: float) -> str:
    """`share` (0 to 1) of the second colour in the first, as `#rrggbb`."""
    mixed = rgb(first) * (1 - share) + rgb(second) * share
    return "#" + "".join(f"{round(channel):02x}" for channel in mixed)


def ramp(anchors: tuple[str, ...], count: int) -> list[str]:
    """`count` colours spaced evenly along the anchors."""
    colours = []
    for position in np.linspace(0, len(anchors) - 1, count):
        left = min(int(position), len(anchors) - 2)
        colours.append(mix(anchors[left], anchors[left + 1], position - left))
    return colours


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = rgb(colour) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def ink(background: str) -> str:
    """Black or white, whichever contrasts more: at least 4.5 to 1 on any background."""
    level = luminance(background)
    return "#000000" if (level + 0.05) / 0.05 >= 1.05 / (level + 0.05) else "#ffffff"


def scales(
    class_names: list[str],
    class_colours: list[str],
    longest: int,
    read: tuple[str, str] = ("text", "word"),
) -> dict[str, Scale]:
    """Every way to colour the states of a run, by its key.

    class_names, class_colours  C of each
    longest  int  steps of the longest sequence
    read     what a sequence is, and what a step of it is
    """
    ended = "had the {} ended at this {}".format(*read)
    classes = list(range(len(class_names)))
    found = [
        _expected(class_names, class_colours, ended),
        _likeliest(LIKELIEST, class_names, class_colours, ended),
        Scale(
            ACTUAL,
            COLOURINGS[ACTUAL],
            "classes",
            class_colours,
            class_names,
            classes,
            "Class that the whole sequence really has",
        ),
        Scale(
            CORRECT,
            COLOURINGS[CORRECT],
            "classes",
            list(WRONG_RIGHT),
            ["in a sequence classified wrongly", "in one classified correctly"],
            [1, 0],
            "Whether the whole sequence is classified correctly",
        ),
        Scale(
            STEP,
            COLOURINGS[STEP],
            "ramp",
            ramp(SEQUENTIAL, BINS),
            ["step 0", f"step {max(longest - 1, 0):,}"],
            list(range(BINS)),
            f"Position of the {read[1]} in its sequence",
        ),
        Scale(
            TRUST,
            COLOURINGS[TRUST],
            "ramp",
            ramp(SEQUENTIAL, BINS),
            ["0", "1"],
            list(range(BINS)),
            "Share of a state's neighbours that are its neighbours on the map too",
        ),
    ]
    return {scale.key: scale for scale in found}


def _expected(class_names: list[str], class_colours: list[str], ended: str) -> Scale:
    if len(class_names) != 2:
        return _likeliest(EXPECTED, class_names, class_colours, ended)
    first, second = class_colours
    # The undecided middle is drawn first: the ends are what one looks for.
    order = sorted(range(BINS), key=lambda bin_: abs(bin_ - (BINS - 1) / 2))
    return Scale(
        EXPECTED,
        COLOURINGS[EXPECTED],
        "ramp",
        ramp((first, NEUTRAL, second), BINS),
        [class_names[0], "undecided", class_names[1]],
        order,
        f"Answer, {ended}",
    )


def _likeliest(key: str, class_names: list[str], class_colours: list[str], ended: str) -> Scale:
    return Scale(
        key,
        COLOURINGS[key],
        "classes",
        class_colours,
        class_names,
        list(range(len(class_names))),
        f"Most likely class, {ended}",
    )


def to_bins(share: np.ndarray) -> np.ndarray:
    """uint8 bin (0 to BINS - 1) of each share from 0 to 1."""
    return np.clip(share * BINS, 0, BINS - 1).astype(np.uint8)
