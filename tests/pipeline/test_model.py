"""The recurrent model: states at every step against a plain loop, batching, the readout."""

from pathlib import Path

import numpy as np
import pytest

from pipeline import extract
from pipeline.expected import expected_prediction, readout_logits
from pipeline.extract import (
    largest_difference,
    read_states,
    row_offsets,
    save_states,
    shuffled_batches,
    state_shards,
)
from pipeline.model import (
    LengthBatches,
    build_model,
    linear_readout,
    make_reproducible,
    predict,
    probabilities,
    recurrent_layer,
    state_model,
    targets,
)
from pipeline.train import classification_metrics
from store.errors import StatelineError

VOCABULARY, UNITS = 11, 3
SETTINGS = {
    "units": UNITS,
    "embedding": 5,
    "spatial_dropout": 0.3,
    "dropout": 0.5,
    "optimizer": "adam",
    "learning_rate": 1e-3,
    "averaging": 0.0,
    "loss": "crossentropy",
}
SEQUENCES = [
    np.array(ids, dtype=np.uint32)
    for ids in ([4, 5, 6, 7, 8, 9, 10], [3], [1, 2, 2, 9], [10, 1], [5, 5, 5, 5, 5, 6])
]


def make(cell: str, classes: int) -> object:
    make_reproducible(4)
    model = build_model(SETTINGS | {"cell": cell}, VOCABULARY, classes)
    # A fresh readout has a zero bias, which would hide one that is forgotten.
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel, bias + 0.3])
    return model


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def states_of(model: object, batches: list[np.ndarray]) -> list[np.ndarray]:
    """All states of the sequences, read into memory that is longer than they are."""
    reader = state_model(model)
    kinds = reader.output_shape[-1] // UNITS
    arrays = [np.full((100, UNITS), np.nan, dtype=np.float32) for _ in range(kinds)]
    return read_states(reader, SEQUENCES, batches, arrays)


def lstm_by_hand(model: object, ids: np.ndarray) -> np.ndarray:
    """h and c after every step, one gate at a time."""
    (table,) = model.layers[0].get_weights()
    kernel, recurrent, bias = recurrent_layer(model).get_weights()
    h, c, states = np.zeros(UNITS), np.zeros(UNITS), []
    for i in ids:
        i_, f_, g_, o_ = np.split(table[i] @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f_) * c + sigmoid(i_) * np.tanh(g_)
        h = sigmoid(o_) * np.tanh(c)
        states.append(np.concatenate([h, c]))
    return np.array(states)


def gru_by_hand(model: object, ids: np.ndarray) -> np.ndarray:
    """h after every step; Keras' form that resets after the product."""
    (table,) = model.layers[0].get_weights()
    kernel, recurrent, (bias_in, bias_rec) = recurrent_layer(model).get_weights()
    h, states = np.zeros(UNITS), []
    for i in ids:
        z_x, r_x, n_x = np.split(table[i] @ kernel + bias_in, 3)
        z_h, r_h, n_h = np.split(h @ recurrent + bias_rec, 3)
        z, r = sigmoid(z_x + z_h), sigmoid(r_x + r_h)
        h = z * h + (1 - z) * np.tanh(n_x + r * n_h)
        states.append(h)
    return np.array(states)


@pytest.mark.parametrize(
    ("cell", "by_hand"), [("lstm", lstm_by_hand), ("gru", gru_by_hand)], ids=["lstm", "gru"]
)
def test_states_equal_the_cell_stepped_by_hand(cell: str, by_hand: object) -> None:
    model = make(cell, 4)
    batches = LengthBatches(SEQUENCES, None, 2).draw()
    states = states_of(model, batches)
    expected = np.concatenate([by_hand(model, ids) for ids in SEQUENCES])
    assert len(states) == expected.shape[1] // UNITS
    assert np.concatenate(states, axis=1) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_states_do_not_depend_on_batch_mates_or_padding(cell: str) -> None:
    model = make(cell, 2)
    singly = [np.array([row]) for row in range(len(SEQUENCES))]
    alone = states_of(model, singly)
    together = states_of(model, [np.arange(len(SEQUENCES))])
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("classes", [2, 4])
def test_expected_prediction_at_the_last_step_is_the_models_own(cell: str, classes: int) -> None:
    model = make(cell, classes)
    readout = linear_readout(model)
    h = states_of(model, [np.arange(len(SEQUENCES))])[0]
    ep = expected_prediction(readout_logits(h, readout.weights, readout.bias))
    last = row_offsets(np.array([len(ids) for ids in SEQUENCES]))[1:] - 1
    own = probabilities(predict(model, SEQUENCES, batch=2))
    assert own.shape == (len(SEQUENCES), classes)
    assert ep[last] == pytest.approx(own, abs=1e-5)


