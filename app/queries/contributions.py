"""Contributions towards a class: sign, reference class and unit.

A head has K outputs: a logit a class, or of two classes a single one, of a sigmoid unit. That one
speaks for class 1 and, with the other sign, for class 0. Everything here is in logits.
"""

from collections.abc import Iterable

import numpy as np

from stateline.store.reader import Run

EXACT = "change of the logit as it was read, exact: W·(h[t] − h[t−1])"
MEASURED = "change of the logit as it was read, measured: the head is not linear"


def is_exact(run: Run) -> bool:
    """Whether contributions follow from the weights; else they are measured differences."""
    return run.manifest.readout.method == "linear"


def kind_of(run: Run | None) -> str:
    """Return in one line whether contributions are exact or measured."""
    return EXACT if run is not None and is_exact(run) else MEASURED


def output_of(outputs: int, index: int) -> int:
    """The output that speaks of a class; where the single one does, the sign is not in it."""
    return 0 if outputs == 1 else index


def classes_told(outputs: int, classes: Iterable[int]) -> list[int]:
    """Classes whose contributions differ in more than the sign, each once: one sigmoid unit
    speaks for the second class only."""
    return [1] if outputs == 1 else list(dict.fromkeys(classes))


def towards(contribution: np.ndarray, index: int) -> np.ndarray:
    """Contribution to a class, as its output has it.

    contribution  float (n, K)
    returns       float (n,)
    """
    outputs = contribution.shape[1]
    own = contribution[:, output_of(outputs, index)]
    return own if outputs > 1 or index else 0 - own  # -0.0 would be written with a minus


def ahead(contribution: np.ndarray, index: int, rival: int) -> np.ndarray:
    """Change of logit[index] - logit[rival], of two different classes.

    contribution  float (n, K)
    returns       float (n,)
    """
    own = towards(contribution, index)
    # The single output is the difference of the two already.
    return own if contribution.shape[1] == 1 else own - towards(contribution, rival)


def effect(contribution: np.ndarray, index: int) -> np.ndarray:
    """Contribution to a class less the mean over the others: what moves the answer.

    A softmax ignores what all classes share; the single output is a difference already.
    contribution  float (n, K)
    returns       float (n,)
    """
    own = towards(contribution, index)
    outputs = contribution.shape[1]
    if outputs == 1:
        return own
    moved: np.ndarray = own - (contribution.sum(axis=1) - own) / (outputs - 1)
    return moved
