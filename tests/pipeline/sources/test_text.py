"""Words, the vocabulary and ids."""

import numpy as np
import polars as pl

from stateline.pipeline.sources.text import UNKNOWN_TOKEN, build_vocabulary


def test_vocabulary_counts_like_a_plain_loop_and_orders_by_frequency_then_spelling() -> None:
    rng = np.random.default_rng(3)
    words = rng.choice(list("abcdefg"), 60, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.08, 0.02])
    sequence = np.sort(rng.integers(0, 9, 60))
    label = sequence % 3
    made = build_vocabulary(pl.Series(words), sequence, label, classes=3, size=4, least=2)

    occurrences = {w: int((words == w).sum()) for w in set(words)}
    frequent = [word for word, count in occurrences.items() if count >= 2]
    kept = sorted(frequent, key=lambda word: (-occurrences[word], word))[:4]
    assert made.table["token"].to_list() == ["[padding]", UNKNOWN_TOKEN, *kept]
    assert made.table["token_id"].to_list() == list(range(len(kept) + 2))
    rows = list(made.table.iter_rows(named=True))[2:]
    for word, row in zip(kept, rows, strict=True):
        assert row["count"] == occurrences[word]
        for c in range(3):
            holders = set(sequence[(words == word) & (label == c)])
            assert row["sequences"][c] == len(holders)
    assert made.table["count"][1] == sum(n for w, n in occurrences.items() if w not in kept)
    left = ~np.isin(words, kept)
    assert left.sum() > len(set(sequence[left])), "a sequence with two unknown words counts once"
    holders = [len(set(sequence[left & (label == c)])) for c in range(3)]
    assert made.table["sequences"].to_list()[:2] == [[0, 0, 0], holders]


def test_unknown_words_get_the_unknown_id_and_known_ones_their_row() -> None:
    words = pl.Series(["b", "a", "b", "c", "b", "a"])
    made = build_vocabulary(words, np.zeros(6, int), np.zeros(6, int), classes=2, size=9, least=2)
    assert made.encode(pl.Series(["a", "zebra", "b", "c"])).tolist() == [3, 1, 2, 1]
    assert made.size == 4
