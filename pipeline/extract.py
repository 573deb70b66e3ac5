"""Stage extract: every hidden state of the stored sequences, proved to be the model's own.

The model runs as it is and its layers' states are recorded. The stage refuses to go on where
reading them in other company (another batch size, other neighbours, other padding), or alone,
changes them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.run.artefacts import (
    EXTRACT_FACTS,
    LOGIT,
    OFFSETS,
    PREDICTION,
    READOUT,
    SEQUENCES,
    state_array,
)
from stateline.pipeline.run.sequences import sequences_of
from stateline.pipeline.run.stage import BuildPaths, StageRun, running, stage_main
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL, TOLERANCE

# What loads TensorFlow is imported by the functions that use it: neither --help nor a missing
# file waits for that.
if TYPE_CHECKING:
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.structure import Anatomy, RecurrentLayer


def choose_layers(
    about: "Anatomy", wanted: list[str], where: str
) -> tuple[tuple["RecurrentLayer", ...], dict[str, list[str]]]:
    """Which layers are stored, and which of their states get distances and maps.

    wanted   names of layers, `all`, or `<layer>:c` for cell states; a bidirectional layer's name
             stands for both directions; none: the layer that the head reads
    returns  the layers in the order of the model, and by their ids the kinds that are mapped; the
             layer that the head reads is always among them, with its h
    """
    mapped: dict[str, list[str]] = {about.reads.id: ["h"]}
    for name in wanted:
        layer, _, kind = name.partition(":")
        found = [each for each in about.layers if layer in ("all", each.id, each.name)]
        good = [each for each in found if (kind or "h") in each.states]
        if not good:
            names = [f"{each.id}:{state}" for each in about.layers for state in each.states]
            raise StatelineError(
                where, f"no layer {name}", expected=f"all, or some of {', '.join(names)}"
            )
        for each in good:
            kinds = mapped.setdefault(each.id, ["h"] if not kind else [])
            mapped[each.id] = sorted({*kinds, kind or "h"}, reverse=True)
    stored = {each.id for each in about.layers if each.id in mapped}
    # Of a bidirectional layer both directions are stored.
    names = {each.name for each in about.layers if each.id in stored}
    chosen = tuple(each for each in about.layers if each.name in names)
    return chosen, {each.id: mapped.get(each.id, []) for each in chosen}


def write_answers(
    folder: Path,
    model: "keras.Model",
    reader: "ModelReader",
    sequences: list[np.ndarray],
    batch: int,
) -> list[float]:
    """What the expected predictions are made of: the readout's weights, or all logits.

    returns  K numbers: the logit before the first step
    """
    from stateline.pipeline.models.keras.heads import head_logits, initial_logit, prefix_logits

    about = reader.about
    if about.method == "linear":
        np.savez(folder / READOUT, weights=about.readout.weights, bias=about.readout.bias)
        return about.readout.bias.tolist()
    if about.method == "head":
        h = folder / state_array(about.reads.id, "h")
        head_logits(model, about, h, folder / LOGIT)
        return initial_logit(model, about)
    prefix_logits(reader, sequences, batch, folder / LOGIT)
    return [0.0] * about.outputs


def own_prediction(
    paths: BuildPaths,
    model: "keras.Model",
    about: "Anatomy",
    sequences: list[np.ndarray],
    batch: int,
) -> np.ndarray:
    """The model's own answers, float32 (S, C): to its input as it came, where it came padded."""
    from stateline.pipeline.models.keras.batches import predict

    given = paths.stage("train") / PREDICTION
    if given.exists():
        return answer_probabilities(np.load(given)[: len(sequences)], about.logits)
    output = predict(model, sequences, batch, about.padding)
    return answer_probabilities(output, about.logits)


def layer_entries(
    layers: tuple["RecurrentLayer", ...], mapped: dict[str, list[str]], gates: bool
) -> list[dict]:
    """What later stages must know of each stored layer."""
    from stateline.pipeline.models.keras.structure import GATES

    return [
        {
            "id": each.id,
            "layer": each.name,
            "class": each.cell,
            "units": each.units,
            "direction": each.direction,
            "states": list(each.states),
            "gates": list(GATES.get(each.cell, ())) if gates else [],
            "mapped": mapped[each.id],
        }
        for each in layers
    ]


def extract(paths: BuildPaths, stage: StageRun) -> None:
    """Read and verify the states of the stored sequences; write them as arrays."""
    settings = paths.read_settings("extract")
    table = pl.scan_parquet(paths.need("corpus", SEQUENCES)).filter(pl.col("split") == "test")
    table = table.head(settings["stored"]).collect()
    sequences, ids = sequences_of(table), table["external_id"].to_list()
    trained = paths.need("train", MODEL)
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.read_states import alone_error, row_offsets, save_states
    from stateline.pipeline.models.keras.structure import anatomy

    model = load_model(trained)
    about = anatomy(model)
    gates, batch = settings["gates"], settings["extract_batch"]
    layers, mapped = choose_layers(about, settings["layers"], "LAYERS")
    reader = ModelReader(model, about, layers, gates)
    error = save_states(stage.folder, reader, sequences, ids, batch)
    alone = alone_error(stage.folder, reader, sequences, ids)
    initial = write_answers(stage.folder, model, reader, sequences, batch)
    np.save(stage.folder / OFFSETS, row_offsets(sequences))
    np.save(stage.folder / PREDICTION, own_prediction(paths, model, about, sequences, batch))
    facts = {
        "layers": layer_entries(layers, mapped, gates),
        "readout": {
            "layer": about.reads.id,
            "method": about.method,
            "activation": about.activation,
            "outputs": about.outputs,
            "initial_logit": initial,
        },
        "batch_error": error,
        "alone_error": alone,
        "tolerance": TOLERANCE,
    }
    stage.write_json(EXTRACT_FACTS, facts)
    stage.rows = int(row_offsets(sequences)[-1])


def work(paths: BuildPaths, _: object = None) -> None:
    """Run the stage."""
    with running(paths, "extract") as stage:
        extract(paths, stage)


if __name__ == "__main__":
    stage_main(
        "extract",
        work,
        reads="the corpus and train stages",
        writes=f"{state_array('<layer>', '<kind>')}, {OFFSETS}, {PREDICTION}, "
        f"{READOUT} or {LOGIT}, {EXTRACT_FACTS}",
    )
