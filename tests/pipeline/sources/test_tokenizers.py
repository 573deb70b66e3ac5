"""Texts are cut as their authors cut them: ids equal those of Keras' own layer and Tokenizer."""

import json
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from keras.src.legacy.preprocessing.text import Tokenizer

from stateline.pipeline.models.keras.backend import keras
from stateline.pipeline.sources.tokenizers import read_tokenizer
from stateline.store.errors import StatelineError

TextVectorization = keras.layers.TextVectorization
TEXTS = [
    "The film isn't bad.<br /><br />It is GOOD!",
    "Ünder Éxit ΣΟΦΟΣ İstanbul ΑΣ\u00a0good",
    "a\tb\nc\x0bd\x0ce\x1cf\u2003g  the the",
    "日本語 good \U0001f600 emoji's __under__ film-noir 10/10 it's",
    "... !!! ???",
]
PARTS = st.sampled_from(
    ["the", "The", "film", "GOOD", "isn't", "bad.", "<br />", "É", "ΣΑΣ", "İ", "ß", "good", "10/10",
     "\U0001f600", "日本", "[UNK]", "<OOV>", "-", "_a_", "\u00ad", "e\u0301"]
)  # fmt: skip
BLANKS = st.sampled_from(
    [" ", "  ", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\u00a0", "\u2003", "", ","]
)
TEXT = st.one_of(
    st.lists(st.tuples(PARTS, BLANKS), max_size=8).map(
        lambda pairs: "".join(word + blank for word, blank in pairs)
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
)


def own_ids(source: object, text: str) -> list[int]:
    words, ids, _ = read_tokenizer(source).encode(text)
    assert len(words) == len(ids) and all(words)
    return ids


VECTORIZATIONS = {
    "default": {},
    "lower": {"standardize": "lower"},
    "strip": {"standardize": "strip_punctuation"},
    "as it is": {"standardize": None},
    "characters": {"split": "character"},
    "characters, as they are": {"split": "character", "standardize": None},
}


@pytest.mark.parametrize("name", VECTORIZATIONS)
def test_ids_are_those_of_a_text_vectorization(name: str, tmp_path: Path) -> None:
    layer = TextVectorization(**VECTORIZATIONS[name], max_tokens=40)
    layer.adapt(TEXTS)
    path = tmp_path / "tokenizer.json"
    config = layer.get_config() | {"vocabulary": layer.get_vocabulary()}
    path.write_text(json.dumps(config), encoding="utf-8")

    @hypothesis.settings(max_examples=60, derandomize=True, deadline=None)
    @hypothesis.given(TEXT)
    def same(text: str) -> None:
        made = layer([text]).numpy()[0].tolist() if text else []
        own = own_ids(path, text)
        assert own == [each for each in made if each], repr(text)

    for text in TEXTS:
        assert own_ids(path, text) == [each for each in layer([text]).numpy()[0].tolist() if each]
    same()


TOKENIZERS = {
    "default": {},
    "unknown": {"oov_token": "<OOV>"},
    "few": {"num_words": 6, "oov_token": "<OOV>"},
    "few, others left out": {"num_words": 6},
    "as it is": {"lower": False, "filters": ""},
    "split at commas": {"split": ",", "filters": " .\n"},
    "characters": {"char_level": True, "oov_token": "<OOV>"},
}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_ids_are_those_of_a_tokenizer(name: str, tmp_path: Path) -> None:
    tokenizer = Tokenizer(**TOKENIZERS[name])
    tokenizer.fit_on_texts(TEXTS)
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer.to_json(), encoding="utf-8")

    @hypothesis.settings(max_examples=100, derandomize=True, deadline=None)
    @hypothesis.given(TEXT)
    def same(text: str) -> None:
        assert own_ids(path, text) == tokenizer.texts_to_sequences([text])[0], repr(text)

    for text in TEXTS:
        assert own_ids(path, text) == tokenizer.texts_to_sequences([text])[0]
        assert own_ids(tokenizer, text) == own_ids(tokenizer.to_json(), text)
    same()
    if not set(TOKENIZERS[name]) - {"oov_token"}:
        path.write_text(json.dumps(tokenizer.word_index), encoding="utf-8")
        same()


def test_a_word_is_shown_as_it_is_written() -> None:
    layer = TextVectorization(vocabulary=["isnt", "bad"], output_sequence_length=3)
    read = read_tokenizer(layer)
    assert read.encode("It ISN'T bad…, -- Bad!") == (
        ["It", "ISN'T", "bad…,", "Bad!"], [1, 2, 1, 3], 2
    )  # fmt: skip
    assert read.length == 3 and read.words == ["", "[UNK]", "isnt", "bad"]
    dropped = read_tokenizer({"bad": 1, "isn't": 2, "config": 3})
    assert dropped.encode("It ISN'T bad") == (["ISN'T", "bad"], [2, 1], 1)
    assert dropped.within(2).encode("It ISN'T bad") == (["bad"], [1], 2)


def test_a_vectorization_without_its_vocabulary_takes_a_list_of_tokens() -> None:
    config = TextVectorization().get_config()
    assert read_tokenizer(config, ["", "[UNK]", "bad"]).encode("bad it") == (
        ["bad", "it"],
        [2, 1],
        1,
    )
    saved = keras.saving.serialize_keras_object(TextVectorization(vocabulary=["bad"]))
    assert read_tokenizer(saved).words == ["", "[UNK]", "bad"]


def own_standard(text: object) -> object:
    return text


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (TextVectorization(standardize=own_standard), "tokenizer: standardize is a function of its "
         "own, own_standard, which is not run; expected a setting of Keras. Pass what it makes"),
        ({"standardize": {"class_name": "function", "config": "clean"}}, "standardize is a "
         "function of its own, clean"),
        ({"standardize": "lower", "split": {"class_name": "__lambda__"}}, "split is a function"),
        (Tokenizer(analyzer=own_standard), "analyzer is a function of its own, own_standard"),
        ({"standardize": "lower", "output_mode": "tf_idf"}, "output_mode does not make one id a "
         "word; expected output_mode int, got tf_idf"),
        ({"standardize": "lower", "ngrams": [1, 2]}, "ngrams does not make one id a word"),
        ({"standardize": "lower", "split": None}, "split is null: a text is one step"),
        ({"standardize": "lower"}, "holds no vocabulary. Write it as json.dumps(layer.get_con"),
        ({"word_index": "{\"a\": 1}", "oov_token": "b"}, "its unknown token has no id; got b"),
        ({"a": 1, "b": 1}, "tokens: id 1 twice"),
        ("{]", "tokenizer: is no JSON"),
        ({"hello": "world"}, "tokenizer: no tokenizer that is known; expected JSON of a"),
        (7, "tokenizer: no tokenizer that is known"),
        ("nowhere.json", "nowhere.json: no such file. Check the path after TOKENIZER="),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_by_its_name(source: object, line: str) -> None:
    with pytest.raises(StatelineError) as caught:
        read_tokenizer(source)
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_ids_by_word_are_made_once() -> None:
    tokenizer = read_tokenizer({"good": 1, "bad": 2})
    assert tokenizer.known is tokenizer.known
