"""Class colours."""

import pytest

from stateline.pipeline.run.palette import class_colours


@pytest.mark.parametrize("count", [2, 3, 5, 8, 9, 24, 25, 60])
def test_every_class_has_a_colour_of_its_own(count: int) -> None:
    colours = class_colours(count)
    assert len({colour.lower() for colour in colours}) == count
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in colours)
