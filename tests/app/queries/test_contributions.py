"""Contributions towards a class, of heads of one output and of more."""

import numpy as np
import pytest

from stateline.app.queries import contributions
from stateline.store.reader import Run

ONE = np.array([[1.5], [-0.5]], dtype=np.float32)
FOUR = np.array([[4.0, 1.0, 2.0, 0.0]])


def test_one_sigmoid_unit_is_the_output_of_both_classes() -> None:
    assert contributions.output_of(1, 0) == contributions.output_of(1, 1) == 0
    assert contributions.classes_told(1, (0, 1)) == contributions.classes_told(1, (0,)) == [1]


def test_a_softmax_has_an_output_a_class() -> None:
    assert contributions.output_of(4, 2) == 2
    assert contributions.classes_told(4, (3, 1, 3)) == [3, 1]


def test_the_effect_is_against_the_mean_of_the_other_classes() -> None:
    assert contributions.effect(FOUR, 0).tolist() == [3.0]
    assert contributions.effect(ONE, 0).tolist() == [-1.5, 0.5]


def test_a_class_gets_ahead_of_its_rival_by_the_difference_of_their_logits() -> None:
    assert contributions.ahead(FOUR, 0, 2).tolist() == [2.0]
    assert contributions.ahead(FOUR, 2, 0).tolist() == [-2.0]
    assert contributions.ahead(ONE, 1, 0).tolist() == [1.5, -0.5]
    assert contributions.ahead(ONE, 0, 1).tolist() == [-1.5, 0.5]


def test_two_classes_say_the_same_whether_the_head_has_one_output_or_two() -> None:
    two = np.hstack([np.zeros_like(ONE), ONE])  # the logits (0, z)
    for index in (0, 1):
        one = contributions.effect(ONE, index)
        assert one.tolist() == contributions.effect(two, index).tolist()
        assert one.tolist() == contributions.ahead(two, index, 1 - index).tolist()


@pytest.mark.parametrize(("name", "exact"), [("several", True), ("ended", False)])
def test_the_kind_of_the_numbers_is_that_of_the_readout(
    name: str, exact: bool, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(name)
    assert contributions.is_exact(run) == exact
    kind = contributions.kind_of(run)
    assert kind.startswith("change of the logit as it was read")
    assert ("exact" in kind, "measured" in kind) == (exact, not exact)
