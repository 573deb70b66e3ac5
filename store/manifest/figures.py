"""Figures of a manifest that follow from each other, or have a range of their own."""

import math
from collections.abc import Iterator
from itertools import chain

from stateline.store.manifest.consistency import SPLITS, Fact
from stateline.store.manifest.models import Manifest
from stateline.store.schema import STEPS, TOLERANCE

SHARE_ROUNDING = 1e-6


def figure_facts(manifest: Manifest) -> Iterator[Fact]:
    """Yield every fact about the figures of a consistent manifest, of any kind of run."""
    parts = (
        error_facts, split_facts, metric_facts, unseen_facts, baseline_facts, projection_facts
    )  # fmt: skip
    return chain.from_iterable(part(manifest) for part in parts)


def share(key: str, value: float) -> Fact:
    """Check that a share lies in 0 to 1."""
    return 0 <= value <= 1, key, "0 to 1", value


def error_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check that all errors were measured where there is a model, with the common tolerance."""
    tolerance = manifest.verified.tolerance
    true = 0 <= tolerance <= TOLERANCE
    yield true, "verified.tolerance", f"{TOLERANCE:g} at the most", f"{tolerance:g}"
    for name, error in manifest.verified.errors.items():
        known = error is not None or manifest.model.file is None
        yield known, f"verified.{name}", "a number, as there is a model", "null"
        yield error is None or error >= 0, f"verified.{name}", "0 or more", error
    if (rebuilt := manifest.model.rebuilt) is not None:
        want = f"0 to its tolerance, {rebuilt.tolerance:g}"
        yield 0 <= rebuilt.error <= rebuilt.tolerance, "model.rebuilt.error", want, rebuilt.error


def split_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check that classes add up to their split, and that no more sequences are stored than it has.

    Blank sequences and those without a known word are counted too.
    """
    classes, sizes, left_out = manifest.corpus.classes, manifest.corpus.sizes, manifest.left_out
    for split in SPLITS:
        total = sizes.of(split)
        if total is None:
            continue
        counts = [each.of(split) or 0 for each in classes]
        true, key = sum(counts) == total, f"corpus.sizes.{split}"
        yield true, key, f"{sum(counts)}, the sum of its classes", total
    for index, each in enumerate(classes):
        want = f"{each.test} at the most, those of the test split"
        yield each.stored <= each.test, f"corpus.classes[{index}].stored", want, each.stored
    unread = left_out.without_known_word
    true = unread <= sizes.test
    yield true, "left_out.without_known_word", f"0 to {sizes.test}", unread


def metric_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check that metrics are of the whole test split, and recall that of the confusion matrix."""
    metrics, corpus = manifest.model.metrics, manifest.corpus
    tested = corpus.sizes.test
    yield metrics.test == tested, "model.metrics.test", f"{tested}, the test split", metrics.test
    for index, row in enumerate(metrics.confusion):
        key, size = f"model.metrics.confusion[{index}]", corpus.classes[index].test
        yield sum(row) == size, key, f"a sum of {size}, the class's in the test split", sum(row)
        recall, total = metrics.recall[index], sum(row)
        want = row[index] / total if total else None
        if recall is None or want is None:
            true = recall == want
        else:
            true = math.isclose(recall, want, abs_tol=SHARE_ROUNDING)
        yield true, f"model.metrics.recall[{index}]", "null" if want is None else want, recall
    yield share("model.metrics.elementwise_accuracy", metrics.elementwise_accuracy or 0)


def unseen_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check the accuracy without repeated sequences: as many are right as the matrix lets be."""
    metrics, tested = manifest.model.metrics, manifest.corpus.sizes.test
    repeated, unseen = manifest.left_out.in_training, metrics.unseen_accuracy
    if repeated is None:
        return
    yield repeated <= tested, "left_out.in_training", f"0 to {tested}", repeated
    if unseen is None:
        return
    right, rest = sum(row[each] for each, row in enumerate(metrics.confusion)), tested - repeated
    least, most = max(0, right - repeated), min(right, rest)
    true = least - rest * SHARE_ROUNDING <= unseen * rest <= most + rest * SHARE_ROUNDING
    key = "model.metrics.unseen_accuracy"
    yield true, key, f"{least} to {most} of {rest} right", unseen
    yield whole(unseen, rest), key, f"a share of {rest} sequences", unseen


def baseline_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check that the baseline is of the splits that it was fitted on and tested on."""
    baseline, sizes = manifest.model.baseline, manifest.corpus.sizes
    if baseline.accuracy is None:
        return
    key = "model.baseline.accuracy"
    yield share(key, baseline.accuracy)
    yield whole(baseline.accuracy, sizes.test), key, f"a share of {sizes.test}", baseline.accuracy
    train, most = baseline.train or 0, sizes.train or 0
    if manifest.model.refit_epochs is not None:
        most += sizes.validation or 0
    yield 1 <= train <= most, "model.baseline.train", f"1 to {most}, what it can be of", train
    seconds = baseline.seconds or 0
    yield seconds >= 0, "model.baseline.seconds", "0 or more", seconds


def whole(part: float, count: int) -> bool:
    """Whether a share of so many sequences is of a whole number of them."""
    return abs(part * count - round(part * count)) <= count * SHARE_ROUNDING


def projection_facts(manifest: Manifest) -> Iterator[Fact]:
    """Check that qualities are shares, measured on no more states than there are."""
    states = manifest.rows(STEPS)
    for index, each in enumerate(manifest.projections):
        key, sample = f"projections[{index}]", each.quality_sample
        yield share(f"{key}.trustworthiness", each.trustworthiness)
        yield share(f"{key}.continuity", each.continuity)
        trust, placed = each.mean_trust, each.placed_states
        yield share(f"{key}.mean_trust.fitted", trust.fitted)
        yield share(f"{key}.mean_trust.placed", trust.placed or 0)
        true = (trust.placed is None) == (placed == 0)
        want = "a number" if placed else "null: no state was placed"
        yield true, f"{key}.mean_trust.placed", want, trust.placed
        true = 1 <= sample <= states
        yield true, f"{key}.quality_sample", f"1 to {states}, the states", sample
