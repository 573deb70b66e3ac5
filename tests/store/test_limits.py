"""Crafted tables, their checksums made good: each is one line in the app, and nothing breaks."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.limits import shortened
from stateline.store.reader import open_run
from tests.store.damage import change_manifest, change_table, put, refresh

MAP, CLUSTERS = "projections/lstm-pca.parquet", "clusters/lstm-pca.parquet"
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run (S=5, N=3, C=4) to craft."""
    return Path(shutil.copytree(run, tmp_path / "store" / "synthetic"))


def client_of(folder: Path) -> FlaskClient:
    return create_app(folder.parent).server.test_client()


CRAFTED: dict[str, tuple[str, Change, str]] = {
    "a label that is no class": (
        "sequences.parquet", lambda t: put(t, 1, label=4), "row 1: label; expected a class, below 4"
    ),
    "a step's class": ("steps.parquet", lambda t: put(t, 3, predicted=9), "predicted; expected a"),
    "a word's class": ("words.parquet", lambda t: put(t, 0, towards=7), "towards; expected a"),
    "a length of 0": ("sequences.parquet", lambda t: put(t, 0, length=0), "length; expected 1 to"),
    "a length beyond the steps": (
        "sequences.parquet", lambda t: put(t, 0, length=4_000_000_000), "length; expected 1 to 18"
    ),
    "lengths that do not add up": (
        "sequences.parquet", lambda t: put(t, 0, length=6), "lengths that add up to 18"
    ),
    "a step beyond its sequence": (
        "sequences.parquet", lambda t: put(t, 2, settle_step=1), "settle_step; expected a step"
    ),
    "steps in another order": (
        "steps.parquet", lambda t: t.reverse(), "rows sorted by sequence_id and t"
    ),
    "states in another order": (
        "hidden/lstm.parquet", lambda t: t.reverse(), "rows sorted by sequence_id and t"
    ),
    "a token beyond the vocabulary": (
        "steps.parquet", lambda t: put(t, 0, token_id=4_000_000_000), "a row of the vocabulary"
    ),
    "a cluster that is none": (MAP, lambda t: put(t, 0, cluster=[0, 0, 99]), "-1 to"),
    "a cluster below none": (MAP, lambda t: put(t, 0, cluster=[0, -2, 0]), "-1 to"),
    "a place without end": (MAP, lambda t: put(t, 4, x=float("inf")), "row 4: x; expected a num"),
    "a place that is no number": (MAP, lambda t: put(t, 4, y=float("nan")), "row 4: y; expected"),
    "a missing vector": ("steps.parquet", lambda t: put(t, 0, ep=None), "column ep is null"),
    "a missing word": ("steps.parquet", lambda t: put(t, 0, surface=None), "surface is null"),
    "clusters numbered otherwise": (
        CLUSTERS, lambda t: put(t, 0, cluster=7), "count from 0 in each level"
    ),
    "a level beyond": (CLUSTERS, lambda t: put(t, 0, level=9), "level; expected a level"),
    "words without their figures": (
        CLUSTERS, lambda t: put(t, 0, words=["a", "b"], word_q=[0.1]), "one a word"
    ),
    "a thousand words": (
        CLUSTERS, lambda t: put(t, 0, words=["a"] * 1_000, word_q=[0.0] * 1_000,
                                word_sequences=[9] * 1_000), "words; expected 8 at the most",
    ),
    "a context of no unit": (
        "contexts/lstm.parquet", lambda t: put(t, 0, unit=3), "unit; expected a unit, below 3"
    ),
    "a context of no sequence": (
        "contexts/lstm.parquet", lambda t: put(t, 0, sequence_id=5), "a sequence, below 5"
    ),
    "a context beyond its sequence": (
        "contexts/lstm.parquet", lambda t: put(t, 0, t=7), "t; expected a step of the sequence"
    ),
    "a unit too many": (
        "units/lstm.parquet", lambda t: pl.concat([t, t.tail(1).with_columns(
            unit=pl.lit(3, dtype=pl.UInt32))]), "3 rows, one row per unit",
    ),
    "a vocabulary out of order": (
        "vocabulary.parquet", lambda t: t.reverse(), "token_id; expected numbers that count from 0"
    ),
}  # fmt: skip
ADDRESSES = ("sequence/0", "points/lstm-pca", "clusters/lstm-pca", "rows?start=0&end=9", "words")


