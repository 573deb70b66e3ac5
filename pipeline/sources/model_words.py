"""Words of a user's texts as ids of a trained model: by its tokenizer, or by its tokens."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from stateline.pipeline.run.facts import Settings
from stateline.pipeline.run.stage import say
from stateline.pipeline.sources.sequences import START_TOKEN
from stateline.pipeline.sources.text import word_ids
from stateline.pipeline.sources.token_names import meaning_of, special_ids
from stateline.pipeline.sources.tokenizers import Rule, Tokenizer, read_tokenizer
from stateline.pipeline.sources.word_boundaries import split_words
from stateline.store.errors import StatelineError
from stateline.store.schema import UNKNOWN_ID

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure

# Share of words without an id beyond which they are likely to be cut in another way.
MAX_UNKNOWN = 0.02


@dataclass(frozen=True)
class ReadWords:
    """S texts as a model reads them.

    ids             S lists of ids, before anything is masked or cut
    surface         S lists of the words as written; None: ids were read
    vocabulary      the token of each id
    unknown, start  their ids; None: there is none
    where           file that names the ids
    rule, length    of the tokenizer; None: there is none, or it has none
    """

    ids: list[list[int]]
    surface: list[list[str]] | None
    vocabulary: list[str]
    unknown: int | None
    start: int | None
    where: str
    rule: Rule | None = None
    length: int | None = None


def read_words(
    column: pl.Series, settings: Settings, structure: "ModelStructure", names: list[str]
) -> ReadWords:
    """Read a column of texts, lists of words or lists of ids.

    names   S names of the sequences
    raises  StatelineError  nothing says which word has which id, another kind of column, or a word
            without an id
    """
    listed = read_vocabulary(Path(settings["vocabulary"])) if settings["vocabulary"] else None
    start = settings["start"] if settings["start"] >= 0 else None
    if settings["tokenizer"]:
        tokenizer = read_tokenizer(Path(settings["tokenizer"]), listed).within(structure.rows)
        vocabulary, unknown, where = tokenizer.words, tokenizer.unknown, settings["tokenizer"]
    elif listed is not None:
        tokenizer, vocabulary, where = None, listed, settings["vocabulary"]
        unknown = unknown_id(vocabulary, settings["unknown"], where)
    else:
        raise StatelineError(
            settings["corpus"],
            "the model reads token ids, and nothing says which word has which",
            fix="Name a file with a token a line: VOCABULARY=words.txt, or the tokenizer that cut "
            "its texts: TOKENIZER=tokenizer.json",
        )
    dtype: Any = column.dtype
    inner = dtype.inner if depth(dtype) == 1 else None
    rule, length = (tokenizer.rule, tokenizer.length) if tokenizer else (None, None)
    if inner is not None and inner.is_numeric():
        return ReadWords(column.to_list(), None, vocabulary, unknown, start, where, rule, length)
    if column.dtype != pl.String and inner != pl.String:
        raise unreadable(column, settings, "texts, lists of words, or lists of token ids")
    if tokenizer is not None and inner is None:
        surface, ids = tokenizer_ids(column.to_list(), tokenizer)
    else:
        surface = (split_words(column, settings["words"]) if inner is None else column).to_list()
        ids = encode(surface, vocabulary, unknown, names)
    if start is not None:
        ids, surface = [[start, *row] for row in ids], [[START_TOKEN, *row] for row in surface]
    return ReadWords(ids, surface, vocabulary, unknown, start, where, rule, length)


def tokenizer_ids(
    texts: list[str], tokenizer: Tokenizer
) -> tuple[list[list[str]], list[list[int]]]:
    """Return the words and ids of texts by their author's tokenizer; says how many have no id."""
    found = [tokenizer.encode(text) for text in texts]
    missing = sum(each[2] for each in found)
    left_out = missing if tokenizer.unknown is None else 0
    total = sum(len(each[0]) for each in found) + left_out
    say_unknown(missing, total, left_out=bool(left_out))
    return [each[0] for each in found], [each[1] for each in found]


def say_unknown(missing: int, total: int, left_out: bool = False) -> None:
    """Print how many words have no id, and a warning beyond MAX_UNKNOWN where they were cut here.

    left_out  the tokenizer leaves them out
    """
    share = missing / max(total, 1)
    read = "are left out, as by the tokenizer" if left_out else "are read as the unknown word"
    say(f"corpus: {missing:,} of {total:,} words ({share:.1%}) have no id and {read}")


def unknown_id(vocabulary: list[str], unknown: int, where: str) -> int | None:
    """Return the id of unknown words: the one that is named so, else that of the settings.

    unknown  UNKNOWN of the settings; -1: there is none
    where    file of the vocabulary, for the error message
    raises   StatelineError  it is that of a word
    """
    if unknown < 0:
        return None
    word = vocabulary[unknown] if unknown < len(vocabulary) else ""
    if not word or meaning_of(word) == "unknown":
        return unknown
    named = special_ids(vocabulary)["unknown"]
    if named is not None and unknown == UNKNOWN_ID:  # as where nothing was said
        say(f"corpus: id {named}, {vocabulary[named]!r}, stands for unknown words")
        return named
    raise StatelineError(
        where,
        f"line {unknown + 1} holds the word {word!r}, which would stand for every unknown word",
        fix="Name the id of unknown words, UNKNOWN=…, or UNKNOWN=-1: there is none",
    )


def depth(dtype: object) -> int:
    """Return the nesting depth of a list type."""
    return 1 + depth(dtype.inner) if isinstance(dtype, pl.List | pl.Array) else 0


def encode(
    texts: list[list[str]], vocabulary: list[str], unknown: int | None, names: list[str]
) -> list[list[int]]:
    """Return the ids of the words of each text; as written, or else in lower case.

    names   S names of the sequences
    raises  StatelineError  an unknown word, and there is no id for it
    """
    known = {word: index for index, word in enumerate(vocabulary) if word}
    ids, missing = [], 0
    for name, words in zip(names, texts, strict=True):
        found = word_ids(words, known, None)
        missing += found.count(None)
        if None in found and unknown is None:
            raise StatelineError(
                f"sequence {name}",
                f"word {words[found.index(None)]!r} is not in the vocabulary",
                fix="Name the id of unknown words: UNKNOWN=1",
            )
        ids.append(
            [each for each in (unknown if i is None else i for i in found) if each is not None]
        )
    total = sum(map(len, texts))
    say_unknown(missing, total)
    if missing > MAX_UNKNOWN * total:
        say(
            "corpus: warning: if the model's author cut words in another way, name the tokenizer: "
            "TOKENIZER=tokenizer.json"
        )
    return ids


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


def unreadable(column: pl.Series, settings: Settings, expected: str) -> StatelineError:
    """Return the error for a column of a kind that the model does not read."""
    return StatelineError(
        settings["corpus"],
        f"column {settings['text']} does not hold what the model reads",
        expected=expected,
        got=str(column.dtype),
        fix="Name another column: TEXT=",
    )
