"""Expected predictions of any model: by its readout, by its head, or by the model on prefixes."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.heads import head_logits, initial_logit, prefix_logits
from stateline.pipeline.models.keras.read_states import save_states
from stateline.pipeline.models.keras.structure import model_structure
from stateline.pipeline.numerics.answers import (
    answer_probabilities,
    expected_prediction,
    readout_logits,
)
from tests.pipeline.models.keras.own_models import (
    CLASSES,
    DEEP,
    IDS,
    LINEAR,
    LONGEST,
    WHOLE,
    keras,
    padded,
    sequences_for,
)

MODELS = {**LINEAR, **DEEP, **WHOLE}
NAMES = [str(row) for row in range(len(IDS))]


# What Keras' predict cannot do at lengths that differ: unrolled layers, and TimeDistributed, which
# then counts steps wrongly. Called one by one they are right.
ONE_BY_ONE = ("fixed length, unrolled", "series, dense a step")


@cache
def reader_of(name: str) -> tuple[keras.Model, ModelReader]:
    """A model by its name; TensorFlow traces it once for all tests."""
    model = MODELS[name]()
    structure = model_structure(model)
    return model, ModelReader(model, structure, structure.layers)


def plain_loop(name: str, sequences: list[np.ndarray]) -> np.ndarray:
    """The model's own answer to every beginning of every sequence, one after the other."""
    model, reader = reader_of(name)
    beginnings = [ids[None, : t + 1] for ids in sequences for t in range(len(ids))]
    if name in ONE_BY_ONE:
        output = [model(each).numpy()[0] for each in beginnings]
    else:
        output = [model.predict(each, verbose=0)[0] for each in beginnings]
    return answer_probabilities(np.array(output), reader.structure.logits)


def by_prefix(name: str, sequences: list[np.ndarray], folder: Path) -> np.ndarray:
    prefix_logits(reader_of(name)[1], sequences, 2, folder / "prefix.npy")
    return np.load(folder / "prefix.npy")


@pytest.mark.parametrize("name", MODELS)
def test_prefixes_equal_the_models_answer_to_every_beginning(name: str, tmp_path: Path) -> None:
    few = [sequences_for(name)[row] for row in (2, 1)]
    made = expected_prediction(by_prefix(name, few, tmp_path))
    assert made == pytest.approx(plain_loop(name, few), abs=1e-5)


@pytest.mark.parametrize("name", [*LINEAR, *DEEP])
def test_readout_head_and_prefixes_agree_where_they_apply(name: str, tmp_path: Path) -> None:
    (model, reader), sequences = reader_of(name), sequences_for(name)
    structure = reader.structure
    save_states(tmp_path, reader, sequences, NAMES, batch=2)
    states = tmp_path / "states" / f"{structure.reads.id}.h.npy"
    head_logits(model, structure, states, tmp_path / "head.npy")
    logit = np.load(tmp_path / "head.npy")
    assert logit.shape == (sum(map(len, sequences)), structure.outputs)
    assert logit == pytest.approx(by_prefix(name, sequences, tmp_path), abs=1e-4)
    if name in LINEAR:
        weights, bias = structure.readout.weights, structure.readout.bias
        assert readout_logits(np.load(states), weights, bias) == pytest.approx(logit, abs=1e-5)
        assert initial_logit(model, structure) == pytest.approx(bias.tolist(), abs=1e-6)


@pytest.mark.parametrize("front", [False, True], ids=["behind", "front"])
def test_the_last_prefix_is_the_answer_to_the_padded_sequence(front: bool, tmp_path: Path) -> None:
    for name in ("bidirectional", "mean of all", "attention", "series, dense a step"):
        (model, reader), sequences = reader_of(name), sequences_for(name)
        own = model.predict(padded(sequences, reader.structure.padding, front), verbose=0)
        last = np.cumsum([len(each) for each in sequences]) - 1
        made = expected_prediction(by_prefix(name, sequences, tmp_path))[last]
        assert made == pytest.approx(own, abs=1e-5), name


def test_prefixes_cost_no_more_steps_than_they_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, reader = reader_of("bidirectional")
    batches, read = [], reader.logits
    monkeypatch.setattr(reader, "logits", lambda each: batches.append(each.shape) or read(each))
    prefix_logits(reader, IDS, 2, tmp_path / "logit.npy")
    wanted = sum(t + 1 for ids in IDS for t in range(len(ids)))
    assert sum(rows * steps for rows, steps in batches) == wanted
    assert max(rows * steps for rows, steps in batches) <= 2 * LONGEST
    assert len(batches) < sum(map(len, IDS)) / 2, "many prefixes share a batch"


def test_a_deep_head_is_run_in_pieces_like_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, reader = reader_of("stacked")
    structure = reader.structure
    h = np.random.default_rng(1).normal(size=(23, structure.reads.units)).astype(np.float32)
    np.save(tmp_path / "h.npy", h)
    head_logits(model, structure, tmp_path / "h.npy", tmp_path / "whole.npy")
    monkeypatch.setattr("stateline.pipeline.models.keras.heads.HEAD_ROWS", 5)
    head_logits(model, structure, tmp_path / "h.npy", tmp_path / "pieces.npy")
    whole = np.load(tmp_path / "whole.npy")
    assert whole.shape == (23, CLASSES)
    assert np.load(tmp_path / "pieces.npy") == pytest.approx(whole, abs=1e-6)
