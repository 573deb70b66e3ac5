"""The swap test on an additive model, whose answer to every replacement is known."""

import json
from pathlib import Path

import keras
import numpy as np
import polars as pl
import pytest

from stateline.pipeline import swaps
from stateline.pipeline.models.keras import swapping
from stateline.pipeline.models.keras.swapping import Swapped, Swapper, compared
from stateline.pipeline.run import artefacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.texts import Texts, read_texts
from stateline.store.schema import (
    MAX_Q,
    MAX_SWAPPED,
    MIN_SWAPPED,
    MODEL,
    SWAPS,
    WORDS,
    polars_schema,
    swap_columns,
)

NEUTRAL = [f"n{number}" for number in range(40)]
# Words with an effect in the model, and with labels that go with them: only one has both.
RULE, CHANCE, SAID, RARE = "rule", "chance", "said", "rare"
TOKENS = ["[padding]", "[unknown]", *NEUTRAL, RULE, CHANCE, SAID, RARE]
TEXTS, TESTED = 500, 300


def write_texts(paths: BuildPaths, classes: int = 2) -> None:
    """Texts of 9 to 12 words; each word with an effect stands in 100 of them."""
    rng = np.random.default_rng(1)
    label = rng.integers(0, classes, TEXTS)
    texts = [rng.choice(NEUTRAL, 9 + row % 3).tolist() for row in range(TEXTS)]
    right = np.flatnonzero(label == classes - 1)
    rows = {
        RULE: rng.choice(right, 100, replace=False),
        SAID: rng.choice(right, 100, replace=False),
        CHANCE: rng.choice(TEXTS, 100, replace=False),
        RARE: rng.choice(right, 2, replace=False),
    }
    for word, held in rows.items():
        for row in held:
            texts[row][rng.integers(9)] = word
    texts[0] = ["n0", RULE, "unseen", "n1", RULE]
    ids = [[TOKENS.index(w) if w in TOKENS else 1 for w in text] for text in texts]
    split = ["test" if row < TESTED else "train" for row in range(TEXTS)]
    write(paths, "corpus", artefacts.SEQUENCES, {
        "split": split,
        "label": pl.Series(label, dtype=pl.UInt16),
        "ids": pl.Series(ids, dtype=pl.List(pl.UInt32)),
    })  # fmt: skip
    write(paths, "corpus", artefacts.VOCABULARY, {"token": TOKENS})
    listed = TOKENS[1:]
    effects = {"phrase": listed, "size": [1] * len(listed), "effect": [0.1] * len(listed)}
    write(paths, "words", WORDS, effects)
    facts = {
        "kind": "text",
        "classes": [{"name": str(each)} for each in range(classes)],
        "tokens": {"padding": 0, "unknown": 1, "start": None},
    }
    (paths.stage("corpus") / artefacts.CORPUS_FACTS).write_text(json.dumps(facts))


def write(paths: BuildPaths, stage: str, name: str, columns: dict) -> None:
    paths.stage(stage).mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns).write_parquet(paths.stage(stage) / name)


def values() -> np.ndarray:
    """The number that each token adds to the logit."""
    made = np.random.default_rng(2).normal(0, 0.1, len(TOKENS))
    made[[0, 1]] = 0
    for word in (RULE, CHANCE, RARE):
        made[TOKENS.index(word)] = 3
    made[TOKENS.index(SAID)] = 0
    return made.astype(np.float32)


