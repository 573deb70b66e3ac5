"""The structure of any Sequential or functional model, and models that are refused."""

from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline.extract import choose_layers
from stateline.pipeline.models.keras.loading import load_model
from stateline.pipeline.models.keras.structure import model_structure
from stateline.store.errors import StatelineError
from tests.pipeline.models.keras.own_models import (
    DEEP,
    FEATURES,
    IDS,
    LINEAR,
    UNITS,
    VOCABULARY,
    WHOLE,
    L,
    answer,
    attention,
    keras,
    nested,
    series,
    stacked,
    text,
    two_branches,
)


@pytest.mark.parametrize(
    ("method", "name"),
    [("linear", name) for name in LINEAR]
    + [("head", name) for name in DEEP]
    + [("prefix", name) for name in WHOLE],
)
def test_the_way_to_the_expected_predictions_is_found(
    method: str, name: str, tmp_path: Path
) -> None:
    model = {**LINEAR, **DEEP, **WHOLE}[name]()
    assert model_structure(model).method == method
    model.save(tmp_path / "model.keras")
    assert model_structure(load_model(tmp_path / "model.keras")).method == method, (
        "also once loaded"
    )


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("lstm", ("softmax", False, 4, 4)),
        ("gru, sigmoid", ("sigmoid", False, 1, 2)),
        ("simple, logits", ("softmax", True, 4, 4)),
        ("cell, one logit", ("sigmoid", True, 1, 2)),
        ("softmax of two", ("softmax", False, 2, 2)),
        ("softmax layer", ("softmax", False, 4, 4)),
        ("activation layer", ("sigmoid", False, 1, 2)),
    ],
)
def test_the_form_of_the_answer_is_read(name: str, form: tuple) -> None:
    structure = model_structure(LINEAR[name]())
    assert (structure.activation, structure.logits, structure.outputs, structure.classes) == form


def layers_of(model: keras.Model) -> list[tuple]:
    return [
        (each.id, each.cell, each.units, each.direction) for each in model_structure(model).layers
    ]


def test_recurrent_layers_are_found_wherever_they_stand() -> None:
    assert layers_of(stacked()) == [("lower", "LSTM", 3, "forward"), ("upper", "GRU", 4, "forward")]
    assert layers_of(nested()) == [("encoder.lstm", "LSTM", 3, "forward")]
    assert layers_of(two_branches()) == [
        ("lstm", "LSTM", 3, "forward"),
        ("gru", "GRU", 2, "forward"),
    ]
    both = text(L.Bidirectional(L.RNN(L.SimpleRNNCell(UNITS)), name="Both ways"))
    assert layers_of(both) == [
        ("both_ways-forward", "SimpleRNN", 3, "forward"),
        ("both_ways-backward", "SimpleRNN", 3, "backward"),
    ]
    assert layers_of(WHOLE["backwards"]()) == [("lstm", "LSTM", 3, "backward")]
    assert model_structure(both).reads.direction == "forward"


def test_what_is_read_and_what_is_masked() -> None:
    structure = model_structure(LINEAR["lstm"]())
    assert (structure.features, structure.rows, structure.padding) == (None, VOCABULARY, 0)
    structure = model_structure(LINEAR["series, masked"]())
    assert (structure.features, structure.rows, structure.padding) == (FEATURES, None, -9)
    assert model_structure(text(L.LSTM(UNITS), mask=False)).padding is None
    assert model_structure(attention()).padding == 0


@pytest.mark.parametrize("name", ["largest of all", "causal convolution", "encoder and decoder"])
def test_padding_that_a_layer_reads_in_spite_of_the_mask_counts_as_a_step(name: str) -> None:
    assert model_structure(WHOLE[name]()).padding is None


def test_normalisation_over_the_steps_makes_a_state_depend_on_later_ones() -> None:
    over_units = text(L.LayerNormalization(axis=[2]), L.LSTM(UNITS))
    assert model_structure(over_units).method == "linear"
    over_steps = text(L.LayerNormalization(axis=[1, 2]), L.LSTM(UNITS), mask=False, length=7)
    with pytest.raises(StatelineError, match="cannot read a beginning of one step"):
        model_structure(over_steps)
    for axis, method in ((-1, "linear"), (1, "prefix")):
        assert model_structure(series(L.UnitNormalization(axis), L.GRU(UNITS))).method == method


