"""The reason why a word counts as a shortcut, in a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

from stateline.store.manifest.models import CorpusClass


def reason(word: Mapping[str, Any], classes: Sequence[CorpusClass], stored: int) -> str:
    """Describe the effect of a shortcut, and the labels of the sequences that hold it.

    Every share comes with its two counts, since test, training and stored sequences are different
    sets.
    word     a row of words.parquet whose `shortcut` is not null: several test sequences hold it
    classes  C  the manifest's, with the test sequences of each
    stored   sequences of the run
    """
    towards = word["towards"]
    name, split = classes[towards].name, word["test"]
    # A small error keeps a second digit: ± 0.0 would read as none.
    digits = 1 if word["effect_se"] >= 0.05 else 2
    everywhere = classes[towards].test / sum(each.test for each in classes)
    return (
        f"pushes {word['effect']:+.{digits}f} (± {word['effect_se']:.{digits}f}) towards {name}, "
        f"while {split[towards]:,} of the {sum(split):,} test sequences that hold it are {name} "
        f"({_percent(split[towards] / sum(split))}; of all test sequences {_percent(everywhere)}); "
        f"{_training(word['train'], towards)}; {_errors(word, stored)}."
    )


def _training(counts: list[int] | None, towards: int) -> str:
    """Describe the share of the class among the training sequences that hold the word."""
    if counts is None:
        return "the training split is not known"
    if not sum(counts):
        return "in training it never occurs"
    share = _percent(counts[towards] / sum(counts))
    return f"in training {counts[towards]:,} of {sum(counts):,} ({share})"


def _errors(word: Mapping[str, Any], stored: int) -> str:
    holding = word["sequences"]
    wrong = round(word["error_with"] * holding)
    with_it = f"wrong {wrong:,} of the {holding:,} stored that hold it"
    if word["error_without"] is None:
        return f"{with_it}, which are all"
    wrong = round(word["error_without"] * (stored - holding))
    return f"{with_it} and {wrong:,} of the {stored - holding:,} that do not"


def _percent(share: float) -> str:
    """Format a share as a whole number; the sign does not wrap."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
