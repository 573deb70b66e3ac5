"""Rows, points and facts of the words that pass, for table, plot and tooltips."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries.contributions import effect, output_of
from stateline.app.queries.grid_query import check_block
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.app.queries.run import THUMBNAIL, page_facts
from stateline.app.words.queries import (
    WordSelection,
    mean_contributions,
    ordered,
    parse_words,
    rare,
    table,
)
from stateline.app.words.reasons import q_text, reason
from stateline.app.words.shortcuts import not_tested, tested_line, variants
from stateline.store.reader import Run

MAX_POINTS = 20_000  # of the plot; the page says how many are left out
BAR_SHARE = 0.995  # quantile of the contributions that fills a bar of the table
DIGITS = 5  # of numbers sent as text: finer than any cell shows


def block(run: Run, start: int, end: int, selection: WordSelection) -> dict[str, Any]:
    """Return rows start to end (exclusive) of the table.

    returns  "rows", each with one cell per column, standard errors, sequences by class of either
             split, and of a shortcut the reason, q and the other phrases of its finding; "count",
             words that pass; "rare", words that are hidden because they are too rare
    raises   StatelineError  a block that is too large or ends before it begins
    """
    check_block(start, end)
    found = ordered(run, selection)
    rows = found.slice(start, end - start)
    return {
        "rows": word_rows(run, rows, selection.towards),
        "count": len(found),
        "rare": rare(run, selection),
    }


def word_rows(run: Run, rows: pl.Series, towards: int | None) -> list[dict[str, Any]]:
    """Return words as table and tooltips show them.

    rows  uint32 (n,)  of words.parquet, in the order shown
    """
    classes, stored, others = run.manifest.corpus.classes, run.sequences.height, variants(run)
    return [
        cells
        | {
            "contribution_se": _compact(
                _output(word["contribution_se"], word["towards"] if towards is None else towards)
            ),
            "effect_se": _compact(word["effect_se"]),
            "class": word["towards"],
            "each": _each_class(word),
            "by_class": {split: word[split] for split in ("train", "test")},
            "reason": None if word["shortcut"] is None else reason(word, classes, stored),
            "q": None if word["q"] is None else q_text(word["q"]),
            "variants": others.get(word["phrase"], []),
        }
        for cells, word in zip(_cells(run, rows, towards), run.words[rows].to_dicts(), strict=True)
    ]


def _cells(run: Run, rows: pl.Series, towards: int | None) -> list[dict[str, Any]]:
    found = table(run, towards)[rows].drop("row", "finding", "swapped").to_dicts()
    return [{name: _compact(value) for name, value in row.items()} for row in found]


def _output(values: list[float] | None, towards: int) -> float | None:
    """Return the number of a class among the outputs'; one sigmoid unit has one for both."""
    return None if values is None else values[output_of(len(values), towards)]


def _each_class(word: Mapping[str, Any]) -> list[list[float | None]] | None:
    """Return [mean, standard error] of the contribution to every class; None for one output."""
    means = word["contribution"]
    if len(means) == 1:
        return None
    errors = word["contribution_se"] or [None] * len(means)
    return [[_compact(mean), _compact(se)] for mean, se in zip(means, errors, strict=True)]


def _compact(value: Any) -> Any:
    """Round a float to the digits that are sent; other values stay."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def points(run: Run, selection: WordSelection) -> dict[str, Any]:
    """Return the words that pass as the plot draws them, one list per column.

    returns  "phrase", "count", "sequences", "class" (that it pushes to most) and "effect" (towards
             the plotted class) of each; "towards", the plotted class, None for each word's own;
             "total", words that pass, of which the most frequent MAX_POINTS are drawn
    """
    rows = ordered(run, selection)
    found = run.words[rows]
    drawn = found.sort("count", descending=True, maintain_order=True).head(MAX_POINTS)
    towards = plotted_class(run, selection)
    if towards is None:
        effects = drawn["effect"].to_numpy()
    else:
        effects = effect(mean_contributions(drawn), towards)
    return {
        "towards": towards,
        "phrase": drawn["phrase"].to_list(),
        "count": drawn["count"].to_list(),
        "sequences": drawn["sequences"].to_list(),
        "class": drawn["towards"].to_list(),
        "effect": [_compact(value) for value in effects.tolist()],
        "total": found.height,
    }


def plotted_class(run: Run, selection: WordSelection) -> int | None:
    """Return the class that effects in the plot are towards.

    returns  the selected class; else of two classes the second, so that each has a half of the
             plot, and of more None: each word's own
    """
    return 1 if selection.towards is None and len(run.class_names) == 2 else selection.towards


def words_facts(run: Run, selection: WordSelection) -> dict[str, Any]:
    """Return the facts of a run that the page's scripts need before they request words."""
    means = mean_contributions(run.words.filter(pl.col("count") >= MIN_OCCURRENCES))
    return page_facts(run) | {
        "asked": selection.plain(),
        "defaults": parse_words(run, {}).plain(),
        "outputs": run.manifest.readout.outputs,
        "words": run.words.height,
        "shortcutsNote": not_tested(run) or tested_line(run),
        "shortcutsTested": not_tested(run) is None,
        "picture": list(THUMBNAIL),
        "longestBar": _compact(float(np.quantile(np.abs(means), BAR_SHARE)) if means.size else 1.0),
    }