@pytest.mark.parametrize(
    ("wanted", "stored", "mapped"),
    [
        ([], ["upper"], {"upper": ["h"]}),
        (["lower"], ["lower", "upper"], {"lower": ["h"], "upper": ["h"]}),
        (["lower:c"], ["lower", "upper"], {"lower": ["c"], "upper": ["h"]}),
        (["lower", "lower:c"], ["lower", "upper"], {"lower": ["h", "c"], "upper": ["h"]}),
        (["all"], ["lower", "upper"], {"lower": ["h"], "upper": ["h"]}),
    ],
)
def test_layers_and_kinds_are_stored_only_where_asked_for(
    wanted: list[str], stored: list[str], mapped: dict
) -> None:
    layers, kinds = choose_layers(model_structure(stacked()), wanted, "LAYERS")
    assert ([each.id for each in layers], kinds) == (stored, mapped)


def test_of_a_bidirectional_layer_both_directions_are_stored() -> None:
    structure = model_structure(WHOLE["bidirectional"]())
    layers, kinds = choose_layers(structure, [], "LAYERS")
    assert [each.id for each in layers] == ["both-forward", "both-backward"]
    assert kinds == {"both-forward": ["h"], "both-backward": []}
    assert choose_layers(structure, ["both"], "LAYERS")[1]["both-backward"] == ["h"]


@pytest.mark.parametrize("name", ["middle", "upper:c", "lower:gate"])
def test_a_layer_or_kind_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(StatelineError) as caught:
        choose_layers(model_structure(stacked()), [name], "LAYERS")
    assert f"LAYERS: no layer {name}; expected all, or some of lower:h, lower:c, upper:h" in str(
        caught.value
    )


class OwnLayer(keras.layers.Layer):
    def call(self, inputs: object) -> object:
        return inputs


