"""Small files that were once read wrongly, each read or refused as its author means."""

import random
from pathlib import Path

import pytest

from stateline.pipeline.run.artefacts import CORPUS_FACTS
from tests.pipeline.test_corpus import Bench

TEXTS = ("the soup was warm", "a calm walk by the lake", "the chair broke at once", "cold tea")
ROWS = [(f"{TEXTS[n % 4]} on day {n % 9}", "good" if n % 2 else "bad") for n in range(60)]
COLUMNS = {"TEXT": "text", "LABEL": "label"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def csv(rows: list[tuple[str, str]]) -> str:
    return "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows)


def tsv(rows: list[tuple[str, str]]) -> str:
    return "label\ttext\n" + "".join(f"{label}\t{text}\n" for text, label in rows)


def classes(bench: Bench) -> dict[str, int]:
    facts = bench.paths.read_json("corpus", CORPUS_FACTS)
    return {each["name"]: each["train"] + each["validation"] + each["test"]
            for each in facts["classes"]}  # fmt: skip


def test_quotes_that_open_in_one_text_and_close_in_another_hide_no_row(bench: Bench) -> None:
    opened = {10: '"{}', 14: '{}"', 40: '"{}', 44: '{}"'}
    rows = [(opened.get(n, "{}").format(text), label) for n, (text, label) in enumerate(ROWS)]
    table = bench.build(bench.file(tsv(rows), "quotes.tsv"), **COLUMNS)
    assert table.height == 60 and sorted(table["text"]) == sorted(text for text, _ in rows)


def test_a_quote_within_a_text_hides_nothing(bench: Bench) -> None:
    rows = [('"the soup" they said' if n == 10 else text, label) for n, (text, label) in
            enumerate(ROWS)]  # fmt: skip
    table = bench.build(bench.file(tsv(rows), "quote_alone.tsv"), **COLUMNS)
    assert '"the soup" they said' in table["text"].to_list() and table.height == 60


def test_1_and_1_0_are_one_class(bench: Bench) -> None:
    spelt = {"bad": ("0", "0"), "good": ("1", "1.0")}
    rows = [(text, spelt[label][n % 4 == 1]) for n, (text, label) in enumerate(ROWS)]
    bench.build(bench.file(csv(rows)), **COLUMNS)
    assert classes(bench) == {"0": 30, "1": 30}


def test_nan_is_no_class(bench: Bench) -> None:
    rows = [(text, "nan" if n % 10 == 3 else label) for n, (text, label) in enumerate(ROWS)]
    message = bench.refusal(bench.file(csv(rows)), **COLUMNS)
    assert "6 rows without a value in label, first in row 4; got 'nan'" in message
    bench.build(bench.file(csv(rows)), **COLUMNS, CLASSES="good,bad,nan")
    assert classes(bench)["nan"] == 6


def test_emoji_are_words(bench: Bench) -> None:
    rows = [("tea " * (n % 2) + {"good": "😍", "bad": "😡"}[label], label)
            for n, (_, label) in enumerate(ROWS)]  # fmt: skip
    table = bench.build(bench.file(csv(rows)), **COLUMNS)
    assert set(table["surface"].explode()) == {"tea", "😍", "😡"}
    assert table["ids"].explode().min() > 1, "and known ones"


def test_chinese_is_read_by_characters(bench: Bench) -> None:
    texts = {"good": "这家店的茶很好喝", "bad": "等了很久没有人来"}
    table = bench.build(bench.file(csv([(texts[label], label) for _, label in ROWS])), **COLUMNS)
    assert set(table["surface"].list.join("")) == set(texts.values())
    assert table["surface"].list.len().to_list() == [8] * 60


def test_html_is_no_word(bench: Bench) -> None:
    rows = [
        (f"{text.replace(' on ', ' .<br /><br />on ')} &amp; so", label) for text, label in ROWS
    ]
    table = bench.build(bench.file(csv(rows)), **COLUMNS)
    assert not {"br", "amp"} & set(table["surface"].explode())


def test_utf16_and_windows_1252_are_read(bench: Bench) -> None:
    rows = [(f"{text} café", label) for text, label in ROWS]
    for encoding, name in {"utf-16": "UTF-16", "cp1252": "cp1252"}.items():
        table = bench.build(bench.file(csv(rows).encode(encoding)), **COLUMNS)
        assert table["surface"].list.last().to_list() == ["café"] * 60
        assert f"({name}, " in bench.paths.read_json("corpus", CORPUS_FACTS)["source"]


def test_scores_are_no_classes(bench: Bench) -> None:
    draw = random.Random(1)
    rows = [(text, f"{draw.uniform(1, 5):.2f}") for text, _ in ROWS]
    message = bench.refusal(bench.file(csv(rows)), **COLUMNS)
    assert "different fractions: a quantity, not classes" in message
