"""Labels, names and tokens of sequences that come as the model reads them."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.demos import digits
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, VOCABULARY
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import running
from stateline.pipeline.sources.names import (
    name_features,
    name_sequences,
    name_steps,
    name_texts,
    series_values,
    words_as_ids,
)
from stateline.pipeline.sources.sequences import (
    ProvidedSequences,
    vocabulary_names,
    write_provided,
)
from stateline.store.errors import StatelineError

IDS = [np.array(ids) for ids in ([4, 2, 3], [3], [2, 4])]
NAMES = ["a", "b", "c"]
NONE = {"padding": None, "unknown": None, "start": None}
WORDS = ["", "", "bad", "good", "fine"]


def test_ids_with_a_meaning_and_empty_words_get_names() -> None:
    tokens = {"padding": 0, "unknown": 1, "start": 9}
    assert vocabulary_names(WORDS, tokens) == ["[padding]", "[unknown]", "bad", "good", "fine"]
    assert vocabulary_names(["", "a", ""], NONE) == ["[0]", "a", "[2]"]


def test_a_step_is_called_by_the_token_of_its_id() -> None:
    vocabulary, surface = name_steps(WORDS, IDS, None, NONE | {"unknown": 2}, None, NAMES)
    assert vocabulary == ["[0]", "[1]", "[unknown]", "good", "fine"]
    assert surface == [["fine", "[unknown]", "good"], ["good"], ["[unknown]", "fine"]]


def test_words_a_step_name_the_steps_and_their_ids_and_lose_what_is_masked() -> None:
    kept = [np.array([False, True, True, True]), np.array([True]), np.array([True, True])]
    words = [["", "Fine", "bad", "good"], ["Good"], ["bad", "fine"]]
    vocabulary, surface = name_steps(words, IDS, kept, NONE, None, NAMES)
    assert surface == [["Fine", "bad", "good"], ["Good"], ["bad", "fine"]]
    assert vocabulary == ["#0", "#1", "bad", "good", "Fine"], "each id by its first word"


def test_without_tokens_ids_and_steps_are_called_by_their_numbers() -> None:
    vocabulary, surface = name_steps(None, IDS, None, NONE, None, NAMES)
    assert vocabulary[4] == "#4" and surface[0] == ["#4", "#2", "#3"]
    series = [np.zeros((2, 3)), np.zeros((1, 3))]
    assert name_steps(None, series, None, NONE, 3, NAMES) == ([], [["0", "1"], ["0"]])
    assert name_steps([["x", "y"], ["z"]], series, None, NONE, 3, ["a", "b"])[1] == [
        ["x", "y"],
        ["z"],
    ]


@pytest.mark.parametrize(
    ("tokens", "features", "line"),
    [
        ([["x"] * 3, ["x"] * 2, ["x"] * 2], None,
         "tokens, sequence b: another number of words than of steps; expected 1, got 2"),
        ([["x"] * 3], None, "tokens: not one list a sequence; expected 3, got 1"),
        (["", "", "bad"], None,
         "tokens, sequence a: id 4 has no token; expected 5 tokens at the least, got 3"),
        (["x", "y"], 3, "tokens: one list, and the steps have no ids that it could name"),
    ],
)  # fmt: skip
def test_tokens_that_do_not_fit_are_refused_with_the_first_sequence(
    tokens: list, features: int | None, line: str
) -> None:
    with pytest.raises(StatelineError) as caught:
        name_steps(tokens, IDS, None, NONE, features, NAMES)
    assert str(caught.value).startswith(line)


def test_names_must_be_as_many_as_what_they_name() -> None:
    assert name_sequences(None, 3) == ["0", "1", "2"]
    assert name_features(None, 2) == ["feature 0", "feature 1"] and name_features(None, None) == []
    assert name_texts(None, 2) is None and name_texts(["x", "y"], 2) == ["x", "y"]
    for call, line in (
        (lambda: name_sequences(["a", "a"], 2), "ids: not one a sequence, each once"),
        (lambda: name_features(["a"], 2), "features: not one a number; expected 2, got 1"),
        (lambda: name_texts(["a"], 2), "texts: not one a sequence; expected 2, got 1"),
    ):
        with pytest.raises(StatelineError) as caught:
            call()
        assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([np.zeros((3, 2))], "values: not one array a sequence; expected 2, got 1"),
        ([np.zeros((3, 2)), np.zeros((2, 2))],
         "values, sequence b: not the numbers of as many steps as there are states; expected (1, 2)"
         ", got (2, 2)"),
        ([np.zeros((3, 2)), np.zeros((1, 3))], "values, sequence b: not the numbers"),
        ([np.zeros(3), np.zeros(1)], "values, sequence a: not the numbers"),
        ([np.zeros((3, 2)), np.full((1, 2), np.nan)],
         "values, sequence b: holds what is no number"),
    ],
)  # fmt: skip
def test_numbers_of_a_series_must_fit_its_states(values: list, line: str) -> None:
    with pytest.raises(StatelineError) as caught:
        series_values(values, [3, 1], ["a", "b"])
    assert str(caught.value).startswith(line)


def test_words_without_ids_are_numbered_in_the_order_of_their_first_use() -> None:
    vocabulary, ids = words_as_ids([["so", "good"], ["good"], ["not", "so", "so"]])
    assert vocabulary == ["so", "good", "not"]
    assert [each.tolist() for each in ids] == [[0, 1], [1], [2, 0, 0]]


def written(provided: ProvidedSequences, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, dict]:
    paths = BuildPaths(folder, "mine")
    with running(paths, "corpus") as stage:
        write_provided(provided, stage)
    folder = paths.stage("corpus")
    facts = json.loads((folder / CORPUS_FACTS).read_text())
    return pl.read_parquet(folder / SEQUENCES), pl.read_parquet(folder / VOCABULARY), facts


def test_provided_sequences_are_written_as_a_test_split_of_unknown_training(tmp_path: Path) -> None:
    table, vocabulary, facts = written(
        ProvidedSequences(
            sequences=[each.astype(np.uint32) for each in IDS],
            label=np.array([1, 0, 1]),
            classes=["bad", "good"],
            surface=[["x"] * len(each) for each in IDS],
            ids=NAMES,
            vocabulary=WORDS,
        ),
        tmp_path,
    )
    assert table["split"].to_list() == ["test"] * 3
    assert [ids.to_list() for ids in table["ids"]] == [each.tolist() for each in IDS]
    assert table["text"].to_list() == ["x x x", "x", "x x"]
    assert vocabulary["token"].to_list() == WORDS and vocabulary["count"].null_count() == 5
    assert facts["sizes"] == {"train": None, "validation": None, "test": 3}
    assert facts["split"] == {"origin": "unknown", "seed": None}
    assert facts["classes"][1] == {"name": "good", "train": None, "validation": None, "test": 2}
    assert facts["kind"] == "text" and facts["truncation"] == {"max_steps": None, "keep": None}


def test_the_digits_are_read_row_by_row_and_split_alike_in_every_class(tmp_path: Path) -> None:
    provided = digits.generate(seed=1)
    table, vocabulary, facts = written(provided, tmp_path)
    assert vocabulary.is_empty() and facts["picture"] and len(facts["features"]) == 8
    assert table["values"].dtype == pl.List(pl.Array(pl.Float32, 8))
    first = provided.sequences[0]
    assert (
        first.shape == (8, 8)
        and first.min() == 0
        and max(each.max() for each in provided.sequences) == 1
    )
    assert table["surface"][0].to_list()[:2] == ["row 0", "row 1"]
    sizes = facts["sizes"]
    assert facts["split"]["origin"] == "drawn" and facts["split"]["seed"] is not None
    assert sum(sizes.values()) == 1797 and sizes["test"] / 1797 == pytest.approx(0.2, abs=0.01)
    shares = [each["test"] / (each["train"] + each["validation"]) for each in facts["classes"]]
    assert max(shares) - min(shares) < 0.02
    again, other = digits.generate(seed=1), digits.generate(seed=2)
    assert again.split == provided.split and other.split != provided.split
