"""The planted shortcut of the demo run: the sequences that show it, in numbers of this build."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from stateline.app.queries.contributions import effect
from stateline.store.reader import Run
from stateline.store.schema import STEPS, VOCABULARY

ROLE = "shortcut"
# Roles of words that are evidence for a class in the demo's grammar.
EVIDENCE = ("cue", "negated", "concession", "decider", "late-turn")


@dataclass(frozen=True)
class Example:
    """One sequence that holds the name.

    number      its sequence_id
    label, predicted  indices of classes
    confidence  of the predicted class
    steps       of the name, in order
    answers     expected prediction of the class that the name points to, after each such step
    before      the same before the first of them; None where the name opens the text
    added       contribution of those steps to that class, together
    rest        contribution of all other steps to it
    evidence    words that the grammar planted as evidence elsewhere in it
    final       expected prediction of that class at the end
    against     step with the largest contribution against that class, its word and contribution
    turning     turning point; None where the sequence is classified correctly
    words       all words
    """

    number: int
    label: int
    predicted: int
    confidence: float
    steps: list[int]
    answers: list[float]
    before: float | None
    added: float
    rest: float
    evidence: list[str]
    final: float
    against: tuple[int, str, float]
    turning: int | None
    words: list[str]


@dataclass(frozen=True)
class Shortcut:
    """The planted name and its effect in a run.

    name       as written
    points_to  index of the class that it is evidence for
    misled     the most confident sequence of another class that is classified as that class;
               where there is none, the most confident one of another class
    resisted   a sequence of the same class as `misled` that holds the name and is classified
               correctly; None where there is none
    stored, wrong  sequences that hold the name, and the misclassified ones, by actual class
    added      mean contribution of the name to the class it points to, by actual class
    training   sequences of the training split that hold the name's first word, by class
    """

    name: str
    points_to: int
    misled: Example
    resisted: Example | None
    stored: list[int]
    wrong: list[int]
    added: list[float | None]
    training: list[int]


def find_shortcut(run: Run) -> Shortcut | None:
    """Return the planted name and its effect; None where the run has no sequence to show it."""
    named = run.scan(STEPS).filter(pl.col("role") == ROLE).collect()
    numbers = named["sequence_id"].unique().sort().to_list()
    if not numbers:
        return None
    classes = range(len(run.class_names))
    sizes = [float(effects(named, index).mean()) for index in classes]
    points_to = int(np.argmax(sizes))
    found = [example(run, number, points_to) for number in numbers]
    others = [each for each in found if each.label != points_to]
    if not others:
        return None
    misled = max(others, key=lambda each: (each.predicted == points_to, each.confidence))
    resisted = [
        each for each in others if each.predicted == each.label == misled.label and each != misled
    ]
    by_class = [[each for each in found if each.label == index] for index in classes]
    return Shortcut(
        name=_name(named),
        points_to=points_to,
        misled=misled,
        resisted=max(resisted, key=lambda each: each.added, default=None),
        stored=[len(each) for each in by_class],
        wrong=[sum(one.predicted != one.label for one in each) for each in by_class],
        added=[float(np.mean([one.added for one in each])) if each else None for each in by_class],
        training=_training(run, named["token"][0]),
    )


def effects(steps: pl.DataFrame, index: int) -> np.ndarray:
    """Return each step's contribution to a class, less the mean over the others: float64 (T,)."""
    return effect(steps["contribution"].to_numpy().astype(np.float64), index)


def example(run: Run, number: int, points_to: int) -> Example:
    """Return one sequence with the contributions of its steps to the class `points_to`."""
    steps = run.steps_of(number)
    facts = run.sequences.row(number, named=True)
    roles, words = steps["role"].to_list(), steps["surface"].to_list()
    at = [t for t, role in enumerate(roles) if role == ROLE]
    answers = steps["ep"].to_numpy()[:, points_to]
    added = effects(steps, points_to)
    against = int(np.argmin(added))
    return Example(
        number=number,
        label=facts["label"],
        predicted=facts["predicted"],
        confidence=facts["confidence"],
        steps=at,
        answers=[float(answers[t]) for t in at],
        before=float(answers[at[0] - 1]) if at[0] else None,
        added=float(added[at].sum()),
        rest=float(added.sum() - added[at].sum()),
        evidence=[words[t] for t, role in enumerate(roles) if role in EVIDENCE],
        final=float(answers[-1]),
        against=(against, words[against], float(added[against])),
        turning=facts["turning_step"],
        words=words,
    )


def _name(named: pl.DataFrame) -> str:
    """Return the name as most sequences write it."""
    written = named.group_by("sequence_id", maintain_order=True).agg(
        pl.col("surface").str.join(" ")
    )["surface"]
    # Of equally frequent spellings, the shortest: a text may hold the name twice.
    counts = written.value_counts().sort("count", pl.col("surface").str.len_chars() * -1)
    return str(counts["surface"][-1])


def _training(run: Run, token: str) -> list[int]:
    """Count the sequences of the training split that hold a token, by class."""
    rows = run.scan(VOCABULARY).filter(pl.col("token") == token).collect()
    return rows["sequences"][0].to_list() if rows.height else [0] * len(run.class_names)
