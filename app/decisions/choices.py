"""Choices of the Decisions page, as its address names them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stateline.app.queries.parsing import parse_choice
from stateline.store.reader import Run

BY_STEP, BY_SHARE = STEPS = ("step", "share")
AT_END = "end"
# Share of the steps after which calibration is measured, by the choice's key.
ANSWERS = {AT_END: 1.0, "half": 0.5, "quarter": 0.25}


@dataclass(frozen=True)
class DecisionChoices:
    """Choices of the Decisions page.

    label       index of the class whose expected prediction is shown, `class` in the address
    steps       of STEPS: the axis of the chart Settled
    projection  id of the map under the mean trajectories
    answers     key of ANSWERS: the steps after which confidence is compared with accuracy
    """

    label: int
    steps: str
    projection: str
    answers: str

    def plain(self) -> dict[str, str]:
        """Return the choices as JSON for the page, by the keys of the address."""
        return {
            "class": str(self.label),
            "steps": self.steps,
            "projection": self.projection,
            "answers": self.answers,
        }


def parse_choices(run: Run, query: Mapping[str, object]) -> DecisionChoices:
    """Return the choices that the query of an address asks for.

    query   keys of DecisionChoices.plain, each optional; other keys are ignored
    raises  StatelineError  a value that the run does not have
    """
    labels = [str(label) for label in present_labels(run)]
    projection = query.get("projection", run.manifest.default_projection)
    return DecisionChoices(
        label=int(parse_choice("class", query.get("class", labels[0]), labels)),
        steps=parse_choice("steps", query.get("steps", BY_STEP), STEPS),
        projection=parse_choice("projection", projection, run.projection_ids),
        answers=parse_choice("answers", query.get("answers", AT_END), ANSWERS),
    )


def present_labels(run: Run) -> list[int]:
    """Return the classes that stored sequences have, in order."""
    labels: list[int] = np.unique(run.sequences["label"].to_numpy()).tolist()
    return labels
