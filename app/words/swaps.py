"""The swap test of a run: the words that move the answer beyond what their controls do."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from stateline.app.queries.text import whole_percent
from stateline.app.words.queries import WordSelection, swap_findings
from stateline.app.words.reasons import q_text
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
    found = swap_findings(run)
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
        "Replacing these words changes the logit by more than the median control word (similar "
        "frequency and position), and the labels are associated with them beyond what the other "
        f"words predict. False discovery rate {whole_percent(MAX_Q)} over the {test.eligible:,} "
        f"known words found in {MIN_SWAPPED} or more test sequences.{rest} A listed word may be "
        "legitimate evidence."
    )


def sentence(row: Mapping[str, Any], classes: list[str]) -> str:
    """Describe what replacing a word changed, beside its controls and the regression.

    row  of swaps.parquet
    """
    name, swapped, sequences = classes[row["towards"]], row["swapped"], row["sequences"]
    where = f"the {swapped:,} test sequences that contain it"
    if swapped < sequences:
        where = f"the first {swapped:,} of the {sequences:,} test sequences that contain it"
    logit = f"the logit of {name}" + (" less the mean of the others" if len(classes) > 2 else "")
    verb, change, low, high = "lowers", row["change"], row["change_low"], row["change_high"]
    if change < 0:
        verb, change, low, high = "raises", -change, -high, -low
    replaced = (
        f"Replacing it in {where} {verb} {logit} by {change:.2f} (95 % interval {low:.2f} to "
        f"{high:.2f}) and changes the answer in "
        f"{_rate(row['flips'], row['flips_low'], row['flips_high'])} of replacements"
    )
    if row["unknown_change"] is not None:
        verb = "raises" if row["unknown_change"] < 0 else "lowers"
        replaced += (
            f"; the unknown word {verb} it by {abs(row['unknown_change']):.2f} and changes the "
            f"answer in {whole_percent(row['unknown_flips'])}"
        )
    controls = (
        f"Replacing the {row['controls']:,} control words changes that logit by "
        f"{row['control_change']:.2f} in the median, and the answer in "
        f"{_rate(row['control_flips'], row['control_low'], row['control_high'])}"
    )
    labels = (
        f"Of the {row['frequency']:,} labelled sequences that contain it, {row['labelled']:,} are "
        f"{name}; a regression expects about {row['expected']:,.0f} from their other words"
    )
    return f"{replaced}. {controls}. {labels}."


def _rate(share: float, low: float, high: float) -> str:
    return f"{whole_percent(share)} ({whole_percent(low, sign=False)} to {whole_percent(high)})"
