"""States of every kind of layer against a cell stepped by hand, and the proofs that they fit."""

from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline.models.keras import read_states as states_module
from stateline.pipeline.models.keras.batches import LengthBatches
from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.read_states import (
    largest_difference,
    read_states,
    row_offsets,
    save_states,
    single_sequence_error,
    state_shards,
    widths,
)
from stateline.pipeline.models.keras.structure import model_structure
from stateline.pipeline.run.artefacts import state_array
from stateline.store.errors import StatelineError
from tests.pipeline.models.keras.own_models import (
    FEATURES,
    IDS,
    UNITS,
    VALUES,
    L,
    encoder_decoder,
    keras,
    lively,
    nested,
    series,
    stacked,
    text,
)

OFFSETS = row_offsets(IDS)
NAMES = [f"text {row}" for row in range(len(IDS))]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def lstm_by_hand(read: np.ndarray, weights: list, h: np.ndarray, c: np.ndarray) -> dict:
    """h, c and the gates after every step, one gate at a time."""
    kernel, recurrent, bias = weights
    kept = {"h": [], "c": [], "gate_input": [], "gate_forget": [], "gate_output": []}
    for x in read:
        i_, f_, g_, o_ = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f_) * c + sigmoid(i_) * np.tanh(g_)
        h = sigmoid(o_) * np.tanh(c)
        for name, value in zip(kept, (h, c, sigmoid(i_), sigmoid(f_), sigmoid(o_)), strict=True):
            kept[name].append(value)
    return {name: np.array(values) for name, values in kept.items()}


def gru_by_hand(read: np.ndarray, weights: list, reset_after: bool = True) -> dict:
    """h and the gates after every step; both of Keras' forms."""
    kernel, recurrent, bias = weights
    bias_in, bias_rec = bias if reset_after else (bias, np.zeros_like(bias))
    h = np.zeros(len(recurrent))
    kept = {"h": [], "gate_update": [], "gate_reset": []}
    for x in read:
        z_x, r_x, n_x = np.split(x @ kernel + bias_in, 3)
        z_h, r_h, n_h = np.split(h @ recurrent + bias_rec, 3)
        z, r = sigmoid(z_x + z_h), sigmoid(r_x + r_h)
        last = np.split(recurrent, 3, axis=1)[2]
        n = np.tanh(n_x + (r * n_h if reset_after else (r * h) @ last))
        h = z * h + (1 - z) * n
        for name, value in zip(kept, (h, z, r), strict=True):
            kept[name].append(value)
    return {name: np.array(values) for name, values in kept.items()}


def simple_by_hand(read: np.ndarray, weights: list) -> dict:
    kernel, recurrent, bias = weights
    h, kept = np.zeros(len(recurrent)), []
    for x in read:
        h = np.tanh(x @ kernel + h @ recurrent + bias)
        kept.append(h)
    return {"h": np.array(kept)}


def by_hand(which: object, read: np.ndarray) -> dict:
    """States of one sequence by the layer's own weights, in the order of the text."""
    weights = which.layer.get_weights()
    read = read[::-1] if which.direction == "backward" else read
    if which.cell == "LSTM":
        kept = lstm_by_hand(read, weights, np.zeros(which.units), np.zeros(which.units))
    elif which.cell == "GRU":
        kept = gru_by_hand(read, weights, which.layer.cell.reset_after)
    else:
        kept = simple_by_hand(read, weights)
    if which.direction == "backward":
        kept = {name: values[::-1] for name, values in kept.items()}
    return kept


def reader_of(model: keras.Model, gates: bool = True) -> ModelReader:
    structure = model_structure(model)
    return ModelReader(model, structure, structure.layers, gates)


def states_of(reader: ModelReader, sequences: list, batches: list) -> dict[str, np.ndarray]:
    """All states of the sequences, read into memory that is longer than they are."""
    arrays = {
        name: np.full((100, units), np.nan, np.float32)
        for name, units in widths(reader.layers, reader.gates).items()
    }
    return read_states(reader, sequences, batches, arrays)


CELLS = {
    "lstm": lambda: L.LSTM(UNITS, name="x"),
    "gru": lambda: L.GRU(UNITS, name="x"),
    "gru that resets before": lambda: L.GRU(UNITS, reset_after=False, name="x"),
    "simple": lambda: L.SimpleRNN(UNITS, name="x"),
    "a cell": lambda: L.RNN(L.LSTMCell(UNITS), name="x"),
    "both ways": lambda: L.Bidirectional(L.LSTM(UNITS), name="x"),
    "both ways, gru": lambda: L.Bidirectional(L.GRU(UNITS, return_sequences=True), name="x"),
    "backwards": lambda: L.GRU(UNITS, go_backwards=True, name="x"),
    "dropout": lambda: L.LSTM(UNITS, dropout=0.5, recurrent_dropout=0.5, name="x"),
    "unrolled": lambda: L.GRU(UNITS, unroll=True, name="x"),
}


