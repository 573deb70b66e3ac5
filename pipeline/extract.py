"""Stage extract: every hidden state of the stored sequences, verified against the model.

The model runs unchanged while the states of its layers are captured. The stage fails where another
batch composition (batch size, other sequences, padding) or a single-sequence run changes them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stateline.pipeline.numerics.answers import answer_probabilities
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.run.artefacts import (
    CORPUS_FACTS,
    EXTRACT_FACTS,
    LOGIT,
    OFFSETS,
    PADDING,
    PREDICTION,
    READOUT,
    SEQUENCES,
    state_array,
)
from stateline.pipeline.run.facts import CorpusFacts, ExtractFacts, LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.sequences import padding_of, sequences_of
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work
from stateline.store.errors import StatelineError
from stateline.store.schema import MODEL, TOLERANCE

# What loads TensorFlow is imported by the functions that use it: neither --help nor a missing
# file waits for that.
if TYPE_CHECKING:
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.structure import ModelStructure, RecurrentLayer


def choose_layers(
    structure: "ModelStructure", wanted: list[str], where: str
) -> tuple[tuple["RecurrentLayer", ...], dict[str, list[str]]]:
    """Return the layers to store, and which of their states get distances and maps.

    wanted   names of layers, `all`, or `<layer>:c` for cell states; a bidirectional layer's name
             stands for both directions; none: the layer that the head reads
    raises   StatelineError  an unknown layer or state kind
    returns  the layers in the order of the model, and by their ids the kinds that are mapped; the
             layer that the head reads is always among them, with its h
    """
    mapped: dict[str, list[str]] = {structure.reads.id: ["h"]}
    for name in wanted:
        layer, _, kind = name.partition(":")
        found = [each for each in structure.layers if layer in ("all", each.id, each.name)]
        good = [each for each in found if (kind or "h") in each.states]
        if not good:
            names = [f"{each.id}:{state}" for each in structure.layers for state in each.states]
            raise StatelineError(
                where, f"no layer {name}", expected=f"all, or some of {', '.join(names)}"
            )
        for each in good:
            kinds = mapped.setdefault(each.id, ["h"] if not kind else [])
            mapped[each.id] = sorted({*kinds, kind or "h"}, reverse=True)
    stored = {each.id for each in structure.layers if each.id in mapped}
    # Of a bidirectional layer both directions are stored.
    of_stored = {each.name for each in structure.layers if each.id in stored}
    chosen = tuple(each for each in structure.layers if each.name in of_stored)
    return chosen, {each.id: mapped.get(each.id, []) for each in chosen}


def write_answers(
    folder: Path,
    model: "keras.Model",
    reader: "ModelReader",
    sequences: list[AnyArray],
    batch: int,
) -> list[float]:
    """Write the readout's weights, or all logits where the readout is not linear.

    sequences  S arrays of ids (T,) or of numbers (T, F)
    returns    K numbers: the logit before the first step
    """
    from stateline.pipeline.models.keras.heads import (
        head_logits,
        initial_logit,
        padding_logit,
        prefix_logits,
    )

    structure = reader.structure
    if structure.readout is not None:
        weights, bias = structure.readout.weights, structure.readout.bias
        np.savez(folder / READOUT, weights=weights, bias=bias)
        return [float(each) for each in bias]
    if structure.method == "head":
        h = folder / state_array(structure.reads.id, "h")
        head_logits(model, structure, h, folder / LOGIT)
        return initial_logit(model, structure)
    prefix_logits(reader, sequences, batch, folder / LOGIT)
    if structure.ends is not None:
        return [float(each) for each in padding_logit(reader, sequences[0])]
    return [0.0] * structure.outputs


def own_prediction(
    paths: BuildPaths,
    model: "keras.Model",
    structure: "ModelStructure",
    sequences: list[AnyArray],
    batch: int,
) -> Float32Array:
    """Return the model's own class probabilities, float32 (S, C).

    Those of the input as it was passed in, padding included, where an earlier stage wrote them.
    """
    from stateline.pipeline.models.keras.batches import predict

    provided = paths.stage("train") / PREDICTION
    if provided.exists():
        return answer_probabilities(np.load(provided)[: len(sequences)], structure.logits)
    output = predict(model, sequences, batch, structure.padding)
    return answer_probabilities(output, structure.logits)


def layer_entries(
    layers: tuple["RecurrentLayer", ...], mapped: dict[str, list[str]], gates: bool
) -> list[LayerFacts]:
    """Return the facts of each stored layer for later stages."""
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
    """Read and verify the states of the stored sequences; write them as arrays.

    raises  StatelineError  a state depends on its batch, an unknown layer, a model of another kind
    """
    settings = paths.read_settings("extract")
    test = pl.scan_parquet(paths.need("corpus", SEQUENCES)).filter(pl.col("split") == "test")
    table = test.head(settings["stored"]).collect()
    sequences, ids = sequences_of(table), table["external_id"].to_list()
    trained = paths.need("train", MODEL)
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.read_states import (
        row_offsets,
        save_states,
        single_sequence_error,
    )
    from stateline.pipeline.models.keras.structure import model_structure

    model = load_model(trained)
    corpus: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
    structure = model_structure(model, Ends.of(corpus.get("ends")))
    gates, batch = settings["gates"], settings["extract_batch"]
    layers, mapped = choose_layers(structure, settings["layers"], "LAYERS")
    reader = ModelReader(model, structure, layers, gates)
    error = save_states(stage.folder, reader, sequences, ids, batch)
    single = single_sequence_error(stage.folder, reader, sequences, ids)
    initial = write_answers(stage.folder, model, reader, sequences, batch)
    np.save(stage.folder / OFFSETS, row_offsets(sequences))
    np.save(stage.folder / PADDING, padding_of(table))
    np.save(stage.folder / PREDICTION, own_prediction(paths, model, structure, sequences, batch))
    facts: ExtractFacts = {
        "layers": layer_entries(layers, mapped, gates),
        "readout": {
            "layer": structure.reads.id,
            "method": structure.method,
            "activation": structure.activation,
            "outputs": structure.outputs,
            "initial_logit": initial,
        },
        "batch_error": error,
        "alone_error": single,
        "tolerance": TOLERANCE,
    }
    stage.write_json(EXTRACT_FACTS, facts)
    stage.rows = int(row_offsets(sequences)[-1])


work = stage_work(extract)


if __name__ == "__main__":
    stage_main(
        "extract",
        work,
        reads="the corpus and train stages",
        writes=f"{state_array('<layer>', '<kind>')}, {OFFSETS}, {PADDING}, {PREDICTION}, "
        f"{READOUT} or {LOGIT}, {EXTRACT_FACTS}",
    )
