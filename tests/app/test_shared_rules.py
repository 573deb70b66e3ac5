"""Rules that the browser's code has as well: both are held to tests/fixtures/shared_rules.json.

tests/js/shared-rules.test.mjs holds the JavaScript to the same cases.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stateline.app import addresses
from stateline.app.figures import colours, plotly_text, series_svg, steps_svg, trajectory_svg
from stateline.app.queries import contributions, filter_kinds, limits, text
from stateline.app.queries.labels import Moves, changes_of, labelled
from stateline.app.report.table import signed
from stateline.app.typed import client
from stateline.app.units.matching import units_on
from stateline.app.words import queries as words
from stateline.store.schema import CLUSTER_LEVELS

RULES = json.loads((Path(__file__).parents[1] / "fixtures" / "shared_rules.json").read_text())


def cases(section: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test with each case of a section of the fixture."""
    return pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in RULES[section]])


def scale_of(kind: str, colours_: list[str]) -> colours.Scale:
    order = list(range(len(colours_)))
    return colours.Scale(colours.EXPECTED, "", kind, colours_, [], order, "")


def test_colours_of_both_sides() -> None:
    held = {"pale": steps_svg.PALE, "picture_ink": series_svg.INK}
    assert held == RULES["colours"]


@cases("mix")
def test_mixed_colours(case: dict[str, Any]) -> None:
    assert colours.mix(case["first"], case["second"], case["share"]) == case["mixed"]


@cases("ink")
def test_readable_ink(case: dict[str, Any]) -> None:
    assert colours.ink(case["background"]) == case["ink"]


@cases("step_colours")
def test_the_colour_of_a_step(case: dict[str, Any]) -> None:
    scale = scale_of(case["scale"]["kind"], case["scale"]["colours"])
    found = steps_svg.step_colours(scale, [case["bin"]], [case["confidence"]], case["classes"])
    assert found == [case["colour"]]


@cases("class_choice")
def test_the_classes_of_the_heatmap(case: dict[str, Any]) -> None:
    assert steps_svg.shown_classes(np.array(case["ep"], dtype=np.float32)) == case["classes"]


@cases("labels")
def test_the_labels_of_a_sequence(case: dict[str, Any]) -> None:
    ep = np.array(case["ep"], dtype=np.float32)
    moves = Moves(
        np.array(case["distance"], dtype=np.float32) / np.float32(case["largest"] or 1),
        changes_of(ep, np.array(case["predicted"]), np.array([0])),
        np.array([0, len(ep)]),
        case["backward"],
    )
    thresholds = case["distance_threshold"], case["confidence_threshold"]
    rows, before = labelled(moves, tuple(case["kinds"]), *thresholds, np.ones(len(ep), dtype=bool))
    assert [list(each) for each in zip(rows.tolist(), before.tolist(), strict=True)] == (
        case["labels"]
    )


@cases("contributions")
def test_contributions_towards_a_class(case: dict[str, Any]) -> None:
    rows = np.array(case["contribution"], dtype=np.float32)
    found = contributions.towards(rows, case["towards"])
    assert found.tolist() == case["values"]
    assert not np.signbit(found[found == 0]).any()


@cases("units_on")
def test_units_that_are_on(case: dict[str, Any]) -> None:
    h = np.array(case["h"], dtype=np.float32)
    found = units_on(h, case["first"], case["last"], case["threshold"], case["edges"])
    assert found.tolist() == case["units"]


@cases("misdrawn")
def test_segments_that_are_drawn_too_long_or_too_short(case: dict[str, Any]) -> None:
    assert trajectory_svg.misdrawn(case["stretch"]) == case["kind"]


@cases("reading_order")
def test_the_order_in_which_steps_are_read(case: dict[str, Any]) -> None:
    steps = [str(t) for t in range(case["steps"])]
    empty = np.zeros((len(steps), 1))
    view = steps_svg.StepView(
        steps, empty, empty[:, 0], [], [], [], [], [], backward=case["backward"]
    )
    assert list(view.order) == case["order"]


@cases("percent")
def test_percentages(case: dict[str, Any]) -> None:
    assert text.percent(case["share"]) == case["written"]


@cases("signed")
def test_signed_numbers(case: dict[str, Any]) -> None:
    assert signed(case["value"]) == case["written"]


@cases("counts")
def test_counts_with_their_noun(case: dict[str, Any]) -> None:
    assert text.count(case["number"], "word") == case["written"]


@cases("characters")
def test_characters_of_a_text(case: dict[str, Any]) -> None:
    assert len(case["text"]) == case["count"]


def test_limits() -> None:
    assert RULES["limits"] == {
        "DEFAULT_NEIGHBOURS": limits.DEFAULT_NEIGHBOURS,
        "MAX_ADDRESS_TEXT": limits.LONGEST_TEXT,
        "MAX_CLASS_ROWS": steps_svg.MAX_ROWS,
        "MAX_CURVES": series_svg.MAX_CURVES,
        "MAX_OCCURRENCES": words.LARGEST_LEAST - 1,
        "MAX_SEARCH": words.LONGEST_SEARCH,
        "MAX_TYPED_TEXT": client.MAX_CHARACTERS,
    }
    same = (words.LONGEST_SEARCH, filter_kinds.LONGEST_SEARCH, filter_kinds.LONGEST_PHRASE)
    assert len(set(same)) == 1
    assert RULES["cluster_levels"] == CLUSTER_LEVELS


@cases("addresses")
def test_addresses(case: dict[str, Any]) -> None:
    if "filters" in case:
        found = addresses.explore(case["run"], tuple(case["filters"]), **case["query"])
    else:
        found = addresses.of_page(case["page"], case["run"], **case["query"])
    assert found == case["address"]


@cases("plotly_texts")
def test_texts_that_plotly_draws(case: dict[str, Any]) -> None:
    assert plotly_text.plotly_text(case["text"]) == case["written"]
