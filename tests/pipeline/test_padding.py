"""Padding that a model reads: marked, left out of what is said of words, and beginnings padded."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.live.worker import TypedReader
from stateline.pipeline.models.keras.alignment import windows_of
from stateline.pipeline.models.keras.graphs import functional
from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.numerics.ends import Ends
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from tests.pipeline.models.keras.own_models import (
    FEATURES,
    IDS,
    LABELS,
    LONGEST,
    UNITS,
    VALUES,
    VOCABULARY,
    L,
    answer,
    keras,
    lively,
    padded,
    text,
)
from tests.pipeline.test_build_store import WORDS, built

LAST = [["<PAD>", *WORDS[1:]], ["", *WORDS[1:]]]
MODELS = {
    "last state": lambda: text(L.LSTM(UNITS, name="lstm"), mask=False),
    "flatten": lambda: text(
        L.LSTM(UNITS, return_sequences=True, name="lstm"), L.Flatten(), mask=False, length=LONGEST
    ),
    "flatten, masked before": lambda: text(
        L.LSTM(UNITS, return_sequences=True, name="lstm"), L.Flatten(), length=LONGEST
    ),
    "pooled": lambda: text(
        L.GRU(UNITS, return_sequences=True, name="lstm"), L.GlobalMaxPooling1D(), mask=False
    ),
    "convolution": lambda: text(
        L.Conv1D(4, 3, activation="relu"), L.LSTM(UNITS, name="lstm"), mask=False, length=LONGEST
    ),
    "convolution and pooling": lambda: text(
        L.Conv1D(4, 2), L.MaxPooling1D(2), L.LSTM(UNITS, name="lstm"), mask=False, length=LONGEST
    ),
    "both directions": lambda: text(
        L.Conv1D(4, 3), L.Bidirectional(L.GRU(UNITS), name="lstm"), mask=False, length=LONGEST
    ),
}


def beginnings(model: keras.Model, row: np.ndarray, front: bool) -> np.ndarray:
    """A plain loop: the model's answers after each step of one sequence, (L, C)."""
    inner = row[row != 0]
    answers = [model.predict(padded([inner[:0]], 0), verbose=0)[0]]
    for t in range(1, len(inner) + 1):
        whole = np.zeros(LONGEST, np.int32)
        whole[LONGEST - t if front else 0 :][:t] = inner[:t]
        answers.append(model.predict(whole[None], verbose=0)[0])
    missing = LONGEST - len(inner)
    made = [answers[0]] * missing + answers[1:] if front else answers[1:] + answers[-1:] * missing
    return answer_probabilities(np.array(made), False)


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_expected_predictions_are_of_beginnings_padded_as_the_author_pads(
    name: str, front: bool, tmp_path: Path
) -> None:
    model = MODELS[name]()
    provided = padded(IDS, 0, front=front)
    run = built(model, provided, tmp_path, ends="padded", tokens=WORDS)
    readout = run.manifest.readout
    assert (readout.ends, readout.steps) == ("pre" if front else "post", LONGEST)
    assert readout.method == "prefix"
    steps = run.scan("steps.parquet").collect()
    for row in (1, 2):
        ep = steps.filter(pl.col("sequence_id") == row)["ep"].to_numpy()
        assert ep == pytest.approx(beginnings(model, provided[row], front), abs=1e-5)
    moved = np.abs(steps.filter("padding")["contribution"].to_numpy()).max()
    assert moved <= 1e-6, "padding on its side changes no answer"
    own = model.predict(provided, verbose=0)
    last = steps.filter(pl.col("t") == LONGEST - 1)["ep"].to_numpy()
    assert last == pytest.approx(answer_probabilities(own, False), abs=1e-5)


