"""The reason why a word counts as a shortcut, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from stateline.app.queries.text import whole_percent
from stateline.store.manifest.models import CorpusClass
from stateline.store.manifest.values import Split

SMALLEST_Q = 1e-4  # that is written as a number


def reason(word: Mapping[str, Any], classes: Sequence[CorpusClass], stored: int) -> str:
    """Describe the effect of a shortcut, and the labels of the sequences that hold it.

    It claims what was tested: that the labels differ between training and test, and that the
    effect exceeds what the test labels support. Every share comes with its two counts, since test,
    training and stored sequences are different sets.
    word     a row of words.parquet whose `shortcut` is not null
    classes  C  the manifest's, with the training and test sequences of each
    stored   sequences of the run
    """
    name = classes[word["towards"]].name
    (own, trained, training), (held, tested, test) = (
        _labels(word, classes, split) for split in ("train", "test")
    )
    return (
        f"Effect {_error(word['effect'], word['effect_se'])} towards {name}; the test labels "
        f"{_support(word)}. {own:,} of the {trained:,} training sequences that contain it are "
        f"{name} ({training}), and {held:,} of the {tested:,} test sequences ({test}); "
        f"{q_text(word['q'])}. {_errors(word, stored)}."
    )


def q_text(q: float) -> str:
    """Format the false discovery rate at which a word is listed."""
    return f"q < {SMALLEST_Q:.4f}" if q < SMALLEST_Q else f"q = {q:.4f}"


def _error(value: float, error: float) -> str:
    """Format a number with its standard error."""
    # A small error keeps a second digit: ± 0.0 would read as none.
    digits = 1 if error >= 0.05 else 2
    return f"{value:+.{digits}f} ± {error:.{digits}f}".replace("-", "−")


def _support(word: Mapping[str, Any]) -> str:
    """Describe what the test labels say for the class, in the unit of the effect."""
    said = _error(word["lift"], word["lift_se"])
    return f"support {said}" if word["lift"] > 0 else f"speak against it, {said}"


def _labels(
    word: Mapping[str, Any], classes: Sequence[CorpusClass], split: Split
) -> tuple[int, int, str]:
    """Count the sequences of a split that hold the word: of the class, all, and their shares."""
    counts, sizes = word[split], [each.of(split) or 0 for each in classes]
    own, all_of = counts[word["towards"]], sum(counts)
    base = sizes[word["towards"]] / sum(sizes)
    return own, all_of, f"{whole_percent(own / all_of)}; {whole_percent(base)} of all"


def _errors(word: Mapping[str, Any], stored: int) -> str:
    holding = word["sequences"]
    wrong = round(word["error_with"] * holding)
    with_it = f"Misclassified: {wrong:,} of the {holding:,} stored sequences"
    if word["error_without"] is None:
        return f"{with_it}, all of which contain it"
    wrong = round(word["error_without"] * (stored - holding))
    return f"{with_it} with it, {wrong:,} of the {stored - holding:,} without"
