"""Leave-one-out and integrated gradients, against loops that run the model again and again."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from stateline.pipeline.build import build_store
from stateline.pipeline.live import attribution
from stateline.pipeline.live.attribution import Attribution
from stateline.pipeline.live.worker import TypedReader, answers
from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.classifier import build_model, make_reproducible
from stateline.pipeline.models.keras.structure import model_structure
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run

ROWS, UNITS, CLASSES, FEATURES = 9, 3, 4, 2
IDS = np.array([3, 1, 8, 3, 5, 2, 7], dtype=np.uint32)
SETTINGS = {
    "cell": "lstm", "units": UNITS, "embedding": 5, "spatial_dropout": 0.1, "dropout": 0.2,
    "optimizer": "adam", "learning_rate": 1e-3, "averaging": 0.0, "loss": "crossentropy",
}  # fmt: skip
Layers = keras.layers


def attribute(model: keras.Model, initial: np.ndarray | None = None) -> Attribution:
    structure = model_structure(model)
    network = SimpleNamespace(
        reader=ModelReader(model, structure, structure.layers), structure=structure
    )
    return Attribution(network, initial)


def text_model(classes: int, scale: float = 3.0) -> keras.Model:
    make_reproducible(5)
    model = build_model(SETTINGS, ROWS, classes)
    model.set_weights([scale * weight for weight in model.get_weights()])
    return model


def series_model(masked: bool = True) -> keras.Model:
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((None, FEATURES))])
    if masked:
        model.add(Layers.Masking(mask_value=0.0))
    model.add(Layers.GRU(UNITS))
    model.add(Layers.Dense(CLASSES, activation="softmax"))
    # No bias is zero: a state that has read zeros is not the zero state.
    model.set_weights([3 * weight + 0.2 for weight in model.get_weights()])
    return model


def logits(model: keras.Model, sequence: np.ndarray) -> np.ndarray:
    """The model's own prediction of one sequence, taken back through sigmoid or softmax."""
    (p,) = model.predict(sequence[None], verbose=0).astype(np.float64)
    return np.log(p / (1 - p)) if len(p) == 1 else np.log(p)


def centred(values: np.ndarray, outputs: int) -> np.ndarray:
    """Logits of a softmax are known but for what all share."""
    return values if outputs == 1 else values - values.mean(axis=-1, keepdims=True)


@pytest.mark.parametrize("classes", [2, CLASSES])
def test_leaving_a_step_out_is_the_model_s_own_answer_without_it(classes: int) -> None:
    model = text_model(classes)
    outputs = model.outputs[0].shape[1]
    whole = logits(model, IDS.astype(np.int32))
    wanted = []
    for t in range(len(IDS)):
        without = np.array([each for i, each in enumerate(IDS) if i != t], dtype=np.int32)
        wanted.append(whole - logits(model, without))
    found = attribute(model)
    of_class = [found.of(IDS, c) for c in range(classes)]
    got = np.array([each["leave_one_out"] for each in of_class]).T
    if outputs == 1:
        np.testing.assert_allclose(got[:, 1], np.array(wanted)[:, 0], atol=1e-4)
        np.testing.assert_allclose(got[:, 0], -got[:, 1])
        assert of_class[0]["logit"] == pytest.approx(-whole[0], abs=1e-4)
    else:
        np.testing.assert_allclose(
            centred(got, outputs), centred(np.array(wanted), outputs), atol=1e-4
        )
    assert np.abs(got).max() > 0.1 and all(each["reason"] is None for each in of_class)


def test_leaving_a_step_of_a_series_out_is_the_model_s_own_answer_without_it() -> None:
    model, found = series_model(), None
    series = np.random.default_rng(0).normal(size=(6, FEATURES)).astype(np.float32)
    found = attribute(model)
    got = np.array([found.of(series, c)["leave_one_out"] for c in range(CLASSES)]).T
    for t in range(len(series)):
        without = np.delete(series, t, axis=0)
        wanted = centred(logits(model, series) - logits(model, without), CLASSES)
        np.testing.assert_allclose(centred(got[t], CLASSES), wanted, atol=1e-4)


def test_integrated_gradients_of_a_linear_model_are_its_terms() -> None:
    keras.utils.set_random_seed(4)
    model = keras.Sequential([
        keras.Input((None,)), Layers.Embedding(ROWS, 5),
        Layers.SimpleRNN(UNITS, activation="linear"), Layers.Dense(CLASSES, activation="softmax"),
    ])  # fmt: skip
    table, kernel, recurrent, rnn_bias, weights, bias = model.get_weights()
    found = attribute(model)
    for towards in range(CLASSES):
        answer = found.of(IDS, towards)
        h = zero = np.zeros(UNITS)
        for t, i in enumerate(IDS):
            # What a step adds passes through the recurrent weights once for every later step.
            term = table[i] @ kernel
            h, zero = term + rnn_bias + h @ recurrent, rnn_bias + zero @ recurrent
            for _ in range(len(IDS) - 1 - t):
                term = term @ recurrent
            wanted = term @ weights[:, towards]
            assert answer["integrated_gradients"][t] == pytest.approx(wanted, abs=1e-5)
        assert answer["logit"] == pytest.approx((h @ weights + bias)[towards], abs=1e-5)
        assert answer["baseline"] == pytest.approx((zero @ weights + bias)[towards], abs=1e-5)
        assert abs(answer["gap"]) < 1e-5


