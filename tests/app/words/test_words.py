"""The Words page: its rows, its plot and its occurrences against plain loops over the same run."""

import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from flask.testing import FlaskClient
from scipy import stats

from stateline.app.figures.raster import pixel_place
from stateline.app.main import create_app
from stateline.app.queries import contributions
from stateline.app.queries.run import THUMBNAIL
from stateline.app.words import occurrences
from stateline.app.words import page as words_page
from stateline.app.words import rows as word_rows
from stateline.app.words.queries import (
    COLUMNS,
    KINDS,
    WordSelection,
    ordered,
    parse_words,
    position,
    rare,
    share,
    table,
)
from stateline.app.words.reasons import reason
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import CorpusClass
from stateline.store.reader import Run, open_run
from tests.app.test_pages import plain
from tests.synthetic import synthetic_run
from tests.synthetic_shortcuts import shortcut_run

EVERY = WordSelection(towards=0, least=1)


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of four classes long enough for words and phrases to come back."""
    folder = tmp_path_factory.mktemp("talkative")
    return open_run(synthetic_run(folder, "talkative", sequences=40, max_steps=30, seed=4))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same of two classes and one sigmoid unit."""
    folder = tmp_path_factory.mktemp("judged")
    return open_run(
        synthetic_run(folder, "judged", sequences=40, max_steps=30, classes=2, outputs=1, seed=5)
    )


def phrases(run: Run, asked: WordSelection) -> list[str]:
    return run.words["phrase"][ordered(run, asked)].to_list()


@pytest.mark.parametrize("towards", range(4))
def test_the_effect_towards_the_class_pushed_to_is_the_stored_one(
    talkative: Run, towards: int
) -> None:
    rows = talkative.words.filter(pl.col("towards") == towards)
    assert rows.height
    found = contributions.effect(rows["contribution"].to_numpy(), towards)
    np.testing.assert_allclose(found, rows["effect"].to_numpy(), atol=1e-5)


def test_the_effect_of_one_sigmoid_unit_is_the_stored_one_with_its_sign(judged: Run) -> None:
    for word in judged.words.to_dicts():
        found = contributions.effect(np.array([word["contribution"]]), 1)[0]
        assert found == pytest.approx(word["effect"] * (1 if word["towards"] else -1), abs=1e-5)


@pytest.mark.parametrize("towards", [0, 3])
def test_cells_follow_the_stored_words(talkative: Run, towards: int) -> None:
    rows = table(talkative, towards).to_dicts()
    assert [column.name for column in COLUMNS] == list(KINDS)
    for row, word in zip(rows, talkative.words.to_dicts(), strict=True):
        assert row["phrase"] == word["phrase"]
        assert row["towards"] == talkative.class_names[word["towards"]]
        assert row["contribution"] == word["contribution"][towards]
        spread = word["contribution_sd"]
        assert row["spread"] == (None if spread is None else spread[towards])
        for split in ("train", "test"):
            part = word[split][towards] / sum(word[split])
            assert row[split] == pytest.approx(part, abs=1e-6)
        error = word["effect_se"]
        if error is None:
            assert row["sure"] is None
        else:
            reach = stats.t.ppf(0.975, word["sequences"] - 1) * error
            assert row["sure"] == pytest.approx(word["effect"] - reach, abs=1e-5)


def test_unless_a_class_is_chosen_cells_are_of_the_one_that_each_word_pushes_to(
    talkative: Run, judged: Run
) -> None:
    for run in (talkative, judged):
        rows = table(run, None).to_dicts()
        cells = word_rows.block(run, 0, 1000, WordSelection(least=1))["rows"]
        for row, cell, word in zip(rows, cells, run.words.to_dicts(), strict=True):
            own = word["towards"]
            output = own if run is talkative else 0
            moved = word["contribution"][output]
            assert row["contribution"] == (moved if run is talkative or own else -moved)
            spread, error = word["contribution_sd"], word["contribution_se"]
            assert row["spread"] == (None if spread is None else spread[output])
            assert cell["contribution_se"] == (
                None if error is None else pytest.approx(error[output], rel=1e-4)
            )
            assert row["test"] == pytest.approx(word["test"][own] / sum(word["test"]), abs=1e-6)
        assert {word["towards"] for word in run.words.to_dicts()} > {0}


