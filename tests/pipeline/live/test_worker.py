"""Typed texts: read as the stored ones were, and drawn at the most similar stored state."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.live.worker import TypedReader, answers, nearest_states
from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.sources.text import read_part
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import to_json
from stateline.store.manifest.validation import validate_manifest
from stateline.store.reader import Run, open_run
from stateline.store.schema import MODEL, STEPS, sequence_columns
from tests.model_run import MAX_STEPS, lstm_by_hand
from tests.synthetic_shape import LAYER
from tests.synthetic_words import WORDS

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "stateline.pipeline.live.worker", "--run"]
TOLERANCE = 1e-5
TEXT = "Never a DULL film; zyzzyva, but “clever” actors"


@pytest.fixture(scope="module")
def folder(model_store: Path) -> Path:
    return model_store / "modelled"


@pytest.fixture(scope="module")
def stored(folder: Path) -> Run:
    return open_run(folder)


@pytest.fixture(scope="module")
def reader(folder: Path) -> TypedReader:
    return TypedReader(open_run(folder))


def states_of(run: Run) -> np.ndarray:
    return run.scan(f"hidden/{LAYER}.parquet").collect()["h"].to_numpy()


def test_a_stored_text_typed_in_gives_what_is_stored(reader: TypedReader, stored: Run) -> None:
    for row in stored.sequences.iter_rows(named=True):
        answer = reader.answer(row["text"], f"{LAYER}-pca")
        steps, kept = answer["steps"], stored.steps_of(row["sequence_id"])
        for name in ("token", "surface", "known", "predicted"):
            assert steps[name] == kept[name].to_list()
        for name in ("ep", "contribution", "confidence", "distance", "visible", "silent"):
            np.testing.assert_allclose(steps[name], kept[name].to_numpy(), atol=TOLERANCE)
        for name in ("predicted", "length", "length_full", "unknown", "flips", "settle_step"):
            assert answer["facts"][name] == row[name]
        assert answer["facts"]["text"] == row["text"]
        for name in ("max_distance", "confidence", "peak_confidence"):
            assert answer["facts"][name] == pytest.approx(row[name], abs=TOLERANCE)


def test_a_stored_text_lands_on_its_own_states(reader: TypedReader, stored: Run) -> None:
    every, place = states_of(stored), stored.coordinates(f"{LAYER}-pca")
    for row in stored.sequences.iter_rows(named=True):
        steps = reader.answer(row["text"], f"{LAYER}-pca")["steps"]
        own = stored.hidden_of(row["sequence_id"], LAYER)["h"].to_numpy()
        assert max(steps["near_distance"]) < TOLERANCE
        # Texts that begin alike share their states: the same numbers, in whichever sequence.
        found = stored.offsets[steps["near_sequence"]] + np.array(steps["near_step"])
        np.testing.assert_allclose(every[found], own, atol=TOLERANCE)
        np.testing.assert_allclose(steps["x"], place["x"][found], atol=1e-6)
        np.testing.assert_allclose(steps["y"], place["y"][found], atol=1e-6)
        assert steps["trust"] is None


def test_a_new_text_equals_plain_loops(reader: TypedReader, stored: Run, folder: Path) -> None:
    steps = reader.answer(TEXT)["steps"]
    assert steps["surface"] == "Never a DULL film zyzzyva but clever actors".split()
    known = [word.lower() for word in steps["surface"]]
    ids = [WORDS.index(word) + 2 if word in WORDS else 1 for word in known]
    model = keras.models.load_model(folder / MODEL, safe_mode=True, compile=False)
    h, _ = lstm_by_hand(model, np.array(ids))
    kernel, bias = model.layers[-1].get_weights()
    every, place = states_of(stored).astype(np.float64), stored.coordinates(f"{LAYER}-tsne")
    before = np.zeros(h.shape[1])
    for t, state in enumerate(h):
        share = 1 / (1 + np.exp(-(state @ kernel + bias)[0]))
        assert steps["ep"][t] == pytest.approx([1 - share, share], abs=TOLERANCE)
        assert steps["distance"][t] == pytest.approx(np.linalg.norm(state - before), abs=TOLERANCE)
        away = [float(np.linalg.norm(state - other)) for other in every]
        assert steps["near_distance"][t] == pytest.approx(min(away), abs=TOLERANCE)
        row = int(stored.offsets[steps["near_sequence"][t]]) + steps["near_step"][t]
        assert away[row] == pytest.approx(min(away), abs=TOLERANCE)
        assert steps["x"][t] == pytest.approx(place["x"][row], abs=1e-6)
        before = state
    assert max(steps["near_distance"]) > 0.01


def test_words_that_the_model_does_not_know_are_marked(reader: TypedReader) -> None:
    answer = reader.answer(TEXT)
    assert answer["facts"]["unknown"] == 1
    assert answer["steps"]["known"] == [True] * 4 + [False] + [True] * 3
    assert answer["steps"]["token"][4] == "[unknown]" and answer["steps"]["surface"][4] == "zyzzyva"
    assert answer["steps"]["token"][2] == "dull"
    nothing_known = reader.answer("Xyzzy плов 電影")
    assert nothing_known["facts"]["unknown"] == nothing_known["facts"]["length"] == 4


def test_a_typed_text_is_cut_as_the_corpus_was(
    reader: TypedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "<p>good 電影</p>"
    assert reader.answer(typed)["steps"]["surface"] == ["good", "電", "影"]
    manifest = to_json(reader.run.manifest)
    manifest["corpus"].update(words="words", html="keep")
    monkeypatch.setattr(reader.run, "manifest", validate_manifest(manifest, "here"))
    assert reader.answer(typed)["steps"]["surface"] == ["p", "good", "電影", "p"]


def test_what_only_a_corpus_knows_is_null(reader: TypedReader) -> None:
    facts = reader.answer("good")["facts"]
    only = "sequence_id external_id label correct turning_step right_until peak_label".split()
    assert [facts[name] for name in only] == [None] * len(only)
    assert set(facts) == {column.name for column in sequence_columns()}
    assert facts["length"] == 1 and facts["flips"] == 0 and facts["settle_step"] == 0


@pytest.mark.parametrize(("keep", "first"), [("first", 0), ("last", 5)])
def test_a_long_text_is_cut_as_the_corpus_was(
    reader: TypedReader, monkeypatch: pytest.MonkeyPatch, keep: str, first: int
) -> None:
    manifest = to_json(reader.run.manifest)
    manifest["corpus"]["truncation"]["keep"] = keep
    monkeypatch.setattr(reader.run, "manifest", validate_manifest(manifest, "here"))
    words = [f"word{i}" for i in range(MAX_STEPS + 5)]
    answer = reader.answer(" ".join(words))
    assert answer["steps"]["surface"] == words[first : first + MAX_STEPS]
    assert answer["facts"]["length"] == MAX_STEPS
    assert answer["facts"]["length_full"] == MAX_STEPS + 5
    assert answer["facts"]["text"] == " ".join(words)


def test_the_part_that_is_read_is_the_first_or_the_last() -> None:
    table = pl.DataFrame({"words": [["a", "b", "c"], ["d"], []]})
    first, last = (
        table.select(read_part("words", 2, keep))["words"].to_list() for keep in ("first", "last")
    )
    assert first == [["a", "b"], ["d"], []] and last == [["b", "c"], ["d"], []]


@pytest.mark.parametrize("text", ["", "  \n", "?! … —"])
def test_a_text_without_a_word_is_refused_in_a_line(reader: TypedReader, text: str) -> None:
    with pytest.raises(StatelineError, match="text: it holds no word"):
        reader.answer(text)


@pytest.mark.parametrize("projection", ["lstm-umap", "", 3, ["lstm-pca"]])
def test_a_map_that_the_run_has_not_is_refused(reader: TypedReader, projection: object) -> None:
    lines = io.StringIO(json.dumps({"text": "good", "projection": projection}))
    (answer,) = answers(reader, lines)
    assert answer["error"].startswith("projection: ") and "lstm-pca, lstm-tsne" in answer["error"]


def test_a_line_that_is_no_request_is_answered_and_the_next_is_read(reader: TypedReader) -> None:
    wrong = ["", "x", "5", "[]", "{}", '{"text": 5}', '{"text": "\\ud800"}', "[" * 100_000]
    lines = io.StringIO("\n".join([*wrong, '{"text": "good film"}']))
    found = list(answers(reader, lines))
    assert all("error" in each and "\n" not in each["error"] for each in found[:-1])
    assert len(found) == len(wrong) + 1 and found[-1]["steps"]["surface"] == ["good", "film"]


def test_the_most_similar_state_is_the_exact_one() -> None:
    rng = np.random.default_rng(0)
    h, stored = (rng.normal(size=(rows, 3)).astype(np.float32) for rows in (7, 2_000))
    h[2] = stored[1_234]
    row, away = nearest_states(h, stored)
    for t, state in enumerate(h.astype(np.float64)):
        all_away = [float(np.linalg.norm(state - other)) for other in stored]
        assert row[t] == int(np.argmin(all_away))
        assert away[t] == pytest.approx(min(all_away), abs=1e-6)
    assert row[2] == 1_234 and away[2] == 0


def test_the_command_answers_a_line_each_and_ends_with_its_input(folder: Path) -> None:
    lines = '{"text": "a good film"}\n{"text": ""}\n{"text": "the end", "projection": "lstm-pca"}\n'
    done = subprocess.run(
        [*COMMAND, folder], cwd=ROOT, input=lines, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0
    importing, loading, ready, *found = map(json.loads, done.stdout.splitlines())
    assert importing == {"stage": "importing TensorFlow"}
    assert loading == {"stage": "loading the model"} and ready == {"ready": True}
    assert found[0]["steps"]["surface"] == ["a", "good", "film"]
    assert list(found[1]) == ["error"] and found[2]["facts"]["length"] == 2


def test_a_file_that_is_no_model_is_one_line_and_exit_code_2(run: Path) -> None:
    done = subprocess.run([*COMMAND, run], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    said = json.loads(done.stdout.splitlines()[-1])
    assert f"{MODEL}: is not a model in Keras' own format" in said["error"]
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr


def test_a_run_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, tmp_path / "none"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 2 and "missing" in json.loads(done.stdout)["error"]
    assert len(done.stderr.splitlines()) == 1


def test_the_model_run_s_steps_are_many_enough_to_tell(stored: Run) -> None:
    steps = stored.scan(STEPS).collect()
    assert 0 < steps["predicted"].mean() < 1 and steps["distance"].max() > 0.3
