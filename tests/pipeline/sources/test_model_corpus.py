"""A user's file beside a trained model: what its columns may hold, and the vocabulary file."""

import json
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from stateline.pipeline.config import Settings
from stateline.pipeline.sources.model_corpus import read_provided
from stateline.pipeline.sources.model_words import read_vocabulary
from stateline.pipeline.sources.sequences import ProvidedSequences
from stateline.store.errors import StatelineError

VOCABULARY = ["", "[UNK]", "bad", "dull", "good", "Fine", "isn't", "<s>"]
MASKED = SimpleNamespace(features=None, rows=8, padding=0.0, classes=4)
UNMASKED = SimpleNamespace(features=None, rows=8, padding=None, classes=4)
SERIES = SimpleNamespace(features=2, rows=None, padding=None, classes=4)
TEXTS = ["Good, isn’t it?", "fine", "bad bad dull", "Dull good"]
LABELS = [0, 3, 1, 2]


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    return path


def read(
    folder: Path, structure: SimpleNamespace, table: pl.DataFrame, *, form: str = "parquet", **knobs
) -> ProvidedSequences:
    path = folder / f"data.{form}"
    if form == "csv":
        table.write_csv(path)
    elif form == "jsonl":
        table.write_ndjson(path)
    else:
        table.write_parquet(path)
    return read_provided(
        Settings(corpus=str(path), model="m.keras", **knobs).model_dump(), structure
    )


def rows_of(provided: ProvidedSequences) -> list[list[int]]:
    return [row.tolist() for row in provided.sequences]


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_texts_are_split_into_words_that_get_their_ids(
    form: str, tmp_path: Path, words: Path
) -> None:
    table = pl.DataFrame({"text": TEXTS, "label": LABELS})
    provided = read(tmp_path, MASKED, table, form=form, vocabulary=str(words))
    assert rows_of(provided) == [[4, 6, 1], [1], [2, 2, 3], [3, 4]]
    assert provided.surface[0] == ["Good", "isn’t", "it"] and provided.text == TEXTS
    assert provided.tokens == {"padding": 0, "unknown": 1, "start": None}
    assert provided.vocabulary[:3] == ["[padding]", "[unknown]", "bad"]
    assert provided.classes == ["0", "1", "2", "3"] and provided.label.tolist() == LABELS
    assert provided.ids == ["1", "2", "3", "4"]
    assert provided.truncation == {"max_steps": 200, "keep": "last"}


def test_lists_of_words_are_taken_as_written_before_lower_case(tmp_path: Path, words: Path) -> None:
    table = pl.DataFrame({"read": [["Fine", "GOOD", "not so"]], "label": ["c"]})
    knobs = {"vocabulary": str(words), "text": "read", "classes": list("abcd")}
    provided = read(tmp_path, MASKED, table, **knobs)
    assert rows_of(provided) == [[5, 4, 1]] and provided.surface == [["Fine", "GOOD", "not so"]]
    assert provided.label.tolist() == [2] and provided.text is None


def test_a_start_token_begins_every_sequence_and_counts_as_a_step(
    tmp_path: Path, words: Path
) -> None:
    table = pl.DataFrame({"text": TEXTS, "label": LABELS})
    provided = read(tmp_path, MASKED, table, vocabulary=str(words), start=7)
    assert rows_of(provided)[1] == [7, 1] and provided.surface[1] == ["[start]", "fine"]
    assert provided.vocabulary[7] == "[start]" and provided.length_full[1] == 2


def test_lists_of_ids_lose_the_padding_that_the_model_masks_wherever_it_stands(
    tmp_path: Path, words: Path
) -> None:
    ids = [[0, 0, 4, 5], [2, 0, 0, 0], [3, 4, 5, 6], [0, 2, 3, 0]]
    table = pl.DataFrame({"text": ids, "label": LABELS})
    provided = read(tmp_path, MASKED, table, vocabulary=str(words))
    assert rows_of(provided) == [[4, 5], [2], [3, 4, 5, 6], [2, 3]]
    assert provided.surface[0] == ["good", "Fine"] and provided.length_full == [2, 1, 4, 2]
    provided = read(tmp_path, UNMASKED, table, vocabulary=str(words))
    assert rows_of(provided) == ids and provided.tokens["padding"] == 0