def loop_integral(layer: object, head: list, steps: np.ndarray, towards: int, points: int) -> list:
    """Midpoint rule on the straight way from zeros, point by point through the layer itself."""
    total = np.zeros(len(steps))

    @tf.function
    def slope(at: object) -> object:
        with tf.GradientTape() as tape:
            tape.watch(at)
            logit = (layer(at) @ head[0] + head[1])[0, towards]
        return tape.gradient(logit, at)[0]

    for point in range(points):
        at = ((point + 0.5) / points * steps)[None].astype(np.float32)
        total += (slope(tf.constant(at)).numpy() * steps).sum(axis=1) / points
    return total.tolist()


@pytest.mark.parametrize("classes", [2, CLASSES])
def test_integrated_gradients_are_a_loop_s_over_many_points(classes: int) -> None:
    model = text_model(classes, scale=2.0)
    table, *_ = model.layers[0].get_weights()
    head, last = model.layers[-1].get_weights(), classes - 1
    answer = attribute(model).of(IDS, last)
    output = 0 if classes == 2 else last
    wanted = loop_integral(model.get_layer("lstm"), head, table[IDS], output, 128)
    assert answer["integrated_gradients"] == pytest.approx(wanted, abs=1e-4)
    assert abs(answer["gap"]) < 1e-4 and abs(answer["logit"] - answer["baseline"]) > 0.02


@pytest.mark.parametrize("masked", [True, False])
def test_integrated_gradients_of_a_series_begin_at_zeros_that_are_read(masked: bool) -> None:
    model = series_model(masked)
    series = np.random.default_rng(1).normal(size=(5, FEATURES)).astype(np.float32)
    answer = attribute(model).of(series, 2)
    layer = next(each for each in model.layers if isinstance(each, Layers.GRU))
    head = model.layers[-1].get_weights()
    wanted = loop_integral(layer, head, series, 2, 128)
    assert answer["integrated_gradients"] == pytest.approx(wanted, abs=1e-4)
    at_zeros = (layer(np.zeros_like(series)[None]) @ head[0] + head[1]).numpy()[0, 2]
    assert answer["baseline"] == pytest.approx(at_zeros, abs=1e-5) and abs(answer["gap"]) < 1e-4


