"""The report's table of steps: every one in numbers."""

from html import escape

import numpy as np

from app.components.text import percent
from app.contributions import classes_told, towards
from app.figures.steps_svg import StepView
from app.measured import Measured
from app.queries import step_noun
from app.report_series import left_out_line, value_names
from store.reader import Run


def table_note(run: Run, kind: Measured) -> str:
    """What the columns of the table are."""
    noun = step_noun(run)
    state = "hidden" if kind.state == "h" else "cell"
    return (
        f"Answer and confidence: had the {run.kind} ended at the {noun}. Distance: in "
        f"{state}-state units. To a class: what the {noun} added to its logit, its contribution."
        + left_out_line(run)
    )


def contribution_classes(run: Run, facts: dict) -> list[int]:
    """Classes that the table has a contribution for."""
    both = (facts["label"], facts["predicted"])
    return classes_told(run.manifest["readout"]["outputs"], both)


def step_table(run: Run, facts: dict, steps: dict, view: StepView) -> str:
    """All steps in numbers, as an HTML table; a series of few features with their values."""
    noun = step_noun(run)
    classes = contribution_classes(run, facts)
    heads = ["step", noun if run.kind == "text" else "name", "answer", "confidence", "distance"]
    values = value_names(run)
    heads += [f"to {run.class_names[index]}" for index in classes] + values
    head = "".join(
        f'<th scope="col"{"" if at in (1, 2) else " class=number"}>{escape(name)}</th>'
        for at, name in enumerate(heads)
    )
    contribution = np.array(steps["contribution"])
    moved = np.stack([towards(contribution, index) for index in classes], axis=1).tolist()
    rows = []
    for t, word in enumerate(view.words):
        role = steps["role"][t]
        planted = f" <small>{escape(role)}</small>" if role else ""
        answer = view.answers[t]
        numbers = "".join(f'<td class="number">{signed(value)}</td>' for value in moved[t])
        if values:
            held = steps["values"][t]
            numbers += "".join(f'<td class="number">{value:g}</td>' for value in held)
        rows.append(
            f'<tr><td class="number">{t}</td><td class="text">{escape(word)}{planted}</td>'
            f'<td class="text"><span class="dot" style="background:{view.class_colours[answer]}">'
            f"</span>{escape(view.class_names[answer])}</td>"
            f'<td class="number">{percent(steps["confidence"][t])}</td>'
            f'<td class="number">{view.distance[t]:.3f}</td>{numbers}</tr>'
        )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def signed(value: float) -> str:
    """A number with its sign, and a minus as wide as a plus."""
    return f"{value:+.3f}".replace("-", "−")
