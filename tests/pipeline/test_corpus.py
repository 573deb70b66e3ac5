"""From files to encoded sequences, and every way in which a corpus can be unfit."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from stateline.pipeline.config import read_settings, write_settings
from stateline.pipeline.corpus import natural, work
from stateline.pipeline.run.artefacts import CORPUS_FACTS, SEQUENCES, VOCABULARY
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.sources.split import complete_split, is_mixed
from stateline.store.errors import StatelineError

WORDS = [
    "the",
    "a",
    "film",
    "plot",
    "cast",
    "good",
    "bad",
    "dull",
    "bright",
    "long",
    "short",
    "very",
    "not",
    "but",
    "and",
    "so",
]


def review_rows(count: int = 40, classes: int = 2, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "key": [f"r{row}" for row in range(count)],
            "review": [" ".join(rng.choice(WORDS, rng.integers(3, 12))) for _ in range(count)],
            "sentiment": [f"class {row % classes}" for row in range(count)],
        }
    )


class Bench:
    """Writes a corpus file and runs the stage on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = BuildPaths(folder / "build", "mine")

    def file(self, content: str | bytes | pl.DataFrame, name: str = "reviews.csv") -> Path:
        path = self.folder / name
        if isinstance(content, pl.DataFrame):
            content.write_csv(path)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            path.write_bytes(content)
        return path

    def build(self, path: Path, **knobs: object) -> pl.DataFrame:
        provided = {"TEXT": "review", "LABEL": "sentiment"} | knobs
        overrides = {name: str(value) for name, value in provided.items()}
        settings = read_settings("mine", None, {"CORPUS": str(path)} | overrides)
        write_settings(self.paths, settings)
        work(self.paths)
        return pl.read_parquet(self.paths.need("corpus", SEQUENCES))

    def refusal(self, path: Path, **knobs: object) -> str:
        with pytest.raises(StatelineError) as caught:
            self.build(path, **knobs)
        assert not self.paths.stage("corpus").exists()
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_csv_tsv_jsonl_and_parquet_give_the_same_sequences(bench: Bench) -> None:
    rows = review_rows()
    paths = [bench.folder / f"reviews.{ending}" for ending in ("csv", "tsv", "jsonl", "parquet")]
    rows.write_csv(paths[0])
    rows.write_csv(paths[1], separator="\t")
    rows.write_ndjson(paths[2])
    rows.write_parquet(paths[3])
    first, *others = [bench.build(path) for path in paths]
    for other in others:
        assert first.equals(other)


def test_split_is_stratified_seeded_and_disjoint(bench: Bench) -> None:
    path = bench.file(review_rows(200, classes=4))
    table = bench.build(path)
    sizes = table.group_by("split", "label").len()
    assert sizes.filter(pl.col("split") == "test")["len"].to_list() == [10] * 4
    assert sizes.filter(pl.col("split") == "validation")["len"].to_list() == [4] * 4
    assert table.equals(bench.build(path))
    assert not table["split"].equals(bench.build(path, SEED=2)["split"])


