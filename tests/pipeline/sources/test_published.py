"""The published corpora: Keras' index offset, start and unknown ids, and the raw-text folder."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.sources import published
from stateline.store.errors import StatelineError

INDEX = {"the": 1, "film": 2, "was": 3, "good": 4, "bad": 5}


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small archives of the form that Keras downloads, served by its own loading code."""
    from keras.src.datasets import imdb, reuters

    reviews = [[1, 2, 3, 4], [1, 2, 3, 5], [4]]
    x = np.array([*reviews, [2, 9]], dtype=object)
    np.savez(
        tmp_path / "imdb.npz",
        x_train=x,
        y_train=np.array([1, 0, 1, 0]),
        x_test=x[:2],
        y_test=np.array([1, 0]),
    )
    news = np.array([[1, 2], [3, 4], [5], [1, 5], [2]], dtype=object)
    np.savez(tmp_path / "reuters.npz", x=news, y=np.array([3, 4, 3, 1, 45]))
    for name in ("imdb", "reuters"):
        (tmp_path / f"{name}_word_index.json").write_text(json.dumps(INDEX))
    for module in (imdb, reuters):
        monkeypatch.setattr(module, "get_file", lambda fname=None, **_: str(tmp_path / fname))
    return tmp_path


def test_keras_ids_become_the_words_that_were_written(archives: Path) -> None:
    documents, source = published.read_published("imdb", "")
    assert source.startswith("keras.datasets.imdb")
    by_split = documents.group_by("split").len().sort("split")
    assert by_split.rows() == [("test", 2), ("train", 4)]
    texts = dict(documents.filter(pl.col("split") == "train").select("text", "label").rows())
    assert texts["the film was good"] == "positive"
    assert texts["the film was bad"] == "negative"
    assert texts["good"] == "positive"
    # Rank 9 is not in the index: it is said to be left out, not dropped, so steps keep their place.
    assert texts["film [oov]"] == "negative"


def test_no_start_or_padding_id_becomes_a_word(archives: Path) -> None:
    documents, _ = published.read_published("imdb", "")
    words = " ".join(documents["text"]).split()
    assert set(words) <= {*INDEX, "[oov]"}
    assert documents.filter(pl.col("text") == "good").height == 1


def test_keras_reuters_gets_the_names_of_its_topics(archives: Path) -> None:
    documents, _ = published.read_published("reuters", "")
    assert documents.height == 5
    assert set(documents["label"]) == {"earn", "acq", "grain", "lead"}
    assert documents["external_id"].n_unique() == 5


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_offline_without_a_folder_names_both_ways(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keras import datasets

    def refuse(**_: object) -> None:
        raise Exception("URL fetch failure on somewhere: None -- unreachable")

    monkeypatch.setattr(getattr(datasets, name), "load_data", refuse)
    with pytest.raises(StatelineError) as caught:
        published.read_published(name, "")
    message = str(caught.value)
    assert message.startswith(f"CORPUS={name}: keras.datasets could not download it")
    assert "Go online, or set DATA_DIR" in message and f"make {name} DATA_DIR=" in message


def test_a_data_folder_without_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StatelineError, match=r"imdb\.parquet: no such file"):
        published.read_published("imdb", str(tmp_path))


def test_raw_reviews_are_read_as_they_are(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "split": ["train", "test"],
            "id": ["a", "b"],
            "label": ["negative", "positive"],
            "text": ["Dull.<br /><br />Very.", "Fine"],
        }
    ).write_parquet(tmp_path / "imdb.parquet")
    documents, source = published.read_published("imdb", str(tmp_path))
    assert documents["text"].to_list() == ["Dull.<br /><br />Very.", "Fine"]
    assert source == "imdb.parquet (raw text)"
