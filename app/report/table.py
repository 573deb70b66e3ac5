"""The report's table of steps: every one in numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.app.figures.steps_svg import StepView
from stateline.app.queries.contributions import classes_told, towards
from stateline.app.queries.run import step_noun
from stateline.app.queries.state_kinds import StateKind
from stateline.app.queries.text import percent
from stateline.app.report.series import left_out_line, value_names
from stateline.store.reader import Run


@dataclass(frozen=True)
class Cell:
    """A cell of a table, or the head of a column.

    number  whether it holds a number, which stands at the right
    dot     colour of a dot before the text, if any
    role    of a word that the corpus's grammar planted, if any
    """

    text: str
    number: bool = False
    dot: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class StepsTable:
    """A table of steps: heads of its columns, and a row of cells a step."""

    heads: list[Cell]
    rows: list[list[Cell]]


def table_note(run: Run, kind: StateKind) -> str:
    """Return what the columns of the table are."""
    noun = step_noun(run)
    state = "hidden" if kind.state == "h" else "cell"
    return (
        f"Prediction and confidence: if the {run.kind} ended at the {noun}. Distance: in "
        f"{state}-state units. To a class: by how much its logit changed as the {noun} was read, "
        "the contribution." + left_out_line(run)
    )


def contribution_classes(run: Run, facts: dict[str, Any]) -> list[int]:
    """Return the classes whose contributions the table shows."""
    both = (facts["label"], facts["predicted"])
    return classes_told(run.manifest.readout.outputs, both)


def step_tables(
    run: Run, facts: dict[str, Any], steps: dict[str, Any], view: StepView
) -> list[StepsTable]:
    """Return all steps in numbers; a series of few features has its values in a second table.

    One table for both would be wider than a page.
    """
    noun = step_noun(run)
    classes = contribution_classes(run, facts)
    name = noun if run.kind == "text" else "name"
    heads = [_number("step"), Cell(name), Cell("answer"), _number("confidence")]
    heads += [
        _number(text) for text in ("distance", *(f"to {run.class_names[c]}" for c in classes))
    ]
    contribution = np.array(steps["contribution"])
    moved = np.stack([towards(contribution, index) for index in classes], axis=1).tolist()
    rows = [
        [
            _number(str(t)),
            Cell(word, role=steps["role"][t]),
            Cell(view.class_names[view.answers[t]], dot=view.class_colours[view.answers[t]]),
            _number(percent(steps["confidence"][t])),
            _number(f"{view.distance[t]:.3f}"),
            *(_number(signed(value)) for value in moved[t]),
        ]
        for t, word in enumerate(view.words)
    ]
    return [StepsTable(heads, rows), *_values_table(run, steps, view)]


def _values_table(run: Run, steps: dict[str, Any], view: StepView) -> list[StepsTable]:
    """Return the values of each step, one column per feature; none for words or many features."""
    names = value_names(run)
    if not names:
        return []
    heads = [_number("step"), Cell("name"), *map(_number, names)]
    rows = [
        [_number(str(t)), Cell(word), *(_number(f"{value:g}") for value in values)]
        for t, (word, values) in enumerate(zip(view.words, steps["values"], strict=True))
    ]
    return [StepsTable(heads, rows)]


def _number(text: str) -> Cell:
    return Cell(text, number=True)


def signed(value: float) -> str:
    """Return a number with its sign, and a minus as wide as a plus."""
    return f"{value + 0.0:+.3f}".replace("-", "−")  # -0.0 + 0.0 is 0.0
