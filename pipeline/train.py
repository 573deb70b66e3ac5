"""Stage train: fit the recurrent classifier and measure it on the whole test split."""

import sys

import numpy as np
import polars as pl

from pipeline.artefacts import CORPUS_FACTS, SEQUENCES, TRAINING_FACTS, VOCABULARY
from pipeline.backend import keras
from pipeline.model import (
    LengthBatches,
    build_model,
    make_reproducible,
    predict,
    probabilities,
    recurrent_layer,
    targets,
)
from pipeline.stage import BuildPaths, StageRun, running, say, stage_main
from store.schema import MODEL

EVALUATION_BATCH = 512


def split_of(table: pl.DataFrame, part: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Id sequences (S arrays, lengths differ) and labels (S,) of one split, in corpus order."""
    rows = table.filter(pl.col("split") == part)
    return [ids.to_numpy() for ids in rows["ids"]], rows["label"].to_numpy()


def fit(
    model: keras.Model, table: pl.DataFrame, settings: dict, classes: int
) -> list[dict[str, float]]:
    """Train until the validation accuracy stops improving; the best weights stay.

    returns  an entry an epoch: epoch, loss, accuracy, val_loss, val_accuracy
    """
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


def classification_metrics(
    probability: np.ndarray, label: np.ndarray, elementwise: bool
) -> dict[str, object]:
    """How well a split is classified.

    probability  (S, C)
    label        (S,)
    elementwise  also the share of the S x C yes/no answers (p > 0.5) that are right, the
                 figure that the paper reports for Reuters
    returns      accuracy is top-1; recall a class, null for a class without a row; confusion
                 with actual classes in rows, predicted in columns
    """
    classes = probability.shape[1]
    predicted = probability.argmax(axis=1)
    confusion = np.zeros((classes, classes), dtype=int)
    np.add.at(confusion, (label, predicted), 1)
    totals = confusion.sum(axis=1)
    return {
        "test": len(label),
        "accuracy": float((predicted == label).mean()),
        "recall": [
            float(confusion[c, c] / totals[c]) if totals[c] else None for c in range(classes)
        ],
        "confusion": confusion.tolist(),
        "elementwise_accuracy": float(
            ((probability > 0.5) == (np.arange(classes) == label[:, None])).mean()
        )
        if elementwise
        else None,
    }


def describe(model: keras.Model) -> dict[str, object]:
    """Layers, cell, units and parameter counts for the manifest."""
    layer = recurrent_layer(model)
    return {
        "layers": [
            {"name": each.name, "class": type(each).__name__, "parameters": each.count_params()}
            for each in model.layers
        ],
        "cell": type(layer).__name__,
        "units": layer.units,
        "parameters": model.count_params(),
    }


def train(paths: BuildPaths, stage: StageRun) -> None:
    """Train, evaluate and write the model and its facts into the stage's folder."""
    settings = paths.read_settings("train")
    facts = paths.read_json("corpus", CORPUS_FACTS)
    table = pl.read_parquet(paths.need("corpus", SEQUENCES), columns=["split", "label", "ids"])
    vocabulary = pl.scan_parquet(paths.need("corpus", VOCABULARY))
    classes = len(facts["classes"])
    make_reproducible(settings["seed"])
    model = build_model(settings, vocabulary.select(pl.len()).collect().item(), classes)
    history = fit(model, table, settings, classes)
    sequences, label = split_of(table, "test")
    probability = probabilities(predict(model, sequences, EVALUATION_BATCH))
    elementwise = settings["loss"] == "elementwise"
    metrics = classification_metrics(probability, label, elementwise)
    model.save(stage.folder / MODEL)
    stage.write_json(
        TRAINING_FACTS,
        describe(model)
        | {
            "seed": settings["seed"],
            "epochs": len(history),
            "settings": settings,
            "history": history,
            "metrics": metrics,
        },
    )
    stage.rows = facts["sizes"]["train"]
    say(f"train: {metrics['accuracy']:.4f} top-1 accuracy on {len(label):,} test sequences")


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "train") as stage:
        train(paths, stage)


if __name__ == "__main__":
    stage_main("train", work, reads="the corpus stage", writes=f"{MODEL}, {TRAINING_FACTS}")
