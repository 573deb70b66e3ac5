"""Words of texts: by Unicode's default boundaries (UAX #29), from the library of that name.

    auto        a word; a character where a script has no spaces (Chinese, Japanese, Thai, Lao,
                Khmer, Burmese), which is what UAX #29 does without a dictionary
    words       letters that stand together, in any script: for texts that were cut into words
    characters  each letter with its marks

An emoji is a word, whatever it is joined of. Two rules differ from UAX #29. It joins letters around
a full stop, a colon or a low line; here only single letters are (U.S.A), since a blank is often
missing after a sentence ("film.The"). It cuts a number from letters after an apostrophe; here 80's
is one word.
"""

import re
from collections.abc import Callable

import polars as pl
from unicode_segmentation_rs import graphemes, split_word_bounds, unicode_words

# Signs that are text as much as emoji, such as ©, are words only in their emoji form.
EMOJI = (
    r"\p{Emoji_Presentation}|\p{Extended_Pictographic}\x{FE0F}|\p{Regional_Indicator}|\x{20E3}"
    r"|[\p{Extended_Pictographic}--[©®™‼⁉〰〽\x{2194}-\x{21AA}\x{25AA}-\x{25FE}\x{2934}-\x{2935}"
    r"\x{2B05}-\x{2B07}\x{27A1}]]"
)
COUNTED = rf"[\p{{Alphabetic}}\p{{N}}]|{EMOJI}"
# Where UAX #29 may join too much, or cut a number from its ending.
SIGNS = r"[\p{L}\p{N}][.:]\p{L}|_"
DECADE = r"\p{N}['’]\p{L}"
INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
SIGN = re.compile(r"[:_]+|(?<=[^\W\d_])\.(?=[^\W\d_])")
# The form of an emoji that is drawn in colours; without it the same one is meant.
EMOJI_FORM = "\ufe0f"


def split_words(texts: pl.Series, how: str = "auto") -> pl.Series:
    """Split each text into its words as written.

    texts    String (S,)
    how      `auto`, `words` or `characters`
    returns  List[String] (S,)  empty where the text holds no word
    """
    texts = texts.fill_null("")
    if how == "auto":
        parts = default_words(texts)
    else:
        cut: Callable[[str], list[str]] = together if how == "words" else all_graphemes
        parts = counted(pl.Series([cut(text) for text in texts], dtype=pl.List(pl.String)))
    return parts.alias("surface")


def default_words(texts: pl.Series) -> pl.Series:
    """Return the words of each text by UAX #29; only texts with more to them are taken to pieces.

    texts    String (S,), no nulls
    returns  List[String] (S,)
    """
    words = [unicode_words(text) for text in texts]
    for place in texts.str.contains(SIGNS).arg_true():
        words[place] = separated(words[place])
    places = texts.str.contains(f"{EMOJI}|{DECADE}").arg_true()
    parts = [with_endings(separated(split_word_bounds(text))) for text in texts.gather(places)]
    complete = counted(pl.Series(parts, dtype=pl.List(pl.String)))
    for place, row in zip(places, complete.to_list(), strict=True):
        words[place] = row
    return pl.Series(words, dtype=pl.List(pl.String))


def with_endings(parts: list[str]) -> list[str]:
    """Return the parts of a text with numbers joined to letters after an apostrophe."""
    joined: list[str] = []
    for part in parts:
        after = len(joined) > 1 and joined[-1] in ("'", "’") and joined[-2][-1:].isnumeric()
        if after and part.isalpha():
            joined[-2:] = [joined[-2] + joined[-1] + part]
        else:
            joined.append(part)
    return joined


def separated(words: list[str]) -> list[str]:
    """Return words of which those with a sign inside are cut there, single letters aside."""
    cut: list[str] = []
    for word in words:
        if len(word) < 2 or not SIGN.search(word) or INITIALS.fullmatch(word):
            cut.append(word)
        else:
            cut += [part for part in SIGN.split(word) if part]
    return cut


def together(text: str) -> list[str]:
    """Return the parts of a text, letters that stand together as one."""
    parts: list[str] = []
    letters = False
    for part in split_word_bounds(text):
        more = any(map(str.isalnum, part)) and "\u20e3" not in part
        if more and letters:
            parts[-1] += part
        else:
            parts.append(part)
        letters = more
    return separated(parts)


def all_graphemes(text: str) -> list[str]:
    """Return the characters of a text as they are seen: letters with their marks, emoji."""
    found: list[str] = graphemes(text, True)
    return found


def counted(parts: pl.Series) -> pl.Series:
    """Return the parts that are words: those with a letter, a digit or an emoji.

    parts    List[String] (S,)
    returns  List[String] (S,)
    """
    element = pl.element()
    return parts.list.eval(element.filter(element.str.contains(COUNTED)))


def normalise(words: pl.Series) -> pl.Series:
    """Return words as the vocabulary holds them: lower case, one kind of apostrophe and of emoji.

    words    String (any length)
    """
    lower = words.str.to_lowercase().str.replace_all("’", "'", literal=True)
    return lower.str.replace_all(EMOJI_FORM, "", literal=True)
