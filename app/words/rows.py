"""What table, plot and tooltips of the Words page show of the words that pass."""

import numpy as np
import polars as pl

from stateline.app.queries.contributions import effect, output_of
from stateline.app.queries.grid_query import check_block
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.app.queries.run import THUMBNAIL, page_facts
from stateline.app.words.queries import (
    AskedWords,
    mean_contributions,
    ordered,
    parse_words,
    rare,
    table,
)
from stateline.app.words.reasons import reason
from stateline.store.reader import Run
from stateline.store.schema import MIN_SHORTCUT

MAX_POINTS = 20_000  # of the plot; what is left out is said on the page
BAR_SHARE = 0.995  # of contributions that fit into a bar of the table; the rest fill it
DIGITS = 5  # of numbers sent as text: finer than any cell shows


def block(run: Run, start: int, end: int, asked: AskedWords) -> dict:
    """Rows start to end (exclusive) of the table, how many pass, and how many are too rare.

    A row has a cell a column, standard errors, sequences by class of either split, and of a
    shortcut the reason in a sentence.
    """
    check_block(start, end)
    found = ordered(run, asked)
    rows = found.slice(start, end - start)
    return {
        "rows": word_rows(run, rows, asked.towards),
        "count": len(found),
        "rare": rare(run, asked),
    }


def word_rows(run: Run, rows: pl.Series, towards: int | None) -> list[dict]:
    """Words as table and tooltips show them, in the order of their rows."""
    classes, stored = run.manifest.corpus.classes, run.sequences.height
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
        }
        for cells, word in zip(_cells(run, rows, towards), run.words[rows].to_dicts(), strict=True)
    ]


def _cells(run: Run, rows: pl.Series, towards: int | None) -> list[dict]:
    found = table(run, towards)[rows].drop("row").to_dicts()
    return [{name: _compact(value) for name, value in row.items()} for row in found]


def _output(values: list[float] | None, towards: int) -> float | None:
    """The number of a class among a number an output; one sigmoid unit has the same for both."""
    return None if values is None else values[output_of(len(values), towards)]


def _each_class(word: dict) -> list[list] | None:
    """[mean, standard error] of the contribution to every class; None of one sigmoid unit."""
    means = word["contribution"]
    if len(means) == 1:
        return None
    errors = word["contribution_se"] or [None] * len(means)
    return [[_compact(mean), _compact(se)] for mean, se in zip(means, errors, strict=True)]


def _compact(value: object) -> object:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def points(run: Run, asked: AskedWords) -> dict:
    """What the plot draws of the words that pass: a list a column, in the order of the store.

    returns  phrase, count, class (that it pushes to most), effect (towards the class that the plot
             is of, less the mean over the others) of each; "towards", that class, None where it is
             each word's own; "total", words that pass: where they are more than MAX_POINTS, the
             most frequent are drawn
    """
    rows = ordered(run, asked)
    found = run.words[rows]
    drawn = found.sort("count", descending=True, maintain_order=True).head(MAX_POINTS)
    towards = plotted_class(run, asked)
    own = towards is None
    moved = drawn["effect"].to_numpy() if own else effect(mean_contributions(drawn), towards)
    return {
        "towards": towards,
        "phrase": drawn["phrase"].to_list(),
        "count": drawn["count"].to_list(),
        "sequences": drawn["sequences"].to_list(),
        "class": drawn["towards"].to_list(),
        "effect": [_compact(value) for value in moved.tolist()],
        "total": found.height,
    }


def plotted_class(run: Run, asked: AskedWords) -> int | None:
    """The class that the plot is of. Of two classes the second, so that each has a side; of more
    every word's own, since no class comes before the others."""
    return 1 if asked.towards is None and len(run.class_names) == 2 else asked.towards


def words_facts(run: Run, asked: AskedWords) -> dict:
    """All that the page's scripts must know of a run's words before any are asked for."""
    means = mean_contributions(run.words.filter(pl.col("count") >= MIN_OCCURRENCES))
    return page_facts(run) | {
        "asked": asked.plain(),
        "usual": parse_words(run, {}).plain(),
        "outputs": run.manifest.readout.outputs,
        "words": run.words.height,
        "leastShortcut": MIN_SHORTCUT,
        "picture": list(THUMBNAIL),
        "longestBar": _compact(float(np.quantile(np.abs(means), BAR_SHARE)) if means.size else 1.0),
    }
