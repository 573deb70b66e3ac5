"""Facts beside a run's accuracy: a baseline, and test sequences that training holds too."""

from stateline.app.queries.text import count, percent
from stateline.store.reader import Run


def baseline_short(run: Run) -> str:
    """Return the baseline's accuracy in a few words, or that there is none."""
    accuracy = run.manifest.model.baseline.accuracy
    return "no baseline" if accuracy is None else f"baseline {percent(accuracy)}"


def baseline_line(run: Run) -> str:
    """Return the baseline's accuracy and name, or why there is none."""
    baseline = run.manifest.model.baseline
    if baseline.accuracy is None:
        return f"none: {baseline.reason}"
    return f"{percent(baseline.accuracy)} on the same test set, {baseline.name}"


def baseline_settings(run: Run) -> str | None:
    """Return how the baseline was fitted, in words; None where there is none."""
    baseline, train = run.manifest.model.baseline, run.manifest.corpus.sizes.train
    if baseline.train is None:
        return None
    part = "" if baseline.train == train else f" of {train:,}"
    return f"{baseline.settings}; fitted on {baseline.train:,}{part} training sequences"


def repeats_line(run: Run) -> str:
    """Return how many test sequences training or validation hold too, and accuracy without them."""
    repeated, metrics = run.manifest.left_out.in_training, run.manifest.model.metrics
    if repeated is None:
        return "not known, as the training sequences are not"
    if not repeated:
        return f"none of {count(metrics.test, 'test sequence')}"
    occur = "occurs" if repeated == 1 else "occur"
    line = (
        f"{repeated:,} of {count(metrics.test, 'test sequence')} {occur} in the training or "
        "validation split as well"
    )
    if metrics.unseen_accuracy is None:  # Without them none is left.
        return line
    return f"{line}; {percent(metrics.unseen_accuracy)} accuracy without them"
