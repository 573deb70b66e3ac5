"""Provided sequences: token ids or numbers as the model reads them, with words and labels.

The same form serves a call from Python, a user's file beside a trained model, and the series
that the pipeline trains on itself.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, IntArray
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, VOCABULARY
from stateline.pipeline.run.facts import CorpusFacts
from stateline.pipeline.run.stage import StageRun
from stateline.pipeline.sources.repeats import repeated_arrays
from stateline.pipeline.sources.split import split_entry
from stateline.pipeline.sources.text import PADDING_TOKEN, UNKNOWN_TOKEN
from stateline.pipeline.sources.tokenizers import Rule
from stateline.store.errors import StatelineError
from stateline.store.schema import polars_schema, vocabulary_columns

START_TOKEN = "[start]"


@dataclass
class ProvidedSequences:
    """S sequences with their labels, in the order in which they are stored.

    sequences    S arrays of uint32 ids (T,) or of float32 numbers (T, F), padding taken out
    label        int (S,)  class of each
    classes      C names, in the order of the model's outputs
    surface      S lists of T: the word, or the step's name
    padding      S masks bool (T,) of padding that the model reads; None: there is none
    vocabulary   the token of each id; none for a series
    ids          S names of the sequences
    text         S texts; empty where there is none
    length_full  S lengths before truncation
    split        S of train, validation and test
    split_seed   of a split that was drawn at random; None where the corpus provides it
    features     F names of a series
    picture      the steps of a series are the rows of a picture
    tokens       ids with a meaning: padding, unknown, start; null where there is none
    ends         how beginnings are padded; None: they are read as they are
    tokenizer    how its author's tokenizer cuts texts; None: as `split_words` does
    truncation   most steps and which are kept; nulls where nothing was cut
    words        how texts were cut into words, as the knob WORDS; null: they came in steps
    name, source name and origin of the corpus in the manifest
    """

    sequences: list[AnyArray]
    label: IntArray
    classes: list[str]
    surface: list[list[str]]
    ids: list[str]
    padding: list[BoolArray] | None = None
    vocabulary: list[str] = field(default_factory=list)
    text: list[str] | None = None
    length_full: list[int] | None = None
    split: list[str] | None = None
    split_seed: int | None = None
    features: list[str] = field(default_factory=list)
    picture: bool = False
    tokens: dict[str, int | None] = field(
        default_factory=lambda: {"padding": None, "unknown": None, "start": None}
    )
    truncation: dict[str, Any] = field(default_factory=lambda: {"max_steps": None, "keep": None})
    words: str | None = None
    ends: Ends | None = None
    tokenizer: Rule | None = None
    name: str = "own sequences"
    source: str = "provided as arrays"


def refuse_twice(where: str, names: list[str]) -> None:
    """Check that names are unique.

    raises  StatelineError  a duplicate; names the first"""
    twice = next((name for row, name in enumerate(names) if name in names[:row]), None)
    if twice is not None:
        raise StatelineError(where, f"{twice!r} is a duplicate", expected="each name once")


def check_steps(where: str, values: AnyArray, length: int, width: int, problem: str) -> None:
    """Check that an array holds finite vectors of one width, one for each step.

    values   float32 (T, D)
    problem  of an array of another shape, for the error message
    raises   StatelineError  another shape than (length, width), no step, or a value not finite
    """
    if values.shape != (length, width) or not length:
        raise StatelineError(
            where, problem, expected=f"({length or 'T'}, {width})", got=values.shape
        )
    if not np.isfinite(values).all():
        raise StatelineError(where, "holds what is no number")


def vocabulary_names(words: Sequence[str], tokens: dict[str, int | None]) -> list[str]:
    """Return the vocabulary with names for special ids and for empty words."""
    names = [str(word) for word in words]
    special = {"padding": PADDING_TOKEN, "unknown": UNKNOWN_TOKEN, "start": START_TOKEN}
    for meaning, token in special.items():
        index = tokens.get(meaning)
        if index is not None and index < len(names):
            names[index] = token
    return [name or f"[{number}]" for number, name in enumerate(names)]


def step_lists(sequences: list[AnyArray], name: str) -> pl.Series:
    """Return a column of one list per sequence: of ids, or of vectors.

    sequences  S arrays uint32 (T,) or float32 (T, F)
    """
    flat = np.concatenate(sequences)
    if flat.ndim == 2:
        steps = pl.Series(flat, dtype=pl.Array(pl.Float32, flat.shape[1]))
    else:
        steps = pl.Series(flat, dtype=pl.UInt32)
    row = np.repeat(np.arange(len(sequences)), [len(each) for each in sequences])
    lists = pl.DataFrame({"row": row, name: steps}).group_by("row", maintain_order=True).all()
    return lists[name]


def write_provided(
    provided: ProvidedSequences, stage: StageRun, order: IntArray | None = None
) -> None:
    """Write provided sequences as the corpus stage would: sequences, vocabulary and facts.

    order  int (S,) rows in the order in which they are written; None: as they come
    """
    series = bool(provided.features)
    count = len(provided.sequences)
    split = provided.split or ["test"] * count
    lengths = [len(each) for each in provided.sequences]
    padding = provided.padding or [np.zeros(length, dtype=bool) for length in lengths]
    text = provided.text or [
        "" if series else " ".join(word for word, skip in zip(*row, strict=True) if not skip)
        for row in zip(provided.surface, padding, strict=True)
    ]
    read = step_lists(provided.sequences, "values" if series else "ids")
    table = pl.DataFrame(
        {
            "split": split,
            "external_id": provided.ids,
            "label": pl.Series(provided.label, dtype=pl.UInt16),
            "text": text,
            "surface": pl.Series(provided.surface, dtype=pl.List(pl.String)),
            "padding": pl.Series([each.tolist() for each in padding], dtype=pl.List(pl.Boolean)),
            "role": pl.Series([None] * count, dtype=pl.List(pl.String)),
            "length_full": provided.length_full or lengths,
        }
    ).with_columns(read)
    repeated = repeated_arrays(provided.sequences, table["split"])
    table = table.with_columns(repeated)
    if order is not None:
        table = table[order]
    stage.write_table(SEQUENCES, table)
    classes = len(provided.classes)
    vocabulary = pl.DataFrame(
        {
            "token_id": range(len(provided.vocabulary)),
            "token": pl.Series(provided.vocabulary, dtype=pl.String),
            "count": pl.Series([None] * len(provided.vocabulary), dtype=pl.UInt32),
            "sequences": pl.Series(
                [None] * len(provided.vocabulary), dtype=pl.Array(pl.UInt32, classes)
            ),
        },
        schema=polars_schema(vocabulary_columns(classes)),
    )
    stage.write_table(VOCABULARY, vocabulary)
    facts = provided_facts(provided, np.array(split))
    facts["in_training"] = None if repeated.has_nulls() else int(repeated.sum())
    stage.write_json(CORPUS_FACTS, facts)
    stage.rows = count


def provided_facts(provided: ProvidedSequences, split: AnyArray) -> CorpusFacts:
    """Return the facts of the corpus; splits without a row are not known.

    split  array (S,) of str: train, validation or test
    """
    parts = {part: provided.label[split == part] for part in ("train", "validation", "test")}
    known = {part: len(parts["train"]) > 0 or part == "test" for part in parts}
    return {
        "name": provided.name,
        "source": provided.source,
        "kind": "series" if provided.features else "text",
        "classes": [
            {
                "name": name,
                **{
                    part: int((label == index).sum()) if known[part] else None
                    for part, label in parts.items()
                },
            }
            for index, name in enumerate(provided.classes)
        ],
        "sizes": {part: len(label) if known[part] else None for part, label in parts.items()},
        "split": split_entry(provided.split_seed, known["train"]),
        "truncation": provided.truncation,
        "words": provided.words,
        "html": None if provided.words is None else "keep",
        "ends": None if provided.ends is None else provided.ends.as_entry(),
        "tokenizer": None if provided.tokenizer is None else asdict(provided.tokenizer),
        "tokens": provided.tokens,
        "features": provided.features,
        "picture": provided.picture,
        "blank_dropped": 0,
        "without_known_word": 0,
    }
