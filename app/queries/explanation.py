"""The evidence of one sequence: its answer's course in a sentence, and what the bars need.

Everything here is read from the head's logits, whichever states the map shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.contributions import ahead, is_exact
from stateline.app.queries.text import count
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS

TEXT = "text"  # kind of a sequence of words
Steps = pl.DataFrame | Mapping[str, list[Any]]  # columns of one sequence, by name


@dataclass(frozen=True)
class Sentence:
    """A sentence in three parts, so that a page can make the step that it names a way there.

    step  the step that `named` is; None where it names none, and `named` is empty
    """

    before: str
    named: str
    after: str
    step: int | None

    @property
    def text(self) -> str:
        """The whole of it."""
        return self.before + self.named + self.after

    def plain(self) -> dict[str, Any]:
        """As JSON for the page."""
        return asdict(self)


@dataclass(frozen=True)
class Course:
    """How the answer to one sequence of T steps came about.

    label        actual class; None of a typed text
    answer       class predicted for the whole sequence
    predicted    T  most likely class after each step
    flips        how often that changes
    settle       first step from which it never changes again
    right_until  last step at which it is the actual class; None where it never is
    rival        class that the answer is measured against: the actual one where the answer is
                 wrong, else the runner-up at the end
    margin       float (T,)  what each step added to logit[answer] - logit[rival]
    """

    label: int | None
    answer: int
    predicted: list[int]
    flips: int
    settle: int
    right_until: int | None
    rival: int
    margin: np.ndarray

    @property
    def wrong(self) -> bool:
        """Whether the sequence is known to be misclassified."""
        return self.label is not None and self.label != self.answer


def course(
    facts: Mapping[str, Any], predicted: list[int], ep: np.ndarray, contribution: np.ndarray
) -> Course:
    """The course of a sequence.

    facts         a row of sequences.parquet; label is None of a typed text
    predicted     T  most likely class after each step
    ep            float (C,)  expected prediction at the last step
    contribution  float (T, K)
    """
    label, answer = facts["label"], facts["predicted"]
    others = [index for index in range(len(ep)) if index != answer]
    runner_up = max(others, key=lambda index: ep[index])
    rival = runner_up if label is None or label == answer else label
    return Course(
        label=label,
        answer=answer,
        predicted=predicted,
        flips=facts["flips"],
        settle=facts["settle_step"],
        right_until=facts.get("right_until"),
        rival=rival,
        margin=ahead(contribution, answer, rival),
    )


def decision(
    course: Course,
    words: list[str],
    names: list[str],
    kind: str = TEXT,
    padding: Sequence[bool] | None = None,
) -> Sentence:
    """How the answer came about, in a sentence.

    It names the step at which the answer gained most over its rival, unless that is padding.
    That is when the logits changed, not what the answer would have been without the step.

    words    T  as written; the steps' own names of a series
    names    C  of the classes
    kind     of the sequence, `text` or `series`
    padding  T  whether a step is padding, which has no word; None: no step is
    """
    gain = float(course.margin.max())
    step = int(course.margin.argmax())
    opening = _opening_of_wrong(course, names) if course.wrong else _opening(course, names)
    answer, rival = names[course.answer], names[course.rival]
    if gain <= 0:  # What stood before the first step, the head's bias, decided.
        over = f" over {rival}" if len(names) > 2 else ""
        none = f"{opening}; no step raised {answer}{over}{_closing(course)}."
        return Sentence(none, "", "", None)
    over = f" over {rival}" if len(names) > 2 else ""
    gained = f"; {answer} gained most{over} at "
    by = f" with {_logits(gain)}{_as_much_elsewhere(course, gain)}"
    place = _named(words, step, kind)
    link: int | None = step
    if padding is not None and padding[step]:
        gained, place, link = f"{gained}a step of padding", "", None
    # The largest gain need not be at the step at which the answer changed.
    if course.wrong and course.flips and step > course.settle:
        return Sentence(opening + _closing(course) + gained, place, by + ".", link)
    if course.wrong and course.predicted[step] == course.label:
        by += ", but the answer was still correct after it"
    return Sentence(opening + gained, place, by + _closing(course) + ".", link)


def _opening(course: Course, names: list[str]) -> str:
    """Since when the answer stands, where it is right or nobody knows."""
    answer = names[course.answer]
    if not course.flips:
        since = "at its only step" if len(course.predicted) == 1 else "from the first step on"
        return f"Answered {answer} {since}"
    return f"Settled on {answer} at step {course.settle}{_after_flips(course)}"


def _opening_of_wrong(course: Course, names: list[str]) -> str:
    """How long the answer was right."""
    if course.right_until is None:
        if course.flips:
            return "Never right"
        when = "at its only step" if len(course.predicted) == 1 else "throughout"
        return f"Never right: {names[course.answer]} {when}"
    last = course.right_until
    if set(course.predicted[: last + 1]) == {course.label}:
        return f"Right until step {last}" if last else "Right at the first step only"
    return f"Last right at step {last}"


def _closing(course: Course) -> str:
    """When a wrong answer settled; of any other the opening says it."""
    if not course.wrong or not course.flips:
        return ""
    return f"; settled at step {course.settle}{_after_flips(course)}"


def _after_flips(course: Course) -> str:
    """One flip is what settling means: only more are counted."""
    return f" after {course.flips} flips" if course.flips > 1 else ""


def _as_much_elsewhere(course: Course, gain: float) -> str:
    """Say at how many other steps the answer gained as much, to the digits that are sent."""
    equal = int((np.abs(course.margin - gain) < 10.0**-SENT_DIGITS).sum())
    return f", as at {count(equal - 1, 'other step')}" if equal > 1 else ""


def has_name(words: list[str], step: int, kind: str) -> bool:
    """Return whether a step has a name beside its number; every word of a text is one.

    kind  of the sequence, `text` or `series`
    """
    return kind == TEXT or words[step] != str(step)


def _named(words: list[str], step: int, kind: str) -> str:
    """A step by its word and its number; one that has no name of its own by its number."""
    return f"“{words[step]}” (step {step})" if has_name(words, step, kind) else f"step {step}"


def _logits(value: float) -> str:
    """A gain in logits; small ones keep a second digit."""
    if value < 0.005:
        return "less than 0.01 logits"
    return f"{value:+.1f} logits" if value >= 1 else f"{value:+.2f} logits"


def evidence(run: Run, facts: Mapping[str, Any], steps: Steps) -> dict[str, Any]:
    """Return what the views of one sequence need beside its columns.

    run      whose model read the sequence
    facts    a row of sequences.parquet
    steps    its columns surface, padding, predicted, ep, contribution and logit
    returns  "decision", the sentence; "final", the logits (K,) after the last step
    """
    contribution = np.asarray(steps["contribution"], dtype=np.float64)
    last = np.asarray(steps["ep"][-1])
    found = course(facts, list(steps["predicted"]), last, contribution)
    words, padding = list(steps["surface"]), list(steps["padding"])
    final = np.asarray(steps["logit"][-1], dtype=np.float64)
    return {
        "decision": decision(found, words, run.class_names, run.kind, padding).plain(),
        "final": np.round(final, SENT_DIGITS).tolist(),
    }


def nullable_numbers(column: pl.Series) -> list[float | None]:
    """Rounded numbers of a column in which some are null."""
    return column.cast(pl.Float64).round(SENT_DIGITS).to_list()


def readout_facts(run: Run) -> dict[str, Any]:
    """Return whether contributions are exact, and the logits that their running sum starts from."""
    return {"exact": is_exact(run), "initial": run.manifest.readout.initial_logit}
