"""A sequence as one HTML file to read, print and pass on: no script, no reference to anything."""

from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

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
from stateline.app.queries.series import series_line
from stateline.app.queries.state_kinds import StateKind, state_kind
from stateline.app.queries.text import count, day, percent
from stateline.app.report.map import jumps, map_picture, misdrawn_note, moved_note
from stateline.app.report.series import values_drawings
from stateline.app.report.table import step_table, table_note
from stateline.store.reader import Run

ASSETS = Path(__file__).parents[1] / "assets"
STYLES = ("ramp.css", "report.css")

# The file is opened far from its server, and its words may come from anyone.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report(run: Run, sequence_id: int, projection: str, made: date) -> str:
    """The document: facts, words, heatmap, distances, trajectory and a table of steps.

    made    day to print at its end
    raises  StatelineError  the run holds no such sequence or projection
    """
    found = sequence(run, sequence_id, projection)
    facts, steps = found["facts"], found["steps"]
    kind = state_kind(run, projection)
    view = step_view(run, steps, kind.backward)
    heading = f"{run.name}, sequence {sequence_id}"
    parts = (
        _title(run, facts, found["decision"]),
        _facts(run, facts, steps),
        _words(run, facts, steps, view),
        _step_plots(view, run, kind),
        _map(run, sequence_id, projection, found, view),
        _section("Steps", table_note(run, kind), "", step_table(run, facts, steps, view)),
        _source(run, projection, made),
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading)} · Stateline</title><style>{_style()}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def file_name(run: Run, sequence_id: int) -> str:
    """Name under which a browser saves the report; a run's name is safe in one."""
    return f"{run.name}-sequence-{sequence_id}.html"


@lru_cache(maxsize=1)
def _style() -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES)


def step_view(run: Run, steps: dict[str, Any], backward: bool = False) -> StepView:
    """What the drawings need of `queries.sequence`'s steps, read from the end where `backward`."""
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


def _tag(run: Run, index: int) -> str:
    """A class's name on its colour."""
    colour = run.class_colours[index]
    name = escape(run.class_names[index])
    return f'<span class="tag" style="background:{colour};color:{ink(colour)}">{name}</span>'


def _title(run: Run, facts: dict[str, Any], decision: dict[str, Any]) -> str:
    """Run, model, classes, and how the answer came about."""
    model = run.manifest.model
    metrics = model.metrics
    parameters = model.parameters
    size = "" if parameters is None else f", {count(parameters, 'parameter')}"
    about = (
        f"{model.cell}, {count(model.units, 'unit')}{size}; test accuracy "
        f"{percent(metrics.accuracy)} over {count(metrics.test, 'sequence')}"
    )
    right = facts["correct"]
    verdict = "classified correctly" if right else "classified wrongly"
    sentence = decision["before"] + decision["named"] + decision["after"]
    return (
        f'<header><p class="brand">Stateline</p>'
        f"<h1>{escape(run.name)} <span>sequence {facts['sequence_id']}</span></h1>"
        f'<p class="about">{escape(about)}</p>'
        f'<p class="verdict">{_tag(run, facts["label"])} <span class="arrow">→</span> '
        f"{_tag(run, facts['predicted'])} "
        f'<strong class="{"right" if right else "wrong"}">{verdict}</strong></p>'
        f'<p class="course">{escape(sentence)}</p></header>'
    )


def _facts(run: Run, facts: dict[str, Any], steps: dict[str, Any]) -> str:
    """The sequence in figures, a name and a value each."""
    words, noun = steps["surface"], step_noun(run)
    longest = facts["max_distance_step"]
    pairs = [
        ("Class", run.class_names[facts["label"]]),
        ("Classification", run.class_names[facts["predicted"]]),
        ("Confidence", percent(facts["confidence"])),
        ("Settled", settled(facts)),
        (f"Turning {noun}", turned(facts, words)),
        (f"{noun.capitalize()}s read", read(run, facts)),
        _known(run, facts),
        (
            "Largest distance",
            f"{facts['max_distance']:.3f}, {at_step(words, longest)}",
        ),
        ("Id in the corpus", facts["external_id"]),
    ]
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{"".join(rows)}</dl>'


def _known(run: Run, facts: dict[str, Any]) -> tuple[str, str]:
    """What the vocabulary lacks; of a series, what a step holds."""
    if run.kind == "series":
        return "Read as", series_line(run)
    return "Unknown words", f"{facts['unknown']:,} to the model" if facts["unknown"] else "none"


def settled(facts: dict[str, Any]) -> str:
    """Since when the answer stands."""
    if not facts["flips"]:
        return "never changed its answer"
    return f"at step {facts['settle_step']}, after {count(facts['flips'], 'flip')}"


def turned(facts: dict[str, Any], words: list[str]) -> str:
    """The word that turned the sequence wrong."""
    step = facts["turning_step"]
    return "none: classified correctly" if step is None else at_step(words, step)


def at_step(words: list[str], t: int) -> str:
    """A step by its number and its word, or its name where it has one of its own."""
    return f"at step {t}" if words[t] == str(t) else f"“{words[t]}”, at step {t}"


