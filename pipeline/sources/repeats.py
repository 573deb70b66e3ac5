"""Test sequences that stand among those that the model is trained on too."""

import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray
from stateline.pipeline.sources.word_boundaries import normalise


def repeated_texts(words: pl.Series, split: pl.Series) -> pl.Series:
    """Return which test texts hold the very words of a training or validation text.

    Case, punctuation (also within words: 1,000 and 1 000) and white space do not count. Texts are
    compared whole, also where the model reads a part of them.

    words    List[String] (S,)  every word of each text, as written
    split    String (S,)        train, validation or test
    returns  Boolean (S,)       false outside of the test split
    """
    keys = normalise(words.list.join(" ")).str.replace_all(r"[\p{P}\s]+", " ")
    return repeats(keys, split)


def repeated_arrays(sequences: list[AnyArray], split: pl.Series) -> pl.Series:
    """Return which test sequences equal a training or validation sequence in every value.

    sequences  S arrays of ids (T,) or of numbers (T, F)
    split      String (S,)  train, validation or test
    returns    Boolean (S,) false outside of the test split; null where there is no other
    """
    keys = pl.Series([each.tobytes() for each in sequences], dtype=pl.Binary)
    return repeats(keys, split)


def repeats(keys: pl.Series, split: pl.Series) -> pl.Series:
    """Return which test rows have the key of a row of another split, Boolean (S,).

    Null where there is no other split: what the model was trained on is not known then.
    """
    test = split == "test"
    if test.all():
        return pl.Series("in_training", [None] * len(keys), dtype=pl.Boolean)
    return (keys.is_in(keys.filter(~test).unique().implode()) & test).alias("in_training")