@pytest.mark.parametrize("case", CRAFTED)
def test_values_out_of_range_are_one_line(copy: Path, case: str) -> None:
    name, change, says = CRAFTED[case]
    change_table(copy, name, change)
    client = client_of(copy)
    assert client.get("/health").json == {"status": "ok", "runs": 0, "broken": 1}
    for address in ADDRESSES:
        answer = client.get(f"/data/synthetic/{address}")
        assert answer.status_code == 404 and "\n" not in answer.text
    assert says in client.get("/data/synthetic/sequence/0").text
    with pytest.raises(StatelineError):
        check_run(copy)


def test_a_table_that_unpacks_to_a_gigabyte_is_refused_by_its_footer(copy: Path) -> None:
    def bomb(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(text=pl.lit("a" * 60_000_000))

    change_table(copy, "sequences.parquet", bomb)
    said = client_of(copy).get("/data/synthetic/sequence/0")
    assert said.status_code == 404 and "unpacks to more than a table of its size" in said.text
    for reading in (lambda: open_run(copy).sequences, lambda: check_run(copy)):
        with pytest.raises(StatelineError, match="unpacks to more than a table"):
            reading()


def test_a_manifest_that_promises_other_rows_is_refused(copy: Path) -> None:
    for rows in (10**15, 17):
        change_manifest(copy, lambda m, rows=rows: m["tables"]["steps.parquet"].update(rows=rows))
        said = client_of(copy).get("/data/synthetic/sequence/0").text
        assert (
            "steps.parquet: has another number of rows than it should" in said or "length" in said
        )


def test_many_rows_of_one_value_are_refused_though_their_file_is_small(copy: Path) -> None:
    path = copy / "vocabulary.parquet"
    row = pl.read_parquet(path).head(1)
    row.select(pl.all().repeat_by(30_000_000).explode()).write_parquet(path)
    assert path.stat().st_size < 1_000_000
    refresh(copy, "vocabulary.parquet")
    with pytest.raises(StatelineError, match="unpacks to more than a table"):
        open_run(copy).scan("vocabulary.parquet")


def test_long_words_are_cut_wherever_the_app_shows_them_and_tell_their_length(copy: Path) -> None:
    long = "w" * 200_000
    change_table(copy, "steps.parquet", lambda t: put(t, 0, surface=long, token=long))
    change_table(copy, "sequences.parquet", lambda t: put(t, 0, text=long, external_id=long))
    change_table(copy, "words.parquet", lambda t: put(t, 0, phrase=long))
    change_table(
        copy, CLUSTERS, lambda t: put(t, 0, words=[long], word_q=[0.0], word_sequences=[5])
    )
    client = client_of(copy)
    shown = f"{'w' * 200}… (200000 characters)"
    answer = client.get("/data/synthetic/sequence/0")
    assert answer.json["steps"]["surface"][0] == answer.json["steps"]["token"][0] == shown
    assert answer.json["facts"]["text"].endswith("w… (200000 characters)")
    for address in (
        *ADDRESSES,
        "neighbours/1/0",
        "states.csv",
        "labels/lstm-pca?kinds=after-class",
    ):
        answer = client.get(f"/data/synthetic/{address}")
        if answer.status_code == 200:
            assert len(answer.data) < 60_000, address
    assert len(client.get("/report/synthetic/0.html").data) < 400_000
    assert open_run(copy).steps_of(0)["surface"][0] == long, "only the app cuts"


def test_texts_are_cut_as_a_loop_cuts_them() -> None:
    texts = ["", "abc", "abcd", "äöüßé", None]
    wanted = [
        text if text is None or len(text) <= 3 else f"{text[:3]}… ({len(text)} characters)"
        for text in texts
    ]
    table = pl.DataFrame({"a": texts, "b": [texts[:3], texts[3:4], [], None, ["abcd"]]})
    cut = table.with_columns(shortened("a", pl.String(), 3), shortened("b", pl.List(pl.String), 3))
    assert cut["a"].to_list() == wanted
    assert cut["b"].to_list() == [wanted[:3], wanted[3:4], [], None, [wanted[2]]]


def test_a_run_of_nothing_unusual_is_read_as_it_is(run: Path) -> None:
    client = client_of(run)
    assert client.get("/health").json["broken"] == 0
    text = json.dumps(client.get("/data/synthetic/sequence/0").json)
    assert "characters)" not in text
