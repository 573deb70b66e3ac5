"""Log-count ratios of words against a plain loop."""

import math

import numpy as np
import pytest

from stateline.pipeline.numerics.count_ratios import log_count_ratios


@pytest.mark.parametrize("classes", [2, 3])
def test_ratios_equal_a_plain_loop(classes: int) -> None:
    rng = np.random.default_rng(classes)
    label = rng.integers(0, classes, 40)
    sequences = [rng.integers(1, 12, rng.integers(1, 9)).astype(np.uint32) for _ in label]
    share = np.zeros((12, classes))
    for word in range(12):
        for each in range(classes):
            held = sum(word in ids for ids, of in zip(sequences, label, strict=True) if of == each)
            share[word, each] = math.log((held + 1) / (label == each).sum())
    expected = np.zeros((12, 1 if classes == 2 else classes))
    for word in range(2, 12):
        for column in range(expected.shape[1]):
            own = 1 if classes == 2 else column
            others = [share[word, each] for each in range(classes) if each != own]
            expected[word, column] = share[word, own] - sum(others) / len(others)
    found = log_count_ratios(sequences, label, 12, classes)
    assert found.dtype == np.float32
    assert np.allclose(found, expected / expected.std(), atol=1e-6)


def test_words_that_say_nothing_have_no_ratio() -> None:
    sequences = [np.array([2, 3], dtype=np.uint32)] * 4
    assert not log_count_ratios(sequences, np.array([0, 1, 0, 1]), 5, 2)[:4].any()
