"""Tokenizers of trained models, read from their JSON: texts are cut as their authors cut them.

TextVectorization lowers ASCII letters only, deletes punctuation and splits at ASCII blanks; the
Tokenizer of Keras 1 and 2 lowers by Unicode and splits at filtered characters. Both are followed to
the letter, so that every word gets the id that the model was trained with.
"""

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from stateline.pipeline.sources.token_names import by_id, is_id, special_ids
from stateline.store.errors import StatelineError

STANDARDIZE = {
    None: ("none", ""),
    "lower": ("ascii", ""),
    "strip_punctuation": ("none", string.punctuation),
    "lower_and_strip_punctuation": ("ascii", string.punctuation),
}
ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# What C's isspace says, by which TensorFlow splits.
BLANKS = str.maketrans(dict.fromkeys("\t\n\v\f\r", " "))
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
EXPECTED = (
    "JSON of a TextVectorization's get_config() with its vocabulary, of Tokenizer.to_json(), or "
    "{word: id}"
)
WITH_VOCABULARY = (
    "Write it as json.dumps(layer.get_config() | {'vocabulary': layer.get_vocabulary()})"
)


@dataclass(frozen=True)
class Rule:
    """How a text is cut into words.

    kind        TextVectorization or Tokenizer
    lower       letters that become lower case: ascii, unicode or none
    removed     characters that are deleted, by TextVectorization
    separators  characters at which the Tokenizer splits besides `split`
    split       whitespace, character, or the text that stands between words
    """

    kind: str
    lower: str
    removed: str
    separators: str
    split: str

    def cut(self, text: str) -> tuple[list[str], list[str]]:
        """Return the words of a text as written, and as the model's vocabulary has them."""
        if self.kind == "Tokenizer":
            return self._filtered(text)
        pieces = list(text) if self.split == "character" else text.translate(BLANKS).split(" ")
        deleted = str.maketrans("", "", self.removed)
        lower = ASCII_LOWER if self.lower == "ascii" else {}
        words = [piece.translate(deleted).translate(lower) for piece in pieces]
        kept = [(piece, word) for piece, word in zip(pieces, words, strict=True) if word]
        return [piece for piece, _ in kept], [word for _, word in kept]

    def _filtered(self, text: str) -> tuple[list[str], list[str]]:
        # Lowered whole: a sigma at the end of a word becomes another letter than one inside.
        lowered = text.lower() if self.lower == "unicode" else text
        if self.split == "character":
            written, words = list(text), list(lowered)
        else:
            between = str.maketrans(dict.fromkeys(self.separators, self.split))
            written, words = (
                [word for word in each.translate(between).split(self.split) if word]
                for each in (text, lowered)
            )
        # Lower case may be longer, where a letter has none of its own.
        return (written if len(written) == len(words) else words), words


@dataclass(frozen=True)
class Tokenizer:
    """A rule and the ids of its words.

    rule     how texts are cut
    words    the token of each id; empty where an id has none
    unknown  id of words without one of their own; None: they are left out of the text
    length   steps that it makes of every text: cut behind, padded behind with 0; None: as many as
             there are words
    """

    rule: Rule
    words: list[str]
    unknown: int | None
    length: int | None = None

    def encode(self, text: str) -> tuple[list[str], list[int], int]:
        """Return the words that the model reads, as written, their ids, and how many have none."""
        return encode(self.rule, self.known, self.unknown, text)

    @cached_property
    def known(self) -> dict[str, int]:
        """Ids by word, without those that stand for no word."""
        special = {0 if not self.words[0] else None, self.unknown}
        return {word: i for i, word in enumerate(self.words) if word and i not in special}

    def within(self, rows: int | None) -> "Tokenizer":
        """Return the tokenizer without the ids that a model of so many rows has not."""
        if rows is None or len(self.words) <= rows:
            return self
        return replace(self, words=self.words[:rows])


def encode(
    rule: Rule, known: Mapping[str, int], unknown: int | None, text: str
) -> tuple[list[str], list[int], int]:
    """Return the words of a text that get an id, as written, their ids, and how many have none.

    known    ids by word
    unknown  id of other words; None: they are left out
    """
    written, words = rule.cut(text)
    found = [known.get(word, unknown) for word in words]
    missing = sum(word not in known for word in words)
    kept = [(each, i) for each, i in zip(written, found, strict=True) if i is not None]
    return [each for each, _ in kept], [i for _, i in kept], missing


def read_tokenizer(source: Any, vocabulary: list[str] | None = None) -> Tokenizer:
    """Read a tokenizer from a file of JSON, its content, or the layer or Tokenizer itself.

    source      a path; what the file holds as text or mapping; a TextVectorization; a Tokenizer
    vocabulary  tokens by id, for a TextVectorization whose configuration holds none
    raises      StatelineError  no such file, other JSON, a function of one's own in it (named), or
                a form that is not one id a word
    """
    where = (
        str(source) if isinstance(source, str | Path) and not looks_json(source) else "tokenizer"
    )
    config = content_of(source, where)
    if config and all(is_id(each) for each in config.values()):
        return of_tokenizer({"word_index": config}, where)
    inner = config.get("config")
    if isinstance(inner, str):  # the configuration itself as JSON
        inner = parsed(inner, where)
    if isinstance(inner, Mapping):
        config = dict(inner) | {key: config[key] for key in ("vocabulary",) if key in config}
    if "word_index" in config:
        return of_tokenizer(config, where)
    if "standardize" in config or "output_mode" in config:
        return of_vectorization(config, vocabulary, where)
    raise StatelineError(where, "no tokenizer that is known", expected=EXPECTED)


