"""One call from a trained model, or from arrays of states, to a run in the store.

The call writes what the first stages would have written and runs the others, so that a run
built from Python and one built by Make are the same.
"""

import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from stateline.pipeline.config import check_run_name, validate, write_settings
from stateline.pipeline.models.keras.masking import as_sequences
from stateline.pipeline.run.artefacts import PREDICTION
from stateline.pipeline.run.settings import Settings, stage_knobs
from stateline.pipeline.run.stage import BuildPaths, running
from stateline.pipeline.sources.names import (
    id_meanings,
    name_features,
    name_sequences,
    name_steps,
    name_texts,
    series_values,
    words_as_ids,
)
from stateline.pipeline.sources.sequences import Given, class_numbers, write_given
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run

# Every stage comes after those that it reads.
AFTER_EXTRACT = ("expected", "distances", "words", "units", "neighbours", "index")


def build_store(
    model: object,
    sequences: object,
    labels: Sequence,
    *,
    tokens: Sequence | None = None,
    classes: Sequence[str] | None = None,
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
    build: Path | str | None = None,
    **knobs: object,
) -> Run:
    """Take a trained Keras model and its data to a run, and prove that it shows what the model did.

    model        a Keras model, or the path of a .keras file; one input, one output
    sequences    as `model.predict` takes them: ids (S, T) or S arrays (T,), numbers (S, T, F) or S
                 arrays (T, F); padding that the model masks is taken out, other padding is read
    labels       S classes by number, or by name where `classes` says their order
    tokens       the token of each id (a flat list), or S lists of T words (or names of steps)
    classes      C names in the order of the model's outputs
    out          folder of the run; its name is the run's name
    projections  of pca, tsne, umap; the first of tsne, umap, pca that is there opens
    layers       layers to store and map, `all`, or `<layer>:c` for cell states; empty: the layer
                 that the head reads
    gates        also store the gates of LSTM and GRU layers
    features     F names of a series; picture: its steps are the rows of a picture
    texts        S whole texts; None: the words, joined
    ids          S names of the sequences; None: their numbers
    unknown      id of words that the model does not know; start: id that begins each sequence
    build        folder for intermediate files that is kept; None: a temporary one
    knobs        those of the stages that the call runs, extract and after, and of the projections
                 (`python -m stateline.pipeline.config --help`), in lower case: perplexity, seed, …
    returns      the run, opened
    raises       StatelineError  in one line: a model that cannot be read (stateful, several inputs
                 or outputs, custom layers, …), labels or tokens that do not fit, or a sequence
                 whose states or answers are not the model's own; a run that was there stays

    >>> run = build_store(model, x_test, y_test, tokens=words, classes=["bad", "good"],
    ...                   out="store/data/mine")                       # doctest: +SKIP
    """
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.structure import anatomy
    from stateline.pipeline.train import came_trained, write_model

    refuse_other_knobs(knobs, projections, "extract")
    if isinstance(model, str | Path):
        model = load_model(Path(model))
    about = anatomy(model)
    label, class_names = class_numbers(labels, classes, about.classes)
    if len(label) != len(sequences):
        raise StatelineError(
            "labels", "not one a sequence", expected=len(sequences), got=len(label)
        )
    names = name_sequences(ids, len(label))
    feature_names = name_features(features, about.features, picture)
    meaning = id_meanings(about.rows, unknown=unknown, start=start)
    found = as_sequences(sequences, about, names)
    meaning = {"padding": found.masked_id} | meaning
    vocabulary, surface = name_steps(
        tokens, found.sequences, found.kept, meaning, about.features, names
    )
    given = Given(
        sequences=found.sequences,
        label=label,
        classes=class_names,
        surface=surface,
        ids=names,
        vocabulary=vocabulary,
        text=name_texts(texts, len(label)),
        features=feature_names,
        picture=picture,
        tokens=meaning,
        name=Path(out).name,
    )

    def prepare(paths: BuildPaths) -> None:
        facts = write_corpus(paths, given)
        with running(paths, "train") as stage:
            _, training = came_trained(model, facts)
            output = answers(model, found.given, found.sequences, about)
            write_model(stage, model, training, output, label)
            np.save(stage.folder / PREDICTION, output)
            stage.rows = len(label)

    def states(paths: BuildPaths) -> None:
        from stateline.pipeline import extract

        extract.work(paths)

    own = {"layers": list(layers), "gates": gates}
    return run_stages(out, build, projections, knobs | own, len(label), [prepare, states])


