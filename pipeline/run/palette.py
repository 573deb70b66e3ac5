"""Class colours; the manifest holds them, so that they are the same everywhere."""

import colorsys

# Two classes: the ends of the diverging scale pink - grey - blue.
BINARY = ("#D6336C", "#1C6FD6")
# Okabe and Ito 2008, distinguishable with any colour vision; black last.
UP_TO_EIGHT = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#D55E00",
    "#0072B2",
    "#CC79A7",
    "#F0E442",
    "#000000",
)
# Beyond eight: the set with the best worst case over normal and colour-blind vision.
UP_TO_24 = tuple(
    f"#{code}"
    for code in [
        "108fef",
        "efaf30",
        "705000",
        "9f9f9f",
        "306080",
        "60efff",
        "cf5060",
        "cfdfbf",
        "4020ff",
        "80bf80",
        "8f8f10",
        "af80af",
        "af2050",
        "308f70",
        "9fef8f",
        "bf10af",
        "9fafdf",
        "cf0030",
        "707080",
        "efbfcf",
        "ff00ef",
        "efdf20",
        "ef8050",
        "bfaf9f",
    ]
)
GOLDEN_RATIO = 0.618033988749895


def class_colours(count: int) -> list[str]:
    """Return one colour per class, `#rrggbb`, all different.

    Beyond 24 classes hues are spread by the golden ratio at three lightnesses: labels are
    needed then to tell classes apart.
    """
    if count == 2:
        return list(BINARY)
    if count <= len(UP_TO_EIGHT):
        return list(UP_TO_EIGHT[:count])
    colours = list(UP_TO_24[:count])
    step = 0
    while len(colours) < count:
        hue, lightness = (step * GOLDEN_RATIO) % 1, (0.35, 0.5, 0.65)[step % 3]
        channels = colorsys.hls_to_rgb(hue, lightness, 0.7)
        colour = "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
        if colour not in colours:
            colours.append(colour)
        step += 1
    return colours