@pytest.mark.parametrize("cell", CELLS)
def test_states_and_gates_equal_the_cell_stepped_by_hand_beside_padded_mates(cell: str) -> None:
    pool = [L.GlobalAveragePooling1D()] if cell == "both ways, gru" else []
    reader = reader_of(text(CELLS[cell](), *pool, length=7 if cell == "unrolled" else None))
    (table,) = reader.model.layers[-2 - len(pool) - 1].get_weights()
    made = states_of(reader, IDS, [np.arange(len(IDS))])
    expected = {}
    for which in reader.structure.layers:
        rows = [by_hand(which, table[ids]) for ids in IDS]
        for name in rows[0]:
            expected[f"{which.id}.{name}"] = np.concatenate([row[name] for row in rows])
    assert set(made) == set(expected)
    for name, values in expected.items():
        assert made[name] == pytest.approx(values, abs=1e-5), name


def test_a_series_is_stepped_by_hand_too_where_steps_of_a_value_are_masked() -> None:
    reader = reader_of(series(L.Masking(-9.0), L.LSTM(UNITS, name="lstm")))
    assert reader.structure.features == FEATURES and reader.structure.padding == -9
    made = states_of(reader, VALUES, [np.array([2, 0]), np.array([1, 3, 4])])
    rows = [by_hand(reader.structure.layers[0], values) for values in VALUES]
    for kind in ("h", "c", "gate_forget"):
        expected = np.concatenate([row[kind] for row in rows])
        assert made[f"lstm.{kind}"] == pytest.approx(expected, abs=1e-5)


def test_the_upper_of_two_layers_reads_what_the_lower_passes_through_normalisation() -> None:
    model = stacked()
    reader = reader_of(model)
    made = states_of(reader, IDS, [np.arange(len(IDS))])
    between = keras.Model(model.inputs, model.get_layer("upper")._inbound_nodes[0].input_tensors[0])
    lower, upper = reader.structure.layers
    (table,) = model.layers[0].get_weights()
    for row, ids in enumerate(IDS):
        rows = slice(OFFSETS[row], OFFSETS[row + 1])
        assert made["lower.c"][rows] == pytest.approx(by_hand(lower, table[ids])["c"], abs=1e-5)
        read = between(ids[None]).numpy()[0]
        assert made["upper.h"][rows] == pytest.approx(by_hand(upper, read)["h"], abs=1e-5)


def test_a_layer_that_begins_with_another_layers_states_has_its_own_gates() -> None:
    reader = reader_of(encoder_decoder())
    table = next(w for w in reader.model.get_weights() if w.shape == (11, 5))
    first, second = reader.structure.layers
    made = states_of(reader, IDS, [np.array([row]) for row in range(len(IDS))])
    for row, ids in enumerate(IDS):
        before = by_hand(first, table[ids])
        told = lstm_by_hand(
            table[ids], second.layer.get_weights(), before["h"][-1], before["c"][-1]
        )
        for kind in ("h", "c", "gate_input"):
            values = made[f"teller.{kind}"][OFFSETS[row] : OFFSETS[row + 1]]
            assert values == pytest.approx(told[kind], abs=1e-5)


def test_a_layer_inside_another_model_is_captured() -> None:
    reader = reader_of(nested())
    assert [each.id for each in reader.structure.layers] == ["encoder.lstm"]
    made = states_of(reader, IDS, [np.arange(len(IDS))])
    table = next(w for w in reader.model.get_weights() if w.shape == (11, 5))
    expected = np.concatenate([by_hand(reader.structure.layers[0], table[ids])["h"] for ids in IDS])
    assert made["encoder.lstm.h"] == pytest.approx(expected, abs=1e-5)


def test_the_model_is_left_as_it_was() -> None:
    model = text(L.Bidirectional(L.LSTM(UNITS), name="both"))
    before = model(IDS[0][None]).numpy()
    reader = reader_of(model)
    logits = reader.read(IDS[0][None])["logit"]
    assert model(IDS[0][None]).numpy() == pytest.approx(before, abs=1e-7)
    assert np.exp(logits) / np.exp(logits).sum() == pytest.approx(before, abs=1e-6)
    assert "call" not in vars(model.get_layer("both").forward_layer)


