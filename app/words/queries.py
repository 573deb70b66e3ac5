"""Words and two-word phrases of a run: sorted, filtered and searched for table and plot."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl

from stateline.app.queries import contributions
from stateline.app.queries.grid_query import NUMBER, TEXT, TableColumn, asked_rows
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.app.queries.parsing import parse_choice, parse_class, parse_whole, unknown_value
from stateline.app.web.cache import CACHE
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

ALL, TOKENS, PHRASES, SHORTCUTS = "all", "tokens", "phrases", "shortcuts"
OF_KIND = {
    ALL: pl.lit(True),
    TOKENS: pl.col("size") == 1,
    PHRASES: pl.col("size") == 2,
    SHORTCUTS: pl.col("shortcut").is_not_null(),
}
LARGEST_LEAST = 1_000_000  # of the occurrences that a word must have to be shown
SURE_ERRORS = 2  # standard errors that chance hardly exceeds
LONGEST_SEARCH = LONGEST_WORD = 200

# In the order of the table: those that the narrowest window shows come first.
COLUMNS = (
    TableColumn("phrase", TEXT, "Word", "The token, or the two that follow each other", 126),
    TableColumn("count", NUMBER, "Count", "Occurrences in the stored sequences", 62),
    TableColumn("towards", TEXT, "Towards", "Class that it pushes to most", 96),
    TableColumn(
        "effect", NUMBER, "Effect",
        "Mean contribution to that class less the mean over the other classes, ± standard error; "
        "with one sigmoid unit the size of the mean contribution", 98,
    ),
    TableColumn("sure", NUMBER, "Sure", "Effect less two standard errors of it", 62),
    TableColumn(
        "train", NUMBER, "Training",
        "Classes of the training sequences that hold it; sorted by the share of the class that it "
        "pushes to, or of the chosen one", 80,
    ),
    TableColumn(
        "test", NUMBER, "Test",
        "Classes of all test sequences that hold it; sorted by the share of the class that it "
        "pushes to, or of the chosen one", 78,
    ),
    TableColumn(
        "error_with", NUMBER, "Wrong", "Share misclassified of the stored sequences with it",
        72,
    ),
    TableColumn(
        "error_without", NUMBER, "Without",
        "Share misclassified of the stored sequences without it", 74,
    ),
    TableColumn(
        "shortcut", NUMBER, "Shortcut",
        "Unsupported effect: the part of the effect that the test labels do not support", 82,
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
class AskedWords:
    """Which words, and how.

    towards  class that numbers are towards; None for the one that each word pushes to most
    kind     one of OF_KIND
    least    occurrences that a word must have, unless shortcuts are asked for
    search   characters that it must hold
    word     the one that is chosen, if any
    sort, columns  of the grid, as stateline.app.queries.grid_query.asked_rows takes them
    """

    towards: int | None = None
    kind: str = ALL
    least: int = MIN_OCCURRENCES
    search: str = ""
    word: str | None = None
    sort: str = ""
    columns: str = ""

    def plain(self) -> dict:
        """What the address of the page holds of it, as JSON for the page."""
        fields = asdict(self)
        return {key: fields[key] for key in ("towards", "kind", "least", "search", "word")}


def parse_words(run: Run, query: Mapping[str, object]) -> AskedWords:
    """What the query of an address or a request asks for; keys of others are not its business.

    raises  StatelineError  a value that this run does not have, saying what it has
    """
    return AskedWords(
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
    if not isinstance(value, str) or len(value) > LONGEST_SEARCH:
        raise StatelineError(
            "search", "too long", expected=f"{LONGEST_SEARCH} characters at the most",
            got=repr(value)[:80],
        )  # fmt: skip
    return value


def parse_word(run: Run, value: object) -> str:
    """A token or phrase of the run."""
    if isinstance(value, str) and len(value) <= LONGEST_WORD and value in run.words["phrase"]:
        return value
    expected = "a token as the model reads it, or two that follow each other more than once"
    raise unknown_value(
        "word", "a series has no words" if run.kind == "series" else expected, value
    )


def table(run: Run, towards: int | None) -> pl.DataFrame:
    """All words with the columns that can be sorted by, and `row`, in the order of the store."""

    def make() -> pl.DataFrame:
        words = run.words
        class_ = pl.col("towards") if towards is None else pl.lit(towards)
        output = pl.lit(0) if run.manifest.readout.outputs == 1 else class_
        moved = _moved(words, towards)
        return words.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
            "phrase", "size", "count", "sequences",
            pl.Series("towards", run.class_names).gather(words["towards"]),
            "effect",
            (pl.col("effect") - SURE_ERRORS * pl.col("effect_se")).alias("sure"),
            pl.Series("contribution", moved),
            pl.col("contribution_sd").arr.get(output).alias("spread"),
            "distance", "flips", "error_with", "error_without",
            share("train", class_),
            share("test", class_),
            "shortcut",
        )  # fmt: skip

    key = (run.name, run.checksum, "words", towards)
    return CACHE.get(key, make, lambda rows: rows.estimated_size())


def mean_contributions(words: pl.DataFrame) -> np.ndarray:
    """Mean contribution of each word to each output: float32 (n, K)."""
    return words["contribution"].to_numpy()


def _moved(words: pl.DataFrame, towards: int | None) -> np.ndarray:
    """Mean contribution of each word to a class, or each to that which it pushes to: float (n,)."""
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


def ordered(run: Run, asked: AskedWords) -> pl.Series:
    """Rows of run.words that pass, in the order asked for: uint32."""

    def make() -> pl.Series:
        found = table(run, asked.towards).filter(*_passing(asked), _frequent(asked))
        sort = asked.sort or ("shortcut:desc,effect:desc" if asked.kind == SHORTCUTS else "")
        return asked_rows(found, sort, asked.columns, KINDS, "row")["row"]

    # The chosen word leaves the order as it is.
    key = (run.name, run.checksum, "ordered words", replace(asked, word=None))
    return CACHE.get(key, make, lambda rows: rows.estimated_size())


def _passing(asked: AskedWords) -> list[pl.Expr]:
    """What a word must be, apart from how often it occurs."""
    written = pl.col("phrase").str.to_lowercase()
    searched = written.str.contains(asked.search.lower(), literal=True)
    return [OF_KIND[asked.kind], *([searched] if asked.search else [])]


def rare(run: Run, asked: AskedWords) -> int:
    """Words of the kind and the search that are hidden because they occur too seldom."""
    found = table(run, asked.towards).filter(*_passing(asked), ~_frequent(asked))
    return found.height


def _frequent(asked: AskedWords) -> pl.Expr:
    """Whether a word occurs often enough; how many sequences make a shortcut the store says."""
    return pl.lit(True) if asked.kind == SHORTCUTS else pl.col("count") >= asked.least


def position(run: Run, word: str, asked: AskedWords) -> int | None:
    """Row of a word in the table as asked for; None where a filter leaves it out."""
    row = run.words["phrase"].index_of(word)
    return ordered(run, asked).index_of(row)