def test_a_word_that_a_split_does_not_hold_has_no_share_there() -> None:
    counts = pl.Series("train", [[1, 3], [0, 0], [4, 0]], dtype=pl.Array(pl.UInt32, 2))
    words = pl.DataFrame([counts, pl.Series("towards", [1, 0, 0], dtype=pl.UInt16)])
    assert words.select(share("train", pl.col("towards")))["train"].to_list() == [0.75, None, 1]
    assert words.select(share("train", pl.lit(0)))["train"].to_list() == [0.25, None, 1]


def test_shares_of_an_unknown_training_split_are_null(layered: Run) -> None:
    assert table(layered, 0)["train"].null_count() == layered.words.height
    assert table(layered, None)["train"].null_count() == layered.words.height
    block = word_rows.block(layered, 0, 1, EVERY)
    assert block["rows"][0]["by_class"]["train"] is None


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_any_column_sorts_with_nulls_last_and_ties_as_stored(
    talkative: Run, name: str, direction: str
) -> None:
    rows = table(talkative, 0).to_dicts()
    present = sorted(
        (row for row in rows if row[name] is not None),
        key=lambda row: row[name],
        reverse=direction == "desc",
    )
    wanted = [*present, *(row for row in rows if row[name] is None)]
    found = phrases(talkative, WordSelection(0, least=1, sort=f"{name}:{direction}"))
    assert found == [row["phrase"] for row in wanted]


@pytest.mark.parametrize(
    ("kind", "keeps"),
    [
        ("all", lambda word: True),
        ("tokens", lambda word: word["size"] == 1),
        ("phrases", lambda word: word["size"] == 2),
        ("shortcuts", lambda word: word["finding"] == word["phrase"]),
    ],
)
def test_kinds_search_and_least_count_keep_what_they_say(talkative: Run, kind: str, keeps) -> None:
    said = talkative.words.to_dicts()
    asked = WordSelection(0, kind=kind, least=3, search="GO")
    kept = [word for word in said if keeps(word) and "go" in word["phrase"]]
    assert phrases(talkative, asked) == [w["phrase"] for w in kept if w["count"] >= 3]
    assert rare(talkative, asked) == len([w for w in kept if w["count"] < 3])


def test_the_grid_filters_by_class_and_number(talkative: Run) -> None:
    name = talkative.class_names[2]
    model = {
        "towards": {"type": "equals", "filter": name},
        "count": {"type": "greaterThan", "filter": 6},
    }
    found = phrases(talkative, WordSelection(0, least=1, columns=json.dumps(model)))
    said = talkative.words.to_dicts()
    wanted = [w["phrase"] for w in said if w["towards"] == 2 and w["count"] > 6]
    assert found == wanted and found


def test_blocks_join_to_the_whole_and_positions_are_their_rows(talkative: Run) -> None:
    asked = WordSelection(1, least=4, sort="effect:desc")
    parts = [word_rows.block(talkative, start, start + 7, asked) for start in (0, 7, 14)]
    joined = [row["phrase"] for part in parts for row in part["rows"]]
    every = phrases(talkative, asked)
    assert joined == every[:21]
    assert {part["count"] for part in parts} == {len(every)}
    assert [position(talkative, phrase, asked) for phrase in joined] == list(range(21))
    seldom = talkative.words.filter(pl.col("count") < 4)["phrase"][0]
    assert position(talkative, seldom, asked) is None


def test_a_row_carries_every_class_and_its_errors(talkative: Run, judged: Run) -> None:
    word = talkative.words.row(0, named=True)
    row = word_rows.block(talkative, 0, 1, EVERY)["rows"][0]
    np.testing.assert_allclose([mean for mean, _ in row["each"]], word["contribution"], rtol=1e-4)
    np.testing.assert_allclose([se for _, se in row["each"]], word["contribution_se"], rtol=1e-4)
    assert row["by_class"] == {"train": word["train"], "test": word["test"]}
    assert word_rows.block(judged, 0, 1, EVERY)["rows"][0]["each"] is None


