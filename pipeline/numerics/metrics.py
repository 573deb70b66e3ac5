"""Classification metrics."""

import numpy as np

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, IntArray


def classification_metrics(
    probability: Float32Array,
    label: IntArray,
    elementwise: bool,
    repeated: BoolArray | None = None,
) -> dict[str, object]:
    """Compute the classification metrics of a split.

    probability  float32 (S, C)
    label        int (S,)
    elementwise  also the share of the S x C yes/no answers (p > 0.5) that are right, the
                 figure that the paper reports for Reuters
    repeated     bool (S,) sequences that stand in training too; None: not known
    returns      accuracy is top-1; recall a class, null for a class without a row; confusion
                 with actual classes in rows, predicted in columns; unseen_accuracy is top-1
                 without the repeated sequences, null where those are not known, or are all
    """
    classes = probability.shape[1]
    predicted = probability.argmax(axis=1)
    confusion = np.zeros((classes, classes), dtype=int)
    np.add.at(confusion, (label, predicted), 1)
    totals = confusion.sum(axis=1)
    right = predicted == label
    unseen = right[:0] if repeated is None else right[~repeated]
    return {
        "test": len(label),
        "accuracy": float(right.mean()),
        "unseen_accuracy": float(unseen.mean()) if len(unseen) else None,
        "recall": [
            float(confusion[c, c] / totals[c]) if totals[c] else None for c in range(classes)
        ],
        "confusion": confusion.tolist(),
        "elementwise_accuracy": float(
            ((probability > 0.5) == (np.arange(classes) == label[:, None])).mean()
        )
        if elementwise
        else None,
    }
