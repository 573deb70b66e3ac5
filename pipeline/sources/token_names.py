"""Names of token ids in the forms in which people have them, and ids that are no words."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray
from stateline.pipeline.sources.forms import plain
from stateline.store.errors import StatelineError

BRACKETED = re.compile(r"[<\[{(_|]+\s*(.*?)\s*[>\]})_|]+")
UNKNOWN = {"unk", "unknown", "oov", "unk_token", "oov_token"}
PADDING = {"pad", "padding", "pad_token", "null"}
# Without brackets these are no words of a language that people write.
BARE = {"unk", "oov", "UNK", "OOV", "PAD"}


def meaning_of(name: str) -> str | None:
    """Return `unknown` or `padding` for a common name of such a token; None for a word."""
    found = BRACKETED.fullmatch(name)
    if found is None and name not in BARE:
        return None
    inside = (found[1] if found else name).lower()
    return "unknown" if inside in UNKNOWN else "padding" if inside in PADDING else None


def special_ids(words: list[str]) -> dict[str, int | None]:
    """Return the ids of padding and of unknown words by the names of their tokens.

    words    the token of each id; id 0 with an empty name is padding
    returns  ids by `padding` and `unknown`, the first of each; None where no name says so
    """
    found: dict[str, int | None] = {"padding": None, "unknown": None}
    for number, name in enumerate(words):
        meaning = meaning_of(name)
        if meaning is not None and found[meaning] is None:
            found[meaning] = number
    if words and not words[0]:
        found["padding"] = 0
    return found


def token_list(tokens: Any) -> Any:
    """Return the names of token ids as a flat list by id; S lists of one name per step unchanged.

    tokens  names by id, as a list, array, series, `{word: id}` or `{id: word}`, or a layer or
            tokenizer that has a vocabulary; or S lists of T names
    raises  StatelineError  a mapping that is neither, or with an id twice or below 0
    """
    if callable(getattr(tokens, "get_vocabulary", None)):
        tokens = tokens.get_vocabulary()
    elif isinstance(getattr(tokens, "word_index", None), Mapping):
        tokens = tokens.word_index
    if tokens is None:
        return None
    if isinstance(tokens, Mapping):
        return by_id(tokens)
    values = plain(tokens)
    if len(values) and isinstance(values[0], str | bytes):
        return [text_of(each) for each in values]
    return values


def text_of(name: Any) -> str:
    """Return a token's name as text, from text, bytes or nothing."""
    if name is None:
        return ""
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)


def by_id(tokens: Mapping[Any, Any]) -> list[str]:
    """Return names by id from `{word: id}` or `{id: word}`; ids without a word have an empty name.

    raises  StatelineError  neither, or an id twice or below 0
    """
    keys, values = list(tokens.keys()), list(tokens.values())
    if values and all(is_id(each) for each in values):
        pairs = [(int(number), text_of(word)) for word, number in tokens.items()]
    elif keys and all(is_id(each) or (isinstance(each, str) and each.isdecimal()) for each in keys):
        pairs = [(int(number), text_of(word)) for number, word in tokens.items()]
    else:
        raise StatelineError(
            "tokens",
            "a mapping that names no ids",
            expected="{word: id} or {id: word}, ids whole numbers",
            got=f"{keys[0]!r}: {values[0]!r}" if keys else "{}",
        )
    names: dict[int, str] = {}
    for number, word in pairs:
        if number < 0 or number in names:
            raise StatelineError(
                "tokens",
                f"id {number} is no row of an embedding" if number < 0 else f"id {number} twice",
                expected="each id once, 0 or above",
                got=word if number < 0 else f"{names[number]!r} and {word!r}",
            )
        names[number] = word
    return [names.get(number, "") for number in range(max(names) + 1)]


def is_id(value: Any) -> bool:
    """Return whether a value is a whole number."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def refuse_shifted(
    words: list[str], rows: int, padding: int | None, sequences: list[AnyArray], where: str
) -> None:
    """Check that names do not begin at another id than the model's do.

    words      the token of each id
    rows       ids that the model knows
    padding    id that the model masks; None: none
    sequences  S arrays (T,) of ids, as they were passed in
    where      setting that holds the names, for the error message
    raises     StatelineError  id 0 has the name of a word and is what the model masks, what fills
               the ends of the sequences, or one or two names are missing
    """
    first = words[0] if words else ""
    if not first or meaning_of(first) == "padding":
        return
    # A sign of the author's own for padding, as `-` among letters of DNA.
    if len(words) >= rows and not any(sign.isalnum() for sign in first):
        return
    if padding == 0:
        seen = "and id 0 is what the model masks"
    elif filled(sequences):
        seen = "and id 0 fills the beginning or the end of most sequences, as padding does"
    elif rows - len(words) in (1, 2):
        seen = f"and {len(words):,} names are {rows - len(words)} short of the model's {rows:,} ids"
    else:
        return
    raise StatelineError(
        where,
        f"id 0 is named {first!r}, {seen}: every word would be shown as another one",
        expected="the name of padding, or an empty one, first",
        fix="Put an empty name in front, and one for unknown words where there is such an id: "
        "['', '[UNK]', …]; or pass {word: id}",
    )


def filled(sequences: list[AnyArray]) -> bool:
    """Return whether most sequences begin or end with id 0, twice or more in a row.

    sequences  S arrays (T,) of ids
    """
    ends = [row for row in sequences if len(row) > 2 and (not row[:2].any() or not row[-2:].any())]
    return 2 * len(ends) >= max(len(sequences), 2)