def test_how_the_split_came_about_is_said_and_kept(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = review_rows(40).with_columns(pl.Series("part", ["train", "train", "test", "test"] * 10))
    path = bench.file(rows)
    bench.build(path, SEED=3)
    assert bench.paths.read_json("corpus", CORPUS_FACTS)["split"] == {"origin": "drawn", "seed": 3}
    line = "no SPLIT is named; 8 of 40 texts, drawn at random (seed 3), are the test split"
    assert line in capsys.readouterr().out
    # Validation texts are drawn, but no statement about training and test rests on them.
    bench.build(path, SPLIT="part")
    kept = bench.paths.read_json("corpus", CORPUS_FACTS)["split"]
    assert kept == {"origin": "provided", "seed": None}
    assert "drawn at random" not in capsys.readouterr().out


def test_own_split_and_id_columns_are_kept(bench: Bench) -> None:
    rows = review_rows(30).with_columns(
        pl.Series("part", ["Train", "test", "dev"] * 10), pl.Series("id", range(100, 130))
    )
    table = bench.build(bench.file(rows), SPLIT="part", ID="id")
    assert table["split"].to_list() == ["train", "test", "validation"] * 10
    assert table["external_id"].to_list() == [str(i) for i in range(100, 130)]


@pytest.mark.parametrize("own_split", [False, True])
def test_any_first_test_rows_of_a_file_sorted_by_class_show_all_classes_in_their_shares(
    bench: Bench, own_split: bool
) -> None:
    rows = review_rows(800).with_columns(pl.Series("sentiment", ["a"] * 200 + ["b"] * 600))
    knobs = {"TEST_SHARE": 0.5}
    if own_split:
        rows = rows.with_columns(pl.Series("part", ["train", "test"] * 400))
        knobs = {"SPLIT": "part"}
    path = bench.file(rows)
    table = bench.build(path, **knobs)
    label = table.filter(pl.col("split") == "test")["label"]
    assert len(label) == 400
    for first in (8, 40, 200):
        assert abs(label.head(first).eq(0).sum() - first / 4) <= 1
    assert table.equals(bench.build(path, **knobs)), "the same seed, the same order"
    other = bench.build(path, **knobs, SEED=2).filter(pl.col("split") == "test")
    assert not other["external_id"].equals(table.filter(pl.col("split") == "test")["external_id"])
    train = table.filter(pl.col("split") == "train")["external_id"].cast(pl.Int64)
    assert train.is_sorted(), "only test rows change their places"


def test_test_rows_that_a_file_names_and_mixes_keep_its_order(bench: Bench) -> None:
    rng = np.random.default_rng(5)
    rows = review_rows(400).with_columns(
        pl.Series("sentiment", rng.choice(["a", "b", "c"], 400)),
        pl.Series("part", ["train", "test"] * 200),
    )
    table = bench.build(bench.file(rows), SPLIT="part")
    assert table["external_id"].to_list() == [str(row) for row in range(1, 401)]


def test_a_sorted_file_beside_a_trained_model_is_mixed_with_its_words_and_ids(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    structure = SimpleNamespace(features=None, rows=4, padding=None, classes=2)
    monkeypatch.setattr("stateline.pipeline.corpus.load_structure", lambda *_: structure)
    (bench.folder / "words.txt").write_text("\n\nbad\ngood\n", encoding="utf-8")
    rows = pl.DataFrame(
        {"review": ["bad"] * 100 + ["good"] * 100, "sentiment": [0] * 100 + [1] * 100}
    )
    vocabulary = bench.folder / "words.txt"
    table = bench.build(bench.file(rows), MODEL="own.keras", VOCABULARY=vocabulary)
    assert 19 <= table["label"].head(40).sum() <= 21
    assert table["ids"].list.first().to_list() == (table["label"] + 2).to_list()
    assert (table["surface"].list.first() == "good").to_list() == (table["label"] == 1).to_list()
    assert ((table["external_id"].cast(pl.Int64) > 100) == (table["label"] == 1)).all()


def test_an_order_is_mixed_where_chance_could_have_made_it() -> None:
    rng = np.random.default_rng(3)
    label = np.repeat([0, 1, 2], [100, 300, 600])
    assert not is_mixed(label) and not is_mixed(np.concatenate([label[:200], label[:200]]))
    assert all(is_mixed(rng.permutation(label)) for _ in range(50))


@pytest.mark.parametrize("classes", [2, 3, 60])
def test_labels_may_be_words_or_numbers_two_classes_or_sixty(bench: Bench, classes: int) -> None:
    rows = review_rows(classes * 6, classes).with_columns(
        pl.Series("sentiment", [float(row % classes) for row in range(classes * 6)])
    )
    path = bench.folder / "numbers.parquet"
    rows.write_parquet(path)
    bench.build(path)
    names = [each["name"] for each in bench.paths.read_json("corpus", CORPUS_FACTS)["classes"]]
    assert names == [str(c) for c in range(classes)]


def test_numbers_sort_by_value_and_before_words() -> None:
    assert sorted(["10", "b", "9", "a", "-1"], key=natural) == ["-1", "9", "10", "a", "b"]


@pytest.mark.parametrize(("keep", "words"), [("first", ["a", "b", "c"]), ("last", ["d", "e", "f"])])
def test_longer_texts_keep_their_first_or_last_words(
    bench: Bench, keep: str, words: list[str]
) -> None:
    rows = review_rows(20).with_columns(pl.lit("a b c d e f").alias("review"))
    table = bench.build(bench.file(rows), MAX_STEPS=3, KEEP=keep)
    assert table["surface"].to_list() == [words] * 20
    assert table["length_full"].to_list() == [6] * 20
    assert table["text"][0] == "a b c d e f"


def test_ids_follow_the_vocabulary_and_words_line_up_with_ids(bench: Bench) -> None:
    table = bench.build(bench.file(review_rows()), VOCABULARY_SIZE=5)
    tokens = pl.read_parquet(bench.paths.need("corpus", VOCABULARY))["token"].to_list()
    assert len(tokens) == 7
    for surface, ids in table.select("surface", "ids").iter_rows():
        assert len(surface) == len(ids)
        for word, i in zip(surface, ids, strict=True):
            assert i == (tokens.index(word) if word in tokens else 1)


def test_vocabulary_comes_from_the_training_split_only(bench: Bench) -> None:
    rows = review_rows(40).with_columns(
        pl.Series("part", ["train"] * 30 + ["test"] * 10),
        pl.Series("review", ["good film"] * 30 + ["unseen words"] * 10),
    )
    table = bench.build(bench.file(rows), SPLIT="part")
    assert table.filter(pl.col("split") == "test")["ids"].to_list() == [[1, 1]] * 10
    assert bench.paths.read_json("corpus", CORPUS_FACTS)["without_known_word"] == 10


def test_texts_without_a_known_word_are_kept_and_said(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    test_texts_line = "10 of 10 test texts hold no known word"
    test_vocabulary_comes_from_the_training_split_only(bench)
    assert test_texts_line in capsys.readouterr().out


def test_texts_of_one_word_are_sequences_of_length_one(bench: Bench) -> None:
    rows = review_rows(20).with_columns(pl.Series("review", ["good", "bad"] * 10))
    assert bench.build(bench.file(rows))["ids"].list.len().to_list() == [1] * 20


@pytest.mark.parametrize("blank", ["", "   ", "… !!"])
def test_texts_without_a_word_are_refused_or_dropped_and_counted(bench: Bench, blank: str) -> None:
    rows = review_rows(20)
    rows[4, "review"] = blank
    path = bench.file(rows)
    message = bench.refusal(path)
    assert "1 texts hold no word, first id '5'" in message
    assert "BLANK=drop" in message
    assert bench.build(path, BLANK="drop").height == 19
    assert bench.paths.read_json("corpus", CORPUS_FACTS)["blank_dropped"] == 1


def test_a_corpus_of_blank_texts_is_refused_even_when_dropping(bench: Bench) -> None:
    rows = review_rows(20).with_columns(pl.lit(" ").alias("review"))
    assert "no text holds a word" in bench.refusal(bench.file(rows), BLANK="drop")


def test_a_missing_file_is_named(bench: Bench) -> None:
    assert "nowhere.csv: no such file" in bench.refusal(bench.folder / "nowhere.csv")


def test_a_file_that_is_no_workbook_is_refused(bench: Bench) -> None:
    assert "cannot be read as Excel" in bench.refusal(bench.file("x", "reviews.xlsx"))


@pytest.mark.parametrize("knob", ["TEXT", "LABEL", "ID", "SPLIT"])
def test_a_missing_column_is_named_with_those_that_exist(bench: Bench, knob: str) -> None:
    message = bench.refusal(bench.file(review_rows()), **{knob: "nothing"})
    assert "no column nothing; expected one of key, review, sentiment" in message
    assert f"got {knob}=nothing" in message


@pytest.mark.parametrize("content", ["", "review,sentiment\n"])
def test_an_empty_file_is_refused(bench: Bench, content: str) -> None:
    message = bench.refusal(bench.file(content))
    assert "is empty" in message or "holds no rows" in message


def test_how_a_file_was_read_is_said_and_stored(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = review_rows(20).with_columns(pl.lit("<p>un café et thé</p>").alias("review"))
    path = bench.file(rows.write_csv(separator=";").encode("cp1252"))
    bench.build(path)
    facts = "cp1252, separator semicolon, header, 20 rows"
    said = capsys.readouterr().out
    assert f"corpus: reviews.csv: {facts}\n" in said
    assert "corpus: HTML taken out of 20 of 20 texts (HTML=keep leaves it)\n" in said
    stored = bench.paths.read_json("corpus", CORPUS_FACTS)
    assert stored["source"] == f"reviews.csv ({facts}); HTML taken out of 20 of 20 texts"
    assert (stored["words"], stored["html"]) == ("auto", "strip")


def test_html_is_kept_and_letters_stand_together_where_that_is_asked_for(bench: Bench) -> None:
    rows = review_rows(20).with_columns(pl.lit("<b>东京 都</b>").alias("review"))
    path = bench.file(rows)
    assert bench.build(path)["surface"][0].to_list() == ["东", "京", "都"]
    kept = bench.build(path, HTML="keep", WORDS="words")
    assert kept["surface"][0].to_list() == ["b", "东京", "都", "b"]
    letters = bench.build(path, HTML="keep", WORDS="characters")
    assert letters["surface"][0].to_list() == ["b", "东", "京", "都", "b"]


@pytest.mark.parametrize("content", [b"not a table at all", b"PAR1 cut short"])
def test_a_damaged_parquet_file_is_refused(bench: Bench, content: bytes) -> None:
    assert "cannot be read as PARQUET" in bench.refusal(bench.file(content, "reviews.parquet"))


def test_a_row_with_too_many_cells_is_refused(bench: Bench) -> None:
    message = bench.refusal(bench.file("review,sentiment\na,b,c,d\n"))
    assert "line 2 has 4 cells, line 1 has 2" in message


def test_missing_labels_are_counted_and_the_first_row_named(bench: Bench) -> None:
    rows = review_rows(20).with_columns(
        pl.when(pl.int_range(pl.len()) > 15).then(None).otherwise("sentiment").alias("sentiment")
    )
    assert "4 rows without a value in sentiment, first in row 17" in bench.refusal(bench.file(rows))


def test_one_class_only_is_refused(bench: Bench) -> None:
    assert "has one class only" in bench.refusal(bench.file(review_rows(20, classes=1)))


def test_a_class_with_a_single_row_is_refused_by_name(bench: Bench) -> None:
    rows = review_rows(20)
    rows[3, "sentiment"] = "lonely"
    message = bench.refusal(bench.file(rows))
    assert "class lonely has a single row" in message and "CLASSES=" in message


def test_ids_that_occur_twice_are_refused_with_both_rows(bench: Bench) -> None:
    rows = review_rows(20)
    rows[7, "key"] = "r2"
    assert "duplicate id 'r2' in rows 3 and 8" in bench.refusal(bench.file(rows), ID="key")


def test_an_unknown_split_is_refused_with_its_row(bench: Bench) -> None:
    rows = review_rows(20).with_columns(pl.Series("part", ["train", "holdout"] * 10))
    assert "row 2: no such split" in bench.refusal(bench.file(rows), SPLIT="part")


@pytest.mark.parametrize("only", ["train", "test"])
def test_a_split_without_rows_is_refused(bench: Bench, only: str) -> None:
    rows = review_rows(20).with_columns(pl.lit(only).alias("part"))
    assert "split" in bench.refusal(bench.file(rows), SPLIT="part")


def test_a_class_without_a_training_row_is_refused(bench: Bench) -> None:
    rows = review_rows(20).with_columns(pl.Series("part", ["train", "test"] * 10))
    assert "has no training row" in bench.refusal(bench.file(rows), SPLIT="part")


def test_a_class_to_keep_that_does_not_exist_is_refused(bench: Bench) -> None:
    message = bench.refusal(bench.file(review_rows()), CLASSES="class 0,class 9")
    assert "no rows of class class 9" in message


def test_a_class_to_keep_that_is_named_twice_is_refused(bench: Bench) -> None:
    message = bench.refusal(bench.file(review_rows()), CLASSES="class 0,class 0")
    assert message.startswith("CLASSES=class 0,class 0: 'class 0' is a duplicate")


def test_a_vocabulary_that_no_word_reaches_is_refused(bench: Bench) -> None:
    assert "no word is frequent enough" in bench.refusal(bench.file(review_rows()), MIN_COUNT=9999)


def test_a_refused_corpus_loses_nothing_that_was_built(bench: Bench) -> None:
    before = bench.build(bench.file(review_rows()))
    bad = bench.file(review_rows(20, classes=1), "bad.csv")
    with pytest.raises(StatelineError):
        bench.build(bad)
    assert pl.read_parquet(bench.paths.need("corpus", SEQUENCES)).equals(before)


def test_every_class_keeps_training_rows_however_large_the_shares() -> None:
    label = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    settings = {"seed": 1, "test_share": 0.9, "validation_share": 0.9}
    parts = complete_split([None] * len(label), label, settings, "x")
    for cls in range(3):
        assert (parts[label == cls] == "train").any()
