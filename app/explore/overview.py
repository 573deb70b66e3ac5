"""The left column without a sequence: what this run is, and how well it does."""

from typing import Any

from dash import html

from stateline.app import ids
from stateline.app.explore.class_bars import class_bars
from stateline.app.explore.confusion import confusion
from stateline.app.explore.model_facts import (
    answers_line,
    layers_block,
    model_line,
    rebuilt_line,
    states_line,
    training_line,
)
from stateline.app.layout.shell import block_title
from stateline.app.queries.accuracy import (
    baseline_line,
    baseline_settings,
    baseline_short,
    repeats_line,
)
from stateline.app.queries.run import class_counts
from stateline.app.queries.series import series_line
from stateline.app.queries.text import count, percent
from stateline.store.manifest.models import Corpus, CorpusSplit, Counts, LeftOut
from stateline.store.reader import Run
from stateline.store.schema import DRAWN, PROVIDED, UNKNOWN_SPLIT


def overview(run: Run | None) -> html.Div:
    """Facts, class bars and confusion matrix of a run; empty without one."""
    return html.Div(_parts(run) if run else [], id=ids.OVERVIEW, className="pane-scroll")


def _parts(run: Run) -> list[Any]:
    metrics = run.manifest.model.metrics
    counts = class_counts(run)
    stored = int(counts.sum())
    right = int(counts.trace())
    return [
        html.Section(
            [
                html.Div(
                    [
                        html.Span(percent(metrics.accuracy), className="figure-large"),
                        html.Span(
                            [
                                html.Strong("test accuracy"),
                                f"top-1 over all {count(metrics.test, 'test sequence')}",
                                html.Span(baseline_short(run), title=baseline_settings(run)),
                            ],
                            className="figure-name",
                        ),
                    ],
                    className="figure-row",
                ),
                html.Dl(_facts(run), className="facts"),
            ],
            id=ids.DATASET_INFO,
            className="block",
        ),
        *layers_block(run),
        html.Section(
            [
                block_title("Classes", f"of the {stored:,} sequences stored, {right:,} right"),
                class_bars(counts, run.class_names, run.class_colours),
            ],
            className="block",
        ),
        html.Section(
            [
                block_title("Confusion", f"over the whole test set, {metrics.test:,} sequences"),
                confusion(metrics.confusion, run.class_names, run.class_colours),
                html.P(_confusion_note(stored, metrics.test), className="note"),
            ],
            className="block",
        ),
    ]


def _facts(run: Run) -> list[Any]:
    manifest = run.manifest
    corpus, model, left_out = manifest.corpus, manifest.model, manifest.left_out
    pairs = [
        ("Corpus", f"{corpus.name}, {corpus.source}"),
        ("Model", model_line(model)),
        ("Baseline", baseline_line(run)),
        ("Also in training", repeats_line(run)),
        ("Split", _split_line(corpus.split)),
        ("Stored", _stored_line(corpus.sizes, left_out)),
        ("States", states_line(run)),
        ("Predictions", answers_line(manifest.readout)),
        ("Truncation", _truncation_line(corpus, left_out)),
        *_read(run, left_out),
    ]
    if model.metrics.elementwise_accuracy is not None:
        shown = percent(model.metrics.elementwise_accuracy)
        pairs.append(("Per-output accuracy", f"{shown}, computed as in the paper"))
    rebuilt = rebuilt_line(model)
    if rebuilt is not None:
        pairs.insert(2, ("Rebuilt", rebuilt))
    unknown = training_line(run)
    if unknown is not None:
        pairs.insert(2, ("Training", unknown))
    return [html.Div([html.Dt(name), html.Dd(text)]) for name, text in pairs]


def _confusion_note(stored: int, test: int) -> str:
    """How to read the matrix, and why a cell's filter finds fewer than the cell counts."""
    note = "Rows: actual class. Columns: predicted class."
    if stored < test:
        note += (
            f" A cell counts all {test:,} test sequences; a click shows those of them that are "
            f"among the {stored:,} stored."
        )
    return note


def _split_line(split: CorpusSplit) -> str:
    """Return how the split into training and test came about."""
    if split.origin == DRAWN:
        return f"drawn at random, seed {split.seed}"
    return {PROVIDED: "provided by the corpus", UNKNOWN_SPLIT: "training data unknown"}[
        split.origin
    ]


def _stored_line(sizes: Counts, left_out: LeftOut) -> str:
    line = f"{sizes.stored:,} of {count(sizes.test, 'test sequence')}"
    unstored = left_out.unstored_test_sequences
    return f"{line}; {unstored:,} left out" if unstored else line


def _read(run: Run, left_out: LeftOut) -> list[tuple[str, str]]:
    """Return what was read: of a text the unknown words, of a series the values of a step."""
    padding = []
    if left_out.padding_steps:
        what = (
            f"{left_out.padding_steps:,} of {run.states:,} steps, which the model reads; they are "
        )
        padding = [("Padding", what + "in no table of words, clusters or units")]
    if run.kind == "text":
        return [("Unknown words", _unknown_line(left_out.unknown_steps, run.states)), *padding]
    rows = "; the steps are the rows of a picture" if run.manifest.corpus.picture else ""
    return [("Sequences", series_line(run) + rows), *padding]


def _truncation_line(corpus: Corpus, left_out: LeftOut) -> str:
    truncation, text = corpus.truncation, corpus.kind == "text"
    sequence, step = ("text", "word") if text else ("series", "step")
    if truncation.max_steps is None:
        return "none: every sequence is read whole"
    limit = f"{truncation.keep} {count(truncation.max_steps, step)} read"
    cut = left_out.truncated_sequences
    if not cut:
        return f"{limit}; no {sequence} is longer"
    lost = count(left_out.truncated_words, step)
    return f"{limit}; {count(cut, sequence, None if text else sequence)} cut by {lost}"


def _unknown_line(unknown: int, states: int) -> str:
    if not unknown:
        return "none: the vocabulary holds every word"
    return f"{count(unknown, 'step')} ({100 * unknown / max(states, 1):.1f} %) read as unknown"
