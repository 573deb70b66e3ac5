"""Choices in the address of the Decisions page, and what is refused."""

from pathlib import Path

import pytest

from stateline.app.decisions import page
from stateline.app.decisions.card import CHOICES
from stateline.app.decisions.choices import DecisionChoices, parse_choices
from stateline.app.main import create_app
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.app.decisions.test_queries import part_of, shown_page
from tests.app.test_pages import plain
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 4 classes."""
    folder = tmp_path_factory.mktemp("decided")
    return open_run(synthetic_run(folder, "decided", sequences=40, max_steps=11, units=3, seed=5))


def test_the_address_says_what_the_selects_show(decided: Run) -> None:
    asked = {"class": "2", "steps": "share", "projection": "lstm-pca", "answers": "half"}
    layout = shown_page(decided, **asked)
    chosen = {key: part_of(layout, f"decisions-{key}-choice").value for key in CHOICES}
    assert {name: chosen[key] for key, name in CHOICES.items()} == asked
    assert parse_choices(decided, {}) == DecisionChoices(0, "step", "lstm-tsne", "end")
    assert parse_choices(decided, asked).plain() == asked
    assert part_of(layout, "decisions-defaults").data == parse_choices(decided, {}).plain()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("class", "4", "one of 0, 1, 2, 3"),
        ("class", ["1"], "one of 0, 1, 2, 3"),
        ("steps", "word", "one of step, share"),
        ("projection", "x", "one of lstm-pca, lstm-tsne"),
        ("answers", "1.0", "one of end, half, quarter"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused(
    decided: Run, key: str, value: object, expected: str
) -> None:
    with pytest.raises(StatelineError, match=f"^{key}: .* expected {expected}, got "):
        parse_choices(decided, {key: value})
    with create_app(decided.folder.parent).server.test_request_context():
        assert f"expected {expected}" in plain(page.layout("decided", **{key: value}))


def test_a_class_without_sequences_is_no_choice(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "few", sequences=3, classes=8, units=4))
    present = sorted(set(run.sequences["label"]))
    missing = next(label for label in range(8) if label not in present)
    assert parse_choices(run, {}).label == present[0]
    with pytest.raises(StatelineError, match="^class: "):
        parse_choices(run, {"class": str(missing)})
