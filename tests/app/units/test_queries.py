"""Queries of the Units page: its address, a layer's units, a sequence's states, one unit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.units import page
from stateline.app.units import queries as units
from stateline.app.units.queries import default_sequence, parse_units
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from tests.app.test_pages import plain
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL


@pytest.fixture
def shown(store: Path) -> Callable[..., str]:
    """Shows the page: shown(**its variables)."""
    app = create_app(store)

    def show(**variables: object) -> str:
        with app.server.test_request_context():
            return plain(page.layout(**variables))

    return show


def test_an_address_read_again_gives_what_it_was_written_from(several: Run) -> None:
    query = {
        "layer": "lstm", "sequence": "0", "unit": "2", "from": "1", "to": "4",
        "threshold": "-0.25", "edges": "1", "without": "0,2", "open": "0-2-5", "class": "1",
        "cells": "change", "rows": "group", "panel": "groups",
    }  # fmt: skip
    assert parse_units(several, query).plain() == {
        "layer": "lstm", "sequence": 0, "unit": 2, "from": 1, "to": 4,
        "threshold": -0.25, "edges": True, "without": [0, 2],
        "open": {"sequence": 0, "first": 2, "last": 5}, "class": 1, "cells": "change",
        "rows": "group", "panel": "groups", "group": None,
    }  # fmt: skip


def test_an_empty_address_shows_the_first_sequence_that_is_wrong(several: Run, run: Path) -> None:
    wrong = [row["sequence_id"] for row in several.sequences.iter_rows(named=True)
             if row["label"] != row["predicted"]]  # fmt: skip
    assert parse_units(several, {}).plain() == {
        "layer": "lstm", "sequence": wrong[0], "unit": None, "from": None, "to": None,
        "threshold": 0.3, "edges": False, "without": [], "open": None, "class": None,
        "cells": "value", "rows": "amount", "panel": "unit", "group": None,
    }  # fmt: skip
    flawless = open_run(run)
    flawless.sequences = several.sequences.with_columns(correct=True)
    assert default_sequence(flawless) == 0


def test_a_group_is_one_of_the_layer(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "worded", sequences=50, max_steps=20, layers=BIDIRECTIONAL)
    worded = open_run(folder)
    for layer in worded.layer_ids:
        groups = sorted(set(worded.units(layer)["cluster"]))
        for group in groups:
            assert parse_units(worded, {"layer": layer, "group": str(group)}).group == group
        with pytest.raises(StatelineError, match=f"expected one of {groups[0]}"):
            parse_units(worded, {"layer": layer, "group": str(groups[-1] + 1)})


def test_a_span_shows_what_it_matches_unless_another_panel_is_asked_for(several: Run) -> None:
    span = {"sequence": "0", "from": "1", "to": "2"}
    assert parse_units(several, span).panel == "match"
    assert parse_units(several, {**span, "panel": "unit"}).panel == "unit"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"layer": "gru"}, "expected one of lstm"),
        ({"layer": ["lstm"]}, "expected one of lstm"),
        ({"sequence": "5"}, "expected a number from 0 to 4"),
        ({"unit": "3"}, "expected a number from 0 to 2"),
        ({"unit": "-1"}, "expected a number from 0 to 2"),
        ({"sequence": "0", "from": "3"}, "two steps from 0 to 6"),
        ({"sequence": "0", "from": "3", "to": "7"}, "two steps from 0 to 6"),
        ({"sequence": "0", "from": "4", "to": "3"}, "ends before it begins"),
        ({"threshold": "nan"}, "not a value of a unit"),
        ({"threshold": "inf"}, "not a value of a unit"),
        ({"threshold": "high"}, "not a value of a unit"),
        ({"edges": "yes"}, "expected one of 0, 1"),
        ({"open": "0"}, "a sequence and two of its steps"),
        ({"open": "0-1-2-3"}, "a sequence and two of its steps"),
        ({"open": "5-0-1"}, "expected a number from 0 to 4"),
        ({"open": "0-3-7"}, "open, two steps from 0 to 6"),
        ({"open": "0-4-3"}, "ends before it begins"),
        ({"class": "9"}, "class: .* expected a number from 0 to"),
        ({"cells": "colour"}, "expected one of value, change"),
        ({"rows": ["group"]}, "expected one of amount, group, number, spread"),
        ({"panel": ""}, "expected one of unit, match, groups"),
        ({"group": "99"}, "group: .* expected none"),
        ({"without": "1,,2"}, "expected a number from 0 to 2"),
    ],
)
def test_what_the_run_does_not_have_is_refused(several: Run, query: dict, says: str) -> None:
    with pytest.raises(StatelineError, match=says):
        parse_units(several, query)


def test_a_heatmap_s_bytes_are_the_states_step_after_step(
    client: FlaskClient, several: Run
) -> None:
    for sequence, length in enumerate(several.sequences["length"]):
        body = client.get(f"/data/synthetic/units/{sequence}?layer=lstm").data
        sent = np.frombuffer(body, dtype="<f4").reshape(length, 3)
        assert np.array_equal(sent, several.hidden_of(sequence, "lstm")["h"].to_numpy())


def test_units_and_words_of_a_layer_are_the_store_s(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "worded", sequences=50, max_steps=20, layers=BIDIRECTIONAL)
    client, worded = create_app(tmp_path).server.test_client(), open_run(folder)
    for layer in worded.layer_ids:
        answer = client.get(f"/data/worded/units?layer={layer}").json
        stored, words = worded.units(layer), worded.responses(layer)
        for name in ("mean", "sd", "low", "high", "cluster", "stability"):
            assert answer["units"][name] == pytest.approx(stored[name].to_list(), abs=1e-6)
        for name in ("phrase", "count", "cluster"):
            assert answer["words"][name] == words[name].to_list()
        assert answer["words"]["stability"] == pytest.approx(words["stability"].to_list())
        agreed = worded.layer(layer).unit_groups
        assert answer["groups"] == {"runs": agreed.runs, "agreement": agreed.agreement}
        wanted = np.array(words["response"].to_list())
        assert np.allclose(answer["words"]["response"], wanted, atol=1e-4) and words.height > 5


def test_a_unit_s_contexts_are_the_store_s_with_the_words_around(
    client: FlaskClient, several: Run
) -> None:
    for unit in range(3):
        answer = client.get(f"/data/synthetic/unit/{unit}?layer=lstm").json
        rows = [row for row in several.contexts("lstm").iter_rows(named=True)
                if row["unit"] == unit]  # fmt: skip
        assert len(answer["contexts"]) == len(rows) == 10
        for each, row in zip(answer["contexts"], rows, strict=True):
            assert (each["sequence"], each["step"]) == (row["sequence_id"], row["t"])
            assert each["high"] == row["high"]
            assert each["value"] == pytest.approx(row["value"], abs=1e-6)
            facts = several.sequences.row(row["sequence_id"], named=True)
            assert (each["label"], each["predicted"]) == (facts["label"], facts["predicted"])
            words = several.steps_of(row["sequence_id"])["surface"].to_list()
            h = several.hidden_of(row["sequence_id"], "lstm")["h"].to_list()
            near = range(max(0, row["t"] - 6), min(len(words), row["t"] + 7))
            assert each["first"] == near.start
            assert each["words"] == [words[t] for t in near]
            assert each["values"] == pytest.approx([h[t][unit] for t in near], abs=1e-4)


def test_the_histogram_counts_every_step_once(client: FlaskClient, several: Run) -> None:
    values = [row[1] for row in several.scan("hidden/lstm.parquet").collect()["h"].to_list()]
    answer = client.get("/data/synthetic/unit/1").json
    low, high = min(values), max(values)
    assert (answer["low"], answer["high"]) == pytest.approx((low, high), abs=1e-6)
    wanted = [0] * units.BARS
    for value in values:
        wanted[min(int((value - low) / (high - low) * units.BARS), units.BARS - 1)] += 1
    assert answer["counts"] == wanted and sum(wanted) == several.states


def test_a_match_is_answered_and_one_without_a_span_refused(client: FlaskClient) -> None:
    answer = client.get("/data/synthetic/units/0/match?from=1&to=2&threshold=0.01").json
    assert set(answer) == {"units", "total", "matches"}
    refused = client.get("/data/synthetic/units/0/match")
    assert refused.status_code == 404 and "no span of steps" in refused.text


@pytest.mark.parametrize(
    "path",
    [
        "units?layer=gru", "units/9", "units/x", "unit/3", "unit/-1", "units/0/match?from=1&to=99",
        "units/0/match?from=0&to=1&threshold=1e9", "units/0/more",
    ],
)  # fmt: skip
def test_wrong_requests_are_refused_in_a_line(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/data/synthetic/{path}")
    assert answer.status_code == 404 and "\n" not in answer.text and answer.text


def test_the_page_says_what_exists_where_the_address_does_not(shown: Callable) -> None:
    for variables in ({"run": "nothing"}, {"run": "synthetic", "unit": "7"}):
        text = shown(**variables)
        assert "Nothing to show at this address" in text
        assert "expected" in text


def test_weights_are_given_for_the_layer_that_the_readout_reads_alone(layered: Run) -> None:
    read, *others = units.page_facts(layered)["layers"]
    assert read["weights"] == layered.manifest.readout.weights and read["read"]
    assert all(each["weights"] is None and not each["read"] for each in others) and others
    assert [each["backward"] for each in others] == [False, True]


def test_a_series_has_units_and_no_words(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "waves", classes=3, features=2, readout="head")
    client = create_app(tmp_path).server.test_client()
    answer = client.get("/data/waves/units").json
    assert answer["words"]["phrase"] == [] and answer["units"]["cluster"] == [None] * 3
    contexts = client.get("/data/waves/unit/0").json["contexts"]
    assert contexts and contexts[0]["words"][0] == str(contexts[0]["first"])
    facts = units.page_facts(open_run(tmp_path / "waves"))
    assert facts["layers"][0]["weights"] is None and facts["layers"][0]["read"]
