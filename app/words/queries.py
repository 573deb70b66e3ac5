"""Words and two-word phrases of a run, sorted, filtered and searched for table and plot."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from stateline.app.queries import contributions
from stateline.app.queries.grid_query import NUMBER, TEXT, TableColumn, grid_rows
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.app.queries.parsing import parse_choice, parse_class, parse_whole, unknown_value
from stateline.app.web.cache import CACHE
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from stateline.store.schema import MAX_Q

ALL, TOKENS, PHRASES, SHORTCUTS, SWAPS = "all", "tokens", "phrases", "shortcuts", "swaps"
LISTS = (SHORTCUTS, SWAPS)  # kinds that the store decides, however rare the words are
OF_KIND = {
    ALL: pl.lit(True),
    TOKENS: pl.col("size") == 1,
    PHRASES: pl.col("size") == 2,
    # The first of each finding; the others stand with it.
    SHORTCUTS: pl.col("finding") == pl.col("phrase"),
    SWAPS: pl.col("swapped"),
}
LARGEST_LEAST = 1_000_000  # of the occurrences that a word must have to be shown
LONGEST_SEARCH = LONGEST_WORD = 200

# In the order of the table: those that the narrowest window still shows come first.
COLUMNS = (
    TableColumn("phrase", TEXT, "Word", "The token, or the two that follow each other", 126),
    TableColumn("count", NUMBER, "Count", "Occurrences in the stored sequences", 58),
    TableColumn("towards", TEXT, "Towards", "Class that it pushes to most", 96),
    TableColumn(
        "effect", NUMBER, "Effect",
        "Mean contribution to that class less the mean over the other classes, ± standard error; "
        "with one sigmoid unit the size of the mean contribution", 98,
    ),
    TableColumn("sure", NUMBER, "Lower bound", "Lower end of the 95 % interval of the effect", 84),
    TableColumn(
        "train", NUMBER, "Training",
        "Classes of the training sequences that hold it; sorted by the share of the class that it "
        "pushes to, or of the chosen one", 72,
    ),
    TableColumn(
        "test", NUMBER, "Test",
        "Classes of all test sequences that hold it; sorted by the share of the class that it "
        "pushes to, or of the chosen one", 68,
    ),
    TableColumn(
        "error_with", NUMBER, "Error with it",
        "Share misclassified of the stored sequences with it", 72,
    ),
    TableColumn(
        "error_without", NUMBER, "Error without it",
        "Share misclassified of the stored sequences without it", 84,
    ),
    TableColumn(
        "shortcut", NUMBER, "Shortcut",
        "Unsupported effect: by how much the effect exceeds what the test labels support, at the "
        "least; of words whose labels differ between training and test", 82,
    ),
    TableColumn("sequences", NUMBER, "Seq.", "Stored sequences that hold it", 60),
    TableColumn(
        "contribution", NUMBER, "Contribution",
        "Mean contribution to the logit of the class that it pushes to, or of the chosen one, "
        "± standard error", 158,
    ),
    TableColumn("spread", NUMBER, "Spread", "Standard deviation of the contribution", 74),
    TableColumn(
        "distance", NUMBER, "Distance", "Mean distance that the hidden state moves", 82
    ),
    TableColumn(
        "flips", NUMBER, "Flips", "Occurrences at which the predicted class changes", 64
    ),
)  # fmt: skip
KINDS = {column.name: column.kind for column in COLUMNS}


@dataclass(frozen=True)
class WordSelection:
    """Words to show, their order, and the word that is chosen.

    towards  class that numbers are towards; None for each word's own, the one it pushes to most
    kind     key of OF_KIND
    least    occurrences that a word must have, except for shortcuts
    search   text that a word must contain
    word     chosen word; None for none
    sort, columns  of the table, as stateline.app.queries.grid_query.grid_rows takes them
    """

    towards: int | None = None
    kind: str = ALL
    least: int = MIN_OCCURRENCES
    search: str = ""
    word: str | None = None
    sort: str = ""
    columns: str = ""

    def plain(self) -> dict[str, Any]:
        """Return what the page's address holds of it, as JSON for the page."""
        fields = asdict(self)
        return {key: fields[key] for key in ("towards", "kind", "least", "search", "word")}


def parse_words(run: Run, query: Mapping[str, object]) -> WordSelection:
    """Return the words that the query of an address or a request asks for.

    query   keys of WordSelection, each optional; other keys are ignored
    raises  StatelineError  a value that the run does not have
    """
    return WordSelection(
        towards=parse_class(run, "towards", query.get("towards")),
        kind=parse_choice("kind", query.get("kind", ALL), OF_KIND),
        least=parse_whole(
            "least",
            query.get("least", MIN_OCCURRENCES),
            LARGEST_LEAST,
            expected=f"a number below {LARGEST_LEAST:,}",
        ),
        search=_parse_search(query.get("search", "")),
        word=None if query.get("word") is None else parse_word(run, query["word"]),
        sort=str(query.get("sort", "")),
        columns=str(query.get("columns", "")),
    )


