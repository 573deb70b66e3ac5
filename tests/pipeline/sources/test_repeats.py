"""Test sequences that stand in training too."""

import numpy as np
import polars as pl

from stateline.pipeline.sources.repeats import repeated_arrays, repeated_texts
from stateline.pipeline.sources.word_boundaries import split_words

SPLIT = pl.Series(["train", "validation", "test", "test", "test", "test", "train"])


def test_case_punctuation_and_white_space_do_not_tell_texts_apart() -> None:
    texts = pl.Series(
        ["1,000 dull films.", "It’s fine", "1 000 DULL,\n films!", "it's  fine", "fine it's",
         "1,000 dull", ""]
    )  # fmt: skip
    found = repeated_texts(split_words(texts), SPLIT)
    assert found.to_list() == [False, False, True, True, False, False, False]
    assert found.name == "in_training"


def test_without_training_sequences_repeats_are_not_known() -> None:
    arrays = [np.array([1, 2]), np.array([1, 2])]
    assert repeated_arrays(arrays, pl.Series(["test", "test"])).to_list() == [None, None]


def test_repeated_series_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(3)
    arrays = [rng.integers(0, 2, (rng.integers(1, 3), 2)).astype(np.float32) for _ in range(40)]
    split = pl.Series(rng.choice(["train", "validation", "test"], 40).tolist())
    expected = [
        part == "test"
        and any(
            other != "test" and np.array_equal(mine, theirs)
            for other, theirs in zip(split, arrays, strict=True)
        )
        for part, mine in zip(split, arrays, strict=True)
    ]
    assert any(expected)
    assert repeated_arrays(arrays, split).to_list() == expected
