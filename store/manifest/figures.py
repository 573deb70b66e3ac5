"""Figures of a manifest that follow from each other, or have a range of their own."""

import math
from collections.abc import Iterator
from itertools import chain

from stateline.store.manifest.consistency import Fact
from stateline.store.schema import STEPS, TOLERANCE

MEASURED = ("prediction_error", "batch_error", "alone_error")
ROUNDED = 1e-6  # of a share


def facts(manifest: dict) -> Iterator[Fact]:
    """Every fact about the figures of a manifest, of any kind of run.

    manifest  dict  of the right shape, without contradictions
    """
    parts = (error_facts, split_facts, answer_facts, map_facts)
    return chain.from_iterable(part(manifest) for part in parts)


def share(key: str, value: float) -> Fact:
    """A share lies in 0 to 1."""
    return 0 <= value <= 1, key, "0 to 1", value


def error_facts(manifest: dict) -> Iterator[Fact]:
    """Where there is a model, all errors were measured; no run sets a tolerance of its own."""
    verified = manifest["verified"]
    said = verified["tolerance"]
    yield 0 <= said <= TOLERANCE, "verified.tolerance", f"{TOLERANCE:g} at the most", f"{said:g}"
    for each in MEASURED:
        error = verified[each]
        known = error is not None or manifest["model"]["file"] is None
        yield known, f"verified.{each}", "a number, as there is a model", "null"
        yield error is None or error >= 0, f"verified.{each}", "0 or more", error


def split_facts(manifest: dict) -> Iterator[Fact]:
    """Classes add up to their split, and no more sequences are stored than were tested."""
    corpus, left_out = manifest["corpus"], manifest["left_out"]
    classes, sizes = corpus["classes"], corpus["sizes"]
    for split in ("train", "validation", "test"):
        if sizes[split] is None:
            continue
        counts = [each[split] for each in classes]
        yield min(counts) >= 0, f"corpus.classes: {split}", "0 or more", min(counts)
        fits = sum(counts) == sizes[split]
        yield fits, f"corpus.sizes.{split}", f"{sum(counts)}, the sum of its classes", sizes[split]
    for index, each in enumerate(classes):
        want = f"{each['test']} at the most, those of the test split"
        fits = each["stored"] <= each["test"]
        yield fits, f"corpus.classes[{index}].stored", want, each["stored"]
    blank, unread = left_out["blank_dropped"], left_out["without_known_word"]
    yield blank >= 0, "left_out.blank_dropped", "0 or more", blank
    fits = 0 <= unread <= sizes["test"]
    yield fits, "left_out.without_known_word", f"0 to {sizes['test']}", unread


def answer_facts(manifest: dict) -> Iterator[Fact]:
    """Metrics are of the whole test split, and recall is that of the confusion matrix."""
    metrics, corpus = manifest["model"]["metrics"], manifest["corpus"]
    tested = corpus["sizes"]["test"]
    fits = metrics["test"] == tested
    yield fits, "model.metrics.test", f"{tested}, the test split", metrics["test"]
    for index, row in enumerate(metrics["confusion"]):
        key, own = f"model.metrics.confusion[{index}]", corpus["classes"][index]["test"]
        yield min(row) >= 0, key, "0 or more", min(row)
        yield sum(row) == own, key, f"a sum of {own}, the class's in the test split", sum(row)
        said, total = metrics["recall"][index], sum(row)
        want = row[index] / total if total else None
        known = said is not None and want is not None
        fits = math.isclose(said, want, abs_tol=ROUNDED) if known else said == want
        yield fits, f"model.metrics.recall[{index}]", "null" if want is None else want, said
    elementwise = metrics["elementwise_accuracy"]
    yield share("model.metrics.elementwise_accuracy", elementwise or 0)


def map_facts(manifest: dict) -> Iterator[Fact]:
    """Qualities are shares, judged on states that there are."""
    states = manifest["tables"][STEPS]["rows"]
    for index, each in enumerate(manifest["projections"]):
        key, judged = f"projections[{index}]", each["quality_sample"]
        for name in ("trustworthiness", "continuity", "mean_trust"):
            yield share(f"{key}.{name}", each[name])
        fits = 1 <= judged <= states
        yield fits, f"{key}.quality_sample", f"1 to {states}, the states", judged
        for name in ("fitted_states", "placed_states"):
            yield each[name] >= 0, f"{key}.{name}", "0 or more", each[name]
