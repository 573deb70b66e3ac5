"""The report in figures: run, model and sequence, a name and a value each."""

from datetime import date
from typing import Any

from stateline.app.queries.accuracy import (
    baseline_line,
    baseline_settings,
    baseline_short,
    repeats_line,
)
from stateline.app.queries.explanation import has_name
from stateline.app.queries.run import step_noun
from stateline.app.queries.series import series_line
from stateline.app.queries.state_kinds import state_kind
from stateline.app.queries.text import count, day, percent
from stateline.store.reader import Run

Pairs = list[tuple[str, str]]


def model_line(run: Run) -> str:
    """Return the model's cell, its size, and its accuracy on the whole test set by a baseline's."""
    model = run.manifest.model
    metrics, parameters = model.metrics, model.parameters
    size = "" if parameters is None else f", {count(parameters, 'parameter')}"
    return (
        f"{model.cell}, {count(model.units, 'unit')}{size}; test accuracy "
        f"{percent(metrics.accuracy)} over {count(metrics.test, 'sequence')}, {baseline_short(run)}"
    )


def sequence_facts(run: Run, facts: dict[str, Any], steps: dict[str, Any]) -> Pairs:
    """Return the figures of a sequence.

    facts, steps  as `stateline.app.queries.run.sequence` returns them
    """
    words, noun = steps["surface"], step_noun(run)
    longest = facts["max_distance_step"]
    return [
        ("Class", run.class_names[facts["label"]]),
        ("Classification", run.class_names[facts["predicted"]]),
        ("Confidence", percent(facts["confidence"])),
        ("Settled", _settled(facts)),
        (f"Turning {noun}", _turned(run, facts, words)),
        (f"{noun.capitalize()}s read", _read(run, facts)),
        _known(run, facts),
        (
            "Largest distance",
            f"{facts['max_distance']:.3f}, {_at_step(run, words, longest)}",
        ),
        ("Id in the corpus", facts["external_id"]),
    ]


def _known(run: Run, facts: dict[str, Any]) -> tuple[str, str]:
    """Return how many words the vocabulary lacks; of a series, what a step holds."""
    if run.kind == "series":
        return "Read as", series_line(run)
    return "Unknown words", f"{facts['unknown']:,} to the model" if facts["unknown"] else "none"


def _settled(facts: dict[str, Any]) -> str:
    """Return since when the answer has not changed."""
    if not facts["flips"]:
        return "never changed its answer"
    return f"at step {facts['settle_step']}, after {count(facts['flips'], 'flip')}"


def _turned(run: Run, facts: dict[str, Any], words: list[str]) -> str:
    """Return the step at which the actual class lost most, or why there is none."""
    if facts["turning_step"] is not None:
        return _at_step(run, words, facts["turning_step"])
    if facts["correct"]:
        return "none: classified correctly"
    return f"none: no {step_noun(run)} lowered the actual class"


def _at_step(run: Run, words: list[str], t: int) -> str:
    """Return a step by its number, and by its word where it has one."""
    return f"“{words[t]}”, at step {t}" if has_name(words, t, run.kind) else f"at step {t}"


def _read(run: Run, facts: dict[str, Any]) -> str:
    """Return how much of the sequence the model read, and which part."""
    cut = facts["length_full"] - facts["length"]
    if not cut:
        return f"{facts['length']:,}, the whole {run.kind}"
    keep = run.manifest.corpus.truncation.keep
    return f"{keep} {facts['length']:,}; {cut:,} more left out"


def source_facts(run: Run, projection: str, made: date) -> Pairs:
    """Return what the report was made from, so that the same one can be made again.

    made  day to print
    """
    manifest = run.manifest
    corpus = manifest.corpus
    kind = state_kind(run, projection)
    fitted = baseline_settings(run)
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    return [
        ("Corpus", f"{corpus.name}, {corpus.source}"),
        ("Baseline", baseline_line(run)),
        *([("Baseline fitted", fitted)] if fitted else []),
        ("Also in training", repeats_line(run)),
        ("Projection", projection),
        *([] if kind.is_only else [("Layer", kind.name)]),
        ("Run built", f"{day(manifest.created)}, with {versions}"),
        ("Run's checksum", f"{run.checksum} (SHA-256 of its manifest)"),
        ("Tables", f"schema version {manifest.schema_version}"),
        ("Report made", day(made.isoformat())),
    ]
