"""One call from a model and its data to a verified run, and what the call refuses."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline import build_store
from stateline.pipeline.build import answers
from stateline.pipeline.models.keras.backend import tf
from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.pipeline.models.keras.own_models import (
    IDS,
    LABELS,
    LINEAR,
    LONGEST,
    UNITS,
    VALUES,
    VOCABULARY,
    WHOLE,
    L,
    answer,
    keras,
    lively,
    padded,
    stacked,
    text,
)

Dataset = tf.data.Dataset
WORDS = ["", "[UNK]", *(f"word{i}" for i in range(2, VOCABULARY))]
CLASSES = ["north", "east", "south", "west"]
PCA = {"projections": ["pca"]}
STEPS = sum(map(len, IDS))


def built(model: object, sequences: object, folder: Path, labels: list = LABELS, **options) -> Run:
    """A run that was built and passes every check of the store."""
    run = build_store(model, sequences, labels, out=folder / "own", **(PCA | options))
    check_run(folder / "own")
    return run


def last_answers(run: Run) -> np.ndarray:
    """The stored expected prediction at the last step of every sequence."""
    steps = run.scan("steps.parquet").select("sequence_id", "t", "ep").collect()
    return steps.filter(pl.col("t") == pl.col("t").max().over("sequence_id"))["ep"].to_numpy()


@pytest.mark.parametrize(
    ("name", "outputs", "activation"),
    [
        ("lstm", 4, "softmax"),
        ("gru, sigmoid", 1, "sigmoid"),
        ("simple, logits", 4, "softmax"),
        ("cell, one logit", 1, "sigmoid"),
        ("softmax of two", 2, "softmax"),
    ],
)
def test_every_form_of_answer_is_stored_as_the_model_gives_it(
    name: str, outputs: int, activation: str, tmp_path: Path
) -> None:
    model = LINEAR[name]()
    classes = max(outputs, 2)
    run = built(model, IDS, tmp_path, [label % classes for label in LABELS], task="classes")
    readout = run.manifest.readout
    assert (readout.method, readout.outputs, readout.activation) == (
        "linear",
        outputs,
        activation,
    )
    own = model.predict(padded(IDS, 0), verbose=0)
    own = answer_probabilities(own, "logit" in name)
    assert last_answers(run) == pytest.approx(own, abs=1e-5)


@pytest.mark.parametrize("way", ["ragged", "front", "behind"])
def test_masked_padding_is_no_step_wherever_it_stands(way: str, tmp_path: Path) -> None:
    model = WHOLE["bidirectional"]()
    provided = IDS if way == "ragged" else padded(IDS, 0, front=way == "front")
    run = built(model, provided, tmp_path, tokens=WORDS, classes=CLASSES, unknown=1)
    assert run.states == STEPS and run.class_names == CLASSES
    own = model.predict(padded(IDS, 0, front=True), verbose=0)
    assert last_answers(run) == pytest.approx(own, abs=1e-5)
    steps = run.scan("steps.parquet").collect()
    assert steps["token_id"].to_list() == np.concatenate(IDS).tolist()
    assert steps["token"][0] == "word4" and run.manifest.corpus.tokens.padding == 0
    assert steps["known"].to_list() == (np.concatenate(IDS) != 1).tolist()
    assert run.manifest.readout.method == "prefix"


def test_padding_that_the_model_reads_is_a_step(tmp_path: Path) -> None:
    model = text(L.LSTM(UNITS), mask=False)
    provided = padded(IDS, 0, front=True)
    run = built(model, provided, tmp_path)
    assert run.states == len(IDS) * LONGEST
    steps = run.scan("steps.parquet").collect()
    assert steps["padding"].to_list() == (provided.ravel() == 0).tolist()
    assert run.manifest.corpus.tokens.padding == 0 and set(steps["known"]) == {True}
    assert run.manifest.left_out.padding_steps == (provided == 0).sum()
    assert last_answers(run) == pytest.approx(model.predict(provided, verbose=0), abs=1e-5)


def test_a_mask_that_gets_lost_on_its_way_does_not_hide_padding(tmp_path: Path) -> None:
    model = WHOLE["encoder and decoder"]()
    provided = padded(IDS, 0)
    run = built(model, provided, tmp_path)
    assert run.states == len(IDS) * LONGEST
    assert last_answers(run) == pytest.approx(model.predict(provided, verbose=0), abs=1e-5)


def test_layers_kinds_and_gates_are_stored_where_asked_for(tmp_path: Path) -> None:
    plain = built(stacked(), IDS, tmp_path)
    assert [each.id for each in plain.manifest.layers] == ["upper"]
    assert plain.manifest.readout.method == "head"
    run = built(stacked(), IDS, tmp_path, layers=["lower", "lower:c"], gates=True)
    lower, upper = run.manifest.layers
    assert (lower.id, lower.states, lower.gates) == (
        "lower",
        ("h", "c"),
        ("input", "forget", "output"),
    )
    assert set(lower.max_distance) == {"h", "c"} and set(upper.max_distance) == {"h"}
    assert run.projection_ids == ["lower-pca", "lower-c-pca", "upper-pca"]
    hidden = run.scan("hidden/upper.parquet").collect()
    assert {"gate_update", "gate_reset"} <= set(hidden.columns)


def test_a_series_keeps_its_numbers_and_the_names_of_steps_and_features(tmp_path: Path) -> None:
    model = LINEAR["series, masked"]()
    names = [[f"day {t}" for t in range(len(each))] for each in VALUES]
    run = built(
        model, padded(VALUES, -9.0), tmp_path, tokens=[["-"] * LONGEST] * 5, features=["x", "y"]
    )
    assert run.states == STEPS
    run = built(model, VALUES, tmp_path, tokens=names, features=["x", "y"])
    steps = run.scan("steps.parquet").collect()
    assert steps["surface"].to_list()[:3] == ["day 0", "day 1", "day 2"]
    assert steps["values"].to_numpy() == pytest.approx(np.concatenate(VALUES))
    assert [each.name for each in run.manifest.corpus.features] == ["x", "y"]


def test_a_model_file_texts_names_and_a_kept_build_folder(tmp_path: Path) -> None:
    LINEAR["lstm"]().save(tmp_path / "model.keras")
    run = built(
        tmp_path / "model.keras",
        IDS,
        tmp_path,
        ["north", "west", "east", "south", "east"],
        classes=CLASSES,
        tokens=[[f"w{i}" for i in ids] for ids in IDS],
        texts=[f"text {row}!" for row in range(5)],
        ids=[f"id {row}" for row in range(5)],
        build=tmp_path / "build",
    )
    assert run.sequences["text"].to_list()[1] == "text 1!"
    assert run.sequences["external_id"].to_list()[1] == "id 1"
    assert (tmp_path / "build" / "own" / "extract").is_dir()
    assert keras.models.load_model(run.folder / "model.keras").name == "own"


def test_a_start_token_is_a_step_with_a_name(tmp_path: Path) -> None:
    provided = [np.concatenate([[7], ids]) for ids in IDS]
    run = built(LINEAR["lstm"](), provided, tmp_path, tokens=WORDS, start=7)
    steps = run.scan("steps.parquet").collect()
    assert run.states == STEPS + 5 and steps["token"][0] == "[start]"


def test_answers_of_an_unrolled_model_come_at_any_length() -> None:
    from stateline.pipeline.models.keras.structure import model_structure

    model = LINEAR["fixed length, unrolled"]()
    own = answers(model, None, IDS, model_structure(model))
    assert own == pytest.approx(model.predict(padded(IDS, 0), verbose=0), abs=1e-5)


def of_batch_means() -> keras.Model:
    """A model whose answer to one sequence depends on the others."""
    ids = keras.Input((None,))
    read = L.Embedding(VOCABULARY, 5)(ids)
    read = read - keras.ops.mean(read, axis=0, keepdims=True)
    return lively(keras.Model(ids, answer()(L.GRU(UNITS)(read)), name="own"))


REFUSED = {
    "states that depend on their batch": (
        {"model": of_batch_means, "sequences": padded(IDS, 1)},
        "sequence 0: its states depend on its batch; expected a difference of 1e-05 at the most",
    ),
    "answers that depend on their batch": (
        {"model": of_batch_means, "ids": list("abcde")},
        "sequence b: its last expected prediction is not the model's prediction",
    ),
    "another number of words": (
        {"tokens": [["w"] * len(ids) for ids in [*IDS[:3], IDS[0], IDS[4]]]},
        "tokens, sequence 3: another number of words than of steps; expected 2, got 7",
    ),
    "an id without a token": ({"tokens": WORDS[:9]}, "tokens, sequence 0: id 10 has no token"),
    "an id without a row": (
        {"sequences": [*IDS[:4], np.array([4, 11])]},
        "sequence 4: step 1 holds an id that the model does not know",
    ),
    "nothing but padding": (
        {"sequences": [*IDS[:2], np.zeros(3), *IDS[3:]]},
        "sequence 2: holds no step besides padding",
    ),
    "no sequence": ({"sequences": [], "labels": []}, "labels: not one class a sequence"),
    "other labels": ({"labels": LABELS[:4]}, "labels: not one a sequence; expected 5, got 4"),
    "a label beyond the classes": (
        {"labels": [0, 3, 1, 2, 4]},
        "labels, sequence 4: no such class",
    ),
    "other classes": (
        {"classes": CLASSES[:3]},
        "classes: not as many as the model answers; expected 4, got 3",
    ),
    "a series for a model of ids": ({"sequences": VALUES}, "sequence 0: not a list of token ids"),
    "ids for a model of series": (
        {"model": LINEAR["series, masked"]},
        "sequence 0: not the series that the model reads; expected numbers (T, 2)",
    ),
    "a layer that is not there": ({"layers": ["middle"]}, "LAYERS: no layer middle; expected all"),
    "a projection that is not there": ({"projections": ["som"]}, "PROJECTIONS=som"),
    "knobs that nothing reads": (
        {"epochs": 3, "perplexity": 5, "stored": 1, "extract_batch": 2},
        "epochs, perplexity, stored: no knob of what this call runs; expected some of "
        "default_projection, extract_batch, fit_states, index_states, seed, swap_tested, "
        "swap_words, unit_groups",
    ),
    "an unknown id that is none": (
        {"unknown": -1},
        "unknown: no id that the model knows; expected 0 to 10, or None: there is no such id, got "
        "-1",
    ),
    "a start id that is none": ({"start": 11}, "start: no id that the model knows"),
    "an unknown id of a series": (
        {"model": LINEAR["series, masked"], "sequences": VALUES, "unknown": 1},
        "unknown: no id that the model knows; expected None: a series has no ids, got 1",
    ),
    "a picture of words": ({"picture": True}, "picture: only a series has it"),
    "a class twice": ({"classes": ["a", "b", "a", "c"]}, "classes: 'a' is a duplicate"),
    "several labels": (
        {"model": lambda: text(L.LSTM(UNITS), answer(4, "sigmoid"))},
        "(multi-label); expected one class a sequence",
    ),
    "names that begin at another id": (
        {"tokens": WORDS[1:]},
        "tokens: id 0 is named '[UNK]', and id 0 is what the model masks: every word would be",
    ),
    "labels twice": (
        {"sequences": Dataset.from_tensors((IDS[0], 1))}, "labels: given twice: the dataset holds",
    ),
    "a dataset without an end": (
        {"sequences": Dataset.from_tensors(IDS[0]).repeat()},
        "sequences: a dataset that repeats for ever. Pass it without repeat()",
    ),
    "no labels": ({"labels": None}, "labels: missing; expected one class a sequence"),
}  # fmt: skip


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that stands where failing calls want to build theirs."""
    folder = tmp_path_factory.mktemp("there")
    built(LINEAR["lstm"](), IDS, folder)
    return folder / "own"


@pytest.mark.parametrize("case", REFUSED)
def test_a_call_that_cannot_be_proved_right_is_refused_and_the_run_that_was_there_stays(
    case: str, there: Path
) -> None:
    changed, line = REFUSED[case]
    arguments = {"model": LINEAR["lstm"], "sequences": IDS, "labels": LABELS, "out": there}
    arguments |= PCA | changed
    model = arguments.pop("model")()
    before = open_run(there).checksum
    with pytest.raises(StatelineError) as caught:
        build_store(model, **arguments)
    assert line in str(caught.value) and "\n" not in str(caught.value)
    assert open_run(there).checksum == before
    assert [path.name for path in there.parent.iterdir()] == ["own"], "no leftover"