def read(run: Run, facts: dict[str, Any]) -> str:
    """How much of the text the model read, and which part."""
    cut = facts["length_full"] - facts["length"]
    if not cut:
        return f"{facts['length']:,}, the whole {run.kind}"
    keep = run.manifest.corpus.truncation.keep
    return f"{keep} {facts['length']:,}; {cut:,} more left out"


def _section(title: str, note: str, body: str, more: str = "") -> str:
    """Heading, note and body, which paper keeps together; `more` may go on another page."""
    return (
        f'<section><div class="whole"><h2>{escape(title)}</h2><p class="note">{escape(note)}</p>'
        f"{body}</div>{more}</section>"
    )


def _words(run: Run, facts: dict[str, Any], steps: dict[str, Any], view: StepView) -> str:
    """The text, or the series, as the model read it, and the scale of its colours."""
    if run.kind == "series":
        note, (first, *others) = values_drawings(run, steps, view)
        rest = "".join(f'<div class="drawing">{each}</div>' for each in others)
        drawing = f'<div class="drawing">{first}</div>'
        return _section("Series", note, drawing, rest + _legend(run))
    words = []
    for t, word in enumerate(view.words):
        kinds = ["word"]
        if not steps["known"][t]:
            kinds.append("unknown")
        if t == facts["turning_step"]:
            kinds.append("turning")
        colour = view.colours[t]
        words.append(
            f'<span class="{" ".join(kinds)}" style="background:{colour};color:{ink(colour)}">'
            f"{escape(word)}</span>"
        )
    marks = []
    if facts["unknown"]:
        marks.append("A dotted line marks a word that is unknown to the model.")
    if facts["turning_step"] is not None:
        marks.append("A frame marks the word at which the actual class lost most to the answer.")
    note = " ".join(["Colour: the answer, had the text ended at the word.", *marks])
    return _section("Words", note, "", f'<p class="words">{" ".join(words)}</p>{_legend(run)}')


def _legend(run: Run) -> str:
    scale = run_scales(run)[EXPECTED]
    if scale.kind == "ramp":
        labels = "".join(f"<span>{escape(label)}</span>" for label in scale.labels)
        return (
            f'<div class="legend"><span class="ramp"><span class="ramp-bar" style="background:'
            f'linear-gradient(90deg,{",".join(scale.colours)})"></span>'
            f'<span class="ramp-labels">{labels}</span></span></div>'
        )
    chips = (
        f'<span class="chip"><span class="dot" style="background:{colour}"></span>'
        f"{escape(label)}</span>"
        for label, colour in zip(scale.labels, scale.colours, strict=True)
    )
    return f'<div class="legend">{"".join(chips)}<span>paler: less sure</span></div>'


def _step_plots(view: StepView, run: Run, kind: StateKind) -> str:
    """Heatmap, answer row and distances, in as many rows of columns as the words need."""
    first, *others = [
        f'<div class="drawing">{step_panel(view, start, stop)}</div>'
        for start, stop in panels(len(view.words))
    ]
    note = (
        "A column a step. Above: how sure of each class, the stronger the surer; under it the "
        f"answer. Below: {moved_note(kind, step_noun(run))}"
    )
    hidden = len(view.class_names) - len(shown_classes(view.ep))
    if hidden:
        note += f" The {len(view.class_names) - hidden} classes that come closest are shown; "
        note += f"{hidden} are left out."
    return _section("Expected prediction and distance", note, first, "".join(others))


def _map(run: Run, sequence_id: int, projection: str, found: dict[str, Any], view: StepView) -> str:
    """The trajectory over all states, with the words of its jumps."""
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
        f"{drawn:,} of {run.states:,} states of the run. A dot a state, a line a {noun}; "
        "grey ring the first state, dark ring the last." + misdrawn_note(stretch)
    )
    if kind.backward:
        note += f" This layer reads from the end: its first state is at the last {noun}."
    if wanted:
        turning = f" and the turning {noun}" if facts["turning_step"] is not None else ""
        note += (
            f" Labels: {noun}s that moved the state by {DISTANCE:.2f} of {kind.longest} "
            f"or more{turning}; {labelled} of {len(wanted)} found room."
        )
    return _section("Trajectory", note, f'<div class="drawing map">{drawing}</div>')


def _source(run: Run, projection: str, made: date) -> str:
    """Where all of it comes from, so that the same report can be made again."""
    manifest = run.manifest
    corpus = manifest.corpus
    kind = state_kind(run, projection)
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    pairs = (
        ("Corpus", f"{corpus.name}, {corpus.source}"),
        ("Projection", projection),
        *([] if kind.alone else [("Layer", kind.name)]),
        ("Run built", f"{day(manifest.created)}, with {versions}"),
        ("Run's checksum", f"{run.checksum} (SHA-256 of its manifest)"),
        ("Tables", f"schema version {manifest.schema_version}"),
        ("Report made", day(made.isoformat())),
    )
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<footer><dl class="facts">{"".join(rows)}</dl></footer>'
