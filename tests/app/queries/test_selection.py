"""The selection that an address asks for."""

import pytest

from stateline.app.queries.filters import Filter
from stateline.app.queries.selection import Selection, parse_selection
from stateline.store.errors import StatelineError
from stateline.store.reader import Run


def test_an_empty_query_is_the_default(several: Run) -> None:
    assert parse_selection(several, {}) == Selection("lstm-tsne", "expected", None)


def test_a_full_query_is_taken_as_it_is(several: Run) -> None:
    query = {
        "projection": "lstm-pca",
        "colour": "trust",
        "sequence": "4",
        "step": "0",
        "pinned": "2",
        "filters": '[["actual", 1], ["search", "film"]]',
        "labels": "after-class,before-distance",
        "distance": "0.25",
        "confidence": "1",
        "class": "3",
        "bars": "contribution",
        "other": "x",
    }
    wanted = Selection(
        projection="lstm-pca",
        colour="trust",
        sequence=4,
        step=0,
        pinned=2,
        filters=(Filter("actual", (1,)), Filter("search", ("film",))),
        labels=("after-class", "before-distance"),
        distance=0.25,
        confidence=1.0,
        towards=3,
        bars="contribution",
    )
    found = parse_selection(several, query)
    assert found == wanted
    assert found.plain()["class"] == 3 and "towards" not in found.plain()
    assert found.plain()["filters"] == [["actual", 1], ["search", "film"]]


def test_a_step_without_its_sequence_is_none(several: Run) -> None:
    assert parse_selection(several, {"step": "3"}).step is None


def test_a_typed_text_takes_the_place_of_a_sequence(several: Run) -> None:
    found = parse_selection(several, {"text": "a good film", "sequence": "4", "step": "30"})
    assert (found.text, found.sequence, found.step) == ("a good film", None, 30)
    assert found.plain()["text"] == "a good film"
    assert parse_selection(several, {"text": ""}).text is None
    assert parse_selection(several, {"text": "é" * 1_500}).text == "é" * 1_500


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"projection": "lstm-umap"}, "lstm-pca, lstm-tsne"),
        ({"projection": "../../etc/passwd"}, "lstm-pca, lstm-tsne"),
        ({"projection": ["lstm-pca", "lstm-tsne"]}, "lstm-pca, lstm-tsne"),
        ({"sequence": "0", "step": "7000"}, "a number from 0 to"),
        ({"pinned": "5"}, "a number from 0 to 4"),
        ({"text": "a" * 1_501}, "1,500 characters at the most, got 1,501"),
        ({"text": ["a", "b"]}, "1,500 characters"),
        ({"text": "a", "step": "x"}, "a number"),
        ({"filters": "[]]"}, "a list of filters"),
        ({"filters": '[["actual", 9]]'}, "the number of a class"),
        ({"labels": "behind-class"}, "after-distance"),
        ({"distance": "nan"}, "0 to 1"),
        ({"confidence": "1.5"}, "0 to 1"),
        ({"class": "4"}, "a number from 0 to 3"),
        ({"class": ["0", "1"]}, "a number from 0 to 3"),
        ({"bars": "none"}, "distance, contribution, both"),
        ({"bars": ["both"]}, "distance, contribution, both"),
        ({"colour": "rainbow"}, "expected, likeliest, actual, correct, step, trust"),
        ({"colour": ["step", "trust"]}, "expected, likeliest"),
        *[
            ({"sequence": value}, "a number from 0 to 4")
            for value in ("5", "-1", "1.0", "", "１", "9" * 5000, "0x1", ["1", "2"], True)
        ],
    ],
)
def test_what_a_run_does_not_have_is_refused_with_what_it_has(
    several: Run, query: dict, expected: str
) -> None:
    with pytest.raises(StatelineError) as caught:
        parse_selection(several, query)
    line = str(caught.value)
    assert expected in line and "\n" not in line and len(line) < 300