def looks_json(source: str | Path) -> bool:
    """Return whether a text is JSON itself, not the path of a file."""
    return isinstance(source, str) and source.lstrip()[:1] == "{"


def content_of(source: Any, where: str) -> dict[str, Any]:
    """Return the JSON object that describes a tokenizer.

    raises  StatelineError  there is none, or it would run a function of its own
    """
    if isinstance(source, Mapping):
        return dict(source)
    if callable(getattr(source, "get_vocabulary", None)):  # a layer
        return dict(source.get_config()) | {"vocabulary": source.get_vocabulary()}
    if callable(getattr(source, "to_json", None)):
        own = getattr(source, "analyzer", None)
        if own is not None:
            raise own_function(where, "analyzer", own)
        return parsed(source.to_json(), where)
    if not isinstance(source, str | Path):
        raise StatelineError(
            where, "no tokenizer that is known", expected=EXPECTED, got=repr(source)[:80]
        )
    if looks_json(source):
        return parsed(str(source), where)
    path = Path(source)
    if not path.is_file():
        raise StatelineError(path, "no such file", fix="Check the path after TOKENIZER=")
    try:
        return parsed(path.read_text(encoding="utf-8"), where)
    except UnicodeDecodeError as error:
        raise StatelineError(path, f"is not UTF-8 at byte {error.start:,}") from None


def parsed(text: str, where: str) -> dict[str, Any]:
    """Return a JSON object.

    raises  StatelineError  it is none
    """
    try:
        found = json.loads(text)
        # `json.dump(tokenizer.to_json(), file)` writes the text of an object as text.
        found = json.loads(found) if isinstance(found, str) else found
    except ValueError as error:
        raise StatelineError(where, f"is no JSON ({error})", expected=EXPECTED) from None
    if not isinstance(found, dict):
        raise StatelineError(where, "no JSON object", expected=EXPECTED, got=type(found).__name__)
    return found


def of_vectorization(
    config: Mapping[str, Any], vocabulary: list[str] | None, where: str
) -> Tokenizer:
    """Return the tokenizer of a TextVectorization by its configuration.

    raises  StatelineError  a function of one's own, another output than ids, or no vocabulary
    """
    standardize, split = config.get("standardize"), config.get("split", "whitespace")
    if not (standardize is None or (isinstance(standardize, str) and standardize in STANDARDIZE)):
        raise own_function(where, "standardize", standardize)
    if split not in ("whitespace", "character"):
        if split is None:
            raise StatelineError(where, "split is null: a text is one step", expected="whitespace")
        raise own_function(where, "split", split)
    refuse_value(where, "output_mode", config.get("output_mode", "int"), ("int",))
    refuse_value(where, "ngrams", config.get("ngrams"), (None, 1, [1], (1,)))
    refuse_value(where, "encoding", config.get("encoding", "utf-8"), ("utf-8", "UTF-8"))
    words = config.get("vocabulary") or vocabulary
    if not isinstance(words, list | tuple):
        raise StatelineError(where, "holds no vocabulary", fix=WITH_VOCABULARY)
    words = [str(each) for each in words]
    if words[:2] != ["", "[UNK]"]:
        words = ["", "[UNK]", *words]
    lower, removed = STANDARDIZE[standardize]
    rule = Rule("TextVectorization", lower, removed, "", split)
    return Tokenizer(rule, words, 1, config.get("output_sequence_length"))


def of_tokenizer(config: Mapping[str, Any], where: str) -> Tokenizer:
    """Return the Tokenizer of Keras 1 and 2 by its configuration, or by its `word_index` alone.

    raises  StatelineError  ids that are none, or an unknown token that has no id
    """
    index = config["word_index"]
    index = parsed(index, where) if isinstance(index, str) else index
    words = by_id(index)
    named = special_ids(words)["unknown"]
    unknown = named if "oov_token" not in config else index.get(config["oov_token"])
    if config.get("oov_token") is not None and unknown is None:
        raise StatelineError(where, "its unknown token has no id", got=config["oov_token"])
    if config.get("num_words"):
        words = words[: int(config["num_words"])]
    split = "character" if config.get("char_level") else config.get("split", " ")
    lower = "unicode" if config.get("lower", True) else "none"
    return Tokenizer(
        Rule("Tokenizer", lower, "", config.get("filters", FILTERS), split), words, unknown
    )


def refuse_value(where: str, key: str, value: Any, allowed: tuple[Any, ...]) -> None:
    """Check a value of a configuration.

    raises  StatelineError  it is another one
    """
    if value not in allowed:
        raise StatelineError(
            where, f"{key} does not make one id a word", expected=f"{key} {allowed[0]}", got=value
        )


def own_function(where: str, key: str, value: Any) -> StatelineError:
    """Return the error for a tokenizer with a function of its author's, which is named."""
    name = value.get("config", value) if isinstance(value, Mapping) else value
    name = getattr(name, "__name__", name)
    return StatelineError(
        where,
        f"{key} is a function of its own, {str(name)[:60]}, which is not run",
        expected="a setting of Keras" if key != "analyzer" else "none",
        fix="Pass what it makes of the texts: lists of words, or lists of ids",
    )