def test_expected_prediction_equals_the_model_run_on_every_prefix() -> None:
    model = make("lstm", 4)
    readout = linear_readout(model)
    h = states_of(model, [np.arange(len(SEQUENCES))])[0]
    ep = expected_prediction(readout_logits(h, readout.weights, readout.bias))
    prefixes = [ids[: t + 1] for ids in SEQUENCES for t in range(len(ids))]
    assert ep == pytest.approx(predict(model, prefixes, batch=3), abs=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_states_saved_in_shards_equal_those_read_at_once(
    cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make(cell, 4)
    wanted = states_of(model, [np.arange(len(SEQUENCES))])
    ids = [f"text {row}" for row in range(len(SEQUENCES))]
    monkeypatch.setattr(extract, "SHARD_BYTES", 4 * 2 * UNITS * max(map(len, SEQUENCES)))
    offsets = row_offsets(np.array([len(each) for each in SEQUENCES]))
    assert 1 < len(state_shards(state_model(model), offsets)) < len(ids)
    assert save_states(tmp_path, model, SEQUENCES, ids, batch=2) < 1e-5
    assert len(list(tmp_path.iterdir())) == len(wanted)
    for name, values in zip(("h.npy", "c.npy"), wanted, strict=False):
        assert np.load(tmp_path / name) == pytest.approx(values, abs=1e-5)


def test_a_state_that_depends_on_its_batch_is_refused_with_its_sequence() -> None:
    offsets = np.array([0, 2, 5])
    first = np.zeros((5, UNITS), dtype=np.float32)
    second = first.copy()
    assert largest_difference(first, second, offsets, ["a", "b"], "x") == 0
    second[3, 1] = 2e-5
    with pytest.raises(StatelineError, match="sequence b: its states depend on its batch"):
        largest_difference(first, second, offsets, ["a", "b"], "its states depend on its batch")


def test_batches_hold_every_sequence_once_and_are_near_in_length() -> None:
    rng = np.random.default_rng(0)
    sequences = [np.ones(n, dtype=np.uint32) for n in rng.integers(1, 60, 100)]
    for batches in (
        LengthBatches(sequences, None, 16).draw(),
        LengthBatches(sequences, None, 16, np.random.default_rng(1)).draw(),
        shuffled_batches(len(sequences), 16, seed=3),
    ):
        assert sorted(np.concatenate(batches)) == list(range(100))
    widths = [
        np.ptp([len(sequences[row]) for row in rows])
        for rows in LengthBatches(sequences, None, 16).draw()
    ]
    assert max(widths) <= 16


def test_batches_of_any_width_pass_one_after_the_other() -> None:
    # Keras takes the first batches' width for every batch's unless the signature is open.
    sequences = [np.full(n, 2, dtype=np.uint32) for n in (9, 9, 9, 9, 3, 3, 5)]
    wanted = np.arange(7, dtype=np.float32)[:, None]
    made = LengthBatches(sequences, wanted, 2, np.random.default_rng(0)).dataset()
    widths = {ids.shape[1] for ids, _ in made.as_numpy_iterator()}
    assert 9 in widths and len(widths) > 1
    model = make("gru", 2)
    model.fit(LengthBatches(sequences, wanted, 2, np.random.default_rng(0)).dataset(), verbose=0)


def test_words_read_as_unknown_are_drawn_from_words_never_from_padding() -> None:
    sequences = [np.full(40, 5, dtype=np.uint32), np.full(10, 5, dtype=np.uint32)]
    batches = LengthBatches(sequences, None, 2, np.random.default_rng(0), unknown=0.5)
    ids = batches.padded(np.array([0, 1]))
    assert set(ids[0]) == {1, 5}
    assert (ids[1, 10:] == 0).all()


def test_targets_are_one_column_for_two_classes_else_one_hot() -> None:
    label = np.array([1, 0, 1])
    assert targets(label, 2).tolist() == [[1], [0], [1]]
    assert targets(label, 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]


def test_metrics_count_like_a_plain_loop() -> None:
    rng = np.random.default_rng(2)
    probability = rng.dirichlet(np.ones(4), 30)
    label = rng.integers(0, 3, 30)  # class 3 has no row
    made = classification_metrics(probability, label, elementwise=True)
    confusion = [[0] * 4 for _ in range(4)]
    right = 0
    for p, y in zip(probability, label, strict=True):
        confusion[y][int(np.argmax(p))] += 1
        right += sum((p[c] > 0.5) == (c == y) for c in range(4))
    assert made["confusion"] == confusion
    assert made["accuracy"] == pytest.approx(sum(confusion[c][c] for c in range(4)) / 30)
    assert made["recall"][3] is None
    assert made["recall"][0] == pytest.approx(confusion[0][0] / sum(confusion[0]))
    assert made["elementwise_accuracy"] == pytest.approx(right / 120)
    assert classification_metrics(probability, label, False)["elementwise_accuracy"] is None