def write_model(path: Path) -> None:
    """A model that adds up the values of the words of a text."""
    recurrent = keras.layers.SimpleRNN(1, activation="linear", use_bias=False)
    model = keras.Sequential([
        keras.Input((None,), dtype="int32"),
        keras.layers.Embedding(len(TOKENS), 1, mask_zero=True),
        recurrent,
        keras.layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    one = np.ones((1, 1), np.float32)
    model.set_weights([values()[:, None], one, one, one, np.zeros(1, np.float32)])
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save(path)


def write_settings(paths: BuildPaths, **knobs: int) -> None:
    made = {"swap_words": 3, "swap_tested": 400, "seed": 1} | knobs
    paths.settings("swaps").parent.mkdir(parents=True, exist_ok=True)
    paths.settings("swaps").write_text(json.dumps(made))


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> BuildPaths:
    """A build up to the swap test."""
    made = BuildPaths(tmp_path_factory.mktemp("build"), "added")
    write_texts(made)
    write_model(made.stage("train") / MODEL)
    write_settings(made)
    return made


@pytest.fixture(scope="module")
def table(paths: BuildPaths) -> pl.DataFrame:
    swaps.work(paths)
    return pl.read_parquet(paths.need("swaps", SWAPS))


@pytest.fixture(scope="module")
def texts(paths: BuildPaths) -> Texts:
    return read_texts(paths, paths.read_json("corpus", artefacts.CORPUS_FACTS))


@pytest.fixture(scope="module")
def swapper(paths: BuildPaths, texts: Texts) -> Swapper:
    return Swapper(texts, swaps.load_reader(paths.stage("train") / MODEL), 3, 1)


def test_a_finding_needs_both_the_model_and_the_labels(table: pl.DataFrame) -> None:
    assert table.schema == polars_schema(swap_columns())
    assert table.filter(pl.col("q") <= MAX_Q)["token"].to_list() == [RULE]
    of = {row["token"]: row for row in table.iter_rows(named=True)}
    assert of[CHANCE]["p_change"] < 1e-6 < 0.01 < of[CHANCE]["p_labels"]
    assert of[SAID]["labelled"] in (0, 100) and of[SAID]["p"] > 0.01
    assert of[RULE]["towards"] == 1 and of[RULE]["weight_rank"] <= 2


def test_words_are_known_and_of_enough_test_texts(table: pl.DataFrame, paths: BuildPaths) -> None:
    assert sorted(table["token"]) == sorted({*TOKENS[2:]} - {RARE})
    assert table["sequences"].min() >= MIN_SWAPPED
    facts = paths.read_json("swaps", artefacts.SWAP_FACTS)
    assert facts == {
        "replacements": 3, "eligible": 43, "tested": 43, "controls": 43, "seed": 1,
    }  # fmt: skip


def test_figures_of_a_word_equal_a_loop_over_its_texts(
    table: pl.DataFrame, swapper: Swapper, texts: Texts
) -> None:
    added = values().astype(float)
    numbers = np.array([TOKENS.index(each) for each in (RULE, "n7")])
    for number, result in zip(numbers.tolist(), swapper.run(numbers), strict=True):
        row = table.row(by_predicate=pl.col("token") == TOKENS[number], named=True)
        held = [i for i in range(TESTED) if number in texts.ids[i].to_list()][:MAX_SWAPPED]
        assert result.sequences.tolist() == held
        pool = {*range(2, len(TOKENS))} - {number}
        rng = np.random.default_rng([1, number])
        nearest = sorted(
            pool, key=lambda each: np.hypot(*(texts.place[each] - texts.place[number]))
        )
        sign = 1 if row["towards"] == 1 else -1
        moves, flips, lost = [], [], []
        for text in held:
            ids = texts.ids[text].to_list()
            whole = sum(added[each] for each in ids)
            others = rng.choice(nearest, 3, replace=False)
            assert number not in others
            swapped = [sum(added[o if each == number else each] for each in ids) for o in others]
            moves.append(sign * (whole - sum(swapped) / 3))
            flips.append(sum((each > 0) != (whole > 0) for each in swapped) / 3)
            gone = sum(added[1 if each == number else each] for each in ids)
            lost.append((gone > 0) != (whole > 0))
        assert row["change"] == pytest.approx(np.mean(moves), abs=1e-4)
        assert row["change_se"] == pytest.approx(np.std(moves, ddof=1) / len(held) ** 0.5, abs=1e-4)
        assert row["flips"] == pytest.approx(np.mean(flips), abs=1e-6)
        assert row["unknown_flips"] == pytest.approx(np.mean(lost), abs=1e-6)


def test_controls_are_the_like_words_and_their_typical_change(table: pl.DataFrame) -> None:
    # All 42 others are its controls here, and of two classes a change towards one is away from
    # the other.
    for row in table.iter_rows(named=True):
        others = table.filter(pl.col("token") != row["token"])
        assert row["controls"] == 42
        assert row["control_change"] == pytest.approx(others["change"].abs().median(), abs=1e-6)
        assert row["control_flips"] == pytest.approx(others["flips"].mean(), abs=1e-6)


def test_small_pieces_change_nothing(swapper: Swapper, monkeypatch) -> None:
    words = np.array([5, 9, TOKENS.index(RULE)])
    whole = swapper.run(words)
    monkeypatch.setattr(swapping, "READ_AT_ONCE", 50)
    again = Swapper(swapper.texts, swapper.reader, 3, 1).run(words)
    for one, other in zip(whole, again, strict=True):
        assert one.change == pytest.approx(other.change, abs=1e-5)
        assert one.sequences.tolist() == other.sequences.tolist()


def test_a_model_without_an_unknown_word_has_no_figures_of_it(texts: Texts) -> None:
    whole, replaced = np.zeros((2, 2)), np.array([[[1.0, -1], [-1, 1]], [[1, -1], [1, -1]]])
    found = compared(np.array([3, 4]), whole, replaced, unknown=False)
    assert found.unknown is None and found.lost is None
    assert found.flips.tolist() == [0.5, 0]
    some = Swapped(np.arange(2), whole, found.flips, None, None)
    columns = swaps.unknown_columns([some], np.array([0]))
    assert all(each.null_count() == 1 for each in columns.values())


def test_of_many_words_the_first_by_effect_or_weight_are_tested_and_a_sample_of_controls(
    texts: Texts, monkeypatch
) -> None:
    monkeypatch.setattr(swaps, "CONTROL_SAMPLE", 10)
    weights = np.zeros((len(TOKENS), 2))
    weights[TOKENS.index(SAID), 1] = 2
    effects = pl.DataFrame({"phrase": ["n3", RULE], "effect": [0.5, 3.0]})
    words, control = swaps.chosen_words(texts, weights, effects, 4, seed=1)
    assert {TOKENS.index(each) for each in (SAID, RULE, "n3")} <= set(words.tolist())
    assert control.sum() == 10 and len(words) <= 14
    everything, all_ = swaps.chosen_words(texts, weights, effects, 33, seed=1)
    assert len(everything) == 43 and all_.all()


@pytest.mark.parametrize(
    "reason", ["off", "series", "no model", "few words", "one class", "a class of one text"]
)
def test_without_something_to_test_there_is_no_table(tmp_path: Path, reason: str) -> None:
    paths = BuildPaths(tmp_path, "none")
    write_texts(paths, classes=1 if "class" in reason else 2)
    write_settings(paths, **({"swap_words": 0} if reason == "off" else {}))
    if reason != "no model":
        paths.stage("train").mkdir()
        (paths.stage("train") / MODEL).write_bytes(b"never read")
    if reason == "series":
        change_facts(paths, {"kind": "series"})
    if reason == "few words":
        rows = pl.read_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
        rows.head(20).write_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
    if reason == "a class of one text":
        rows = pl.read_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
        one = pl.Series("label", [1] + [0] * (TEXTS - 1), dtype=pl.UInt16)
        rows.with_columns(one).write_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
        change_facts(paths, {"classes": [{"name": "0"}, {"name": "1"}]})
    swaps.work(paths)
    assert paths.read_json("swaps", artefacts.SWAP_FACTS) is None
    assert not (paths.stage("swaps") / SWAPS).exists()


def test_as_many_words_as_controls_take_are_enough(
    paths: BuildPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(*_: object) -> None:
        raise LookupError("the model is read")

    monkeypatch.setattr(swaps, "load_reader", loaded)
    monkeypatch.setattr(swaps, "MIN_CONTROLS", 43)
    with pytest.raises(LookupError, match="the model is read"):
        swaps.work(paths)


def change_facts(paths: BuildPaths, other: dict) -> None:
    path = paths.stage("corpus") / artefacts.CORPUS_FACTS
    path.write_text(json.dumps(json.loads(path.read_text()) | other))
