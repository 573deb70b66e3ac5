"""Words: the part that the model reads, the vocabulary, and ids for the model."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import IntArray, UInt32Array
from stateline.pipeline.sources.word_boundaries import normalise
from stateline.store.schema import UNKNOWN_ID, polars_schema, vocabulary_columns

PADDING_TOKEN, UNKNOWN_TOKEN = "[padding]", "[unknown]"


def word_ids(words: list[str], known: dict[str, int], unknown: int | None) -> list[int | None]:
    """Return the ids of words as written, or else normalised; `unknown` for the rest."""
    plain = normalise(pl.Series(words, dtype=pl.String)).to_list()
    both = zip(words, plain, strict=True)
    return [known.get(word, known.get(low, unknown)) for word, low in both]


def read_part(column: str, steps: int, keep: str) -> pl.Expr:
    """Return the part of each sequence that the model reads.

    column  List (S,) of words, or of what stands beside them
    steps   words that it reads at the most
    keep    which of a longer sequence: `first` or `last`
    """
    words = pl.col(column).list
    return words.head(steps) if keep == "first" else words.tail(steps)


@dataclass(frozen=True)
class Vocabulary:
    """Words that the model knows; ids are rows of its embedding.

    table  one row per token, sorted by token_id (columns as in the store)
    """

    table: pl.DataFrame

    @property
    def size(self) -> int:
        """Number of rows of the embedding, padding and unknown included."""
        return self.table.height

    def encode(self, words: pl.Series) -> UInt32Array:
        """Return the ids of normalised words, uint32 (M,); the unknown id for other words."""
        known = self.table["token"][2:]
        return words.replace_strict(
            known,
            self.table["token_id"][2:],
            default=UNKNOWN_ID,
            return_dtype=pl.UInt32,
        ).to_numpy()


def build_vocabulary(
    words: pl.Series, sequence: IntArray, label: IntArray, classes: int, size: int, least: int
) -> Vocabulary:
    """Build the vocabulary of the most frequent words of the training split, ties by spelling.

    words     String (M,)  normalised words of all training sequences
    sequence  int (M,)     number of the sequence of each word
    label     int (M,)     class of that sequence
    size      words that get an id at the most; padding and unknown come on top
    least     how often a word must occur
    returns   count: occurrences; sequences: training sequences that hold the word, by class; the
              unknown token counts all words that are not kept, and sequences that hold any of them
    """
    table = pl.DataFrame(
        {"token": words, "sequence": sequence.astype(np.uint32), "label": label.astype(np.uint16)}
    )
    counted = (
        table.group_by("token")
        .agg(
            pl.len().cast(pl.UInt32).alias("count"),
            *(
                pl.col("sequence").filter(pl.col("label") == c).n_unique().alias(f"class{c}")
                for c in range(classes)
            ),
        )
        .sort("count", "token", descending=[True, False])
    )
    kept = counted.filter(pl.col("count") >= least).head(size)
    left = table.join(kept, on="token", how="anti")
    holding = left.unique("sequence")["label"].to_numpy()
    per_class = kept.select(f"class{c}" for c in range(classes)).to_numpy().astype(np.uint32)
    padding = np.zeros((1, classes), dtype=np.uint32)
    unknown = np.bincount(holding, minlength=classes)[None].astype(np.uint32)
    return Vocabulary(
        pl.DataFrame(
            {
                "token_id": np.arange(kept.height + 2, dtype=np.uint32),
                "token": [PADDING_TOKEN, UNKNOWN_TOKEN, *kept["token"]],
                "count": [0, left.height, *kept["count"]],
                "sequences": np.concatenate([padding, unknown, per_class]),
            },
            schema=polars_schema(vocabulary_columns(classes)),
        )
    )
