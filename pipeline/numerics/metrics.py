"""Classification metrics."""

import numpy as np

from stateline.pipeline.numerics.arrays import Float32Array, IntArray


def classification_metrics(
    probability: Float32Array, label: IntArray, elementwise: bool
) -> dict[str, object]:
    """Compute the classification metrics of a split.

    probability  float32 (S, C)
    label        int (S,)
    elementwise  also the share of the S x C yes/no answers (p > 0.5) that are right, the
                 figure that the paper reports for Reuters
    returns      accuracy is top-1; recall a class, null for a class without a row; confusion
                 with actual classes in rows, predicted in columns
    """
    classes = probability.shape[1]
    predicted = probability.argmax(axis=1)
    confusion = np.zeros((classes, classes), dtype=int)
    np.add.at(confusion, (label, predicted), 1)
    totals = confusion.sum(axis=1)
    return {
        "test": len(label),
        "accuracy": float((predicted == label).mean()),
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