def test_points_are_the_rows_that_pass_with_their_effect(talkative: Run) -> None:
    asked = WordSelection(2, kind="tokens", least=10)
    found = word_rows.points(talkative, asked)
    wanted = talkative.words.filter((pl.col("size") == 1) & (pl.col("count") >= 10))
    assert sorted(found["phrase"]) == sorted(wanted["phrase"]) and found["total"] == wanted.height
    for phrase, effect in zip(found["phrase"], found["effect"], strict=True):
        means = wanted.row(by_predicate=pl.col("phrase") == phrase, named=True)["contribution"]
        others = [mean for index, mean in enumerate(means) if index != 2]
        assert effect == pytest.approx(means[2] - sum(others) / 3, abs=1e-4)


def test_unless_a_class_is_chosen_two_classes_have_a_side_each_and_more_their_own_effects(
    talkative: Run, judged: Run
) -> None:
    asked = WordSelection(least=1)
    found = word_rows.points(talkative, asked)
    wanted = dict(talkative.words.select("phrase", "effect").iter_rows())
    assert found["towards"] is None
    for phrase, effect in zip(found["phrase"], found["effect"], strict=True):
        assert effect == pytest.approx(wanted[phrase], rel=1e-4) and effect > 0
    found = word_rows.points(judged, asked)
    assert found["towards"] == 1
    assert [effect > 0 for effect in found["effect"]] == [bool(own) for own in found["class"]]


def test_beyond_the_most_points_the_most_frequent_are_drawn(
    talkative: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_rows, "MAX_POINTS", 10)
    found = word_rows.points(talkative, EVERY)
    counts = sorted(talkative.words["count"].to_list(), reverse=True)
    assert found["count"] == counts[:10] and found["total"] == talkative.words.height


# Occurrences


def read(run: Run, phrase: str) -> list[tuple[int, int]]:
    """(sequence, step) at which a phrase has just been read, by a plain loop."""
    found = []
    for sequence in range(run.sequences.height):
        tokens = run.steps_of(sequence)["token"].to_list()
        for t, token in enumerate(tokens):
            pair = f"{tokens[t - 1]} {token}" if t else None
            if phrase in (token, pair):
                found.append((sequence, t))
    return found


def frequent(run: Run, size: int) -> str:
    return run.words.filter(pl.col("size") == size)["phrase"][0]


def effect_of(contribution: list[float], towards: int) -> float:
    """Contribution to a class less the mean over the others; of one sigmoid unit, signed."""
    if len(contribution) == 1:
        return contribution[0] if towards else -contribution[0]
    others = [value for index, value in enumerate(contribution) if index != towards]
    return contribution[towards] - sum(others) / len(others)


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("towards", [0, 1])
def test_every_occurrence_is_found_with_the_effect_of_its_words_the_strongest_first(
    talkative: Run, judged: Run, size: int, towards: int
) -> None:
    for run in (talkative, judged):
        phrase = frequent(run, size)
        wanted = {}
        for sequence, step in read(run, phrase):
            each = run.steps_of(sequence)["contribution"].to_list()
            moved = [effect_of(each[t], towards) for t in range(step - size + 1, step + 1)]
            wanted[sequence, step] = sum(moved)
        found = occurrences.block(
            run, occurrences.occurrences(run, phrase, towards, "effect"), 0, 500
        )
        assert len(wanted) == found["count"] == len(found["rows"]) > 1
        values = [row["effect"] for row in found["rows"]]
        assert values == sorted(values, reverse=True)
        for row in found["rows"]:
            total = wanted.pop((row["sequence"], row["step"]))
            assert row["effect"] == pytest.approx(total, abs=1e-3)
        assert not wanted
        assert found["largest"] == pytest.approx(max(map(abs, values)), abs=1e-3)
        count = run.words.row(by_predicate=pl.col("phrase") == phrase, named=True)["count"]
        assert found["count"] == count


