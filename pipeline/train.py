"""Stage train: fit the recurrent classifier, or load a trained one, and evaluate it.

Both are evaluated on the whole test split.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, Float32Array, IntArray
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.numerics.metrics import classification_metrics
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, TRAINING_FACTS, VOCABULARY
from stateline.pipeline.run.facts import UNKNOWN_TRAINING, CorpusFacts, Settings, Training
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.sequences import split_of
from stateline.pipeline.run.stage import StageRun, say, stage_main, stage_work
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL

# What loads TensorFlow is imported by the functions that use it: neither --help nor a missing
# file waits for that.
if TYPE_CHECKING:
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.batches import LengthBatches
    from stateline.pipeline.models.keras.structure import ModelStructure

# S arrays of ids (T,) or of numbers (T, F), and their labels, int (S,).
Labelled = tuple[list[AnyArray], IntArray]

EVALUATION_BATCH = 512
SMALL_EPOCH = 50  # steps, for which a small training split gets smaller batches
BATCHES = (8, 64)


def fit(
    model: "keras.Model",
    train: Labelled,
    validation: Labelled,
    settings: Settings,
    classes: int,
) -> list[dict[str, float]]:
    """Train until the validation loss, or accuracy, stops improving; the best weights stay.

    The loss rises where wrong answers become surer of themselves, which the accuracy does not see:
    stopped by it, confidence stays near accuracy.

    returns  one entry per epoch: epoch, loss, accuracy, val_loss, val_accuracy
    """
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.batches import LengthBatches
    from stateline.pipeline.models.keras.classifier import targets

    sequences, label = validation
    name = "binary_accuracy" if classes == 2 else "categorical_accuracy"
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss" if settings["stop"] == "loss" else f"val_{name}",
        mode="min" if settings["stop"] == "loss" else "max",
        patience=settings["patience"],
        restore_best_weights=True,
    )
    history = fit_epochs(
        model, train, settings, classes, settings["epochs"], [stop],
        LengthBatches(sequences, targets(label, classes), EVALUATION_BATCH),
    )  # fmt: skip
    return [
        {
            "epoch": epoch + 1,
            "loss": history["loss"][epoch],
            "accuracy": history[name][epoch],
            "val_loss": history["val_loss"][epoch],
            "val_accuracy": history[f"val_{name}"][epoch],
        }
        for epoch in range(len(history["loss"]))
    ]


def fit_epochs(
    model: "keras.Model",
    train: Labelled,
    settings: Settings,
    classes: int,
    epochs: int,
    callbacks: "Sequence[keras.callbacks.Callback]" = (),
    validation: "LengthBatches | None" = None,
) -> dict[str, list[float]]:
    """Train for some epochs; where weights are averaged, their averages stay.

    returns  what Keras recorded of each epoch, by name
    """
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.batches import LengthBatches
    from stateline.pipeline.models.keras.classifier import targets

    # The averages are what is validated and stored. The callback comes first, so that stopping
    # early restores averages as well.
    averaged = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if settings["averaging"] else []
    sequences, label = train
    batches = LengthBatches(
        sequences, targets(label, classes), settings["batch_size"],
        np.random.default_rng(settings["seed"]), settings["word_dropout"],
    )  # fmt: skip
    recorded: dict[str, list[float]] = model.fit(
        batches.dataset(),
        validation_data=validation and validation.dataset(),
        epochs=epochs,
        callbacks=[*averaged, *callbacks],
        shuffle=False,
        verbose=1 if sys.stdout.isatty() else 2,
    ).history
    return recorded


def best_epochs(history: list[dict[str, float]], stop: str) -> int:
    """Return after how many epochs the validation split was answered best; of equals the first.

    history  one entry per epoch, as `fit` returns it
    stop     loss or accuracy
    """
    values = [-each["val_accuracy"] if stop == "accuracy" else each["val_loss"] for each in history]
    return int(np.argmin(values)) + 1


def describe(model: "keras.Model", structure: "ModelStructure") -> dict[str, object]:
    """Return layers, cell, units and parameter counts for the manifest."""
    return {
        "layers": [
            {"name": each.name, "class": type(each).__name__, "parameters": each.count_params()}
            for each in model.layers
        ],
        "cell": structure.reads.cell,
        "units": structure.reads.units,
        "parameters": model.count_params(),
    }


def by_size(settings: Settings, rows: int) -> Settings:
    """Return the settings with the batch size and the averaging of a training split of some rows.

    A small split gets small batches, else an epoch had few steps; and no average reaches back
    over more than two epochs, else it held the weights from before the training for long.
    """
    batch = settings["batch_size"] or int(np.clip(rows // SMALL_EPOCH, *BATCHES))
    steps = -(-rows // batch)
    averaging = min(settings["averaging"], 1 - 1 / (2 * max(steps, 1)))
    return settings | {"batch_size": batch, "averaging": round(averaging, 4)}


def fitted(
    paths: BuildPaths, table: pl.DataFrame, settings: Settings, facts: CorpusFacts
) -> tuple["keras.Model", Training]:
    """Train a model on the corpus.

    returns  the model; its training for the manifest
    raises   StatelineError  word dropout for a series
    """
    from stateline.pipeline.models.keras.classifier import (
        begin_embedding,
        build_model,
        make_reproducible,
    )

    if facts["features"] and settings["word_dropout"]:
        raise StatelineError(
            f"WORD_DROPOUT={settings['word_dropout']:g}",
            "a series has no words that could be read as unknown",
            fix="Leave it at 0; DROPOUT= is for a series too",
        )
    classes = len(facts["classes"])
    words = pl.scan_parquet(paths.need("corpus", VOCABULARY)).select(pl.len()).collect().item()
    settings = by_size(settings, facts["sizes"]["train"] or 0)
    seed, features = settings["seed"], len(facts["features"]) or None

    def begun(*parts: str) -> tuple["keras.Model", Labelled]:
        """Return an untrained model, and the splits that it is to be trained on."""
        make_reproducible(seed)
        model, train = build_model(settings, words, classes, features), split_of(table, *parts)
        if settings["word_prior"] and features is None:
            begin_embedding(model, *train, classes, settings["word_prior"])
        return model, train

    model, train = begun("train")
    history = fit(model, train, split_of(table, "validation"), settings, classes)
    refit = None
    if settings["refit"]:
        # The validation split has done its work; a small corpus is worth a tenth more.
        refit = best_epochs(history, settings["stop"])
        model, train = begun("train", "validation")
        say(f"train: again on training and validation, {len(train[0]):,} sequences, {refit} epochs")
        fit_epochs(model, train, settings, classes, refit)
    return model, {
        "seed": seed,
        "epochs": len(history),
        "refit_epochs": refit,
        "settings": settings,
        "history": history,
    }


def came_trained(model: "keras.Model", facts: CorpusFacts) -> tuple["ModelStructure", Training]:
    """Return the structure of a trained model and its unknown training, checked against the corpus.

    raises  StatelineError  the model answers other classes or reads another kind of sequence
    """
    from stateline.pipeline.models.keras.structure import model_structure

    structure = model_structure(model, Ends.of(facts.get("ends")))
    classes, features = len(facts["classes"]), len(facts["features"]) or None
    if structure.classes != classes:
        raise StatelineError(
            f"model {model.name}",
            f"answers {structure.classes} classes, and the corpus has {classes}",
            fix="Name all classes in the order of the model's outputs: CLASSES=first,second,…",
        )
    if structure.features != features:
        raise StatelineError(
            f"model {model.name}",
            "reads another kind of sequence than the corpus holds",
            expected="token ids" if features is None else f"{features} numbers per step",
            got="token ids"
            if structure.features is None
            else f"{structure.features} numbers per step",
        )
    return structure, UNKNOWN_TRAINING


def train(paths: BuildPaths, stage: StageRun) -> None:
    """Train or load a model, evaluate it, write it and its facts."""
    settings = paths.read_settings("train")
    facts: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
    read = "values" if facts["features"] else "ids"
    columns = ["split", "label", read, "in_training"]
    table = pl.read_parquet(paths.need("corpus", SEQUENCES), columns=columns)
    from stateline.pipeline.models.keras.batches import predict
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.rebuild import readable, rebuilding_error
    from stateline.pipeline.models.keras.structure import model_structure

    sequences, label = split_of(table, "test")
    rebuilt = None
    if settings["model"]:
        loaded = readable(load_model(Path(settings["model"])))
        model = loaded.model
        structure, training = came_trained(model, facts)
        rebuilt = rebuilding_error(loaded, structure, sequences)
    else:
        model, training = fitted(paths, table, settings, facts)
        structure = model_structure(model)
    output = predict(model, sequences, EVALUATION_BATCH, structure.padding)
    elementwise = settings["loss"] == "elementwise" and not settings["model"]
    repeated = table.filter(pl.col("split") == "test")["in_training"]
    known = None if repeated.has_nulls() else repeated.to_numpy()
    write_model(stage, model, training, output, label, elementwise, rebuilt, known)
    stage.rows = facts["sizes"]["train"] or len(label)


def write_model(
    stage: StageRun,
    model: "keras.Model",
    training: Training,
    output: Float32Array,
    label: IntArray,
    elementwise: bool = False,
    rebuilt: dict[str, object] | None = None,
    repeated: BoolArray | None = None,
) -> None:
    """Write the model and its facts for the manifest.

    output    float32 (S, K)  its answers to the test split
    label     int (S,)
    rebuilt   how it was compared with the model that it was rebuilt from, if it was
    repeated  bool (S,)  test sequences that stand in training too; None: not known
    """
    from stateline.pipeline.models.keras.structure import model_structure

    structure = model_structure(model, padded=True)
    probability = answer_probabilities(output, structure.logits)
    metrics = classification_metrics(probability, label, elementwise, repeated)
    model.save(stage.folder / MODEL)
    facts = {**describe(model, structure), **training, "metrics": metrics, "rebuilt": rebuilt}
    stage.write_json(TRAINING_FACTS, facts)
    say(f"train: {metrics['accuracy']:.4f} top-1 accuracy on {len(label):,} test sequences")


work = stage_work(train)


if __name__ == "__main__":
    stage_main("train", work, reads="the corpus stage", writes=f"{MODEL}, {TRAINING_FACTS}")
