"""The sentence on how an answer came about, and what the bars of a sequence need."""

import re

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
            "Right until step 2; positive gained most at “award” (step 3) with +2.3 logits; "
            "settled at step 3.",
        ),
        (
            "bad good film", [-0.5, 2, 0.1], 0,
            "Right at the first step only; positive gained most at “good” (step 1) with +2.0 "
            "logits; "
            "settled at step 1.",
        ),
        (
            "bad good bad good", [-1, 2, -1.5, 3], 0,
            "Last right at step 2; positive gained most at “good” (step 3) with +3.0 logits; "
            "settled at step 3 after 3 flips.",
        ),
        (  # the largest loss comes after the answer changed, or before it did
            "bad so good", [-1, 1.5, 2.3], 0,
            "Right at the first step only; settled at step 1; positive gained most at “good” "
            "(step 2) with +2.3 logits.",
        ),
        (
            "bad good not great", [-3, 2.5, 0.25, 1.5], 0,
            "Right until step 2; positive gained most at “good” (step 1) with +2.5 logits, but the "
            "answer was still correct after it; settled at step 3.",
        ),
        (
            "good film", [0.5, 0.25], 0,
            "Never right: positive throughout; positive gained most at “good” (step 0) with "
            "+0.50 logits.",
        ),
        (
            "a great film", [-1, 3, 0.1], 1,
            "Settled on positive at step 1; positive gained most at “great” (step 1) with +3.0 "
            "logits.",
        ),
        (  # the largest change is away from the answer
            "bad great good", [-5, 3, 4], 1,
            "Settled on positive at step 2; positive gained most at “good” (step 2) with +4.0 "
            "logits.",
        ),
        (
            "bad great bad", [-1, 3, -4], 0,
            "Settled on negative at step 2 after 2 flips; negative gained most at “bad” (step 2) "
            "with "
            "+4.0 logits.",
        ),
        (
            "great film", [1, 0.5], 1,
            "Answered positive from the first step on; positive gained most at “great” (step 0) "
            "with "
            "+1.0 logits.",
        ),
        (
            "great film", [1, 0.5], None,
            "Answered positive from the first step on; positive gained most at “great” (step 0) "
            "with "
            "+1.0 logits.",
        ),
        (
            "not great", [-1, 2], None,
            "Settled on positive at step 1; positive gained most at “great” (step 1) with +2.0 "
            "logits.",
        ),
        (  # a word that is its own number is a word
            "0 1 2", [-1, 3, 0.1], 1,
            "Settled on positive at step 1; positive gained most at “1” (step 1) with +3.0 logits.",
        ),
        (
            "good good bad", [2, 2, -1], 1,
            "Answered positive from the first step on; positive gained most at “good” (step 0) "
            "with "
            "+2.0 logits, as at 1 other step.",
        ),
        (
            "great", [1.5], 1,
            "Answered positive at its only step; positive gained most at “great” (step 0) with "
            "+1.5 logits.",
        ),
        (
            "great", [1.5], 0,
            "Never right: positive at its only step; positive gained most at “great” (step 0) with "
            "+1.5 logits.",
        ),
        (
            "so so", [0.004, 0.001], 1,
            "Answered positive from the first step on; positive gained most at “so” (step 0) with "
            "less than 0.01 logits.",
        ),
        ("so so", [0, 0], 0, "Answered negative from the first step on; no step raised negative."),
        ("so so", [0, 0], 1, "Never right: negative throughout; no step raised negative."),
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
            "Right at the first step only; earn gained most over grain at “c” (step 2) with +3.5 "
            "logits; "
            "settled at step 2 after 2 flips.",
        ),
        (  # never the actual class, and the answer flips
            [[1, 0, 0], [0, 0, 0.25], [0, 0, 3]], 1,
            "Never right; earn gained most over crude at “c” (step 2) with +3.0 logits; "
            "settled at step 2.",
        ),
        (  # right: measured against crude, the runner-up at the end, not against grain
            [[1, 0, 0], [-3, 0, 2], [0, 1, 0.5]], 2,
            "Settled on earn at step 1; earn gained most over crude at “b” (step 1) with +2.0 "
            "logits.",
        ),
        (  # all alike: the first class is the answer, and no step raised it over the second
            [[0, 0, 0], [0, 0, 0], [0, 0, 0]], 0,
            "Answered grain from the first step on; no step raised grain over crude.",
        ),
        (  # from one wrong class to the actual one, and on
            [[1, 0, 0], [-1, 2.5, 2], [0, 0, 1]], 1,
            "Last right at step 1; earn gained most over crude at “c” (step 2) with +1.0 logits; "
            "settled at step 2 after 2 flips.",
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
    assert sentence.text == "Never right: positive throughout; no step raised positive."


def test_a_gain_at_padding_is_said_and_names_no_step() -> None:
    row = {"label": 1, "predicted": 1, "flips": 0, "settle_step": 0, "right_until": 2}
    found = course(row, [1, 1, 1], np.array([0.4, 0.6]), np.array([[2.0], [0.5], [0.25]]))
    words, padding = ["[padding]", "good", "film"], [True, False, False]
    sentence = decision(found, words, BINARY, padding=padding)
    assert sentence.step is None
    assert sentence.text == (
        "Answered positive from the first step on; positive gained most at a step of padding "
        "with +2.0 logits."
    )
    assert decision(found, words, BINARY, padding=[False] * 3).named == "“[padding]” (step 0)"


def test_a_step_of_a_series_without_a_name_is_named_by_its_number() -> None:
    row = {"label": 1, "predicted": 1, "flips": 0, "settle_step": 0, "right_until": 1}
    found = course(row, [1, 1], np.array([0.4, 0.6]), np.array([[0.5], [2.0]]))
    assert decision(found, ["0", "1"], BINARY, "series").named == "step 1"
    assert decision(found, ["0", "1"], BINARY, "text").named == "“1” (step 1)"
    assert decision(found, ["a", "row 1"], BINARY, "series").named == "“row 1” (step 1)"


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("seed", range(40))
def test_the_sentence_follows_from_the_numbers_alone(outputs: int, seed: int) -> None:
    """Logits of few values, so that there are ties, zero changes and single steps."""
    rng = np.random.default_rng(seed)
    classes = max(2, outputs)
    moved = rng.integers(-2, 3, (rng.integers(1, 6), outputs)) / 2.0
    names = ["zero", "one", "two"][:classes]
    words = [f"w{t}" for t in range(len(moved))]
    label = None if seed % 4 == 0 else int(rng.integers(classes))
    text = said(names, " ".join(words), moved.tolist(), label=label)
    logits = moved.cumsum(axis=0)
    both = np.hstack([0 * logits, logits]) if outputs == 1 else logits
    answers = both.argmax(axis=1).tolist()
    answer = names[answers[-1]]
    assert text.startswith("Answered") == (len(set(answers)) == 1 and label in (None, answers[-1]))
    assert text.startswith("Never right") == (label is not None and label not in answers)
    gain = re.search(
        r"(\w+) gained most(?: over (\w+))? at “w(\d)” \(step \3\) with ([+\d.]+) logits", text
    )
    over = re.search(r"no step raised (\w+)(?: over (\w+))?", text)
    assert (gain is None) != (over is None)
    found = gain or over
    assert found[1] == answer
    rival = names.index(found[2]) if found[2] else 1 - answers[-1]
    margin = both[:, answers[-1]] - both[:, rival]
    steps = np.diff(margin, prepend=0.0)
    if gain is None:
        assert (steps <= 0).all()
        return
    assert float(gain[4]) == pytest.approx(steps[int(gain[3])], abs=0.05)
    assert steps.max() == steps[int(gain[3])] > 0
    equal = int((steps == steps.max()).sum()) - 1
    assert (f"as at {equal} other step" in text) == (equal > 0)
    assert ("after it was right" in text) <= (answers[int(gain[3])] == label)
    if (settled := re.search(r"[Ss]ettled (?:on \w+ )?at step (\d)", text)) is not None:
        last = int(settled[1])
        assert answers[last - 1] != answers[last] and len(set(answers[last:])) == 1


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
            assert "right" in told["before"].lower() and "gained most" in told["before"]
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
