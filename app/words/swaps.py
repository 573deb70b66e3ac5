"""The swap test of a run: the words that move the answer beyond what words like them do."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from stateline.app.words.queries import WordSelection
from stateline.app.words.reasons import percent, q_text
from stateline.store.reader import Run
from stateline.store.schema import MAX_Q, MIN_SWAPPED

MAX_LISTED = 200  # words that are listed; the page says how many there are


def swap_rows(run: Run, selection: WordSelection) -> dict[str, Any]:
    """Return the words that the swap test finds, the surest first, those that are searched for.

    returns  "rows", each with its figures, a sentence and whether a stored sequence holds it;
             "count" of all; "tested", how many were; "note", what was tested, or why nothing was
    """
    swaps = run.swaps
    if swaps is None:
        return {"rows": [], "count": 0, "tested": 0, "note": absence(run)}
    found = swaps.filter(pl.col("q") <= MAX_Q)
    if selection.search:
        searched = pl.col("token").str.to_lowercase()
        found = found.filter(searched.str.contains(selection.search.lower(), literal=True))
    stored = run.words.filter(pl.col("size") == 1)["phrase"].implode()
    rows = found.head(MAX_LISTED).with_columns(stored=pl.col("token").is_in(stored))
    return {
        "rows": [
            row | {"reason": sentence(row, run.class_names), "q": q_text(row["q"])}
            for row in rows.iter_rows(named=True)
        ],
        "count": found.height,
        "tested": swaps.height,
        "note": note(run),
    }


def absence(run: Run) -> str:
    """Return the reason why a text's run has no swap test."""
    if run.manifest.model.file is None:
        return (
            "No swap test: this run was built from arrays of states, and replacing a word needs "
            "the model."
        )
    return (
        "No swap test: it was switched off when the run was built (SWAP_WORDS=0), too few words "
        f"stand in {MIN_SWAPPED} test sequences, or fewer than two classes have two labels."
    )


def note(run: Run) -> str:
    """Return what a listed word means, and what was tested."""
    test = run.manifest.swap_test
    assert test is not None  # of a run with the table
    left = test.eligible - test.tested
    rest = f" {left:,} others were not tested, and count as not found." if left else ""
    return (
        "Words that move the answer by themselves, further than the median word of like frequency "
        "and position, and whose labels go with them beyond what the other words predict. False "
        f"discovery rate {percent(MAX_Q)} over the {test.eligible:,} known words of "
        f"{MIN_SWAPPED} test sequences or more.{rest} That the model relies on a word does not "
        "say that it should not."
    )


def sentence(row: Mapping[str, Any], classes: list[str]) -> str:
    """Describe what replacing a word changed, beside its controls and the regression.

    row  of swaps.parquet
    """
    name, swapped, sequences = classes[row["towards"]], row["swapped"], row["sequences"]
    where = f"the {swapped:,} test sequences that hold it"
    if swapped < sequences:
        where = f"the first {swapped:,} of the {sequences:,} test sequences that hold it"
    logit = f"the logit of {name}" + (" less the mean of the others" if len(classes) > 2 else "")
    parts = [
        f"replaced in {where}, {logit} falls by {row['change']:.2f} "
        f"({row['change_low']:.2f} to {row['change_high']:.2f}) and the answer changes in "
        + _rate(row["flips"], row["flips_low"], row["flips_high"]),
    ]
    if row["unknown_change"] is not None:
        parts.append(
            f"read as unknown, by {row['unknown_change']:.2f} and in "
            f"{percent(row['unknown_flips'])}"
        )
    parts.append(
        f"half of {row['controls']:,} words like it move it by less than "
        f"{row['control_change']:.2f}, and the answer changes with them in "
        + _rate(row["control_flips"], row["control_low"], row["control_high"])
    )
    parts.append(
        f"of the {row['frequency']:,} labelled sequences that hold it {row['labelled']:,} are "
        f"{name}, where their other words predict {row['expected']:.1f}; a regression on all words "
        f"gives it {row['weight']:+.2f} (rank {row['weight_rank']:,})"
    )
    return "; ".join(parts) + "."


def _rate(share: float, low: float, high: float) -> str:
    return f"{percent(share)} ({percent(low)} to {percent(high)})"
