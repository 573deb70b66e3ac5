"""Measuring the words that name clusters: what is planted is found where it was planted."""

import numpy as np
import pytest

from stateline.pipeline.bench.clusters import Words, first_rows, measure_words, plant
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 60 sequences."""
    folder = tmp_path_factory.mktemp("many")
    return open_run(synthetic_run(folder, sequences=60, max_steps=20, projections=("tsne",)))


def test_a_planted_token_is_read_once_a_sequence_in_its_cluster_or_half_elsewhere(
    many: Run,
) -> None:
    words, rng = Words(many), np.random.default_rng(1)
    token, planted = plant(words, 0, words.moved("permuted", rng), rng)
    rows = np.flatnonzero((token == "zq10x1").to_numpy())
    assert len(set(words.sequence[rows])) == 10
    assert (words.member[rows, 0] == planted["zq10x1"]).all()
    halves = np.flatnonzero((token == "zq20x0.5").to_numpy())
    assert (words.member[halves, 0] == planted["zq20x0.5"]).sum() == 10
    assert (planted["zq10x1"], "zq10x1") in words.listed(0, token)


def test_moved_words_are_the_same_words(many: Run) -> None:
    words = Words(many)
    for how in ("permuted", "shifted"):
        moved = words.moved(how, np.random.default_rng(0))
        assert moved.sort().equals(words.token.sort()) and not moved.equals(words.token)


def test_the_first_row_of_each_sequence_is_kept_in_order() -> None:
    sequence = np.array([0, 0, 1, 1, 2])
    assert first_rows(sequence, np.array([3, 1, 0, 2, 4])).tolist() == [3, 1, 4]


def test_false_and_found_words_are_printed(many: Run, capsys: pytest.CaptureFixture[str]) -> None:
    measure_words("synthetic", Words(many), 2)
    said = capsys.readouterr().out
    assert "synthetic, permuted, 2 seeds: 0 of 6 levels list a word" in said
    assert "planted zq20x1: 6 of 6 found" in said and "listed are false" in said
