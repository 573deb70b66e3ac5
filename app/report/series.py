"""The part of a report that only a numeric series has: its values, drawn and in numbers."""

from typing import Any

import numpy as np

from stateline.app.figures.series_svg import picture_svg, strip_panel
from stateline.app.figures.steps_svg import StepView, panels
from stateline.app.queries.series import value_range
from stateline.store.reader import Run

MAX_COLUMNS = 8  # features with a column of the table of steps; more would not fit on paper


def values_drawings(run: Run, steps: dict[str, Any], view: StepView) -> tuple[str, list[str]]:
    """The note on a series and its drawings: one of a picture, else one a row of columns."""
    values = np.array(steps["values"], dtype=np.float64)
    corpus = run.manifest.corpus
    if corpus.picture:
        note = (
            "One row of pixels per step, the darker the higher the value. Colour: the prediction "
            "if the series ended at the row."
        )
        return note, [picture_svg(view, values, *value_range(run))]
    features = corpus.features
    note = (
        "One column per step, one row per feature between its lowest and highest value in the run. "
        "Colour: the prediction if the series ended at the step."
    )
    starts = panels(len(view.words))
    return note, [strip_panel(view, values, features, start, stop) for start, stop in starts]


def value_names(run: Run) -> list[str]:
    """Features that the table of steps has a column for; none where there are many."""
    names = run.feature_names
    return names if len(names) <= MAX_COLUMNS else []


def left_out_line(run: Run) -> str:
    """Return the note on values that have no column; "" where all have one."""
    if len(run.feature_names) <= MAX_COLUMNS:
        return ""
    return (
        f" Its {len(run.feature_names)} values a step have no room here; the states that pass "
        "download with all of them."
    )