def _parse_search(value: object) -> str:
    """Return a search text; raises StatelineError for one that is too long."""
    if not isinstance(value, str) or len(value) > LONGEST_SEARCH:
        raise StatelineError(
            "search", "too long", expected=f"{LONGEST_SEARCH} characters at the most",
            got=repr(value)[:80],
        )  # fmt: skip
    return value


def parse_word(run: Run, value: object) -> str:
    """Return a token or phrase of the run.

    raises  StatelineError  the run has no such word
    """
    if isinstance(value, str) and len(value) <= LONGEST_WORD and value in run.words["phrase"]:
        return value
    expected = "a token as the model reads it, or two that follow each other more than once"
    raise unknown_value(
        "word", "a series has no words" if run.kind == "series" else expected, value
    )


def table(run: Run, towards: int | None) -> pl.DataFrame:
    """Return all words with the columns of the table, and `row`, their row in words.parquet."""

    def make() -> pl.DataFrame:
        words = run.words
        class_ = pl.col("towards") if towards is None else pl.lit(towards)
        swapped = swap_findings(run)["token"]
        output = pl.lit(0) if run.manifest.readout.outputs == 1 else class_
        return words.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
            "phrase", "size", "count", "sequences",
            pl.Series("towards", run.class_names).gather(words["towards"]),
            "effect",
            pl.col("effect_low").alias("sure"),
            pl.Series("contribution", _contributions(words, towards)),
            pl.col("contribution_sd").arr.get(output).alias("spread"),
            "distance", "flips", "error_with", "error_without",
            share("train", class_),
            share("test", class_),
            "shortcut", "finding",
            swapped=(pl.col("size") == 1) & pl.col("phrase").is_in(swapped.implode()),
        )  # fmt: skip

    key = (run.name, run.checksum, "words", towards)
    return CACHE.get(key, make, lambda rows: int(rows.estimated_size()))


def swap_findings(run: Run) -> pl.DataFrame:
    """Return the rows of the words that the swap test finds, the surest first; none without one."""
    if run.swaps is None:
        return pl.DataFrame(schema={"token": pl.String})
    return run.swaps.filter(pl.col("q") <= MAX_Q)


def mean_contributions(words: pl.DataFrame) -> np.ndarray:
    """Return the mean contribution of each word to each output: float32 (n, K)."""
    return words["contribution"].to_numpy()


def _contributions(words: pl.DataFrame, towards: int | None) -> np.ndarray:
    """Return the mean contribution of each word to a class; None for each word's own class.

    returns  float32 (n,)
    """
    means, own = mean_contributions(words), words["towards"].to_numpy()
    if towards is not None:
        return contributions.towards(means, towards)
    moved = np.empty(len(own), dtype=means.dtype)
    for class_ in np.unique(own).tolist():
        moved[own == class_] = contributions.towards(means[own == class_], class_)
    return moved


def share(split: str, class_: pl.Expr) -> pl.Expr:
    """Share of a class among the sequences of a split that hold the word; null where none does."""
    total = pl.col(split).arr.sum()
    # A row whose total is 0 is not worked out, and reads as one without a class.
    each = pl.col(split).arr.get(class_, null_on_oob=True)
    return pl.when(total > 0).then(each / total).cast(pl.Float32).alias(split)


def ordered(run: Run, selection: WordSelection) -> pl.Series:
    """Return the rows of the words that pass, in the selected order: uint32 (n,)."""

    def make() -> pl.Series:
        found = table(run, selection.towards).filter(*_passing(selection), _frequent(selection))
        default = "shortcut:desc,effect:desc" if selection.kind == SHORTCUTS else ""
        return grid_rows(found, selection.sort or default, selection.columns, KINDS, "row")["row"]

    # The chosen word does not change the order.
    key = (run.name, run.checksum, "ordered words", replace(selection, word=None))
    return CACHE.get(key, make, lambda rows: int(rows.estimated_size()))


def _passing(selection: WordSelection) -> list[pl.Expr]:
    """Return the conditions on a word, except for how often it occurs."""
    written = pl.col("phrase").str.to_lowercase()
    searched = written.str.contains(selection.search.lower(), literal=True)
    return [OF_KIND[selection.kind], *([searched] if selection.search else [])]


def rare(run: Run, selection: WordSelection) -> int:
    """Count the words of the kind and the search that are hidden because they are too rare."""
    found = table(run, selection.towards).filter(*_passing(selection), ~_frequent(selection))
    return found.height


def _frequent(selection: WordSelection) -> pl.Expr:
    """Return the condition on how often a word occurs; the store decides it for the lists."""
    return pl.lit(True) if selection.kind in LISTS else pl.col("count") >= selection.least


def position(run: Run, word: str, selection: WordSelection) -> int | None:
    """Return the position of a word in the table; None where it is filtered out."""
    return ordered(run, selection).index_of(row_of(run, word))


def row_of(run: Run, word: str) -> int:
    """Return the row of a word in words.parquet.

    raises  StatelineError  the run has no such word
    """
    row = run.words["phrase"].index_of(parse_word(run, word))
    assert row is not None  # parse_word has found it
    return row
