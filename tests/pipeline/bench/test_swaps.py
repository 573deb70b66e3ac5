"""The corpora with planted tokens, and what counts as a false discovery in them."""

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.bench import swaps
from stateline.pipeline.bench.swaps import Token, grammar_texts, judged, plant, planted_tokens


def test_tokens_are_planted_at_their_purity_and_number() -> None:
    label = np.arange(900) % 2
    texts = [["a", "b"] for _ in label]
    tokens = planted_tokens()
    plant(texts, label, tokens, np.random.default_rng(1))
    assert len({each.word for each in tokens}) == 4 * 4 * 2
    for token in tokens:
        held = [row for row, text in enumerate(texts) if token.word in text]
        assert len(held) == token.count
        assert (label[held] == token.class_).sum() == round(token.purity * token.count)


def test_the_grammar_says_which_words_are_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swaps, "TEXTS", 60)
    texts, label, truth = grammar_texts(np.random.default_rng(2))
    assert len(texts) == 60 and label.sum() == 30
    assert {word for text in texts for word in text} <= set(truth)
    assert {truth[each] for each in truth if each[0] == "n"} == {None}
    assert {truth[each] for each in truth if each[0] == "w"} == {0, 1}


def test_neutral_words_other_classes_and_tokens_of_chance_are_false() -> None:
    tokens = [Token("pure", 1, 1.0, 100), Token("coin", 1, 0.5, 100)]
    rows = [("pure", 1), ("pure", 0), ("coin", 1), ("n1", 0), ("w1", 0), ("w1", 1), ("film", 1)]
    found = pl.DataFrame(rows, schema=["token", "towards"], orient="row")
    assert judged(found, tokens, {"n1": None, "w1": 0}).tolist() == [1, 0, 0, 0, 1, 0, -1]
