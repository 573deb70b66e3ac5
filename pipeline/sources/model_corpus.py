"""User files of sequences for a trained model: texts, words, token ids or numbers."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from stateline.pipeline.models.keras.masking import as_sequences
from stateline.pipeline.numerics.arrays import AnyArray
from stateline.pipeline.run.facts import Settings
from stateline.pipeline.run.stage import say
from stateline.pipeline.sources.files import (
    read_source,
    refuse_missing,
    refuse_missing_columns,
    with_split_names,
)
from stateline.pipeline.sources.label_column import label_names
from stateline.pipeline.sources.labels import class_numbers
from stateline.pipeline.sources.options import read_options
from stateline.pipeline.sources.sequences import START_TOKEN, ProvidedSequences, vocabulary_names
from stateline.pipeline.sources.text import word_ids
from stateline.pipeline.sources.word_boundaries import split_words
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure

# Common spellings of the token at the id of unknown words.
SPECIAL = re.compile(r"|\W.*\W|unk|unknown|oov", re.IGNORECASE)


def read_vocabulary(path: Path) -> list[str]:
    """Read the tokens by their ids: a line each, counted from 0; empty lines count.

    raises  StatelineError  no such file, not UTF-8, or a token twice
    """
    if not path.is_file():
        raise StatelineError(path, "no such file", fix="Check the path after VOCABULARY=")
    try:
        words = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise StatelineError(path, f"is not UTF-8 at byte {error.start:,}") from None
    words = [word.removesuffix("\r") for word in words]
    seen: dict[str, int] = {}
    for number, word in enumerate(words):
        if word and seen.setdefault(word, number) != number:
            raise StatelineError(
                path,
                f"duplicate token {word!r} in lines {seen[word] + 1} and {number + 1}",
                expected="each token once",
            )
    return words


def read_provided(settings: Settings, structure: "ModelStructure") -> ProvidedSequences:
    """Read the sequences of a file as the model reads them.

    The column TEXT holds texts (split into words here), lists of words, lists of token ids, or
    lists of lists of numbers (a series). Where a column SPLIT says so, only test rows are taken.

    settings  of the stage corpus
    structure of the model: what it reads, masks and answers
    raises    StatelineError  for the first row that the model cannot read
    """
    path = Path(settings["corpus"])
    source = read_source(path, read_options(settings))
    if path.is_dir():
        own = {name: name for name in ("id", "split") if name in source.frame.columns}
        settings = settings | own
    facts = ", ".join([*source.facts, f"{source.frame.height:,} rows"])
    say(f"corpus: {path.name}: {facts}")
    rows = test_rows(source.frame, settings, path)
    label, classes = class_numbers(
        rows["label"].to_list(), settings["classes"] or None, structure.classes
    )
    common: dict[str, Any] = {
        "label": label,
        "classes": classes,
        "ids": rows["external_id"].to_list(),
        "name": path.stem,
        "source": f"{path.name} ({facts})",
    }
    read = series if structure.features is not None else words
    return read(rows["read"], settings, structure, common)


def test_rows(table: pl.DataFrame, settings: Settings, path: Path) -> pl.DataFrame:
    """Return the test rows, or all rows without a split: external_id, label, read.

    raises  StatelineError  a missing column, label, id or text; no test row; an unknown split
    """
    needed = {"TEXT": settings["text"], "LABEL": settings["label"]}
    needed |= {"ID": settings["id"], "SPLIT": settings["split"]}
    refuse_missing_columns(table, path, needed)
    ids = pl.col(settings["id"]) if settings["id"] else pl.int_range(1, pl.len() + 1)
    rows = table.select(
        ids.cast(pl.String).alias("external_id"),
        label_names(table[settings["label"]], path, settings["classes"]).alias("label"),
        pl.col(settings["text"]).alias("read"),
        (pl.col(settings["split"]) if settings["split"] else pl.lit("test")).alias("split"),
    )
    refuse_missing(rows, table[settings["label"]], path, settings["id"])
    rows = with_split_names(rows, path, settings["split"] or "SPLIT")
    rows = rows.filter(pl.col("split") == "test")
    if rows.is_empty():
        raise StatelineError(path, "holds no row of the test split")
    empty = rows.filter(pl.col("read").is_null())["external_id"]
    if len(empty):
        raise StatelineError(
            f"sequence {empty[0]}", "holds nothing", fix="Fill it in or take the row out."
        )
    return rows


def depth(dtype: object) -> int:
    """Return the nesting depth of a list type."""
    return 1 + depth(dtype.inner) if isinstance(dtype, pl.List | pl.Array) else 0


def series(
    column: pl.Series, settings: Settings, structure: "ModelStructure", common: dict[str, Any]
) -> ProvidedSequences:
    """Read numeric sequences: lists of steps of F numbers, or of single numbers where F is 1.

    raises  StatelineError  another kind of column, or a sequence that the model cannot read
    """
    assert structure.features is not None  # `read_provided` reads a series with this function
    steps = column.to_list()
    if depth(column.dtype) == 1 and structure.features == 1:
        steps = [[[number] for number in row] for row in steps]
    elif depth(column.dtype) != 2:
        raise unreadable(column, settings, f"lists of steps of {structure.features} numbers each")
    found = as_sequences(steps, structure, common["ids"])
    return ProvidedSequences(
        sequences=found.sequences,
        surface=[[str(step) for step in range(len(each))] for each in found.sequences],
        features=[f"feature {index}" for index in range(structure.features)],
        **common,
    )


def words(
    column: pl.Series, settings: Settings, structure: "ModelStructure", common: dict[str, Any]
) -> ProvidedSequences:
    """Read texts, lists of words or lists of ids as token ids, without padding, cut to MAX_STEPS.

    raises  StatelineError  no vocabulary, another kind of column, or an unreadable sequence
    """
    if not settings["vocabulary"]:
        raise StatelineError(
            settings["corpus"],
            "the model reads token ids, and nothing says which word has which",
            fix="Name a file with a token a line: VOCABULARY=words.txt",
        )
    vocabulary = read_vocabulary(Path(settings["vocabulary"]))
    unknown, start = (
        settings[name] if settings[name] >= 0 else None for name in ("unknown", "start")
    )
    ids, surface = ids_of(column, vocabulary, unknown, common["ids"], settings)
    if surface is not None and start is not None:
        ids, surface = [[start, *row] for row in ids], [[START_TOKEN, *row] for row in surface]
    found = as_sequences(ids, structure, common["ids"])
    tokens = {"padding": found.masked_id, "unknown": unknown, "start": start}
    names = vocabulary_names(vocabulary, tokens)
    refuse_unnamed(found.sequences, names, common["ids"], settings)
    if surface is None:
        surface = [[names[i] for i in row] for row in found.sequences]
    else:
        surface = [
            [word for word, stays in zip(row, mask, strict=True) if stays]
            for row, mask in zip(surface, found.kept, strict=True)
        ]
    most, keep = settings["max_steps"], settings["keep"]
    cut = slice(None, most) if keep == "first" else slice(-most, None)
    return ProvidedSequences(
        sequences=[row[cut] for row in found.sequences],
        surface=[row[cut] for row in surface],
        length_full=[len(row) for row in found.sequences],
        vocabulary=names,
        text=column.to_list() if column.dtype == pl.String else None,
        words=settings["words"] if column.dtype == pl.String else None,
        tokens=tokens,
        truncation={"max_steps": most, "keep": keep},
        **common,
    )


def ids_of(
    column: pl.Series,
    vocabulary: list[str],
    unknown: int | None,
    names: list[str],
    settings: Settings,
) -> tuple[list[list[int]], list[list[str]] | None]:
    """Return the token ids of each row, and its words where the column holds words.

    raises  StatelineError  another kind of column, or a word without an id
    """
    dtype: Any = column.dtype
    inner = dtype.inner if depth(dtype) == 1 else None
    if inner is not None and inner.is_numeric():
        return column.to_list(), None
    if column.dtype != pl.String and inner != pl.String:
        raise unreadable(column, settings, "texts, lists of words, or lists of token ids")
    surface = (split_words(column, settings["words"]) if inner is None else column).to_list()
    return encode(surface, vocabulary, unknown, names, settings), surface


def unreadable(column: pl.Series, settings: Settings, expected: str) -> StatelineError:
    """Return the error for a column of a kind that the model does not read."""
    return StatelineError(
        settings["corpus"],
        f"column {settings['text']} does not hold what the model reads",
        expected=expected,
        got=str(column.dtype),
        fix="Name another column: TEXT=",
    )


def encode(
    texts: list[list[str]],
    vocabulary: list[str],
    unknown: int | None,
    names: list[str],
    settings: Settings,
) -> list[list[int]]:
    """Return the ids of the words of each text; as written, or else in lower case.

    raises  StatelineError  an unknown word, and there is no id for it, or the id of a real word
    """
    if unknown is not None and unknown < len(vocabulary):
        word = vocabulary[unknown]
        if not SPECIAL.fullmatch(word):
            raise StatelineError(
                settings["vocabulary"],
                f"line {unknown + 1} holds the word {word!r}, which would stand for every unknown "
                "word",
                fix="Name the id of unknown words, UNKNOWN=…, or UNKNOWN=-1: there is none",
            )
    known = {word: index for index, word in enumerate(vocabulary) if word}
    ids = []
    for name, words_ in zip(names, texts, strict=True):
        found = word_ids(words_, known, unknown)
        ids.append([each for each in found if each is not None])
        if None in found:
            raise StatelineError(
                f"sequence {name}",
                f"word {words_[found.index(None)]!r} is not in the vocabulary",
                fix="Name the id of unknown words: UNKNOWN=1",
            )
    return ids


def refuse_unnamed(
    sequences: list[AnyArray], names: list[str], ids: list[str], settings: Settings
) -> None:
    """Check that every id has a token.

    sequences  S arrays uint32 (T,)
    raises     StatelineError  an id is beyond the vocabulary; names the first sequence
    """
    for name, row in zip(ids, sequences, strict=True):
        if row.max() >= len(names):
            raise StatelineError(
                f"sequence {name}",
                f"id {row.max()} has no token",
                expected=f"{row.max() + 1} lines in {settings['vocabulary']} at the least",
                got=len(names),
            )
