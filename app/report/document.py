"""A sequence as one HTML file to read, print and pass on: no script, no reference to anything.

Templates escape every value, but for drawings and styles, which are marked as safe.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stateline.app.figures.colours import EXPECTED, ink
from stateline.app.figures.steps_svg import (
    StepView,
    panels,
    shown_classes,
    step_colours,
    step_panel,
)
from stateline.app.figures.trajectory_svg import trajectory_svg
from stateline.app.queries.limits import DISTANCE
from stateline.app.queries.run import map_note, run_scales, sequence, step_noun
from stateline.app.queries.state_kinds import StateKind, state_kind
from stateline.app.report.facts import model_line, sequence_facts, source_facts
from stateline.app.report.map import jumps, map_picture, misdrawn_note, moved_note
from stateline.app.report.series import values_drawings
from stateline.app.report.table import step_tables, table_note
from stateline.store.reader import Run

ASSETS = Path(__file__).parents[1] / "assets"
STYLES = ("ramp.css", "report.css")
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True)
class Coloured:
    """A word or a class's name on a ground of its colour."""

    text: str
    background: str
    kinds: str = ""

    @property
    def ink(self) -> str:
        """Colour of the text, which reads on the ground."""
        return ink(self.background)


def report(run: Run, sequence_id: int, projection: str, made: date) -> str:
    """Return the document: facts, words, heatmap, distances, trajectory and a table of steps.

    made    day to print at its end
    raises  StatelineError  the run holds no sequence or projection of that name
    """
    found = sequence(run, sequence_id, projection)
    facts, steps = found["facts"], found["steps"]
    kind = state_kind(run, projection)
    view = step_view(run, steps, kind.backward)
    told = found["decision"]
    return TEMPLATES.get_template("report.html.j2").render(
        name=run.name,
        number=sequence_id,
        style=_style(),
        about=model_line(run),
        actual=_class_tag(run, facts["label"]),
        classified=_class_tag(run, facts["predicted"]),
        right=facts["correct"],
        course=told["before"] + told["named"] + told["after"],
        figures=sequence_facts(run, facts, steps),
        scale=run_scales(run)[EXPECTED],
        **_read_sequence(run, facts, steps, view),
        **_step_plots(view, run, kind),
        **_map(run, sequence_id, projection, found, view),
        table_note=table_note(run, kind),
        tables=step_tables(run, facts, steps, view),
        source=source_facts(run, projection, made),
    )


def file_name(run: Run, sequence_id: int) -> str:
    """Return the name under which a browser saves the report; a run's name is safe in one."""
    return f"{run.name}-sequence-{sequence_id}.html"


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup("\n".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES))


def step_view(run: Run, steps: dict[str, Any], backward: bool = False) -> StepView:
    """Return what the drawings need of a sequence.

    steps     as `stateline.app.queries.run.sequence` returns them
    backward  whether the layer shown reads from the end
    """
    scale = run_scales(run)[EXPECTED]
    return StepView(
        words=steps["surface"],
        ep=np.array(steps["ep"]),
        distance=np.array(steps["distance"]),
        answers=steps["predicted"],
        colours=step_colours(scale, steps["bin"], steps["confidence"], len(run.class_names)),
        path=[scale.colours[bin_] for bin_ in steps["bin"]],
        class_names=run.class_names,
        class_colours=run.class_colours,
        backward=backward,
    )


def _class_tag(run: Run, index: int) -> Coloured:
    return Coloured(run.class_names[index], run.class_colours[index])


def _read_sequence(
    run: Run, facts: dict[str, Any], steps: dict[str, Any], view: StepView
) -> dict[str, Any]:
    """Return the text, or drawings of the series, as the model read it."""
    if run.kind == "series":
        note, drawings = values_drawings(run, steps, view)
        return {
            "sequence_title": "Series",
            "sequence_note": note,
            "sequence_drawings": [Markup(drawing) for drawing in drawings],
            "words": [],
        }
    notes = ["Colour: the prediction if the text ended at the word."]
    if facts["unknown"]:
        notes.append("A dotted line marks a word that is unknown to the model.")
    if facts["padding"]:
        notes.append(f"{facts['padding']:,} steps of padding, which the model reads, are left out.")
    turning = facts["turning_step"]
    if turning is not None and not steps["padding"][turning]:
        notes.append("A frame marks the word at which the actual class lost most to the answer.")
    words = []
    for t, word in enumerate(view.words):
        if steps["padding"][t]:
            continue
        kinds = ["word"]
        kinds += [] if steps["known"][t] else ["unknown"]
        kinds += ["turning"] if t == turning else []
        words.append(Coloured(word, view.colours[t], " ".join(kinds)))
    return {
        "sequence_title": "Words",
        "sequence_note": " ".join(notes),
        "sequence_drawings": [],
        "words": words,
    }


def _step_plots(view: StepView, run: Run, kind: StateKind) -> dict[str, Any]:
    """Return heatmap, answer row and distances, in as many panels as the words need."""
    plots = [Markup(step_panel(view, start, stop)) for start, stop in panels(len(view.words))]
    note = (
        "One column per step. Above: the probability of each class, the stronger the higher; under "
        f"it the prediction. Below: {moved_note(kind, step_noun(run))}"
    )
    hidden = len(view.class_names) - len(shown_classes(view.ep))
    if hidden:
        note += f" The {len(view.class_names) - hidden} classes that come closest are shown; "
        note += f"{hidden} are left out."
    return {"plots": plots, "plots_note": note}


def _map(
    run: Run, sequence_id: int, projection: str, found: dict[str, Any], view: StepView
) -> dict[str, Any]:
    """Return the trajectory over all states, with the words of its jumps."""
    facts, stretch = found["facts"], found["steps"]["stretch"]
    x, y, picture, drawn = map_picture(run, sequence_id, projection)
    kind, noun = state_kind(run, projection), step_noun(run)
    threshold = DISTANCE * kind.largest
    wanted = jumps(view.distance, threshold, facts["turning_step"], view.order[0])
    labels = [(t, view.words[t]) for t in wanted]
    drawing, labelled = trajectory_svg(
        x, y, view.path, labels, picture, backward=kind.backward, stretch=stretch
    )
    note = (
        f"{map_note(run, projection)}. Behind it "
        f"{drawn:,} of {run.states:,} states of the run. One dot per state, a line a {noun}; "
        "grey ring the first state, dark ring the last." + misdrawn_note(stretch)
    )
    if kind.backward:
        note += f" This layer reads from the end: its first state is at the last {noun}."
    if wanted:
        turning = f" and the turning {noun}" if facts["turning_step"] is not None else ""
        note += (
            f" Labels: {noun}s at which the state moved by {DISTANCE:.2f} of {kind.longest} "
            f"or more{turning}; {labelled} of {len(wanted)} found room."
        )
    return {"map": Markup(drawing), "map_note": note}
