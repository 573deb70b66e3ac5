"""The baseline of a text and of a series, and where there is none."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline import baseline
from stateline.pipeline.baseline import best_of, drawn_rows, series_baseline, text_baseline
from stateline.pipeline.run.artefacts import BASELINE_FACTS
from tests.pipeline.extracted import write_extracted

SPLIT = ["train"] * 60 + ["validation"] * 12 + ["test"] * 24


def texts(rng: np.random.Generator, told: bool) -> pl.DataFrame:
    """96 texts of two classes; where `told`, one pair of words tells the class, no word does."""
    label = np.arange(96) % 2
    filler = [" ".join(rng.choice(["the", "a", "film", "plot"], 4)) for _ in label]
    pair = ["not good" if each else "good not" for each in label] if told else ["good"] * 96
    text = [f"{start}, {end}!" for start, end in zip(filler, pair, strict=True)]
    return pl.DataFrame({"split": SPLIT, "label": label, "text": text})


def test_pairs_of_words_are_features_of_a_text() -> None:
    rng = np.random.default_rng(1)
    found = text_baseline(texts(rng, told=True), "auto")
    assert found["accuracy"] == 1.0
    assert found["train"] == 60
    assert found["reason"] is None
    assert "C = 1, the best of 1, 10 and 100" in found["settings"]
    assert text_baseline(texts(rng, told=False), "auto")["accuracy"] < 0.8


def test_a_refitted_baseline_knows_the_words_of_the_validation_split() -> None:
    # The word of class 1 stands in validation and test texts only.
    split = ["train"] * 8 + ["validation"] * 8 + ["test"] * 4
    label = np.arange(20) % 2
    new = ["late" if row >= 8 and each else "the" for row, each in enumerate(label)]
    table = pl.DataFrame(
        {"split": split, "label": label, "text": [f"a film, {word}" for word in new]}
    )
    assert text_baseline(table, "auto")["accuracy"] == 0.5
    found = text_baseline(table, "auto", refit=True)
    assert found["accuracy"] == 1.0 and found["train"] == 16
    assert found["settings"].endswith("; then fitted on the training and validation splits")


def test_many_classes_are_told_apart() -> None:
    label = np.arange(96) % 3
    table = pl.DataFrame(
        {"split": SPLIT, "label": label, "text": [f"word{each} and" for each in label]}
    )
    assert text_baseline(table, "auto")["accuracy"] == 1.0


def test_texts_without_a_common_word_have_no_baseline_and_a_reason() -> None:
    table = pl.DataFrame(
        {"split": SPLIT, "label": np.arange(96) % 2, "text": [f"word{n}" for n in range(96)]}
    )
    found = text_baseline(table, "auto")
    assert found["accuracy"] is None and found["name"] is None
    assert found["reason"] == "no word stands in two training texts"


def test_ridge_reads_the_whole_series(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    label = np.arange(96) % 3
    # The class stands in the last step of series of unequal length, aligned at their beginning.
    values = [rng.normal(0, 0.1, (5, 2)).astype(np.float32)[: 5 - row % 2] for row in range(96)]
    for row, each in enumerate(values):
        each[3, 0] += label[row]
        each[3, 1] -= label[row] == 1
    lists = pl.Series([each.tolist() for each in values], dtype=pl.List(pl.Array(pl.Float32, 2)))
    table = pl.DataFrame({"split": SPLIT, "label": label, "values": lists})
    whole = series_baseline(table)
    assert whole["accuracy"] == 1.0
    assert "padded to 5 steps" in whole["settings"]
    refitted = series_baseline(table, refit=True)
    assert refitted["accuracy"] == 1.0
    assert refitted["train"] == SPLIT.count("train") + SPLIT.count("validation")
    assert "on the validation split" in whole["settings"]
    # In pieces, and of a part of the training and validation series.
    monkeypatch.setattr(baseline, "PIECE_NUMBERS", 200)
    monkeypatch.setattr(baseline, "MAX_NUMBERS", 300)
    monkeypatch.setattr(baseline, "MAX_VALIDATION_NUMBERS", 100)
    part = series_baseline(table)
    assert part["train"] == 30
    validation = SPLIT.count("validation")
    assert f"on 10 of {validation} series of the validation split" in part["settings"]
    assert part["accuracy"] > 0.8


def test_a_draw_is_of_rows_that_fit_and_never_empty() -> None:
    sizes = np.array([5, 1, 7, 2, 4])
    assert drawn_rows(sizes, 19).tolist() == [0, 1, 2, 3, 4]
    some = drawn_rows(sizes, 11)
    assert 0 < len(some) < 5 and sizes[some].sum() <= 11
    assert some.tolist() == sorted(set(some.tolist()))
    assert len(drawn_rows(sizes, 0)) == 1


def test_a_tie_goes_to_the_stronger_regularisation() -> None:
    class Constant:
        def __init__(self, answer: float) -> None:
            self.answer = answer

        def fit(self, read: object, label: object) -> "Constant":
            return self

        def predict(self, read: np.ndarray) -> np.ndarray:
            return np.full(len(read), self.answer)

    part = baseline.Part(np.zeros((4, 1)), np.array([2, 2, 2, 1]))
    assert best_of((1.0, 2.0, 2.0), Constant, part, part).strength == 2.0
    assert best_of((3.0, 4.0), Constant, part, part).strength == 3.0


def test_a_model_that_came_trained_has_none(tmp_path: Path) -> None:
    paths = write_extracted(tmp_path)
    baseline.work(paths)
    facts = json.loads(paths.need("baseline", BASELINE_FACTS).read_text(encoding="utf-8"))
    assert facts.pop("reason").startswith("the model came trained")
    assert set(facts.values()) == {None}
