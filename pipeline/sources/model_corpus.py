"""User files of sequences for a trained model: texts, words, token ids or numbers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from stateline.pipeline.models.keras.masking import as_sequences
from stateline.pipeline.numerics.arrays import AnyArray, BoolArray
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
from stateline.pipeline.sources.model_words import depth, read_words, unreadable
from stateline.pipeline.sources.options import read_options
from stateline.pipeline.sources.padding import find_ends, padded_words, padding_masks
from stateline.pipeline.sources.sequences import ProvidedSequences, vocabulary_names
from stateline.pipeline.sources.token_names import refuse_shifted, special_ids
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure


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
    ends = find_ends(settings["ends"], found.sequences, structure, None)
    rows = found.sequences if ends is None else [ends.fill(row) for row in found.sequences]
    return ProvidedSequences(
        sequences=rows,
        padding=padding_masks(rows, None, ends, common["ids"]),
        surface=[[str(step) for step in range(len(each))] for each in rows],
        features=[f"feature {index}" for index in range(structure.features)],
        ends=ends,
        **common,
    )


def words(
    column: pl.Series, settings: Settings, structure: "ModelStructure", common: dict[str, Any]
) -> ProvidedSequences:
    """Read texts, lists of words or lists of ids as token ids, cut to MAX_STEPS.

    raises  StatelineError  nothing says which word has which id, another kind of column, or an
            unreadable sequence
    """
    tokens = read_words(column, settings, structure, common["ids"])
    found = as_sequences(tokens.ids, structure, common["ids"])
    meaning = {"padding": found.masked_id, "unknown": tokens.unknown, "start": tokens.start}
    refuse_shifted(
        tokens.vocabulary, structure.rows or 0, found.masked_id, found.sequences, tokens.where
    )
    padding = special_ids(tokens.vocabulary)["padding"]
    if meaning["padding"] is None and (padding is not None or settings["ends"] != "cut"):
        meaning["padding"] = padding or 0
    names = vocabulary_names(tokens.vocabulary, meaning)
    refuse_unnamed(found.sequences, names, common["ids"], tokens.where)
    surface = kept_surface(tokens.surface, found.kept, found.sequences, names)
    most, keep = settings["max_steps"], settings["keep"]
    if settings["ends"] != "cut" and structure.steps is not None:
        most = structure.steps
    if tokens.length is not None:
        most, keep = tokens.length, "first"
    cut = slice(None, most) if keep == "first" else slice(-most, None)
    rows, surface = [row[cut] for row in found.sequences], [row[cut] for row in surface]
    side = "post" if tokens.length is not None else None
    steps = tokens.length or (most if tokens.surface is not None else None)
    ends = find_ends(settings["ends"], rows, structure, meaning["padding"], side, steps)
    rows, surface = padded_words(rows, surface, ends)
    return ProvidedSequences(
        sequences=rows,
        padding=padding_masks(rows, meaning["padding"], ends, common["ids"]),
        surface=surface,
        length_full=[
            max(len(row), len(full)) for row, full in zip(rows, found.sequences, strict=True)
        ],
        vocabulary=names,
        text=column.to_list() if column.dtype == pl.String else None,
        words=None if column.dtype != pl.String or tokens.rule else settings["words"],
        tokens=meaning,
        tokenizer=tokens.rule,
        ends=ends,
        truncation={"max_steps": most, "keep": keep},
        **common,
    )


def kept_surface(
    surface: list[list[str]] | None,
    kept: list[BoolArray],
    sequences: list[AnyArray],
    names: list[str],
) -> list[list[str]]:
    """Return the words of the steps that stay; the tokens of the ids where no words were read.

    kept       S masks bool (T',)
    sequences  S arrays uint32 (T,)
    """
    if surface is None:
        return [[names[i] for i in row] for row in sequences]
    return [
        [word for word, stays in zip(row, mask, strict=True) if stays]
        for row, mask in zip(surface, kept, strict=True)
    ]


def refuse_unnamed(sequences: list[AnyArray], names: list[str], ids: list[str], where: str) -> None:
    """Check that every id has a token.

    sequences  S arrays uint32 (T,)
    raises     StatelineError  an id is beyond the vocabulary; names the first sequence
    """
    for name, row in zip(ids, sequences, strict=True):
        if row.max() >= len(names):
            raise StatelineError(
                f"sequence {name}",
                f"id {row.max()} has no token",
                expected=f"{row.max() + 1} lines in {where} at the least",
                got=len(names),
            )
