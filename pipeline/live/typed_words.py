"""Words of a typed text, cut as those of the run were, and their ids."""

import polars as pl

from stateline.pipeline.sources.markup import without_markup
from stateline.pipeline.sources.text import word_ids
from stateline.pipeline.sources.tokenizers import Rule, encode
from stateline.pipeline.sources.word_boundaries import split_words
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Corpus


def typed_words(text: str, corpus: Corpus, known: dict[str, int]) -> tuple[list[str], list[int]]:
    """Return the words that the model reads of a text, as written, and their ids.

    corpus  of the run: by its author's tokenizer, or by the rule of `words`
    known   ids by word
    raises  StatelineError  a word without an id
    """
    rule, unknown = corpus.tokenizer, corpus.tokens.unknown
    if rule is not None:
        cut = Rule(rule.kind, rule.lower, rule.removed, rule.separators, rule.split)
        surface, ids, _ = encode(cut, known, unknown, text)
        return surface, ids
    texts = pl.Series([text])
    if corpus.html == "strip":
        texts, _ = without_markup(texts)
    surface = split_words(texts, corpus.words or "auto")[0].to_list()
    found = word_ids(surface, known, unknown)
    if None in found:
        unread = surface[found.index(None)]
        raise StatelineError("text", f"the model has no id for the word {unread!r}")
    return surface, [each for each in found if each is not None]
