"""The manifest's entry of the tokenizer that a model came with."""

from typing import Literal

from stateline.store.manifest.values import Entry


class TokenizerRule(Entry):
    """How the tokenizer of the model's author cuts a text into words, see sources/tokenizers.py.

    lower       letters that become lower case
    removed     characters that are deleted
    separators  characters at which it splits besides `split`
    split       whitespace, character, or the text that stands between words
    """

    kind: Literal["TextVectorization", "Tokenizer"]
    lower: Literal["ascii", "unicode", "none"]
    removed: str
    separators: str
    split: str
