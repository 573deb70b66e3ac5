"""How well a split is classified."""

import numpy as np


def classification_metrics(
    probability: np.ndarray, label: np.ndarray, elementwise: bool
) -> dict[str, object]:
    """How well a split is classified.

    probability  (S, C)
    label        (S,)
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
