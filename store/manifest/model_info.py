"""The manifest's entry of the trained model: its layers, training, answers and baseline."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from stateline.store.manifest.values import Count, Entry, Items, Number


class ModelLayer(Entry):
    """One layer of the trained model."""

    name: str
    class_: str = Field(alias="class")
    parameters: Count


class Epoch(Entry):
    """Losses and accuracies of one epoch of the training."""

    epoch: Count
    loss: Number
    accuracy: Number
    val_loss: Number
    val_accuracy: Number


class Metrics(Entry):
    """Answers to the whole test split.

    recall                of each class, C; null where the split has no sequence of it
    confusion             C rows of C, sequences by actual (row) and predicted (column) class
    elementwise_accuracy  share of class probabilities on the right side of 0.5; null: not known
    unseen_accuracy       over the test sequences that do not stand in training too; null: what
                          stands in training is not known, or no other is left
    """

    test: Count
    accuracy: Number
    unseen_accuracy: Number | None
    recall: Items[Number | None]
    confusion: Items[Items[Count]]
    elementwise_accuracy: Number | None


class Rebuilt(Entry):
    """How a rebuilt model was compared with the one that it was rebuilt from.

    because    what that one is: stateful, or the precisions that it computes in
    error      largest difference of a class probability, over so many sequences
    tolerance  what it may be
    """

    because: Items[str]
    error: Number
    tolerance: Number
    sequences: Count


class Baseline(Entry):
    """A plain classifier that was fitted on the training split and tested on the whole test split.

    settings  in words
    train     training sequences that it was fitted on
    seconds   that fitting and testing took
    reason    why there is none; null where there is one, and all else is null where there is none
    """

    name: str | None
    settings: str | None
    accuracy: Number | None
    train: Count | None
    seconds: Number | None
    reason: str | None


class ModelInfo(Entry):
    """The model and its training; null or empty where that is not known.

    epochs        passes over the training split until the validation split stopped them
    refit_epochs  passes over the training and validation splits together, from the start, that
                  made the stored weights; null: they are those of the best epoch
    rebuilt       null: it is the model as it was trained
    """

    file: Literal["model.keras"] | None
    layers: Items[ModelLayer]
    cell: str
    units: Count
    parameters: Count | None
    seed: int | None
    epochs: Count | None
    refit_epochs: Count | None
    settings: Mapping[str, Any]
    history: Items[Epoch]
    metrics: Metrics
    rebuilt: Rebuilt | None
    baseline: Baseline