def test_what_looks_like_padding_on_the_way_is_read() -> None:
    keras.utils.set_random_seed(6)
    model = keras.Sequential([
        keras.Input((None, 1)), Layers.Masking(mask_value=0.5), Layers.SimpleRNN(UNITS),
        Layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    series = np.ones((4, 1), np.float32)
    found, seen = attribute(model), []
    for point in (0.5, 0.5 + 1e-6):
        logit, _ = found._on_the_way(series, [point], [1.0])
        seen.append(float(logit[0]))
    assert seen[0] == pytest.approx(seen[1], abs=1e-4)


def test_where_the_way_is_steep_it_is_cut_finer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = text_model(2, scale=8.0)
    long = np.random.default_rng(3).integers(1, ROWS, 40).astype(np.uint32)
    found = attribute(model)
    fine = found.of(long, 1)
    monkeypatch.setattr(attribution, "MAX_POINTS", 0)
    coarse = found.of(long, 1)
    rise = abs(fine["logit"] - fine["baseline"])
    assert abs(coarse["gap"]) > 0.05 * rise > abs(fine["gap"]) * 5
    total = sum(coarse["integrated_gradients"]) - (coarse["logit"] - coarse["baseline"])
    assert coarse["gap"] == pytest.approx(total)


def test_small_batches_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = attribute(text_model(CLASSES))
    whole = found.of(IDS, 1)
    monkeypatch.setattr(attribution, "BATCH_STEPS", 15)
    parts = found.of(IDS, 1)
    for key in ("leave_one_out", "integrated_gradients"):
        np.testing.assert_allclose(parts[key], whole[key], atol=1e-5)


def test_without_its_only_step_a_sequence_has_the_initial_logit_where_that_is_known() -> None:
    model = text_model(2)
    bias = model.layers[-1].get_weights()[1]
    one = attribute(model, bias).of(IDS[:1], 0)
    assert one["leave_one_out"] == pytest.approx([one["logit"] + bias[0]]) and not one["reason"]
    unknown = attribute(model).of(IDS[:1], 0)
    assert unknown["leave_one_out"] == [None] and "only step" in unknown["reason"]
    assert unknown["integrated_gradients"] == pytest.approx(one["integrated_gradients"])


def test_a_sequence_that_would_take_too_long_has_no_leave_one_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attribution, "MAX_LEFT_OUT", 36)
    found = attribute(text_model(2))
    assert found.of(IDS[:6], 1)["leave_one_out"] is not None
    answer = found.of(IDS, 1)
    assert answer["leave_one_out"] is None and "7 steps takes too long; 6" in answer["reason"]
    assert len(answer["integrated_gradients"]) == 7


def test_ids_that_are_read_beside_an_embedding_have_no_integrated_gradients() -> None:
    provided = keras.Input((None,), dtype="int32")
    both = [Layers.Embedding(ROWS, 4)(provided), keras.ops.one_hot(provided, ROWS)]
    states = Layers.GRU(UNITS)(Layers.Concatenate()(both))
    model = keras.Model(provided, Layers.Dense(1, activation="sigmoid")(states))
    answer = attribute(model).of(IDS, 1)
    assert answer["integrated_gradients"] is answer["gap"] is answer["baseline"] is None
    assert "another way than by an Embedding" in answer["reason"]
    assert len(answer["leave_one_out"]) == len(IDS)


def test_two_embeddings_in_a_nested_model_are_added_up() -> None:
    keras.utils.set_random_seed(8)
    provided = keras.Input((None,), dtype="int32")
    inner = keras.Sequential([keras.Input((None,)), Layers.Embedding(ROWS, 3, mask_zero=True)])
    both = Layers.Concatenate()([inner(provided), Layers.Embedding(ROWS, 2)(provided)])
    states = Layers.Bidirectional(Layers.LSTM(UNITS))(both)
    model = keras.Model(provided, Layers.Dense(1, activation="sigmoid")(states))
    answer = attribute(model).of(IDS, 1)
    table = np.concatenate([inner.get_weights()[0], model.get_weights()[1]], axis=1)
    layer = next(each for each in model.layers if isinstance(each, Layers.Bidirectional))
    wanted = loop_integral(layer, model.layers[-1].get_weights(), table[IDS], 0, 64)
    assert answer["integrated_gradients"] == pytest.approx(wanted, abs=1e-4)


# Through the process that the app asks


@pytest.fixture(scope="module")
def stored(model_store: Path) -> Run:
    return open_run(model_store / "modelled")


@pytest.fixture(scope="module")
def reader(stored: Run) -> TypedReader:
    return TypedReader(stored)


def ask(reader: TypedReader, **asked: object) -> dict:
    (answer,) = answers(reader, io.StringIO(json.dumps({"attribute": asked})))
    return answer


def test_a_stored_sequence_and_its_text_get_the_same_answer(
    reader: TypedReader, stored: Run
) -> None:
    row = stored.sequences.row(3, named=True)
    of_stored = ask(reader, sequence=3, **{"class": 1})
    of_text = ask(reader, text=row["text"], **{"class": 1})
    assert of_stored == of_text
    assert (
        len(of_stored["leave_one_out"]) == len(of_stored["integrated_gradients"]) == row["length"]
    )
    last = stored.steps_of(3)["logit"][-1][0]
    assert of_stored["logit"] == pytest.approx(last, abs=1e-4)
    assert of_stored["class"] == 1 and of_stored["output"] == "logit of positive"
    other = ask(reader, sequence=3, **{"class": 0})
    assert other["logit"] == -of_stored["logit"]
    assert other["output"] == "minus the logit of positive"


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ({"sequence": 0}, "class: unknown number; expected 0 to 1"),
        ({"sequence": 0, "class": 2}, "class: unknown number; expected 0 to 1, got 2"),
        ({"sequence": 0, "class": True}, "class: unknown number"),
        ({"sequence": 40, "class": 0}, "sequence: unknown number; expected 0 to 39, got 40"),
        ({"class": 0}, "sequence: unknown number; expected 0 to 39, got None"),
        ({"text": "?!", "class": 0}, "text: it holds no word"),
        ({"text": 5, "class": 0}, "request: not one"),
    ],
)
def test_what_cannot_be_attributed_is_one_line(
    reader: TypedReader, asked: dict[str, object], line: str
) -> None:
    answer = ask(reader, **asked)
    assert list(answer) == ["error"] and answer["error"].startswith(line)


def test_a_series_is_attributed_and_no_text_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(n, FEATURES)).astype(np.float32) for n in (7, 4, 9, 5, 6, 8)]
    model = series_model()
    run = build_store(
        model, series, [0, 1, 2, 3, 1, 2], out=tmp_path / "series", projections=("pca",),
        build=tmp_path / "build",
    )  # fmt: skip
    reader = TypedReader(run)
    answer = ask(reader, sequence=1, **{"class": 3})
    assert len(answer["leave_one_out"]) == len(answer["integrated_gradients"]) == 4
    without = logits(model, np.delete(series[1], 2, axis=0))
    wanted = (logits(model, series[1]) - without)[3] - (logits(model, series[1]) - without)[0]
    first = ask(reader, sequence=1, **{"class": 0})
    got = answer["leave_one_out"][2] - first["leave_one_out"][2]
    assert got == pytest.approx(wanted, abs=1e-4)
    with pytest.raises(StatelineError, match="reads numbers, not a text"):
        reader.answer("good")
