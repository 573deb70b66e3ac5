"""Which texts hold which words, against plain loops."""

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.numerics import held_words as module
from stateline.pipeline.numerics.held_words import held_words, spaced_sample

IDS = [[3, 1, 3, 2], [4], [2, 2, 5], [3, 4, 1, 1, 2, 6, 3], [1]]


@pytest.mark.parametrize("at_once", [2, 100])
def test_pairs_and_positions_equal_a_loop(monkeypatch, at_once: int) -> None:
    monkeypatch.setattr(module, "COUNTED", at_once)
    found = held_words(pl.Series(IDS, dtype=pl.List(pl.UInt32)), 8)
    for word in range(8):
        holding = [number for number, ids in enumerate(IDS) if word in ids]
        assert found.of(word).tolist() == holding
        assert found.counts[word] == len(holding)
        places = []
        for number in holding:
            ids = IDS[number]
            at = [t / (len(ids) - 1) if len(ids) > 1 else 0.5 for t in range(len(ids))]
            here = [place for place, each in zip(at, ids, strict=True) if each == word]
            places.append(sum(here) / len(here))
        mean = sum(places) / len(places) if places else np.nan
        assert found.position[word] == pytest.approx(mean, nan_ok=True)
    assert (np.diff(found.word) >= 0).all()


def test_a_spaced_sample_has_one_of_each_part_of_the_order() -> None:
    values = np.random.default_rng(1).permutation(30)
    rows = spaced_sample(values, 10, np.random.default_rng(2))
    assert [value // 3 for value in values[rows]] == [*range(10)]
    assert sorted(spaced_sample(values, 99, np.random.default_rng(2)).tolist()) == [*range(30)]