def test_unless_a_class_is_chosen_the_occurrences_are_what_the_word_s_effect_is_the_mean_of(
    talkative: Run, judged: Run
) -> None:
    pushed = set()
    for run in (talkative, judged):
        for word in run.words.filter(pl.col("count") > 3).head(40).to_dicts():
            block = occurrences.block(
                run, occurrences.occurrences(run, word["phrase"], None, "effect"), 0, 500
            )
            assert block["towards"] == word["towards"]
            assert block["mean"] == pytest.approx(word["effect"], abs=2e-3)
            assert block["error"] == pytest.approx(word["effect_se"], abs=2e-3)
            mean = sum(row["effect"] for row in block["rows"]) / len(block["rows"])
            assert block["mean"] == pytest.approx(mean, abs=1e-3)
            pushed.add((run.name, word["towards"]))
    assert {("judged", 0), ("judged", 1)} < pushed


@pytest.mark.parametrize("size", [1, 2])
def test_words_around_stop_at_the_ends_of_their_sequence(talkative: Run, size: int) -> None:
    phrase = frequent(talkative, size)
    found = occurrences.occurrences(talkative, phrase, 0, "reading")
    rows = occurrences.block(talkative, found, 0, 500)["rows"]
    assert [(row["sequence"], row["step"]) for row in rows] == read(talkative, phrase)
    shortened = 0
    for row in rows:
        steps = talkative.steps_of(row["sequence"])
        written = steps["surface"].to_list()
        first, last = row["step"] - size + 1, row["step"] + 1
        parts = [[word for word, _, _ in row[part]] for part in ("before", "word", "after")]
        before = written[max(0, first - 8) : first]
        assert parts == [before, written[first:last], written[last : last + 8]]
        shortened += len(before) < 8
        spoken = [*row["before"], *row["word"], *row["after"]]
        near = steps[first - len(before) : last + 8]
        assert [shade for _, shade, _ in spoken] == near["predicted"].to_list()
        np.testing.assert_allclose([sure for *_, sure in spoken], near["confidence"], atol=1e-4)
        facts = talkative.sequences.row(row["sequence"], named=True)
        assert (row["label"], row["predicted"]) == (facts["label"], facts["predicted"])
    assert shortened


def test_a_later_block_goes_on_where_the_first_ended(talkative: Run) -> None:
    found = occurrences.occurrences(talkative, frequent(talkative, 1), 0, "effect")
    whole = occurrences.block(talkative, found, 0, 500)["rows"]
    parts = [occurrences.block(talkative, found, start, start + 5)["rows"] for start in (0, 5)]
    assert [*parts[0], *parts[1]] == whole[:10]
    assert occurrences.block(talkative, found, 400, 500)["rows"] == []


def test_places_are_pixels_of_the_run_s_picture(talkative: Run) -> None:
    phrase = frequent(talkative, 1)
    found = occurrences.occurrences(talkative, phrase, 0, "reading")
    across, down, moved = np.frombuffer(occurrences.places(talkative, found), dtype="<f4").reshape(
        3, -1
    )
    place = talkative.coordinates(talkative.manifest.default_projection)
    scale, left, top = pixel_place(place["x"], place["y"], *THUMBNAIL)
    for i, (sequence, step) in enumerate(read(talkative, phrase)):
        row = talkative.offsets[sequence] + step
        assert across[i] == pytest.approx(left + scale * place["x"][row], abs=0.01)
        assert down[i] == pytest.approx(top - scale * place["y"][row], abs=0.01)
    assert moved.tolist() == found.effects.tolist()
    assert across.min() >= 0 and across.max() <= THUMBNAIL[0]
    assert down.min() >= 0 and down.max() <= THUMBNAIL[1]


# Shortcuts

CLASSES = [
    CorpusClass(name=name, colour="#000000", train=train, validation=None, test=600, stored=600)
    for name, train in (("negative", 3000), ("positive", 2000))
]
SHORTCUT = {
    "towards": 1, "effect": 1.87, "effect_se": 0.12, "lift": 0.04, "lift_se": 0.14, "q": 1e-9,
    "test": [104, 108], "train": [14, 186],
    "sequences": 50, "error_with": 0.48, "error_without": 0.02,
}  # fmt: skip


def said(**change: object) -> str:
    return reason(SHORTCUT | change, CLASSES, stored=1250).replace("\N{NO-BREAK SPACE}", " ")


