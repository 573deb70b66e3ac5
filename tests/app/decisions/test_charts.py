"""Charts and sentences of the Decisions page that need no run."""

import numpy as np
import pytest

from stateline.app.decisions.cards import medians
from stateline.app.decisions.charts import ClassLines, fan_chart


def test_medians_are_named_by_step_and_of_many_classes_the_ends_alone() -> None:
    few = np.array([5, 5, 6.5, np.nan])
    assert medians(["0", "1", "2", "3"], few) == "5 (classes 0, 1), 6.5 (class 2)"
    many = np.repeat([7.0, 3.0], [12, 1])
    assert medians([str(each) for each in range(13)], many) == (
        "from 3 (1 class) to 7 (12 classes)"
    )
    assert medians([str(each) for each in range(13)], np.full(13, 2.0)) == "2 (13 classes)"


@pytest.mark.parametrize(
    ("most", "tick"), [(1, 1), (4, 1), (5, 2), (37, 10), (167, 50), (201, 100), (4000, 1000)]
)
def test_ticks_of_the_running_sequences_are_round(most: int, tick: int) -> None:
    classes = ClassLines(["one"], ["#d6336c"], [""])
    figure = fan_chart(classes, 0, np.full((2, 5), 0.5), np.array([most, 1]), {"range": [0, 1]})
    axis = figure["layout"]["yaxis2"]
    assert axis["dtick"] == tick and axis["range"][1] >= 4 * tick >= most
