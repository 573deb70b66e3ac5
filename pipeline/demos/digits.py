"""The demo of a numeric series: scikit-learn's handwritten digits, read row by row.

1,797 pictures of 8 x 8 pixels (Alpaydin and Kaynak 1998, "Optical recognition of handwritten
digits", UCI), which come with scikit-learn. A step is a row of pixels from the top, a feature is
a column.
"""

import numpy as np

from stateline.pipeline.sources.sequences import ProvidedSequences

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1


def generate(seed: int) -> ProvidedSequences:
    """Return the digits with a seeded split, stratified by class.

    returns  1,797 sequences of 8 steps and 8 features, ink from 0 to 1
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    pictures = (found.images / 16).astype(np.float32)
    label = found.target.astype(np.int64)
    rng = np.random.default_rng(seed)
    split = np.full(len(label), "train", dtype="<U10")
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(label == digit))
        test = round(TEST_SHARE * len(rows))
        validation = round(VALIDATION_SHARE * len(rows))
        split[rows[:test]] = "test"
        split[rows[test : test + validation]] = "validation"
    return ProvidedSequences(
        sequences=list(pictures),
        label=label,
        classes=[str(digit) for digit in range(10)],
        surface=[[f"row {row}" for row in range(8)]] * len(label),
        ids=[f"digit {number:04d}" for number in range(len(label))],
        split=split.tolist(),
        split_seed=seed,
        features=[f"column {column}" for column in range(8)],
        picture=True,
        name="demo-digits",
        source="scikit-learn's handwritten digits (Alpaydin and Kaynak 1998), read row by row",
    )