def test_ragged_sequences_are_padded_where_it_is_said(tmp_path: Path) -> None:
    model = MODELS["flatten"]()
    run = built(model, IDS, tmp_path, ends="pre", tokens=WORDS)
    steps = run.scan("steps.parquet").collect()
    assert steps["token_id"].to_list() == padded(IDS, 0, front=True).ravel().tolist()
    assert set(steps.filter("padding")["surface"]) == {"[padding]"}
    assert run.sequences["text"][1] == "word3" and run.sequences["padding"][1] == LONGEST - 1
    with pytest.raises(StatelineError, match="0 sequences begin and 0 end with padding") as caught:
        built(model, [IDS[0], IDS[0]], tmp_path, [0, 1], ends="padded", tokens=WORDS)
    assert "Say on which: ends='pre'" in str(caught.value)
    with pytest.raises(StatelineError, match="cannot read a beginning of one step"):
        built(model, padded(IDS, 0), tmp_path)
    with pytest.raises(StatelineError, match="longer than the model reads; expected 7 steps, got"):
        built(model, [*IDS[:4], np.ones(9, int)], tmp_path, ends="post", tokens=WORDS)
    with pytest.raises(StatelineError, match="ends=last: unknown; expected one of cut, padded"):
        built(model, IDS, tmp_path, ends="last")


def test_a_series_is_padded_with_zeros(tmp_path: Path) -> None:
    read = [keras.Input((LONGEST, FEATURES)), L.LSTM(UNITS, return_sequences=True), L.Flatten()]
    model = lively(keras.Sequential([*read, answer()], name="own"))
    run = built(model, padded(VALUES, 0), tmp_path, ends="padded")
    steps = run.scan("steps.parquet").collect()
    assert steps["padding"].to_list() == (padded(IDS, 0).ravel() == 0).tolist()
    assert run.manifest.readout.ends == "post"