def test_the_reason_of_a_shortcut_is_in_plain_words() -> None:
    assert said() == (
        "Effect +1.9 ± 0.1 towards positive; the test labels support +0.0 ± 0.1. 186 of the 200 "
        "training sequences that contain it are positive (93 %; 40 % of all), and 108 of the 212 "
        "test sequences (51 %; 50 % of all); q < 0.0001. Misclassified: 24 of the 50 stored "
        "sequences with it, 24 of the 1,200 without."
    )


def test_the_reason_says_what_the_numbers_are() -> None:
    assert said(effect_se=0.043).startswith("Effect +1.87 ± 0.04 towards")
    assert "; the test labels speak against it, −0.5 ± 0.3. 186" in said(lift=-0.5, lift_se=0.3)
    assert "; q = 0.0123. Misclassified" in said(q=0.0123)
    assert said(error_without=None).endswith(
        "24 of the 50 stored sequences, all of which contain it."
    )


def test_a_finding_is_one_row_with_its_phrases_and_its_reason(tmp_path: Path) -> None:
    run = shortcut_run(tmp_path, "suspect")
    every = run.words.filter(pl.col("shortcut").is_not_null())
    wanted = every.filter(pl.col("finding") == pl.col("phrase"))
    rows = word_rows.block(run, 0, 1000, WordSelection(1, kind="shortcuts", least=99))["rows"]
    scores = [row["shortcut"] for row in rows]
    assert every.height > len(rows) == wanted.height > 2
    assert scores == sorted(scores, reverse=True)
    classes = run.manifest.corpus.classes
    for row in rows:
        word = wanted.row(by_predicate=pl.col("phrase") == row["phrase"], named=True)
        assert row["reason"] == reason(word, classes, run.sequences.height)
        assert row["q"] in row["reason"]
        others = every.filter(pl.col("finding") == row["phrase"])["phrase"].to_list()
        assert {row["phrase"], *row["variants"]} == set(others)
    others = word_rows.block(run, 0, 1000, WordSelection(1, least=1, sort="shortcut:asc"))["rows"]
    assert [row["reason"] is None for row in others] == [row["shortcut"] is None for row in others]
    facts = word_rows.words_facts(run, WordSelection())
    tested = run.words["q"].is_not_null().sum()
    assert facts["shortcutsTested"] and f"{tested} words and phrases" in facts["shortcutsNote"]


SWAPPED = {
    "split": "drawn", "swaps": True, "sequences": 40, "max_steps": 30, "minimum_steps": 9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (SWAPPED, "drawn at random (seed 3), so that their labels differ by chance"),
        ({"training": False}, "this run does not know the training labels"),
        ({}, "none stands in 10 test sequences"),
    ],
)
def test_where_no_word_can_be_tested_the_page_says_why(
    tmp_path: Path, shape: dict, says: str
) -> None:
    run = open_run(synthetic_run(tmp_path, "untested", classes=2, outputs=1, seed=3, **shape))
    facts = word_rows.words_facts(run, WordSelection(kind="shortcuts"))
    assert not facts["shortcutsTested"] and says in facts["shortcutsNote"]
    told = "The Swap test list needs no split" in facts["shortcutsNote"]
    assert told == (run.swaps is not None) == shape.get("swaps", False)
    assert word_rows.block(run, 0, 9, WordSelection(kind="shortcuts"))["count"] == 0


# What is asked for


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"towards": "4"}, "expected a number from 0 to 3"),
        ({"towards": "-1"}, "expected a number from 0 to 3"),
        ({"kind": "verbs"}, "expected one of all, tokens, phrases, shortcuts, swaps"),
        ({"kind": ["all"]}, "expected one of all"),
        ({"least": "few"}, "expected a number below"),
        ({"search": "a" * 201}, "expected 200 characters"),
        ({"search": ["a"]}, "expected 200 characters"),
        ({"word": "no such word"}, "expected a token as the model reads it"),
        ({"word": ["the"]}, "expected a token as the model reads it"),
    ],
)
def test_what_a_run_does_not_have_is_refused_with_what_it_has(
    several: Run, query: dict, says: str
) -> None:
    with pytest.raises(StatelineError, match=says):
        parse_words(several, query)


def test_no_class_is_chosen_unless_it_is_asked_for(several: Run) -> None:
    assert parse_words(several, {}).towards is None
    assert parse_words(several, {"towards": "2", "other": "x"}).towards == 2


