"""The sentence on how an answer came about, and what the bars of a sequence need."""

import numpy as np
import pytest

from stateline.app.queries.explanation import course, decision, nullable_numbers, readout_facts
from stateline.app.queries.run import page_facts, sequence
from stateline.app.typed.client import with_bins
from stateline.store.reader import Run

BINARY, THREE = ["negative", "positive"], ["grain", "crude", "earn"]


def said(names: list[str], words: str, contribution: list, **facts: object) -> str:
    """The sentence on a sequence whose predicted classes follow from its contributions."""
    moved = np.array(contribution, dtype=float).reshape(len(words.split()), -1)
    logits = moved.cumsum(axis=0)
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    predicted = logits.argmax(axis=1).tolist()
    changes = [t for t in range(1, len(predicted)) if predicted[t] != predicted[t - 1]]
    right = [t for t, answer in enumerate(predicted) if answer == facts["label"]]
    row = facts | {
        "predicted": predicted[-1],
        "flips": len(changes),
        "settle_step": changes[-1] if changes else 0,
        "right_until": right[-1] if right else None,
    }
    found = course(row, predicted, np.exp(logits[-1]) / np.exp(logits[-1]).sum(), moved)
    return decision(found, words.split(), names).text


@pytest.mark.parametrize(
    ("words", "contribution", "label", "expected"),
    [
        (
            "not a good award", [-1, 0.1, 0.5, 2.31], 0,
            "Right until step 2; “award” (step 3) moved it by +2.3 towards positive; "
            "settled at step 3.",
        ),
        (
            "bad good film", [-0.5, 2, 0.1], 0,
            "Right at the first step only; “good” (step 1) moved it by +2.0 towards positive; "
            "settled at step 1.",
        ),
        (
            "bad good bad good", [-1, 2, -1.5, 3], 0,
            "Last right at step 2; “good” (step 3) moved it by +3.0 towards positive; "
            "settled at step 3 after 3 flips.",
        ),
        (  # the largest loss comes after the answer changed, or before it did
            "bad so good", [-1, 1.5, 2.3], 0,
            "Right at the first step only; settled at step 1; “good” (step 2) moved it most, "
            "+2.3 towards positive.",
        ),
        (
            "bad good not great", [-3, 2.5, 0.25, 1.5], 0,
            "Right until step 2; “good” (step 1) moved it most, +2.5 towards positive, "
            "but left it right; settled at step 3.",
        ),
        (
            "good film", [0.5, 0.25], 0,
            "Never right: positive throughout; “good” (step 0) moved it by +0.50 towards positive.",
        ),
        (
            "a great film", [-1, 3, 0.1], 1,
            "Settled on positive at step 1; “great” (step 1) moved it most, +3.0.",
        ),
        (
            "bad great bad", [-1, 3, -4], 0,
            "Settled on negative at step 2 after 2 flips; “bad” (step 2) moved it most, +4.0.",
        ),
        (
            "great film", [1, 0.5], 1,
            "Answered positive from the first step on; “great” (step 0) moved it most, +1.0.",
        ),
        (
            "great film", [1, 0.5], None,
            "Answered positive from the first step on; “great” (step 0) moved it most, +1.0.",
        ),
        (
            "not great", [-1, 2], None,
            "Settled on positive at step 1; “great” (step 1) moved it most, +2.0.",
        ),
        (
            "0 1 2", [-1, 3, 0.1], 1,
            "Settled on positive at step 1; step 1 moved it most, +3.0.",
        ),
    ],
)  # fmt: skip
def test_the_course_of_a_binary_answer_in_words(
    words: str, contribution: list, label: int | None, expected: str
) -> None:
    assert said(BINARY, words, contribution, label=label) == expected