def test_a_layer_that_runs_twice_is_refused_by_name() -> None:
    ids = keras.Input((None,))
    read, layer = L.Embedding(11, 5)(ids), L.GRU(5, return_sequences=True, name="gru")
    pooled = L.GlobalAveragePooling1D()(layer(layer(read)))
    model = lively(keras.Model(ids, L.Dense(4, activation="softmax")(pooled), name="own"))
    with pytest.raises(StatelineError, match="model own: layer gru is run twice for one answer"):
        reader_of(model).read(IDS[0][None])


def test_a_layer_with_another_number_of_states_is_refused_with_the_sequence() -> None:
    reader = reader_of(text(L.LSTM(UNITS), L.RepeatVector(5), L.LSTM(UNITS, name="second")))
    arrays = {name: np.empty((100, n), np.float32) for name, n in widths(reader.layers, 1).items()}
    with pytest.raises(StatelineError) as caught:
        read_states(reader, IDS, [np.array([3, 1]), np.array([0, 2, 4])], arrays, NAMES)
    assert "text 3: layer" in str(caught.value) and "expected 2, got 5" in str(caught.value)


def test_states_saved_in_shards_equal_those_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = reader_of(stacked())
    wanted = states_of(reader, IDS, [np.arange(len(IDS))])
    columns = widths(reader.layers, True)
    monkeypatch.setattr(states_module, "SHARD_BYTES", 4 * sum(columns.values()) * 8)
    assert 1 < len(state_shards(columns, OFFSETS)) < len(IDS)
    assert save_states(tmp_path, reader, IDS, NAMES, batch=2) < 1e-5
    assert len(list((tmp_path / "states").iterdir())) == len(wanted)
    for name, values in wanted.items():
        saved = np.load(tmp_path / state_array(*name.rsplit(".", 1)))
        assert saved == pytest.approx(values, abs=1e-5)
    assert single_sequence_error(tmp_path, reader, IDS, NAMES) < 1e-5


def test_a_sequence_whose_states_change_when_it_is_run_alone_is_named(tmp_path: Path) -> None:
    reader = reader_of(text(L.GRU(UNITS, name="gru")), gates=False)
    save_states(tmp_path, reader, IDS, NAMES, batch=2)
    path = tmp_path / state_array("gru", "h")
    states = np.load(path)
    states[OFFSETS[2] + 1, 0] += 1e-4
    np.save(path, states)
    with pytest.raises(StatelineError, match="text 2: its states change in a single-sequence run"):
        single_sequence_error(tmp_path, reader, IDS, NAMES)


def test_states_that_depend_on_their_batch_are_refused_with_the_first_such_sequence(
    tmp_path: Path,
) -> None:
    ids = keras.Input((None,))
    read = L.Embedding(11, 5)(ids)
    read = read - keras.ops.mean(read, axis=0, keepdims=True)
    model = lively(keras.Model(ids, L.Dense(4, activation="softmax")(L.LSTM(UNITS)(read))))
    sequences = [np.array([2, 5, 9])[:length] for length in (1, 2, 3, 3, 3)]
    sequences[3] = np.array([4, 4, 1])
    with pytest.raises(StatelineError, match="text 2: its states depend on its batch"):
        save_states(tmp_path, reader_of(model), sequences, NAMES, batch=2)


def test_the_difference_of_two_readings_names_the_first_sequence_and_is_relative() -> None:
    first = np.zeros((5, UNITS), dtype=np.float32)
    second = first.copy()
    offsets = np.array([0, 2, 5])
    assert largest_difference(first, second, offsets, ["a", "b"], "x") == 0
    second[3, 1] = 2e-5
    with pytest.raises(StatelineError, match="sequence b: its states depend on its batch"):
        largest_difference(first, second, offsets, ["a", "b"], "its states depend on its batch")
    first[3, 1], second[3, 1] = 200.0, 200.0001
    assert largest_difference(first, second, offsets, ["a", "b"], "x") < 1e-6
    first[4, 0] = np.nan
    with pytest.raises(StatelineError, match="sequence b"):
        largest_difference(first, second, offsets, ["a", "b"], "x")


def test_batches_of_a_reading_hold_every_row() -> None:
    for padding in (0.0, None):
        rows = LengthBatches(IDS, None, 2, padding=padding).draw()
        assert sorted(np.concatenate(rows)) == list(range(len(IDS)))
