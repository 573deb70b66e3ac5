"""Stage train: fit the recurrent classifier, or take the one that came trained, and measure it.

Either way it is measured on the whole test split.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.numerics.metrics import classification_metrics
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, TRAINING_FACTS, VOCABULARY
from stateline.pipeline.run.sequences import split_of
from stateline.pipeline.run.stage import BuildPaths, StageRun, running, say, stage_main
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL

# What loads TensorFlow is imported by the functions that use it: neither --help nor a missing
# file waits for that.
if TYPE_CHECKING:
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.structure import Anatomy

EVALUATION_BATCH = 512


def fit(
    model: "keras.Model", table: pl.DataFrame, settings: dict, classes: int
) -> list[dict[str, float]]:
    """Train until the validation accuracy stops improving; the best weights stay.

    returns  an entry an epoch: epoch, loss, accuracy, val_loss, val_accuracy
    """
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.batches import LengthBatches
    from stateline.pipeline.models.keras.classifier import targets

    sequences, label = split_of(table, "train")
    validation, validation_label = split_of(table, "validation")
    name = "binary_accuracy" if classes == 2 else "categorical_accuracy"
    callbacks = [
        keras.callbacks.EarlyStopping(
            monitor=f"val_{name}",
            mode="max",
            patience=settings["patience"],
            restore_best_weights=True,
        )
    ]
    if settings["averaging"]:
        # Validate, and keep, the averaged weights: they are what is stored.
        callbacks.insert(0, keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    history = model.fit(
        LengthBatches(
            sequences,
            targets(label, classes),
            settings["batch_size"],
            np.random.default_rng(settings["seed"]),
            settings["word_dropout"],
        ).dataset(),
        validation_data=LengthBatches(
            validation, targets(validation_label, classes), EVALUATION_BATCH
        ).dataset(),
        epochs=settings["epochs"],
        callbacks=callbacks,
        shuffle=False,
        verbose=1 if sys.stdout.isatty() else 2,
    ).history
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


def describe(model: "keras.Model", about: "Anatomy") -> dict[str, object]:
    """Layers, cell, units and parameter counts for the manifest."""
    return {
        "layers": [
            {"name": each.name, "class": type(each).__name__, "parameters": each.count_params()}
            for each in model.layers
        ],
        "cell": about.reads.cell,
        "units": about.reads.units,
        "parameters": model.count_params(),
    }


def fitted(paths: BuildPaths, table: pl.DataFrame, settings: dict, facts: dict) -> tuple:
    """A model trained on the corpus.

    returns  the model; seed, epochs, settings and history for the manifest
    """
    from stateline.pipeline.models.keras.classifier import build_model, make_reproducible

    if facts["features"] and settings["word_dropout"]:
        raise StatelineError(
            f"WORD_DROPOUT={settings['word_dropout']:g}",
            "a series has no words that could be read as unknown",
            fix="Leave it at 0; DROPOUT= is for a series too",
        )
    classes = len(facts["classes"])
    words = pl.scan_parquet(paths.need("corpus", VOCABULARY)).select(pl.len()).collect().item()
    make_reproducible(settings["seed"])
    model = build_model(settings, words, classes, len(facts["features"]) or None)
    history = fit(model, table, settings, classes)
    return model, {
        "seed": settings["seed"],
        "epochs": len(history),
        "settings": settings,
        "history": history,
    }


def came_trained(model: "keras.Model", facts: dict) -> tuple["Anatomy", dict]:
    """What a model that came trained is made of; raises where it is not a model of this corpus.

    returns  its anatomy; seed, epochs, settings and history for the manifest: not known
    """
    from stateline.pipeline.models.keras.structure import anatomy

    about = anatomy(model)
    classes, features = len(facts["classes"]), len(facts["features"]) or None
    if about.classes != classes:
        raise StatelineError(
            f"model {model.name}",
            f"answers {about.classes} classes, and the corpus has {classes}",
            fix="Name all classes in the order of the model's outputs: CLASSES=first,second,…",
        )
    if about.features != features:
        raise StatelineError(
            f"model {model.name}",
            "reads another kind of sequence than the corpus holds",
            expected="token ids" if features is None else f"{features} numbers a step",
            got="token ids" if about.features is None else f"{about.features} numbers a step",
        )
    return about, {"seed": None, "epochs": None, "settings": {}, "history": []}


def train(paths: BuildPaths, stage: StageRun) -> None:
    """Train a model or take the given one, measure it, write it and its facts."""
    settings = paths.read_settings("train")
    facts = paths.read_json("corpus", CORPUS_FACTS)
    read = "values" if facts["features"] else "ids"
    table = pl.read_parquet(paths.need("corpus", SEQUENCES), columns=["split", "label", read])
    from stateline.pipeline.models.keras.batches import predict
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.structure import anatomy

    if settings["model"]:
        model = load_model(Path(settings["model"]))
        about, training = came_trained(model, facts)
    else:
        model, training = fitted(paths, table, settings, facts)
        about = anatomy(model)
    sequences, label = split_of(table, "test")
    output = predict(model, sequences, EVALUATION_BATCH, about.padding)
    elementwise = settings["loss"] == "elementwise" and not settings["model"]
    write_model(stage, model, training, output, label, elementwise)
    stage.rows = facts["sizes"]["train"] or len(label)


def write_model(
    stage: StageRun,
    model: "keras.Model",
    training: dict,
    output: np.ndarray,
    label: np.ndarray,
    elementwise: bool = False,
) -> None:
    """The model and what the manifest says of it.

    output  (S, K)  its answers to the test split
    label   (S,)
    """
    from stateline.pipeline.models.keras.structure import anatomy

    about = anatomy(model)
    probability = answer_probabilities(output, about.logits)
    metrics = classification_metrics(probability, label, elementwise)
    model.save(stage.folder / MODEL)
    facts = describe(model, about) | training | {"metrics": metrics}
    stage.write_json(TRAINING_FACTS, facts)
    say(f"train: {metrics['accuracy']:.4f} top-1 accuracy on {len(label):,} test sequences")


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "train") as stage:
        train(paths, stage)


if __name__ == "__main__":
    stage_main("train", work, reads="the corpus stage", writes=f"{MODEL}, {TRAINING_FACTS}")