ROUTES = ("words?start=0&end=5&", "words/points?", "words/occurrences?phrase=the&start=0&end=5&",
          "words/places?phrase=the&", "words/position?phrase=the&")  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("query", ["towards=9", "kind=x", "least=-2", "towards=1&towards=2"])
def test_routes_refuse_what_makes_no_sense(client: FlaskClient, route: str, query: str) -> None:
    answer = client.get(f"/data/synthetic/{route}{query}")
    assert answer.status_code == 404 and answer.text.count("\n") == 0


@pytest.mark.parametrize(
    "route",
    [
        "words", "words?start=5&end=5", "words?start=0&end=2000", "words?start=0&end=5&sort=a:asc",
        "words?start=0&end=5&columns=%7B", "words/points?sort=x", "words/position?phrase=zzz",
        "words/occurrences?phrase=zzz&start=0&end=5", "words/occurrences?start=0&end=5",
        "words/occurrences?phrase=the&start=0&end=5&order=size", "words/places", "words/nothing",
    ],
)  # fmt: skip
def test_routes_refuse_what_does_not_exist(client: FlaskClient, route: str) -> None:
    assert client.get(f"/data/synthetic/{route}").status_code == 404


def test_routes_answer_with_what_the_functions_say(client: FlaskClient, several: Run) -> None:
    word = several.words["phrase"][0]
    asked = WordSelection(1, least=1, sort="count:desc")
    query = {"towards": 1, "least": 1, "sort": "count:desc", "phrase": word}
    block = client.get("/data/synthetic/words", query_string=query | {"start": 0, "end": 4}).json
    assert block == json.loads(json.dumps(word_rows.block(several, 0, 4, asked)))
    points = client.get("/data/synthetic/words/points", query_string=query).json
    assert points == json.loads(json.dumps(word_rows.points(several, asked)))
    place = client.get("/data/synthetic/words/position", query_string=query).json
    assert place == {"row": position(several, word, asked)}
    listed = client.get(
        "/data/synthetic/words/occurrences", query_string=query | {"start": 0, "end": 9}
    ).json
    assert listed["word"]["phrase"] == word and listed["count"] == len(read(several, word))
    places = client.get("/data/synthetic/words/places", query_string=query).data
    assert len(places) == 3 * 4 * listed["count"]


# The page


def test_the_page_carries_what_its_address_asks_for(store: Path, several: Run) -> None:
    word = several.words["phrase"][1]
    query = {"towards": "2", "kind": "tokens", "least": "2", "search": "a", "word": word}
    with create_app(store).server.test_request_context():
        page = plain(words_page.layout("synthetic", **query))
        wrong = plain(words_page.layout("synthetic", word="no such word"))
    wanted = {"towards": 2, "kind": "tokens", "least": 2, "search": "a", "word": word}
    assert json.dumps({"asked": wanted})[1:-1] in page
    assert '"words-table"' in page
    assert "Nothing to show at this address" in wrong and "a token as the model reads it" in wrong


def test_a_series_says_that_it_has_no_words_and_what_to_use(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "waves", features=2, classes=3)
    app = create_app(tmp_path)
    with app.server.test_request_context():
        page = plain(words_page.layout("waves"))
    assert "A series has no words" in page and "words-table" not in page
    for way in ("/explore/waves", "/decisions/waves", "/units/waves"):
        assert way in page
    client = app.server.test_client()
    empty = client.get("/data/waves/words?start=0&end=5").json
    assert empty == {"rows": [], "count": 0, "rare": 0}
    refused = client.get("/data/waves/words/occurrences?phrase=the&start=0&end=5")
    assert refused.status_code == 404 and "a series has no words" in refused.text


def test_the_longest_bar_leaves_out_the_few_largest_contributions(talkative: Run) -> None:
    facts = word_rows.words_facts(talkative, parse_words(talkative, {}))
    sizes = sorted(
        abs(value)
        for word in talkative.words.to_dicts()
        if word["count"] >= 5
        for value in word["contribution"]
    )
    assert sizes[math.floor(0.99 * len(sizes))] <= facts["longestBar"] <= sizes[-1] + 1e-4
