"""Tables and files that a run must hold, from its manifest."""

from stateline.store.manifest.models import Layer, ManifestDraft
from stateline.store.schema import (
    MODEL,
    SEQUENCES,
    STEPS,
    SWAPS,
    VOCABULARY,
    WORDS,
    Column,
    cluster_columns,
    cluster_table,
    context_columns,
    context_table,
    hidden_columns,
    hidden_table,
    index_file,
    projection_columns,
    projection_table,
    response_columns,
    response_table,
    sequence_columns,
    step_columns,
    swap_columns,
    unit_columns,
    unit_table,
    vocabulary_columns,
    word_columns,
)


def run_tables(manifest: ManifestDraft) -> dict[str, tuple[Column, ...]]:
    """Return the columns of every Parquet table of a run, by its path relative to the folder."""
    classes, features = len(manifest.corpus.classes), len(manifest.corpus.features)
    outputs = manifest.readout.outputs
    tables = {
        SEQUENCES: sequence_columns(),
        STEPS: step_columns(classes, outputs, features),
        VOCABULARY: vocabulary_columns(classes),
        WORDS: word_columns(classes, outputs),
    }
    if manifest.swap_test is not None:
        tables[SWAPS] = swap_columns()
    for layer in manifest.layers:
        tables[hidden_table(layer.id)] = layer_columns(layer)
        tables[unit_table(layer.id)] = unit_columns(outputs)
        tables[context_table(layer.id)] = context_columns()
        tables[response_table(layer.id)] = response_columns(layer.units)
    for projection in manifest.projections:
        tables[projection_table(projection.id)] = projection_columns()
        tables[cluster_table(projection.id)] = cluster_columns()
    return tables


def layer_columns(layer: Layer) -> tuple[Column, ...]:
    """Return the columns of the table of a layer's states."""
    return hidden_columns(layer.units, layer.states, tuple(layer.max_distance), layer.gates)


def run_files(manifest: ManifestDraft) -> list[str]:
    """Return the files of a run that are no tables: trained model and indexes, where it has any."""
    model = [MODEL] if manifest.model.file is not None else []
    return model + [index_file(each.id) for each in manifest.layers if each.index]