class OwnModel(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.read, self.step, self.tell = L.Embedding(11, 5), L.LSTM(3), L.Dense(4)

    def call(self, inputs: object) -> object:
        return self.tell(self.step(self.read(inputs)))


def several(inputs: int, outputs: int) -> keras.Model:
    ids = [keras.Input((None,)) for _ in range(inputs)]
    read = [L.LSTM(UNITS)(L.Embedding(11, 5)(each)) for each in ids]
    joined = L.Concatenate()(read) if inputs > 1 else read[0]
    told = [L.Dense(4, activation="softmax")(joined) for _ in range(outputs)]
    return keras.Model(ids, told)


def one_batch(stateful: bool) -> keras.Model:
    step = L.LSTM(UNITS, stateful=stateful)
    return keras.Sequential([keras.Input(batch_shape=(1, 7)), L.Embedding(11, 5), step, answer()])


def of_texts() -> keras.Model:
    cut = L.TextVectorization(vocabulary=["good", "bad"])
    ids = cut(words := keras.Input((1,), dtype="string"))
    return keras.Model(words, answer()(L.LSTM(UNITS)(L.Embedding(9, 5)(ids))))


def of_pictures() -> keras.Model:
    return keras.Sequential(
        [keras.Input((None, 6, 5)), L.TimeDistributed(L.Flatten()), L.LSTM(3), answer()]
    )


REFUSED = {
    "no recurrent layer": (
        lambda: text(L.GlobalAveragePooling1D()),
        "has no recurrent layer; expected LSTM, GRU or SimpleRNN",
        "build_store_from_states",
    ),
    "stateful": (
        lambda: one_batch(stateful=True),
        "is stateful: its answer depends on what was read before",
        "stateful=False",
    ),
    "stacked cells": (
        lambda: text(L.RNN([L.GRUCell(3), L.GRUCell(2)], name="two")),
        "layer two steps a StackedRNNCells",
        "Stack recurrent layers",
    ),
    "half precision": (
        lambda: text(L.LSTM(3, dtype="mixed_float16", name="half")),
        "layer half computes in float16",
        "dtype='float32'",
    ),
    "two inputs": (lambda: several(2, 1), "has several inputs; expected 1, got 2", "one_input"),
    "two outputs": (lambda: several(1, 2), "has several outputs; expected 1, got 2", "one_output"),
    "a layer of one's own": (
        lambda: text(OwnLayer(name="mine"), L.LSTM(3)),
        "layer mine is OwnLayer, which holds code of its own",
        "Put Keras' own layers in its place",
    ),
    "a function": (
        lambda: text(L.Lambda(lambda x: x, name="mine"), L.LSTM(3)),
        "layer mine is Lambda, which holds code of its own",
        "Put Keras' own layers in its place",
    ),
    "a class of one's own": (OwnModel, "its layers cannot be seen", "Sequential or functional"),
    "texts": (of_texts, "reads texts, not token ids", "get_vocabulary() as tokens"),
    "pictures": (of_pictures, "its input is neither token ids nor a series", "(S, T, F)"),
    "an answer a step": (
        lambda: text(L.LSTM(3, return_sequences=True)),
        "does not answer once a sequence; expected (sequences, outputs), got (None, None, 4)",
        "return_sequences=False",
    ),
    "several labels": (
        lambda: text(L.LSTM(3), answer(4, "sigmoid")),
        "4 sigmoid units answer 4 questions, each yes or no (multi-label)",
        "Dense(1, activation='sigmoid') with the weights of that unit",
    ),
    "softmax of one": (
        lambda: text(L.LSTM(3), answer(1)),
        "softmax of one unit is always 1",
        "sigmoid, or two units",
    ),
    "a number": (
        lambda: text(L.LSTM(3), answer(1, "tanh")),
        "its last layer, answer, has activation tanh; expected softmax, sigmoid or none",
        "End with Dense",
    ),
    "a number of steps": (
        lambda: text(
            L.LSTM(3, return_sequences=True), L.Flatten(), mask=False, length=7
        ),
        "cannot read a beginning of one step",
        "(ENDS=pre, ENDS=post)",
    ),
    "a convolution without padding": (
        lambda: text(L.Conv1D(4, 3), L.LSTM(3)),
        "cannot read a beginning of one step",
        "(ENDS=pre, ENDS=post)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line_with_what_would_make_it_work(case: str) -> None:
    make, what, fix = REFUSED[case]
    with pytest.raises(StatelineError) as caught:
        model_structure(make())
    said = str(caught.value)
    assert said.startswith("model ") and "\n" not in said
    assert what in said and fix in said


def test_one_answer_of_several_labels_can_be_looked_at_as_the_error_says() -> None:
    model = text(L.LSTM(UNITS, name="lstm"), answer(4, "sigmoid"))
    unit = L.Dense(1, activation="sigmoid")
    one = keras.Model(model.inputs, unit(model.get_layer("lstm").output))
    unit.set_weights([each[..., 2:3] for each in model.get_layer("answer").get_weights()])
    structure = model_structure(one)
    assert (structure.activation, structure.outputs) == ("sigmoid", 1)
    assert one(IDS[0][None]).numpy() == pytest.approx(model(IDS[0][None]).numpy()[:, 2:3])


def test_a_stateful_model_works_when_built_as_the_error_says() -> None:
    plain, stateful = one_batch(False), one_batch(True)
    plain.set_weights(stateful.get_weights())
    model_structure(plain)
    assert plain(IDS[0][None]).numpy() == pytest.approx(stateful(IDS[0][None]).numpy(), abs=1e-6)


def test_a_file_that_holds_code_or_is_no_model_is_not_loaded(tmp_path: Path) -> None:
    text(L.Lambda(lambda x: x + 1), L.LSTM(3)).save(tmp_path / "code.keras")
    text(OwnLayer(), L.LSTM(3)).save(tmp_path / "own.keras")
    (tmp_path / "words.keras").write_text("no model")
    np.save(tmp_path / "weights.npy", np.zeros(3))
    for name, what, fix in (
        ("code.keras", "cannot be loaded in safe mode", "without Lambda"),
        ("own.keras", "cannot be loaded in safe mode", "Use Keras' own layers"),
        ("words.keras", "is not a model in Keras' own format", "model.save('model.keras')"),
        ("weights.npy", "is not a model in Keras' own format", "model.save('model.keras')"),
        ("nothing.keras", "no such file", "MODEL="),
    ):
        with pytest.raises(StatelineError) as caught:
            load_model(tmp_path / name)
        assert name in str(caught.value) and what in str(caught.value) and fix in str(caught.value)
        assert "\n" not in str(caught.value)