def build_store_from_states(
    states: Sequence | Mapping[str, Sequence],
    labels: Sequence,
    *,
    readout: tuple[np.ndarray, np.ndarray] | None = None,
    expected: Sequence | None = None,
    reads: str | None = None,
    tokens: Sequence | None = None,
    values: Sequence | None = None,
    classes: Sequence[str] | None = None,
    out: Path | str = "store/data/mine",
    projections: Sequence[str] = ("pca", "tsne", "umap"),
    cell: str = "RNN",
    features: Sequence[str] | None = None,
    picture: bool = False,
    texts: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
    build: Path | str | None = None,
    **knobs: object,
) -> Run:
    """Take arrays of states to a run, for models of PyTorch, JAX or anything else.

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
    label, names = class_numbers(labels, classes, arrays.classes)
    arrays.refuse_misfits(len(label))
    count = len(label)
    sequence_names = name_sequences(ids, count)
    series, width = series_values(values, arrays.lengths, sequence_names)
    read = series or [np.zeros(length, np.uint32) for length in arrays.lengths]
    feature_names = name_features(features, width, picture)
    vocabulary, surface = name_steps(tokens, read, None, {}, width or 0, sequence_names)
    if series is None:
        vocabulary, read = words_as_ids(surface)
    given = Given(
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
        source="arrays of states handed over",
    )

    def prepare(paths: BuildPaths) -> None:
        write_corpus(paths, given)
        write_arrays(paths, arrays, label, cell)

    return run_stages(out, build, projections, knobs, count, [prepare])


def run_stages(
    out: Path | str,
    build: Path | str | None,
    projections: Sequence[str],
    knobs: dict[str, object],
    count: int,
    first: list[Callable[[BuildPaths], None]],
) -> Run:
    """Run the stages in order, in a folder of their own, and open what they made.

    first  what comes before the stage expected
    """
    from stateline.pipeline import (
        clusters,
        distances,
        expected,
        export,
        index,
        neighbours,
        project,
        units,
    )
    from stateline.pipeline import words as words_stage

    out = Path(out)
    check_run_name(out.name)
    settings = call_settings(out.name, projections, knobs, count)
    with build_folder(build) as folder:
        paths = BuildPaths(folder, out.name)
        write_settings(paths, settings)
        work = [(step.__name__, lambda step=step: step(paths)) for step in first]
        stages = (expected, distances, words_stage, units, neighbours, index)
        work += [
            (name, lambda stage=stage: stage.work(paths))
            for name, stage in zip(AFTER_EXTRACT, stages, strict=True)
        ]
        work += [
            (f"{name} {m}", lambda stage=stage, m=m: stage.work(paths, Namespace(method=m)))
            for m in settings.projections
            for name, stage in (("project", project), ("clusters", clusters))
        ]
        work.append(("export", lambda: export.work(paths, Namespace(store=out.parent))))
        with tqdm(total=len(work), desc=out.name, unit="stage") as bar:
            for name, step in work:
                bar.set_postfix_str(name)
                step()
                bar.update()
    return open_run(out)


def refuse_other_knobs(knobs: dict[str, object], projections: Sequence[str], *first: str) -> None:
    """Raise where a call sets knobs that none of its stages reads.

    first  stages before those that every call runs
    """
    stages = (*first, *AFTER_EXTRACT, *(f"project-{method}" for method in projections), "export")
    # All sequences that a call hands over are stored; the others are parameters of the call.
    own = {"stored", "projections", "layers", "gates"}
    read = {name for stage in stages for name in stage_knobs(stage)} - own
    other = [name for name in knobs if name not in read]
    if other:
        raise StatelineError(
            ", ".join(other),
            "no knob of what this call runs",
            expected=f"some of {', '.join(sorted(read))}",
        )


def call_settings(
    run: str, projections: Sequence[str], knobs: dict[str, object], count: int
) -> Settings:
    """Settings of a call: its knobs over the defaults; all sequences are stored."""
    best = next((m for m in ("tsne", "umap", "pca") if m in projections), "tsne")
    own = {"projections": list(projections), "default_projection": best, "stored": max(count, 1)}
    return validate(run, own | knobs)


@contextmanager
def build_folder(build: Path | str | None) -> Iterator[Path]:
    """The folder of intermediate files: the one that was named, or a temporary one."""
    if build is not None:
        yield Path(build)
        return
    with tempfile.TemporaryDirectory(prefix="stateline-") as folder:
        yield Path(folder)


def write_corpus(paths: BuildPaths, given: Given) -> dict:
    """What the corpus stage would have left; returns its facts."""
    from stateline.pipeline.run.artefacts import CORPUS_FACTS

    with running(paths, "corpus") as stage:
        write_given(given, stage)
    return paths.read_json("corpus", CORPUS_FACTS)


def answers(
    model: object, given: np.ndarray | None, sequences: list[np.ndarray], about: object
) -> np.ndarray:
    """The model's own answers, (S, K): to its input as it came, where that is one array."""
    from stateline.pipeline.models.keras.batches import predict
    from stateline.pipeline.train import EVALUATION_BATCH

    if given is not None:
        return model.predict(given, verbose=0)
    return predict(model, sequences, EVALUATION_BATCH, about.padding)
