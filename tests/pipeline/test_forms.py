"""Every form in which sequences, labels and tokens come builds the same run."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from keras.src.legacy.preprocessing.text import Tokenizer

from stateline.pipeline.models.keras.backend import tf
from stateline.pipeline.sources.forms import plain, sequences_and_labels
from stateline.pipeline.sources.token_names import meaning_of, special_ids, token_list
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from tests.pipeline.models.keras.own_models import (
    CLASSES,
    IDS,
    LABELS,
    LINEAR,
    VALUES,
    VOCABULARY,
    keras,
    padded,
)
from tests.pipeline.sources.test_labels import Torch
from tests.pipeline.test_build_store import WORDS, built

DATA = tf.data.Dataset
WHOLE = padded(IDS, 0)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABELS]
INDEX = {word: number for number, word in enumerate(WORDS) if word}
FORMS = {
    "lists": ([each.tolist() for each in IDS], LABELS, WORDS),
    "ragged": (tf.ragged.constant([each.tolist() for each in IDS]), ONE_HOT, INDEX),
    "tensors": (tf.constant(WHOLE), tf.constant(LABELS), np.array(WORDS)),
    "variable, one-hot": (tf.Variable(WHOLE), tf.one_hot(LABELS, CLASSES), WORDS),
    "tensors with gradients": ([Torch(each) for each in IDS], Torch(np.array(LABELS)), WORDS),
    "one dataset in batches": (
        DATA.from_tensor_slices((WHOLE, LABELS)).batch(2), None, {i: w for w, i in INDEX.items()}
    ),
    "one dataset, single sequences": (DATA.from_tensor_slices((WHOLE, ONE_HOT)), None, WORDS),
    "ragged in a dataset": (
        DATA.from_tensor_slices(tf.ragged.constant([each.tolist() for each in IDS])).batch(2),
        DATA.from_tensor_slices(LABELS).batch(3),
        [word.encode() for word in WORDS],
    ),
    "series of lists": (pl.Series([e.tolist() for e in IDS]), pl.Series(LABELS), pl.Series(WORDS)),
    "floats": (WHOLE.astype(np.float32), np.array(LABELS, np.float64)[:, None], WORDS),
}  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(LINEAR["lstm"](), IDS, tmp_path_factory.mktemp("first"), tokens=WORDS)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_builds_the_same_run(form: str, first: Run, tmp_path: Path) -> None:
    sequences, labels, tokens = FORMS[form]
    run = built(LINEAR["lstm"](), sequences, tmp_path, labels, tokens=tokens)
    for name in ("sequences.parquet", "vocabulary.parquet"):
        assert run.scan(name).collect().equals(first.scan(name).collect())
    steps, wanted = (each.scan("steps.parquet").collect() for each in (run, first))
    words = ["token", "surface", "token_id", "known"]
    assert steps[words].equals(wanted[words])
    assert steps["ep"].to_numpy() == pytest.approx(wanted["ep"].to_numpy(), abs=1e-6)
    assert run.manifest.corpus.tokens.unknown == 1, "[UNK] says so"


def test_a_dataset_of_series_is_read_one_by_one_or_in_batches() -> None:
    values = padded(VALUES, -9.0)
    for dataset in (DATA.from_tensor_slices(values), DATA.from_tensor_slices(values).batch(3)):
        rows, labels = sequences_and_labels(dataset, LABELS, 2)
        assert np.array_equal(np.stack(rows), values) and labels == LABELS


def test_a_vectorization_and_a_tokenizer_name_their_ids() -> None:
    layer = keras.layers.TextVectorization(vocabulary=["the", "film"])
    assert token_list(layer) == ["", "[UNK]", "the", "film"]
    tokenizer = Tokenizer(oov_token="<OOV>")
    tokenizer.fit_on_texts(["the film the"])
    assert token_list(tokenizer) == ["", "<OOV>", "the", "film"]
    assert token_list(tokenizer.index_word) == ["", "<OOV>", "the", "film"]
    assert token_list({"2": "film", "1": "the"}) == ["", "the", "film"]
    assert token_list([["a"], ["b", "c"]]) == [["a"], ["b", "c"]] and token_list(None) is None


@pytest.mark.parametrize(
    ("tokens", "line"),
    [
        ({"the": "film"}, "tokens: a mapping that names no ids; expected {word: id} or {id: word}"),
        ({"the": 1, "film": 1}, "tokens: id 1 twice; expected each id once, 0 or above, got 'the'"),
        ({"the": -1}, "tokens: id -1 is no row of an embedding"),
    ],
)
def test_a_mapping_that_names_no_ids_is_refused(tokens: dict, line: str) -> None:
    with pytest.raises(StatelineError) as caught:
        token_list(tokens)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("name", ["<OOV>", "[UNK]", "<unk>", "UNK", "oov", "<Unknown>", "__unk__"])
def test_common_names_of_unknown_words_are_recognised(name: str) -> None:
    assert meaning_of(name) == "unknown"
    assert special_ids(["", "the", name]) == {"padding": 0, "unknown": 2}


def test_words_are_no_special_names() -> None:
    for word in ("unknown", "pad", "padding", "null", "the", "", "[5]", "<br />"):
        assert meaning_of(word) is None
    assert special_ids(["<PAD>", "a"])["padding"] == special_ids(["[PAD]"])["padding"] == 0
    assert special_ids(["the", "<pad>"])["padding"] == 1


@pytest.mark.parametrize("size", [VOCABULARY - 1, VOCABULARY - 2])
def test_names_that_are_one_or_two_short_are_refused_where_the_model_masks_nothing(
    size: int, tmp_path: Path
) -> None:
    model = LINEAR["fixed length, unmasked"]()
    words = [f"word{i}" for i in range(size)]
    some = np.clip(WHOLE, 1, size - 1)
    with pytest.raises(StatelineError, match=f"{size} names are {VOCABULARY - size} short of the"):
        built(model, some, tmp_path, tokens=words)
    padded_some = np.concatenate([WHOLE[:, :5], np.zeros((5, 2), int)], axis=1)
    with pytest.raises(StatelineError, match="id 0 fills the beginning or the end of most"):
        built(model, padded_some, tmp_path, tokens=[*words, *"abcdefg"])
    built(model, some, tmp_path, tokens=["", *words[1:]])


def test_sparse_matrices_become_arrays() -> None:
    from scipy.sparse import csr_array

    assert np.array_equal(plain(csr_array(ONE_HOT)), ONE_HOT)
