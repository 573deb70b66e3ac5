"""The evidence of one sequence: what moved its answer, said in a sentence, and what the bars need.

Everything here is read from the head's logits, whichever states the map shows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.contributions import ahead, is_exact
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS

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


def decision(course: Course, words: list[str], names: list[str]) -> Sentence:
    """How the answer came about, in a sentence.

    words  T  as written; the steps' own names of a series
    names  C  of the classes
    """
    step = int(course.margin.argmax())
    opening = _opening_of_wrong(course, names) if course.wrong else _opening(course, names)
    moved = float(course.margin[step])
    if moved <= 0:  # What stood before the first step, the head's bias, decided.
        none = f"; no step moved it towards {names[course.answer]}"
        return Sentence(opening + none + _closing(course) + ".", "", "", None)
    by, place = _signed(moved), _named(words, step)
    if not course.wrong:
        against = f" against {names[course.rival]}" if len(names) > 2 else ""
        return Sentence(f"{opening}; ", place, f" moved it most, {by}{against}.", step)
    start = f" from {names[course.rival]}" if len(names) > 2 else ""
    effect = f"{by}{start} towards {names[course.answer]}"
    # The largest loss need not be the step at which the answer changed.
    if course.flips and step > course.settle:
        settled = f"{opening}{_closing(course)}; "
        return Sentence(settled, place, f" moved it most, {effect}.", step)
    if course.predicted[step] == course.label:
        effect = f" moved it most, {effect}, but left it right"
    else:
        effect = f" moved it by {effect}"
    return Sentence(f"{opening}; ", place, effect + _closing(course) + ".", step)


def _opening(course: Course, names: list[str]) -> str:
    """Since when the answer stands, where it is right or nobody knows."""
    answer = names[course.answer]
    if not course.flips:
        return f"Answered {answer} from the first step on"
    return f"Settled on {answer} at step {course.settle}{_after_flips(course)}"


def _opening_of_wrong(course: Course, names: list[str]) -> str:
    """How long the answer was right."""
    if course.right_until is None:
        return "Never right" if course.flips else f"Never right: {names[course.answer]} throughout"
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


def _named(words: list[str], step: int) -> str:
    """A step by its word and its number; one that has no name of its own by its number."""
    return f"step {step}" if words[step] == str(step) else f"“{words[step]}” (step {step})"


def _signed(value: float) -> str:
    """A number with its sign; small ones keep a second digit."""
    return f"{value:+.1f}" if value >= 1 else f"{value:+.2f}"


def evidence(names: list[str], facts: Mapping[str, Any], steps: Steps) -> dict[str, Any]:
    """Return what the views of one sequence need beside its columns.

    names    C  of the classes
    facts    a row of sequences.parquet
    steps    its columns surface, predicted, ep, contribution and logit
    returns  "decision", the sentence; "final", the logits (K,) after the last step
    """
    contribution = np.asarray(steps["contribution"], dtype=np.float64)
    last = np.asarray(steps["ep"][-1])
    found = course(facts, list(steps["predicted"]), last, contribution)
    final = np.asarray(steps["logit"][-1], dtype=np.float64)
    return {
        "decision": decision(found, list(steps["surface"]), names).plain(),
        "final": np.round(final, SENT_DIGITS).tolist(),
    }


def nullable_numbers(column: pl.Series) -> list[float | None]:
    """Rounded numbers of a column in which some are null."""
    return column.cast(pl.Float64).round(SENT_DIGITS).to_list()


def readout_facts(run: Run) -> dict[str, Any]:
    """Return whether contributions are exact, and the logits that their running sum starts from."""
    return {"exact": is_exact(run), "initial": run.manifest.readout.initial_logit}
