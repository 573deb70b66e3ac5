"""The two published corpora of the paper: raw text from a folder, or from keras.datasets."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from stateline.pipeline.sources.documents import DOCUMENT_SCHEMA
from stateline.pipeline.sources.files import read_file
from stateline.pipeline.sources.options import ReadOptions
from stateline.store.errors import StatelineError

# Keras adds this to every word's rank so that the ids below it are free.
INDEX_FROM = 3
# Of those free ids, 2 stands for a word that was left out; 0 is padding and 1 the start.
OUT_OF_VOCABULARY = "[oov]"
IMDB_CLASSES = ("negative", "positive")


def read_published(name: str, data_dir: str) -> tuple[pl.DataFrame, str]:
    """Return the documents of `imdb` or `reuters`, and their source in words.

    data_dir  folder with `<name>.parquet` (split, id, label, text); empty: Keras downloads them
    raises    StatelineError  neither is available
    """
    if data_dir:
        path = Path(data_dir) / f"{name}.parquet"
        documents, _ = read_file(path, ReadOptions(id="id", split="split"))
        return documents, f"{name}.parquet (raw text)"
    return read_keras(name), f"keras.datasets.{name} (words without case or punctuation)"


def read_keras(name: str) -> pl.DataFrame:
    """Rebuild documents from the word ranks of `keras.datasets`.

    raises  StatelineError  the download failed
    """
    from stateline.pipeline.models.keras.backend import keras

    source = getattr(keras.datasets, name)
    options = {} if name == "imdb" else {"test_split": 0.2}
    try:
        parts = source.load_data(start_char=None, index_from=INDEX_FROM, **options)
        index = source.get_word_index()
    except Exception as error:  # Keras raises plain Exception for a failed download
        raise StatelineError(
            f"CORPUS={name}",
            f"keras.datasets could not download it ({str(error).splitlines()[0]})",
            fix=f"Go online, or set DATA_DIR to a folder that holds {name}.parquet: "
            f"make {name} DATA_DIR=<folder>",
        ) from None
    classes = IMDB_CLASSES if name == "imdb" else source.get_label_names()
    words = {rank + INDEX_FROM: word for word, rank in index.items()}
    frames = [
        documents_of_ids(split, ids, labels, words, classes)
        for split, (ids, labels) in zip(("train", "test"), parts, strict=True)
    ]
    return pl.concat(frames)


def documents_of_ids(
    split: str,
    ids: Sequence[Sequence[int]],
    labels: Sequence[int],
    words: dict[int, str],
    classes: tuple[str, ...],
) -> pl.DataFrame:
    """Return documents from sequences of Keras' word ids.

    ids      S sequences of int, each a rank plus INDEX_FROM
    labels   S class numbers
    words    word of each id
    """
    return pl.DataFrame(
        {
            "split": [split] * len(ids),
            "external_id": [f"{split}/{row}" for row in range(len(ids))],
            "label": [classes[int(label)] for label in labels],
            "text": [
                " ".join(words.get(int(i), OUT_OF_VOCABULARY) for i in sequence) for sequence in ids
            ],
            "role": [None] * len(ids),
        },
        schema=DOCUMENT_SCHEMA,
    )
