"""Blocks of the table against plain loops over the same rows."""

import json

import polars as pl
import pytest

from stateline.app.queries.table import COLUMNS, TableQuery, block, ordered, position, table
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

NAMES = [column.name for column in COLUMNS]


def filtered(run: Run, model: dict) -> list[int]:
    return ordered(run, TableQuery(columns=json.dumps(model)))["sequence_id"].to_list()


def test_rows_hold_class_names_and_the_turning_word(several: Run) -> None:
    rows = table(several).to_dicts()
    for row, facts in zip(rows, several.sequences.to_dicts(), strict=True):
        assert list(row) == NAMES
        assert row["actual"] == several.class_names[facts["label"]]
        assert row["classified"] == several.class_names[facts["predicted"]]
        assert facts["text"].startswith(row["beginning"])
        steps = several.steps_of(facts["sequence_id"])
        turning = facts["turning_step"]
        assert row["turning_word"] == (None if turning is None else steps["surface"][turning])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_any_column_sorts_with_nulls_last_and_ties_by_number(
    several: Run, name: str, direction: str
) -> None:
    rows = table(several).to_dicts()
    present = sorted(
        (row for row in rows if row[name] is not None),
        key=lambda row: row[name],
        reverse=direction == "desc",
    )
    wanted = [*present, *(row for row in rows if row[name] is None)]
    assert ordered(several, TableQuery(sort=f"{name}:{direction}")).to_dicts() == wanted


def test_two_sort_keys_count_in_their_order(several: Run) -> None:
    found = ordered(several, TableQuery(sort="correct:desc,length:asc")).to_dicts()
    pairs = [(not row["correct"], row["length"], row["sequence_id"]) for row in found]
    assert pairs == sorted(pairs)


@pytest.mark.parametrize(
    ("kind", "keeps"),
    [
        ("equals", lambda n: n == 4),
        ("notEqual", lambda n: n != 4),
        ("lessThan", lambda n: n < 4),
        ("lessThanOrEqual", lambda n: n <= 4),
        ("greaterThan", lambda n: n > 4),
        ("greaterThanOrEqual", lambda n: n >= 4),
    ],
)
def test_number_filters_keep_what_they_say(several: Run, kind: str, keeps) -> None:
    lengths = table(several)["length"].to_list()
    wanted = [i for i, length in enumerate(lengths) if keeps(length)]
    assert filtered(several, {"length": {"type": kind, "filter": 4}}) == wanted


@pytest.mark.parametrize(
    ("kind", "keeps"),
    [
        ("contains", lambda text: "the" in text),
        ("notContains", lambda text: "the" not in text),
        ("startsWith", lambda text: text.startswith("the")),
        ("endsWith", lambda text: text.endswith("the")),
        ("equals", lambda text: text == "the"),
        ("notEqual", lambda text: text != "the"),
    ],
)
def test_text_filters_ignore_case_and_take_no_pattern(several: Run, kind: str, keeps) -> None:
    texts = [text.lower() for text in table(several)["beginning"]]
    wanted = [i for i, text in enumerate(texts) if keeps(text)]
    assert filtered(several, {"beginning": {"type": kind, "filter": "THE"}}) == wanted
    assert filtered(several, {"beginning": {"type": "contains", "filter": ".*"}}) == []


def test_right_and_wrong_split_the_table(several: Run) -> None:
    right = filtered(several, {"correct": {"type": "true"}})
    wrong = filtered(several, {"correct": {"type": "false"}})
    assert sorted(right + wrong) == list(range(5))
    assert right == several.sequences.filter(pl.col("correct"))["sequence_id"].to_list()


def test_conditions_join_by_and_or_within_and_by_and_across_columns(several: Run) -> None:
    lengths = table(several)["length"].to_list()
    either = {
        "operator": "OR",
        "conditions": [{"type": "equals", "filter": 7}, {"type": "equals", "filter": 1}],
    }
    assert filtered(several, {"length": either}) == [
        i for i, length in enumerate(lengths) if length in (1, 7)
    ]
    both = {"length": either, "sequence_id": {"type": "lessThan", "filter": 1}}
    assert filtered(several, both) == [0]
    between = {"length": {"type": "inRange", "filter": 2, "filterTo": 6}}
    assert filtered(several, between) == [i for i, n in enumerate(lengths) if 2 <= n <= 6]


def test_blocks_join_to_the_whole_and_count_what_passes(several: Run) -> None:
    parts = [
        block(several, start, start + 2, TableQuery(sort="length:desc")) for start in (0, 2, 4)
    ]
    ids = [row["sequence_id"] for part in parts for row in part["rows"]]
    assert ids == ordered(several, TableQuery(sort="length:desc"))["sequence_id"].to_list()
    assert {part["count"] for part in parts} == {5}


def test_a_position_is_the_row_in_the_present_order(several: Run) -> None:
    ids = ordered(several, TableQuery(sort="confidence:desc"))["sequence_id"].to_list()
    assert [position(several, i, TableQuery(sort="confidence:desc")) for i in ids] == list(range(5))
    only_first = json.dumps({"sequence_id": {"type": "equals", "filter": 0}})
    assert position(several, 3, TableQuery(columns=only_first)) is None


@pytest.mark.parametrize(
    "sort", ["text:asc", "length", "length:up", "length:asc,length:desc", ",", "length:asc;drop"]
)
def test_a_sort_of_anything_else_is_refused(several: Run, sort: str) -> None:
    with pytest.raises(StatelineError, match="not a column and a direction"):
        ordered(several, TableQuery(sort=sort))


@pytest.mark.parametrize(
    "filters",
    [
        "{",
        "[]",
        "7",
        "[" * 100_000,
        '{"text": {"type": "contains", "filter": "a"}}',
        '{"length": 7}',
        '{"length": {"type": "contains", "filter": "a"}}',
        '{"length": {"type": "equals", "filter": "7"}}',
        '{"length": {"type": "equals", "filter": true}}',
        '{"length": {"type": "equals", "filter": NaN}}',
        '{"length": {"type": "equals", "filter": 1e999}}',
        '{"length": {"type": ["equals"], "filter": 1}}',
        '{"length": {"type": "inRange", "filter": 1}}',
        '{"length": {"conditions": []}}',
        '{"length": {"operator": "XOR", "conditions": [{"type": "blank"}]}}',
        '{"length": {"conditions": [[]]}}',
        '{"actual": {"type": "regex", "filter": "a"}}',
        json.dumps({"actual": {"type": "contains", "filter": "a" * 300}}),
        '{"correct": {"type": "equals", "filter": 1}}',
        json.dumps({"length": {"conditions": [{"type": "blank"}] * 50}}),
    ],
)
def test_a_filter_of_another_shape_is_refused_in_one_line(several: Run, filters: str) -> None:
    with pytest.raises(StatelineError) as caught:
        ordered(several, TableQuery(columns=filters))
    assert str(caught.value).startswith("columns: ") and len(str(caught.value)) < 400


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), (0, 1001)])
def test_a_block_of_no_or_too_many_rows_is_refused(several: Run, start: int, end: int) -> None:
    with pytest.raises(StatelineError, match="no such block"):
        block(several, start, end, TableQuery())
