"""The model that the pipeline trains itself: its form, its batches, its targets."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.models.keras.backend import keras, tf
from stateline.pipeline.models.keras.batches import LengthBatches, predict
from stateline.pipeline.models.keras.classifier import (
    OPTIMISERS,
    begin_embedding,
    build_model,
    make_reproducible,
    targets,
)
from stateline.pipeline.models.keras.read_states import shuffled_batches
from stateline.pipeline.models.keras.structure import model_structure
from stateline.pipeline.numerics.count_ratios import log_count_ratios
from stateline.pipeline.numerics.metrics import classification_metrics
from stateline.pipeline.numerics.padding import pad_behind
from stateline.pipeline.run.artefacts import VOCABULARY
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.sequences import split_of
from stateline.pipeline.train import best_epochs, by_size, fit, fitted
from stateline.store.errors import StatelineError

SETTINGS = {
    "units": 3,
    "embedding": 5,
    "spatial_dropout": 0.3,
    "dropout": 0.5,
    "optimizer": "adam",
    "learning_rate": 1e-3,
    "averaging": 0.0,
    "loss": "crossentropy",
}


def make(cell: str, classes: int, features: int | None = None) -> object:
    make_reproducible(4)
    return build_model(SETTINGS | {"cell": cell}, 11, classes, features)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize(("classes", "outputs"), [(2, 1), (4, 4)])
@pytest.mark.parametrize("features", [None, 2])
def test_its_answer_is_a_linear_readout_of_its_last_state(
    cell: str, classes: int, outputs: int, features: int | None
) -> None:
    structure = model_structure(make(cell, classes, features))
    assert structure.method == "linear" and structure.readout.weights.shape == (outputs, 3)
    assert (structure.classes, structure.features) == (classes, features)
    assert structure.padding == (0 if features is None else None)


def test_words_cannot_be_dropped_from_a_series() -> None:
    facts = {"classes": ["a", "b"], "features": ["x"]}
    with pytest.raises(StatelineError) as caught:
        fitted(None, None, SETTINGS | {"word_dropout": 0.25, "seed": 1}, facts)
    assert str(caught.value).startswith("WORD_DROPOUT=0.25: a series has no words")


def test_rmsprop_learns_a_word_whose_gradients_are_small() -> None:
    word = keras.Variable([0.0, 0.0])
    optimiser = OPTIMISERS["rmsprop"](learning_rate=0.01)
    optimiser.apply([tf.constant([1e-5, 1.0])], [word])
    # The first step is the rate over the root of 1 - rho, whatever the size of the gradient.
    assert np.allclose(word.numpy(), -0.01 / np.sqrt(0.1), rtol=1e-3)


def noise() -> pl.DataFrame:
    """Sequences without a pattern: what is learned of some soon misleads about the others."""
    rng = np.random.default_rng(5)
    label = rng.integers(0, 2, 60)
    return pl.DataFrame(
        {
            "split": ["train"] * 40 + ["validation"] * 20,
            "label": label,
            "ids": pl.Series(
                [rng.integers(2, 11, 4).tolist() for _ in label], dtype=pl.List(pl.UInt32)
            ),
        }
    )


STOPPED = SETTINGS | {
    "cell": "lstm", "learning_rate": 0.05, "seed": 1, "batch_size": 8, "word_dropout": 0.0,
    "epochs": 30, "patience": 2, "stop": "loss",
}  # fmt: skip


def test_training_stops_on_the_validation_loss_and_keeps_the_weights_of_its_lowest() -> None:
    table, settings = noise(), STOPPED
    label = table["label"].to_numpy()
    make_reproducible(1)
    model = build_model(settings, 11, 2)
    parts = [split_of(table, part) for part in ("train", "validation")]
    history = fit(model, *parts, settings, 2)
    losses = [epoch["val_loss"] for epoch in history]
    assert len(losses) < 30 and int(np.argmin(losses)) == len(losses) - 1 - 2
    ids = np.array(table["ids"].to_list()[40:], dtype=np.int32)
    kept = model.evaluate(ids, targets(label[40:], 2), verbose=0)[0]
    assert kept == pytest.approx(min(losses), abs=1e-5)


def test_the_best_epoch_is_the_first_of_the_lowest_loss_or_of_the_highest_accuracy() -> None:
    values = [(0.6, 0.5), (0.4, 0.7), (0.4, 0.8), (0.5, 0.8)]
    history = [{"val_loss": loss, "val_accuracy": share} for loss, share in values]
    assert best_epochs(history, "loss") == 2
    assert best_epochs(history, "accuracy") == 3


@pytest.mark.parametrize("averaging", [0.0, 0.5])
def test_a_refit_is_a_training_on_both_splits_for_as_many_epochs(
    tmp_path: Path, averaging: float
) -> None:
    paths, table = BuildPaths("run", tmp_path), noise()
    paths.stage("corpus").mkdir(parents=True)
    pl.DataFrame({"token": [str(each) for each in range(11)]}).write_parquet(
        paths.stage("corpus") / VOCABULARY
    )
    facts = {"classes": ["a", "b"], "features": [], "sizes": {"train": 40}}
    settings = STOPPED | {"averaging": averaging, "refit": True, "word_prior": 0.0}
    model, training = fitted(paths, table, settings, facts)
    best = best_epochs(training["history"], "loss")
    assert training["refit_epochs"] == best < training["epochs"]
    # The same by hand: every sequence is one of training, and nothing stops the epochs.
    make_reproducible(1)
    expected = build_model(settings, 11, 2)
    batches = LengthBatches(
        [each.to_numpy() for each in table["ids"]], targets(table["label"].to_numpy(), 2), 8,
        np.random.default_rng(1),
    )  # fmt: skip
    expected.fit(batches.dataset(), epochs=best, shuffle=False, verbose=0)
    if averaging:
        averages = expected.optimizer._model_variables_moving_average
        wanted = [each.numpy() for each in averages]
    else:
        wanted = [each.numpy() for each in expected.trainable_variables]
    for got, want in zip(model.trainable_variables, wanted, strict=True):
        assert np.allclose(got.numpy(), want, atol=1e-6)


def test_the_embedding_begins_with_the_ratios_of_the_words_where_it_has_room_for_them() -> None:
    table = noise()
    sequences, label = split_of(table, "train")
    model = make("lstm", 2)
    before = model.get_layer("embedding").get_weights()[0]
    begin_embedding(model, sequences, label, 2, 0.3)
    after = model.get_layer("embedding").get_weights()[0]
    assert np.array_equal(after[:, 0], 0.3 * log_count_ratios(sequences, label, 11, 2)[:, 0])
    assert np.array_equal(after[:, 1:], before[:, 1:])
    # Four classes would take four of its five dimensions.
    begin_embedding(model, sequences, label, 4, 0.3)
    assert np.array_equal(model.get_layer("embedding").get_weights()[0], after)


@pytest.mark.parametrize(("rows", "batch"), [(100, 8), (999, 19), (3_200, 64), (100_000, 64)])
def test_a_small_training_split_gets_small_batches(rows: int, batch: int) -> None:
    chosen = by_size({"batch_size": 0, "averaging": 0.99}, rows)
    assert chosen["batch_size"] == batch
    # The average holds the weights of two epochs at the most.
    steps = -(-rows // batch)
    assert chosen["averaging"] == pytest.approx(min(0.99, 1 - 1 / (2 * steps)), abs=1e-4)
    assert by_size({"batch_size": 5, "averaging": 0.0}, rows) == {"batch_size": 5, "averaging": 0.0}


def test_padding_stands_behind_and_nowhere_else() -> None:
    assert pad_behind([np.array([5, 6, 7]), np.array([9])]).tolist() == [[5, 6, 7], [9, 0, 0]]
    numbers = pad_behind([np.ones((2, 1)), np.ones((1, 1))], padding=-9.0)
    assert numbers.tolist() == [[[1], [1]], [[1], [-9]]]
    assert pad_behind([np.array([5, 6, 7]), np.array([9])], longest=2).tolist() == [[5, 6], [9, 0]]


def test_batches_hold_every_sequence_once_and_are_near_in_length() -> None:
    rng = np.random.default_rng(0)
    sequences = [np.ones(n, dtype=np.uint32) for n in rng.integers(1, 60, 100)]
    for batches in (
        LengthBatches(sequences, None, 16).draw(),
        LengthBatches(sequences, None, 16, np.random.default_rng(1)).draw(),
        LengthBatches(sequences, None, 16, padding=None).draw(),
        shuffled_batches(sequences, 16, seed=3),
        shuffled_batches(sequences, 16, seed=3, padding=None),
    ):
        assert sorted(np.concatenate(batches)) == list(range(100))
    widths = [
        np.ptp([len(sequences[row]) for row in rows])
        for rows in LengthBatches(sequences, None, 16).draw()
    ]
    assert max(widths) <= 16


def test_a_model_that_reads_padding_gets_batches_of_one_length() -> None:
    rng = np.random.default_rng(0)
    sequences = [np.ones(n, dtype=np.uint32) for n in rng.integers(1, 9, 40)]
    for batches in (
        LengthBatches(sequences, None, 3, padding=None).draw(),
        shuffled_batches(sequences, 3, seed=3, padding=None),
    ):
        assert all(len({len(sequences[row]) for row in rows}) == 1 for rows in batches)


def test_batches_of_any_width_pass_one_after_the_other() -> None:
    # Keras takes the first batches' width for every batch's unless the signature is open.
    sequences = [np.full(n, 2, dtype=np.uint32) for n in (9, 9, 9, 9, 3, 3, 5)]
    wanted = np.arange(7, dtype=np.float32)[:, None]
    made = LengthBatches(sequences, wanted, 2, np.random.default_rng(0)).dataset()
    widths = {ids.shape[1] for ids, _ in made.as_numpy_iterator()}
    assert 9 in widths and len(widths) > 1
    model = make("gru", 2)
    model.fit(LengthBatches(sequences, wanted, 2, np.random.default_rng(0)).dataset(), verbose=0)


def test_answers_come_in_the_order_of_the_sequences_whatever_their_batches() -> None:
    model = make("lstm", 4)
    sequences = [np.arange(1, n + 1) for n in (7, 1, 4, 2, 6)]
    singly = np.concatenate([model(each[None]) for each in sequences])
    assert predict(model, sequences, batch=2) == pytest.approx(singly, abs=1e-5)
    assert predict(model, sequences, batch=2, padding=None) == pytest.approx(singly, abs=1e-5)


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
    assert made["unseen_accuracy"] is None
    assert classification_metrics(probability, label, False)["elementwise_accuracy"] is None


def test_accuracy_without_repeated_sequences_leaves_them_out() -> None:
    probability, label = np.eye(3)[[0, 1, 2, 0, 0]], np.array([0, 1, 1, 2, 0])
    repeated = np.array([True, False, False, False, True])
    made = classification_metrics(probability, label, False, repeated)
    assert made["accuracy"] == 3 / 5
    assert made["unseen_accuracy"] == 1 / 3
    assert classification_metrics(probability, label, False, label >= 0)["unseen_accuracy"] is None