def test_a_model_that_masks_padding_needs_no_padded_beginnings(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run = built(text(L.LSTM(UNITS, name="lstm")), padded(IDS, 0), tmp_path, ends="padded")
    assert run.manifest.readout.ends is None and run.manifest.left_out.padding_steps == 0
    assert "of no effect, since the model masks padding" in capsys.readouterr().out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose model reads padding in front: nine sequences of each of five."""
    rows = np.concatenate([padded(IDS, 0, front=True)] * 9)
    folder = tmp_path_factory.mktemp("padded")
    model = MODELS["last state"]()
    return built(model, rows, folder, LABELS * 9, tokens=LAST[0], gates=True, layers=["lstm:c"])


def test_padding_counts_in_no_table_of_words_clusters_or_units(run: Run) -> None:
    steps = run.scan("steps.parquet").collect()
    words, padding = steps.filter(~pl.col("padding")), steps["padding"].to_numpy()
    assert steps["token"].filter(steps["padding"]).unique().to_list() == ["[padding]"]
    assert 0 < padding.sum() < len(padding) and not steps["known"].is_null().any()
    assert "[padding]" not in set(run.words["phrase"].str.split(" ").explode())
    assert run.words.filter(size=1)["count"].sum() == words.height
    clusters = run.scan("projections/lstm-pca.parquet").collect()["cluster"].to_numpy()
    assert (clusters[padding] == -1).all() and (clusters[~padding] >= 0).any()
    assert run.clusters("lstm-pca")["words"].list.explode().is_in(["[padding]"]).sum() == 0
    hidden = run.scan("hidden/lstm.parquet").collect()
    h = hidden["h"].to_numpy()[~padding].astype(np.float64)
    assert run.units("lstm")["mean"].to_numpy() == pytest.approx(h.mean(axis=0), abs=1e-6)
    assert run.units("lstm")["low"].to_numpy() == pytest.approx(h.min(axis=0))
    contexts = run.contexts("lstm").join(steps, on=["sequence_id", "t"])
    assert not contexts["padding"].any()
    distance = hidden["distance"].to_numpy()
    assert run.manifest.layers[0].max_distance["h"] == distance[~padding].max()
    assert run.manifest.projections[0].fitted_states == (~padding).sum()
    longest = words.group_by("sequence_id", maintain_order=True).agg(pl.col("distance").max())
    assert run.sequences["max_distance"].to_list() == longest["distance"].to_list()


def test_padding_without_names_is_recognised_where_it_fills_the_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = MODELS["last state"]()
    run = built(model, padded(IDS, 0), tmp_path)
    assert run.manifest.corpus.tokens.padding == 0
    assert "id 0 fills the beginning or end of most sequences: it is padding" in (
        capsys.readouterr().out
    )
    listed = [["" if i == 0 else f"w{i}" for i in row] for row in padded(IDS, 0).tolist()]
    assert built(model, padded(IDS, 0), tmp_path, tokens=listed).manifest.corpus.tokens.padding == 0
    plain = [f"a{i}" for i in range(VOCABULARY)]
    assert built(model, IDS, tmp_path, tokens=plain).manifest.corpus.tokens.padding is None
    with pytest.raises(StatelineError, match="sequence 1: holds no step besides padding"):
        built(model, [IDS[0], np.zeros(7, int)], tmp_path, [0, 1], tokens=WORDS)


def test_states_stand_at_the_step_that_completes_their_window() -> None:
    model = MODELS["convolution and pooling"]()
    lstm = functional(model).get_layer("lstm")
    windows = windows_of(model, lstm, LONGEST)
    assert windows is not None
    assert windows.first.tolist() == [0, 2, 4] and windows.last.tolist() == [2, 4, 6]
    assert windows.state_of(LONGEST, "forward").tolist() == [-1, -1, 0, 0, 1, 1, 2]
    assert windows.state_of(LONGEST, "backward").tolist() == [0, 1, 1, 2, 2, -1, -1]
    assert windows_of(MODELS["flatten"](), lstm, LONGEST) is None


def test_beginnings_are_padded_on_one_side() -> None:
    row = np.array([0, 0, 3, 0, 4])
    made, where = Ends("pre", 5, 0).beginnings(row)
    assert where == slice(2, 5)
    assert made.tolist() == [[0, 0, 0, 0, 3], [0, 0, 0, 3, 0], [0, 0, 3, 0, 4]]
    made, where = Ends("post", 5, 0).beginnings(row[::-1])
    assert where == slice(0, 3)
    assert made.tolist() == [[4, 0, 0, 0, 0], [4, 0, 0, 0, 0], [4, 0, 3, 0, 0]]


def test_a_typed_text_is_cut_and_padded_as_those_of_the_run(tmp_path: Path) -> None:
    words = ["bad", "dull", "good", "fine", "film", "isnt", "the", "a", "it"]
    layer = L.TextVectorization(vocabulary=words, output_sequence_length=LONGEST)
    texts = ["The film isn't bad, it is GOOD!", "dull", "a fine film", "bad bad dull it", "Good"]
    model = MODELS["flatten"]()
    run = built(model, texts, tmp_path, tokenizer=layer, ends="padded")
    assert run.manifest.corpus.tokenizer.kind == "TextVectorization"
    assert run.sequences["text"].to_list() == texts and run.manifest.readout.ends == "post"
    steps = run.scan("steps.parquet").collect()
    assert steps["token_id"].to_list() == layer(texts).numpy().ravel().tolist()
    assert steps["surface"][:4].to_list() == ["The", "film", "isn't", "bad,"]
    reader = TypedReader(run)
    typed = reader.answer("It ISN'T a good <br />film; or so")
    own = model.predict(layer(["It ISN'T a good <br />film; or so"]), verbose=0)
    assert typed["steps"]["ep"][-1] == pytest.approx(own[0], abs=1e-5)
    assert typed["facts"]["padding"] == typed["steps"]["padding"].count(True) == 0
    short = reader.answer("dull")
    stored = steps.filter(pl.col("sequence_id") == 1)
    assert short["steps"]["padding"] == stored["padding"].to_list() == [False] + 6 * [True]
    for column in ("ep", "contribution", "distance"):
        assert np.array(short["steps"][column]) == pytest.approx(
            stored[column].to_numpy(), abs=1e-5
        )
    found = reader.attribute({"sequence": 1, "class": 2})
    assert found["leave_one_out"][1:] == [0] * 6 and abs(found["leave_one_out"][0]) > 0
    assert found["gap"] == pytest.approx(0, abs=1e-2)