@pytest.mark.parametrize(
    ("keep", "left"),
    [("first", [[4, 6], [1], [2, 2], [3, 4]]), ("last", [[6, 1], [1], [2, 3], [3, 4]])],
)
def test_longer_texts_are_cut_and_their_full_length_is_kept(
    keep: str, left: list, tmp_path: Path, words: Path
) -> None:
    table = pl.DataFrame({"text": TEXTS, "label": LABELS})
    provided = read(tmp_path, MASKED, table, vocabulary=str(words), max_steps=2, keep=keep)
    assert rows_of(provided) == left and [len(row) for row in provided.surface] == [2, 1, 2, 2]
    assert provided.length_full == [3, 1, 3, 2]


def test_a_series_is_a_list_of_steps(tmp_path: Path) -> None:
    values = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]]
    table = pl.DataFrame({"values": values, "label": [0, 3]})
    provided = read(tmp_path, SERIES, table, text="values")
    assert rows_of(provided) == values and provided.surface == [["0", "1"], ["0"]]
    assert provided.features == ["feature 0", "feature 1"] and provided.vocabulary == []
    one = SimpleNamespace(features=1, rows=None, padding=None, classes=4)
    flat = pl.DataFrame({"text": [[1.0, 2.0], [3.0]], "label": [0, 3]})
    assert rows_of(read(tmp_path, one, flat)) == [[[1.0], [2.0]], [[3.0]]]


def test_only_rows_of_the_test_split_are_taken(tmp_path: Path, words: Path) -> None:
    table = pl.DataFrame(
        {
            "text": TEXTS,
            "label": LABELS,
            "part": ["train", "test", "dev", "Test"],
            "no": list("wxyz"),
        }
    )
    provided = read(tmp_path, MASKED, table, vocabulary=str(words), split="part", id="no")
    assert provided.ids == ["x", "z"] and provided.label.tolist() == [3, 2]


def test_numerals_are_names_where_the_classes_say_so(tmp_path: Path, words: Path) -> None:
    table = pl.DataFrame({"text": TEXTS, "label": ["10", "40", "20", "30"]})
    knobs = {"vocabulary": str(words), "classes": ["10", "20", "30", "40"]}
    assert read(tmp_path, MASKED, table, **knobs).label.tolist() == [0, 3, 1, 2]


