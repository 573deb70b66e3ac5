"""Names of sequences, steps, features and token ids, checked against the data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, Float32Array, UInt32Array
from stateline.pipeline.sources.sequences import check_steps, refuse_twice, vocabulary_names
from stateline.pipeline.sources.text import PADDING_TOKEN
from stateline.pipeline.sources.token_names import (
    meaning_of,
    refuse_shifted,
    special_ids,
    token_list,
)
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.masking import Found


def name_sequences(ids: Sequence[str] | None, count: int) -> list[str]:
    """Return the names of the sequences; their numbers for None.

    raises  StatelineError  another number of names, or a duplicate
    """
    names = [str(each) for each in ids] if ids is not None else [str(n) for n in range(count)]
    if len(names) != count or len(set(names)) != count:
        raise StatelineError(
            "ids", "not one a sequence, each once", expected=count, got=len(set(names))
        )
    return names


def name_texts(texts: Sequence[str] | None, count: int) -> list[str] | None:
    """Return the whole texts of the sequences; None: their words are joined.

    raises  StatelineError  another number of texts
    """
    if texts is not None and len(texts) != count:
        raise StatelineError("texts", "not one a sequence", expected=count, got=len(texts))
    return None if texts is None else [str(text) for text in texts]


def series_values(
    values: Sequence[Any] | None, lengths: list[int], ids: list[str]
) -> tuple[list[Float32Array] | None, int | None]:
    """Return the values of a numeric series at the steps of provided states.

    values   S arrays (T, F), or None for a text
    lengths  S numbers of steps that there are states of
    ids      S names of the sequences
    returns  S arrays float32 (T, F) and F, or None twice
    raises   StatelineError  values that do not fit the states, or are not finite
    """
    if values is None:
        return None, None
    if len(values) != len(lengths):
        raise StatelineError(
            "values", "not one array a sequence", expected=len(lengths), got=len(values)
        )
    arrays = [np.asarray(each, np.float32) for each in values]
    width = arrays[0].shape[-1]
    for name, row, length in zip(ids, arrays, lengths, strict=True):
        problem = "not the numbers of as many steps as there are states"
        check_steps(f"values, sequence {name}", row, length, width, problem)
    return arrays, width


def name_features(
    features: Sequence[str] | None, width: int | None, picture: bool = False
) -> list[str]:
    """Return the names of a series' features; their numbers for None.

    features, picture  as in `build_store`; a text has neither
    width              F of a series; None for a text
    raises             StatelineError  another number of names, a duplicate, or names for a text
    """
    if width is None:
        if picture or (features is not None and len(features)):
            where = "picture" if picture else "features"
            raise StatelineError(where, "only a series has it, and this is a text")
        return []
    names = [f"feature {n}" for n in range(width)] if features is None else list(features)
    if len(names) != width:
        raise StatelineError("features", "not one a number", expected=width, got=len(names))
    names = [str(name) for name in names]
    refuse_twice("features", names)
    return names


def id_meanings(rows: int | None, **ids: Any) -> dict[str, int | None]:
    """Return the ids with a special meaning as int.

    rows    ids that the model knows; None: it reads a series
    ids     by meaning: unknown, start; None: there is no such id
    raises  StatelineError for the first that is no id of the model
    """
    for meaning, value in ids.items():
        if value is None:
            continue
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if rows is None or not whole or not 0 <= value < rows:
            raise StatelineError(
                meaning,
                "no id that the model knows",
                expected="None: a series has no ids"
                if rows is None
                else f"0 to {rows - 1}, or None: there is no such id",
                got=repr(value),
            )
    return {meaning: None if value is None else int(value) for meaning, value in ids.items()}


def name_ids(
    tokens: Any, found: "Found", rows: int | None, **ids: Any
) -> tuple[Any, dict[str, int | None]]:
    """Return the names of ids, or of steps, in a plain form, and the ids with a meaning.

    tokens   as in `build_store`
    found    the sequences
    rows     ids that the model knows; None: it reads a series
    ids      unknown and start as they were passed; None: as the names of the tokens say
    raises   StatelineError  ids that the model does not know, or names that begin at another id
    """
    names = token_list(tokens)
    meaning = {"padding": found.masked_id} | id_meanings(rows, **ids)
    named = names is not None and len(names) and isinstance(names[0], str)
    if rows is not None and names is not None and not named:
        if meaning["padding"] is None and padded_names(names, found):
            meaning["padding"] = 0
    elif named and rows is not None:
        words = list(names)
        refuse_shifted(words, rows, found.masked_id, found.sequences, "tokens")
        own = special_ids(words[:rows])
        meaning |= {key: own[key] for key in own if meaning[key] is None}
    return names, meaning


def padded_names(names: Sequence[Sequence[Any]], found: "Found") -> bool:
    """Return whether lists of words call id 0 by nothing but names of padding, wherever it is.

    names  S lists of T words
    """
    called = {
        str(name)
        for listed, row in zip(names, found.sequences, strict=False)
        for name, id_ in zip(listed, row.tolist(), strict=False)
        if id_ == 0
    }
    return bool(called) and all(not each or meaning_of(each) == "padding" for each in called)


def name_steps(
    tokens: Sequence[Any] | None,
    sequences: list[AnyArray],
    kept: list[BoolArray] | None,
    meaning: dict[str, int | None],
    features: int | None,
    ids: list[str],
) -> tuple[list[str], list[list[str]]]:
    """Return the vocabulary and the name of each step.

    tokens    the token of each id, S lists of one name per step, or None
    sequences S arrays uint32 (T,) of ids, or float32 (T, F)
    kept      S masks bool (T',) of the provided steps that stay, or None: all of them
    meaning   ids of padding, unknown and start
    features  F of a series, which has no vocabulary; None for text
    ids       S names of the sequences
    returns   tokens by id, S lists of T names
    raises    StatelineError for the first sequence with another number of names than of steps, or
              an id beyond the tokens; for one flat list where there are no ids
    """
    listed = tokens
    if tokens is None or len(tokens) == 0 or isinstance(tokens[0], str):
        listed = None
    if tokens is not None and listed is None and features is not None:
        raise StatelineError(
            "tokens",
            "one list, and the steps have no ids that it could name",
            expected="a list of T names for each sequence",
            got=f"{len(tokens)} names",
        )
    surface = [] if listed is None else listed_names(listed, sequences, kept, ids, meaning)
    if features is not None:
        steps = [[str(t) for t in range(len(each))] for each in sequences]
        return [], steps if listed is None else surface
    most = max(int(each.max()) for each in sequences)
    words = (
        [f"#{i}" for i in range(most + 1)] if listed is not None or tokens is None else list(tokens)
    )
    vocabulary = vocabulary_names(words, meaning)
    if most >= len(vocabulary):
        beyond = [int(each.max()) >= len(vocabulary) for each in sequences]
        raise StatelineError(
            f"tokens, sequence {ids[beyond.index(True)]}",
            f"id {sequences[beyond.index(True)].max()} has no token",
            expected=f"{most + 1} tokens at the least",
            got=len(vocabulary),
        )
    if listed is not None:
        vocabulary = named_by_use(vocabulary, surface, sequences)
    else:
        surface = [[vocabulary[i] for i in each] for each in sequences]
    return vocabulary, surface


def listed_names(
    tokens: Sequence[Sequence[Any]],
    sequences: list[AnyArray],
    kept: list[BoolArray] | None,
    ids: list[str],
    meaning: dict[str, int | None],
) -> list[list[str]]:
    """Return S lists of one name per step, without those of padding.

    sequences  S arrays (T,) or (T, F)
    kept       S masks bool (T',) of the provided steps that stay, or None
    meaning    ids of padding, unknown and start: padding that the model reads is called so
    raises     StatelineError  lists that do not fit the sequences, or an empty name
    """
    if len(tokens) != len(sequences):
        raise StatelineError(
            "tokens", "not one list a sequence", expected=len(sequences), got=len(tokens)
        )
    surface = []
    for row, (listed, sequence) in enumerate(zip(tokens, sequences, strict=True)):
        names = [str(name) for name in listed]
        if kept is not None and len(names) == len(kept[row]):
            names = [name for name, stays in zip(names, kept[row], strict=True) if stays]
        if len(names) != len(sequence):
            raise StatelineError(
                f"tokens, sequence {ids[row]}",
                "another number of words than of steps",
                expected=len(sequence),
                got=len(names),
            )
        if meaning.get("padding") is not None and sequence.ndim == 1:
            pairs = zip(names, sequence == meaning["padding"], strict=True)
            names = [PADDING_TOKEN if padded else name for name, padded in pairs]
        if "" in names:
            raise StatelineError(
                f"tokens, sequence {ids[row]}", f"step {names.index('')} has an empty name"
            )
        surface.append(names)
    return surface


def named_by_use(
    vocabulary: list[str], surface: list[list[str]], sequences: list[AnyArray]
) -> list[str]:
    """Return the tokens by id, each the first word that occurs at it.

    sequences  S arrays uint32 (T,)
    """
    names = list(vocabulary)
    for words, ids in zip(surface, sequences, strict=True):
        for word, i in zip(words, ids.tolist(), strict=True):
            if names[i] == f"#{i}":
                names[i] = word
    return names


def words_as_ids(surface: list[list[str]]) -> tuple[list[str], list[UInt32Array]]:
    """Return the words in order of first use, and their ids, S arrays uint32 (T,)."""
    numbers: dict[str, int] = {}
    ids = [
        np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.uint32)
        for words in surface
    ]
    return list(numbers), ids
