"""Build a run in the store with one call: from a trained model, or from arrays of states.

The call writes what the first stages would have written and runs the others, so that a run
built from Python and one built by Make are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm.auto import tqdm

from stateline.pipeline.config import check_run_name, validate, write_settings
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array
from stateline.pipeline.run.artefacts import CORPUS_FACTS, PREDICTION
from stateline.pipeline.run.facts import CorpusFacts
from stateline.pipeline.run.folder import build_folder
from stateline.pipeline.run.graph import stages_after_extract
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.settings import Settings, stage_knobs
from stateline.pipeline.run.stage import running
from stateline.pipeline.sources.forms import sequences_and_labels
from stateline.pipeline.sources.labels import class_numbers
from stateline.pipeline.sources.names import (
    name_features,
    name_sequences,
    name_steps,
    name_texts,
    series_values,
    words_as_ids,
)
from stateline.pipeline.sources.provided_steps import read_steps
from stateline.pipeline.sources.sequences import ProvidedSequences, write_provided
from stateline.pipeline.sources.token_names import token_list
from stateline.pipeline.stages import run_in_process
from stateline.store.errors import StatelineError
from stateline.store.lock import locked
from stateline.store.reader import Run, open_run
from stateline.store.writer import lock_file

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.backend import keras
    from stateline.pipeline.models.keras.structure import ModelStructure


def build_store(
    model: "keras.Model | Path | str",
    sequences: Any,
    labels: Any = None,
    *,
    tokens: Any = None,
    classes: Sequence[Any] | None = None,
    out: Path | str = "store/data/mine",
    projections: Sequence[str] = ("pca", "tsne", "umap"),
    layers: Sequence[str] = (),
    gates: bool = False,
    features: Sequence[str] | None = None,
    picture: bool = False,
    texts: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    unknown: int | None = None,
    start: int | None = None,
    tokenizer: Any = None,
    ends: str = "cut",
    task: str = "auto",
    build: Path | str | None = None,
    **knobs: Any,
) -> Run:
    """Build a run from a trained Keras model and its data, and verify it against the model.

    model        a Keras model, or the path of a .keras or .h5 file; one input, one output
    sequences    as `model.predict` takes them: ids (S, T) or S arrays (T,), numbers (S, T, F) or S
                 arrays (T, F); padding that the model masks is taken out, other padding is read.
                 Tensors, RaggedTensor, or a tf.data.Dataset, which may hold the labels too; S
                 texts where `tokenizer` says how they are cut
    labels       S classes by number, or by name where `classes` says their order; (S, 1), one-hot
                 (S, C), tensors and series too; None: those of the dataset
    tokens       the token of each id (a flat list, `{word: id}` or `{id: word}`), or S lists of T
                 words (or names of steps)
    classes      C names in the order of the model's outputs
    out          folder of the run; its name is the run's name
    projections  of pca, tsne, umap; the first of tsne, umap, pca that is there opens
    layers       layers to store and map, `all`, or `<layer>:c` for cell states; empty: the layer
                 that the head reads
    gates        also store the gates of LSTM and GRU layers
    features     F names of a series; picture: its steps are the rows of a picture
    texts        S whole texts; None: the words, joined
    ids          S names of the sequences; None: their numbers
    unknown      id of words that the model does not know; None: that of a token named like
                 [UNK], <OOV> or <unk>; start: id that begins each sequence
    tokenizer    that of the model's author: a TextVectorization, a Tokenizer, or their JSON
    ends         expected predictions are of beginnings that end there (cut), or are padded to the
                 length of the sequences, as they are (padded), in front (pre) or behind (post):
                 for models that read padding or one length only
    task         "classes" says that outputs are classes where neither loss nor activation does
    build        folder for intermediate files that is kept; None: a temporary one
    knobs        those of the stages that the call runs, extract and after, and of the projections
                 (`python -m stateline.pipeline.config --help`), in lower case: perplexity, seed, …
    returns      the run, opened
    raises       StatelineError  in one line: a model that cannot be read (stateful, several inputs
                 or outputs, custom layers, …), labels or tokens that do not fit, or a sequence
                 whose states or answers are not the model's own; a run that was there stays

    >>> run = build_store(model, x_test, y_test, tokens=words, classes=names)  # doctest: +SKIP
    """
    from stateline.pipeline.models.keras.read_model import read_model
    from stateline.pipeline.models.keras.rebuild import rebuilding_error
    from stateline.pipeline.train import came_trained, write_model

    refuse_other_knobs(knobs, projections, "extract")
    source = Path(model) if isinstance(model, str | Path) else model
    read, structure = read_model(source, task, padded=ends != "cut")
    sequences, labels = sequences_and_labels(sequences, labels, structure.features)
    label, class_names = class_numbers(labels, classes, structure.classes)
    if len(label) != len(sequences):
        raise StatelineError(
            "labels", "not one a sequence", expected=len(sequences), got=len(label)
        )
    names = name_sequences(ids, len(label))
    feature_names = name_features(features, structure.features, picture)
    steps = read_steps(
        sequences, structure, names,
        tokens=tokens, tokenizer=tokenizer, ends=ends, unknown=unknown, start=start,
    )  # fmt: skip
    structure = replace(structure, ends=steps.ends)
    provided = ProvidedSequences(
        sequences=steps.sequences,
        label=label,
        classes=class_names,
        surface=steps.surface,
        ids=names,
        padding=steps.padding,
        vocabulary=steps.vocabulary,
        text=name_texts(texts, len(label)) or steps.texts,
        features=feature_names,
        picture=picture,
        tokens=steps.tokens,
        ends=steps.ends,
        tokenizer=steps.rule,
        name=Path(out).name,
    )

    def prepare(paths: BuildPaths) -> None:
        facts = write_corpus(paths, provided)
        with running(paths, "train") as stage:
            _, training = came_trained(read.model, facts)
            output = answers(read.model, steps.provided, steps.sequences, structure)
            rebuilt = rebuilding_error(read, structure, steps.sequences)
            write_model(stage, read.model, training, output, label, rebuilt=rebuilt)
            np.save(stage.folder / PREDICTION, output)
            stage.rows = len(label)

    def states(paths: BuildPaths) -> None:
        from stateline.pipeline import extract

        extract.work(paths)

    own = {"layers": list(layers), "gates": gates}
    return run_stages(out, build, projections, knobs | own, len(label), [prepare, states])


def build_store_from_states(
    states: Sequence[Any] | Mapping[str, Sequence[Any]],
    labels: Any,
    *,
    readout: tuple[AnyArray, AnyArray] | None = None,
    expected: Sequence[Any] | None = None,
    reads: str | None = None,
    tokens: Any = None,
    values: Sequence[Any] | None = None,
    classes: Sequence[Any] | None = None,
    out: Path | str = "store/data/mine",
    projections: Sequence[str] = ("pca", "tsne", "umap"),
    cell: str = "RNN",
    features: Sequence[str] | None = None,
    picture: bool = False,
    texts: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    build: Path | str | None = None,
    **knobs: Any,
) -> Run:
    """Build a run from arrays of states, of a model in PyTorch, JAX or any other framework.

    states    S arrays float32 (T, N), lengths differ, or several layers by name
    labels    as in `build_store`
    readout   weights (K, N) and bias (K,) of a linear head on the states of `reads`
    expected  or, for every other head, S arrays (T, C) of class probabilities after each step
    reads     layer that the head reads; None: the last one
    tokens    S lists of T words or names of steps; None: the steps' numbers
    values    S arrays (T, F) of a numeric series that was read; None: a text
    cell      what the recurrent layers are, for the page: GRU, LSTM, …
    returns   the run, opened; other parameters are those of `build_store`
    raises    StatelineError  arrays that do not fit each other, named by the first sequence
    """
    from stateline.pipeline.sources.state_arrays import Arrays, write_arrays

    refuse_other_knobs(knobs, projections)
    arrays = Arrays.of(states, reads, readout, expected)
    tokens = token_list(tokens)
    label, names = class_numbers(labels, classes, arrays.classes)
    arrays.refuse_misfits(len(label))
    count = len(label)
    sequence_names = name_sequences(ids, count)
    series, width = series_values(values, arrays.lengths, sequence_names)
    read: list[AnyArray] = (
        [*series] if series else [np.zeros(length, np.uint32) for length in arrays.lengths]
    )
    feature_names = name_features(features, width, picture)
    vocabulary, surface = name_steps(tokens, read, None, {}, width or 0, sequence_names)
    if series is None:
        vocabulary, ids_ = words_as_ids(surface)
        read = [*ids_]
    provided = ProvidedSequences(
        sequences=read,
        label=label,
        classes=names,
        surface=surface,
        ids=sequence_names,
        vocabulary=vocabulary,
        text=name_texts(texts, count),
        features=feature_names,
        picture=picture,
        name=Path(out).name,
        source="provided arrays of states",
    )

    def prepare(paths: BuildPaths) -> None:
        write_corpus(paths, provided)
        write_arrays(paths, arrays, label, cell)

    return run_stages(out, build, projections, knobs, count, [prepare])


def run_stages(
    out: Path | str,
    build: Path | str | None,
    projections: Sequence[str],
    knobs: Mapping[str, Any],
    count: int,
    first: list[Callable[[BuildPaths], None]],
) -> Run:
    """Run the stages in order in a build folder and open the resulting run.

    first  what comes before the stage expected
    """
    out = Path(out)
    check_run_name(out.name)
    settings = call_settings(out.name, projections, knobs, count)
    with locked(lock_file(out), out.name), build_folder(build, out.name) as paths:
        write_settings(paths, settings)
        work = [(step.__name__, partial(step, paths)) for step in first]
        for stage in stages_after_extract(settings.projections):
            work.append((stage.name, partial(run_in_process, stage, paths, out.parent)))
        with tqdm(total=len(work), desc=out.name, unit="stage") as bar:
            for name, step in work:
                bar.set_postfix_str(name)
                step()
                bar.update()
    return open_run(out)


def refuse_other_knobs(knobs: Mapping[str, Any], projections: Sequence[str], *first: str) -> None:
    """Check that the stages of a call read every knob that it sets.

    first   stages before those that every call runs
    raises  StatelineError  some knob belongs to no stage that the call runs
    """
    stages = (*first, *(stage.name for stage in stages_after_extract(projections)))
    # All sequences of a call are stored, nothing is trained, and the others are its parameters.
    own = {"stored", "refit", "projections", "layers", "gates"}
    read = {knob for stage in stages for knob in stage_knobs(stage)} - own
    other = [name for name in knobs if name not in read]
    if other:
        raise StatelineError(
            ", ".join(other),
            "no knob of what this call runs",
            expected=f"some of {', '.join(sorted(read))}",
        )


def call_settings(
    run: str, projections: Sequence[str], knobs: Mapping[str, Any], count: int
) -> Settings:
    """Return the settings of a call: its knobs over the defaults; all sequences are stored."""
    own = {"projections": list(projections), "stored": max(count, 1)}
    return validate(run, own | dict(knobs))


def write_corpus(paths: BuildPaths, provided: ProvidedSequences) -> CorpusFacts:
    """Write the files of the corpus stage and return its facts."""
    with running(paths, "corpus") as stage:
        write_provided(provided, stage)
    facts: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
    return facts


def answers(
    model: "keras.Model",
    provided: AnyArray | None,
    sequences: list[AnyArray],
    structure: "ModelStructure",
) -> Float32Array:
    """Return the model's own predictions.

    provided   the input as it was passed in, where that is one array; else None
    sequences  S arrays of ids (T,) or of numbers (T, F), without padding
    returns    float32 (S, K)
    """
    from stateline.pipeline.models.keras.batches import predict
    from stateline.pipeline.train import EVALUATION_BATCH

    if provided is not None:
        output: Float32Array = model.predict(provided, verbose=0)
        return output
    return predict(model, sequences, EVALUATION_BATCH, structure.padding)