@pytest.mark.parametrize(
    ("contribution", "label", "expected"),
    [
        (  # grain, then crude, then earn: never right between, and measured against grain
            [[1, 0, 0], [0, 2, 0.5], [-0.5, 0, 3]], 0,
            "Right at the first step only; “c” (step 2) moved it by +3.5 from grain towards earn; "
            "settled at step 2 after 2 flips.",
        ),
        (  # never the actual class, and the answer flips
            [[1, 0, 0], [0, 0, 0.25], [0, 0, 3]], 1,
            "Never right; “c” (step 2) moved it by +3.0 from crude towards earn; "
            "settled at step 2.",
        ),
        (  # right: measured against crude, the runner-up at the end, not against grain
            [[1, 0, 0], [-3, 0, 2], [0, 1, 0.5]], 2,
            "Settled on earn at step 1; “b” (step 1) moved it most, +2.0 against crude.",
        ),
    ],
)  # fmt: skip
def test_the_course_of_an_answer_among_many_names_what_it_is_measured_against(
    contribution: list, label: int, expected: str
) -> None:
    assert said(THREE, "a b c", contribution, label=label) == expected


def test_where_no_step_moved_the_answer_the_sentence_names_none() -> None:
    row = {"label": 0, "predicted": 1, "flips": 0, "settle_step": 0, "right_until": None}
    found = course(row, [1, 1], np.array([0.4, 0.6]), np.array([[-0.5], [-0.25]]))
    sentence = decision(found, ["a", "b"], BINARY)
    assert sentence.step is None
    assert sentence.text == ("Never right: positive throughout; no step moved it towards positive.")


def test_the_three_parts_of_a_sentence_make_its_text() -> None:
    row = {"label": 1, "predicted": 1, "flips": 0, "settle_step": 0, "right_until": 1}
    found = course(row, [1, 1], np.array([0.4, 0.6]), np.array([[0.5], [2.0]]))
    plain = decision(found, ["a", "b"], BINARY).plain()
    assert plain["named"] == "“b” (step 1)" and plain["step"] == 1
    assert (plain["before"] + plain["named"] + plain["after"]) == decision(
        found, ["a", "b"], BINARY
    ).text


@pytest.mark.parametrize("name", ["several", "binary"])
def test_a_sequence_carries_its_sentence_and_the_logits_that_its_contributions_sum_to(
    name: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(name)
    initial = page_facts(run)["readout"]["initial"]
    turned = 0
    for number in range(run.sequences.height):
        found = sequence(run, number, "lstm-tsne")
        moved = np.array(found["steps"]["contribution"])
        assert found["final"] == pytest.approx(initial + moved.sum(axis=0), abs=1e-4)
        facts, told = found["facts"], found["decision"]
        if facts["turning_step"] is not None and told["step"] is not None:
            assert told["step"] == facts["turning_step"]
            assert ("right" in told["before"].lower()) and "towards" in told["after"]
            turned += 1
    assert turned > 0


def test_a_map_s_stretch_comes_with_its_nulls(several: Run) -> None:
    stored = several.projection_of(0, "lstm-tsne")["stretch"]
    sent = sequence(several, 0, "lstm-tsne")["steps"]["stretch"]
    assert stored.null_count() > 0 and sent == nullable_numbers(stored)
    assert [value is None for value in sent] == stored.is_null().to_list()


def test_the_page_says_whether_contributions_are_exact(several: Run) -> None:
    readout = several.manifest.readout
    assert readout_facts(several) == {"exact": True, "initial": readout.initial_logit}


def test_a_typed_text_carries_the_same(binary: Run) -> None:
    stored = sequence(binary, 1, "lstm-tsne")
    rows = binary.steps_of(1)
    typed = {
        "facts": stored["facts"] | {"label": None, "turning_step": None},
        "steps": stored["steps"] | {"logit": rows["logit"].to_list()},
    }
    answer = with_bins(binary, typed)
    assert answer["final"] == stored["final"]
    assert not answer["decision"]["before"].lower().startswith(("never", "right", "last"))
