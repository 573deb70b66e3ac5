"""Words and phrases against plain loops over their occurrences."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from stateline.pipeline import distances, expected, words
from stateline.pipeline.numerics import phrases
from stateline.pipeline.numerics.phrase_effects import effects, errors, flipped_steps
from stateline.pipeline.numerics.phrases import class_counts, phrases_of
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, VOCABULARY
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.schema import MIN_PHRASE, STEPS, WORDS, polars_schema, word_columns
from tests.pipeline.extracted import CLASSES, write_extracted
from tests.synthetic_evidence import effect_columns, occurrences
from tests.synthetic_shortcuts import shortcut_run

LENGTHS = np.array([7, 1, 4, 2, 6, 30])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
ROWS = int(OFFSETS[-1])


def made_steps(outputs: int, shift: float = 0.0) -> pl.DataFrame:
    """Steps as the store has them; contributions lie about `shift`."""
    rng = np.random.default_rng(9)
    moved = (rng.normal(size=(ROWS, outputs)) + shift).astype(np.float32)
    return pl.DataFrame(
        {
            "sequence_id": np.repeat(np.arange(len(LENGTHS), dtype=np.uint32), LENGTHS),
            "token": rng.choice(["not", "good", "bad", "the", "a", "odd"], ROWS),
            "predicted": rng.integers(0, 3, ROWS),
            "contribution": pl.Series(moved, dtype=pl.Array(pl.Float32, outputs)),
            "distance": rng.uniform(0, 2, ROWS).astype(np.float32),
        }
    )


def made_occurrences(steps: pl.DataFrame, size: int) -> pl.DataFrame:
    """Occurrences of tokens or pairs as the stage makes them of the same steps."""
    moved = steps["contribution"].to_numpy()
    summed = {f"c{k}": column for k, column in enumerate(moved.T)}
    frame = pl.DataFrame(
        {
            "sequence": steps["sequence_id"],
            "phrase": steps["token"],
            **summed,
            "distance": steps["distance"],
            "flipped": flipped_steps(steps["predicted"].to_numpy(), OFFSETS),
        }
    )
    return phrases_of(frame, size, [*summed, "distance"])


def made_effects(steps: pl.DataFrame) -> pl.DataFrame:
    """Return what the stage computes from the same steps."""
    outputs = steps.schema["contribution"].shape[0]
    return pl.concat(effects(made_occurrences(steps, size), size, outputs) for size in (1, 2))


@pytest.mark.parametrize("outputs", [1, 2, 4])
@pytest.mark.parametrize("shift", [0.0, 3000.0])
def test_effects_equal_a_plain_loop_over_the_occurrences(outputs: int, shift: float) -> None:
    # Far from 0 a sum of squares less the square of a sum would have no digit left.
    steps = made_steps(outputs, shift)
    found = made_effects(steps)
    wanted = {k: v for k, v in occurrences(steps).items() if k[0] == 1 or len(v) >= MIN_PHRASE}
    assert set(found.select("size", "phrase").iter_rows()) == set(wanted)
    for row in found.iter_rows(named=True):
        seen = wanted[row["size"], row["phrase"]]
        moved = np.array([each for _, each, _, _ in seen])
        loop = effect_columns(moved, [each for each, *_ in seen])
        assert row["count"] == len(seen)
        assert row["sequences"] == len({each for each, *_ in seen})
        assert row["flips"] == sum(each for *_, each in seen)
        assert row["distance"] == pytest.approx(sum(each for *_, each, _ in seen) / len(seen))
        assert row["towards"] == loop["towards"]
        for column in (
            "contribution", "contribution_se", "contribution_sd", "effect", "effect_se",
            "effect_low",
        ):  # fmt: skip
            if loop[column] is None:
                assert row[column] is None, column
            else:
                assert row[column] == pytest.approx(loop[column], rel=1e-5, abs=1e-6), column


def test_words_are_sorted_by_size_count_and_spelling() -> None:
    found = made_effects(made_steps(1))
    keys = [(row["size"], -row["count"], row["phrase"]) for row in found.iter_rows(named=True)]
    assert keys == sorted(keys)
    assert {row["size"] for row in found.iter_rows(named=True)} == {1, 2}


def test_flips_of_the_tokens_are_all_changes_of_the_predicted_class() -> None:
    steps = made_steps(4)
    changes = sum(
        group["predicted"][t] != group["predicted"][t - 1]
        for group in steps.partition_by("sequence_id")
        for t in range(1, group.height)
    )
    found = made_effects(steps)
    assert found.filter(pl.col("size") == 1)["flips"].sum() == changes > 0


def test_a_phrase_never_reaches_over_the_end_of_a_sequence() -> None:
    steps = pl.DataFrame({"sequence": [0, 0, 1, 2, 2], "phrase": ["a", "b", "c", "d", "e"]})
    assert phrases_of(steps, 2).rows() == [(0, "a b"), (2, "d e")]
    assert phrases_of(steps, 1).equals(steps)


@pytest.mark.parametrize("size", [1, 2])
def test_shares_of_errors_are_of_the_sequences_with_and_without_a_word(size: int) -> None:
    steps = made_steps(1)
    made = made_occurrences(steps, size)
    phrase = effects(made, size, 1)["phrase"]
    wrong = np.array([True, False, False, True, False, True])
    shares = errors(made, phrase, wrong)
    every = set(range(len(LENGTHS)))
    for each, row in zip(phrase, shares.iter_rows(named=True), strict=True):
        held = {sequence for sequence, *_ in occurrences(steps)[size, each]}
        others = every - held
        assert row["error_with"] == pytest.approx(sum(wrong[list(held)]) / len(held))
        if others:
            assert row["error_without"] == pytest.approx(sum(wrong[list(others)]) / len(others))
        else:
            assert row["error_without"] is None


def test_counts_by_class_equal_a_plain_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    # Two ids that are spelt alike are one word; a token may hold a blank.
    spelling = pl.Series(["[padding]", "[unknown]", "a", "b", "a", "b c", "c"])
    ids = [rng.integers(1, 7, n).tolist() for n in (5, 1, 9, 4, 12, 3, 8)]
    label = rng.integers(0, 3, len(ids))
    documents = pl.DataFrame(
        {"label": label, "ids": ids}, schema={"label": pl.UInt16, "ids": pl.List(pl.UInt32)}
    )
    listed = [(1, "a"), (2, "a b c"), (1, "b c"), (2, "c [unknown]"), (2, "never there"), (1, "c")]
    wanted = pl.DataFrame(listed, schema={"size": pl.UInt8, "phrase": pl.String}, orient="row")
    monkeypatch.setattr(phrases, "COUNTED", 2)
    counts = class_counts(documents, spelling, wanted, 3)
    for (size, phrase), row in zip(listed, counts.tolist(), strict=True):
        loop = [0, 0, 0]
        for each, cls in zip(ids, label, strict=True):
            read = [spelling[i] for i in each]
            pairs = [f"{a} {b}" for a, b in zip(read, read[1:], strict=False)]
            loop[cls] += phrase in (read if size == 1 else pairs)
        assert row == loop, phrase
    assert counts.sum() > 0 and counts[4].sum() == 0


def with_training(paths: BuildPaths) -> None:
    """Say in the facts that the training split is known."""
    path = paths.stage("corpus") / CORPUS_FACTS
    facts = json.loads(path.read_text())
    facts["sizes"]["train"] = 1
    facts["split"]["origin"] = "provided"
    for number, entry in enumerate(facts["classes"]):
        entry["train"] = int(number == 0)
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize("training", [False, True])
def test_the_stage_counts_labels_in_the_whole_of_both_splits(
    tmp_path: Path, training: bool
) -> None:
    paths = write_extracted(tmp_path)
    if training:
        with_training(paths)
    for stage in (expected, distances, words):
        stage.work(paths)
    table = pl.read_parquet(paths.need("words", WORDS))
    assert table.schema == polars_schema(word_columns(CLASSES, CLASSES))
    documents = pl.read_parquet(paths.need("corpus", SEQUENCES))
    for row in table.iter_rows(named=True):
        for split in ("train", "test"):
            loop = [0] * CLASSES
            for text, label in (
                documents.filter(pl.col("split") == split).select("surface", "label").iter_rows()
            ):
                read = ["[unknown]" if word == "unseen" else word for word in text]
                pairs = [f"{a} {b}" for a, b in zip(read, read[1:], strict=False)]
                loop[label] += row["phrase"] in (read if row["size"] == 1 else pairs)
            known = training or split == "test"
            assert row[split] == (loop if known else None)
        assert (row["train_lift"] is None) != training
        # Five test sequences are too few for a test.
        assert row["q"] is None and row["shortcut"] is None and row["finding"] is None
    assert "[unknown]" in table["phrase"] and "unseen" not in table["phrase"]


def test_a_series_has_no_words(tmp_path: Path) -> None:
    paths = write_extracted(tmp_path, kind="series", method="prefix")
    for stage in (expected, distances, words):
        stage.work(paths)
    table = pl.read_parquet(paths.need("words", WORDS))
    assert table.is_empty()
    assert table.schema == polars_schema(word_columns(CLASSES, CLASSES))


def test_shortcuts_and_findings_equal_plain_loops(tmp_path: Path) -> None:
    run = shortcut_run(tmp_path, "suspect")  # whose table of words was made by plain loops
    steps = run.scan(STEPS).select(sequence="sequence_id", phrase="token").collect()
    classes = [{"train": each.train, "test": each.test} for each in run.manifest.corpus.classes]
    inputs = SimpleNamespace(
        corpus={"classes": classes, "tokens": run.manifest.corpus.tokens.ids},
        label=run.sequences["label"].to_numpy(),
    )
    spelling = run.scan(VOCABULARY).select("token").collect()["token"]
    counts = {split: run.words[split].to_numpy() for split in ("train", "test")}
    found = words.shortcut_columns(inputs, spelling, run.words, counts, steps)
    assert found["finding"].to_list() == run.words["finding"].to_list()
    assert found["finding"].n_unique() > 3
    for name in ("q", "shortcut"):
        got = found[name].cast(pl.Float64)
        assert got.is_null().equals(run.words[name].is_null())
        np.testing.assert_allclose(
            got.drop_nulls(), run.words[name].drop_nulls(), rtol=1e-4, atol=1e-6
        )