@pytest.mark.parametrize(
    ("columns", "knobs", "line"),
    [
        ({"text": ["x"], "label": [0]}, {"vocabulary": ""},
         "the model reads token ids, and nothing says which word has which. Name a file with a "
         "token a line: VOCABULARY=words.txt"),
        ({"text": ["good", "so good"], "label": [0, 1]}, {"unknown": -1},
         "sequence 2: word 'so' is not in the vocabulary. Name the id of unknown words"),
        ({"text": ["good"], "label": [0]}, {"unknown": 2},
         "words.txt: line 3 holds the word 'bad', which would stand for every unknown word"),
        ({"text": ["good", "!"], "label": [0, 1]}, {}, "sequence 2: holds no step besides padding"),
        ({"text": ["good", None], "label": [0, 1]}, {}, "sequence 2: holds nothing"),
        ({"text": [[4], [9]], "label": [0, 1]}, {},
         "sequence 2: step 0 holds an id that the model does not know"),
        ({"text": ["good"], "label": [0]}, {"start": 9}, "sequence 1: step 0 holds an id"),
        ({"text": [1.5], "label": [0]}, {},
         "column text does not hold what the model reads; expected texts, lists of words, or lists "
         "of token ids, got Float64. Name another column: TEXT="),
        ({"text": [[[1.0]]], "label": [0]}, {}, "does not hold what the model reads"),
        ({"words": ["x"], "label": [0]}, {}, "no column text; expected one of words, label"),
        ({"text": ["x"], "label": [4]}, {}, "labels, sequence 0: no such class"),
        ({"text": ["x"], "label": ["good"]}, {}, "Give classes= (CLASSES=) in the order"),
        ({"text": ["x"], "label": [0], "part": ["train"]}, {"split": "part"},
         "holds no row of the test split"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_read_is_refused_with_its_row(
    columns: dict, knobs: dict, line: str, tmp_path: Path, words: Path
) -> None:
    with pytest.raises(StatelineError) as caught:
        read(tmp_path, MASKED, pl.DataFrame(columns), **({"vocabulary": str(words)} | knobs))
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_a_text_for_a_model_of_series_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatelineError, match="expected lists of steps of 2 numbers each"):
        read(tmp_path, SERIES, pl.DataFrame({"text": ["good"], "label": [0]}))


def test_an_id_beyond_the_vocabulary_file_is_refused(tmp_path: Path, words: Path) -> None:
    more = SimpleNamespace(features=None, rows=50, padding=0.0, classes=4)
    table = pl.DataFrame({"text": [[4], [30]], "label": [0, 1]})
    with pytest.raises(StatelineError) as caught:
        read(tmp_path, more, table, vocabulary=str(words))
    assert "sequence 2: id 30 has no token; expected 31 lines in" in str(caught.value)


def test_a_token_is_what_its_line_holds_counted_from_zero(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("\r\n[UNK]\r\nça va\r\n".encode())
    assert read_vocabulary(path) == ["", "[UNK]", "ça va"]
    path.write_text("\n\nthe\n\nthe\n")
    with pytest.raises(StatelineError, match="duplicate token 'the' in lines 3 and 5"):
        read_vocabulary(path)
    path.write_bytes(b"caf\xe9\n")
    with pytest.raises(StatelineError, match="is not UTF-8 at byte 3"):
        read_vocabulary(path)
    with pytest.raises(StatelineError, match="no such file. Check the path after VOCABULARY="):
        read_vocabulary(tmp_path / "none.txt")


INDEX = {"<OOV>": 1, "bad": 2, "dull": 3, "good": 4, "isn't": 5, "it": 6, "fine": 7}
FIXED = SimpleNamespace(features=None, rows=8, padding=None, classes=4, steps=5)


def test_a_tokenizer_cuts_texts_and_ends_pads_them(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "word_index.json"
    path.write_text(json.dumps(INDEX), encoding="utf-8")
    table = pl.DataFrame({"text": ["Good, isn't it?", "a fine-bad", "bad", "it"], "label": LABELS})
    knobs = {"tokenizer": str(path), "ends": "pre", "max_steps": 2}
    provided = read(tmp_path, FIXED, table, **knobs)
    assert rows_of(provided) == [[0, 0, 4, 5, 6], [0, 0, 1, 7, 2], [0] * 4 + [2], [0] * 4 + [6]]
    assert provided.surface[1] == ["[padding]", "[padding]", "a", "fine", "bad"]
    assert provided.padding is not None and provided.padding[2].tolist() == [True] * 4 + [False]
    assert provided.ends is not None and (provided.ends.side, provided.ends.steps) == ("pre", 5)
    assert provided.tokens == {"padding": 0, "unknown": 1, "start": None}
    assert provided.tokenizer is not None and provided.tokenizer.kind == "Tokenizer"
    assert provided.words is None and provided.vocabulary[:3] == ["[padding]", "[unknown]", "bad"]
    assert "1 of 8 words (12.5%) have no id" in capsys.readouterr().out
    with pytest.raises(StatelineError, match="0 sequences begin and 0 end with padding"):
        read(tmp_path, FIXED, table, **knobs | {"ends": "padded"})


def test_the_share_of_words_without_an_id_is_said_and_warned_of(
    tmp_path: Path, words: Path, capsys: pytest.CaptureFixture
) -> None:
    table = pl.DataFrame({"text": ["good bad", "dull", "bad", "strange film"], "label": LABELS})
    read(tmp_path, MASKED, table, vocabulary=str(words))
    said = capsys.readouterr().out
    assert "corpus: 2 of 6 words (33.3%) have no id and are read as the unknown word" in said
    assert "name the tokenizer: TOKENIZER=tokenizer.json" in said
    read(tmp_path, MASKED, table[:3], vocabulary=str(words))
    said = capsys.readouterr().out
    assert "0 of 4 words (0.0%) have no id" in said and "TOKENIZER" not in said


def test_an_unknown_word_is_found_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "listed.txt"
    path.write_text("<pad>\nbad\ngood\n<unk>\n", encoding="utf-8")
    small = SimpleNamespace(features=None, rows=4, padding=0.0, classes=4, steps=None)
    table = pl.DataFrame({"text": ["good film", "bad", "bad", "good"], "label": LABELS})
    provided = read(tmp_path, small, table, vocabulary=str(path))
    assert provided.tokens["unknown"] == 3 and rows_of(provided)[0] == [2, 3]
