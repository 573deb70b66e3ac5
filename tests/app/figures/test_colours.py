"""Palettes, bins and readable ink."""

import numpy as np
import pytest

from stateline.app.figures.colours import (
    BINS,
    COLOURINGS,
    CORRECT,
    EXPECTED,
    NEUTRAL,
    STEP,
    ink,
    luminance,
    mix,
    ramp,
    scales,
    to_bins,
)

TWO = (["no", "yes"], ["#D6336C", "#1C6FD6"])
FOUR = (["a", "b", "c", "d"], ["#E69F00", "#56B4E9", "#009E73", "#0072B2"])


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_ink_meets_aa_on_every_background_of_a_grid() -> None:
    levels = range(0, 256, 15)
    grid = [f"#{r:02x}{g:02x}{b:02x}" for r in levels for g in levels for b in levels]
    worst = min(contrast(background, ink(background)) for background in grid)
    assert worst >= 4.5


def test_two_classes_diverge_from_one_colour_over_grey_to_the_other() -> None:
    scale = scales(*TWO, longest=7)[EXPECTED]
    assert scale.kind == "ramp" and len(scale.colours) == BINS
    assert scale.colours[0] == "#d6336c" and scale.colours[-1] == "#1c6fd6"
    middle = np.array([int(scale.colours[BINS // 2][i : i + 2], 16) for i in (1, 3, 5)])
    grey = np.array([int(NEUTRAL[i : i + 2], 16) for i in (1, 3, 5)])
    assert np.abs(middle - grey).max() < 12
    assert scale.labels == ["no", "undecided", "yes"]


def test_more_classes_are_coloured_by_the_likeliest() -> None:
    scale = scales(*FOUR, longest=7)[EXPECTED]
    assert scale.kind == "classes"
    assert scale.colours == FOUR[1] and scale.labels == FOUR[0]


@pytest.mark.parametrize("classes", [TWO, FOUR])
def test_every_colouring_has_a_legend_and_draws_every_bin_once(classes: tuple) -> None:
    found = scales(*classes, longest=7)
    assert set(found) == set(COLOURINGS)
    for scale in found.values():
        assert scale.shows and scale.labels
        assert sorted(scale.order) == list(range(len(scale.colours)))


def test_errors_are_drawn_last_and_steps_are_named_from_zero() -> None:
    found = scales(*FOUR, longest=7)
    assert found[CORRECT].order[-1] == 0
    assert found[STEP].labels == ["step 0", "step 6"]


def test_bins_hold_both_ends() -> None:
    shares = np.array([0, 0.049, 0.05, 0.5, 0.999, 1], dtype=np.float32)
    assert to_bins(shares).tolist() == [0, 0, 1, 10, 19, 19]


def test_a_ramp_meets_its_anchors() -> None:
    colours = ramp(("#000000", "#808080", "#ffffff"), 5)
    assert colours[0] == "#000000" and colours[2] == "#808080" and colours[-1] == "#ffffff"
    assert mix("#000000", "#ffffff", 0.25) == "#404040"
