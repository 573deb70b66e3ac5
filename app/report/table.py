"""The report's table of steps: every one in numbers."""

from html import escape
from typing import Any

import numpy as np

from stateline.app.figures.steps_svg import StepView
from stateline.app.queries.contributions import classes_told, towards
from stateline.app.queries.run import step_noun
from stateline.app.queries.state_kinds import StateKind
from stateline.app.queries.text import percent
from stateline.app.report.series import left_out_line, value_names
from stateline.store.reader import Run


def table_note(run: Run, kind: StateKind) -> str:
    """What the columns of the table are."""
    noun = step_noun(run)
    state = "hidden" if kind.state == "h" else "cell"
    return (
        f"Answer and confidence: had the {run.kind} ended at the {noun}. Distance: in "
        f"{state}-state units. To a class: what the {noun} added to its logit, its contribution."
        + left_out_line(run)
    )


def contribution_classes(run: Run, facts: dict[str, Any]) -> list[int]:
    """Classes that the table has a contribution for."""
    both = (facts["label"], facts["predicted"])
    return classes_told(run.manifest.readout.outputs, both)


def step_table(run: Run, facts: dict[str, Any], steps: dict[str, Any], view: StepView) -> str:
    """All steps in numbers, as an HTML table; a series of few features has its values in a second.

    One table for both would be wider than a page.
    """
    noun = step_noun(run)
    classes = contribution_classes(run, facts)
    name = noun if run.kind == "text" else "name"
    heads = ["step", name, "answer", "confidence", "distance"]
    heads += [f"to {run.class_names[index]}" for index in classes]
    contribution = np.array(steps["contribution"])
    moved = np.stack([towards(contribution, index) for index in classes], axis=1).tolist()
    rows = []
    for t, word in enumerate(view.words):
        answer = view.answers[t]
        rows.append(
            _number(t)
            + _word(word, steps["role"][t])
            + f'<td class="text"><span class="dot" style="background:{view.class_colours[answer]}">'
            f"</span>{escape(view.class_names[answer])}</td>"
            + _number(percent(steps["confidence"][t]))
            + _number(f"{view.distance[t]:.3f}")
            + "".join(_number(signed(value)) for value in moved[t])
        )
    return _table(heads, rows, texts=(1, 2)) + _values_table(run, steps, view)


def _values_table(run: Run, steps: dict[str, Any], view: StepView) -> str:
    """The values of each step, a column a feature; nothing where there are too many, or words."""
    names = value_names(run)
    if not names:
        return ""
    rows = [
        _number(t) + _word(word, None) + "".join(_number(f"{value:g}") for value in held)
        for t, (word, held) in enumerate(zip(view.words, steps["values"], strict=True))
    ]
    return _table(["step", "name", *names], rows, texts=(1,))


def _table(heads: list[str], rows: list[str], texts: tuple[int, ...]) -> str:
    """A table; `texts` are the numbers of the columns that hold no numbers."""
    head = "".join(
        f'<th scope="col"{"" if at in texts else " class=number"}>{escape(name)}</th>'
        for at, name in enumerate(heads)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _number(value: object) -> str:
    return f'<td class="number">{value}</td>'


def _word(word: str, role: str | None) -> str:
    planted = f" <small>{escape(role)}</small>" if role else ""
    return f'<td class="text">{escape(word)}{planted}</td>'


def signed(value: float) -> str:
    """A number with its sign, and a minus as wide as a plus."""
    return f"{value:+.3f}".replace("-", "−")
