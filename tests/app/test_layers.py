"""Several layers and kinds of state in the app: each has its own distances, labels and files."""

import re
from datetime import date
from html import unescape

import numpy as np
import polars as pl
import pytest
from dash import html
from flask.testing import FlaskClient

from stateline.app.explore.download import states_table
from stateline.app.explore.model_facts import ANSWERS
from stateline.app.explore.overview import overview
from stateline.app.explore.page import header_choices
from stateline.app.main import create_app
from stateline.app.queries.filters import parse_filters, passing
from stateline.app.queries.labels import KINDS, labels
from stateline.app.queries.run import page_facts, sequence
from stateline.app.queries.selection import parse_selection
from stateline.app.queries.state_kinds import state_kind, state_kinds
from stateline.app.report.document import report
from stateline.app.report.map import jumps
from stateline.store.reader import Run
from tests.app.layout_text import text_of

# Every kind of state that the layered run maps: its layer, the kind, and its name in words.
PLACES = [
    ("lstm", "h", "lstm"),
    ("lstm", "c", "lstm · cell state"),
    ("bidirectional-forward", "h", "bidirectional · forward"),
    ("bidirectional-backward", "h", "bidirectional · backward"),
]
MAPS = ["lstm-pca", "lstm-c-pca", "bidirectional-forward-pca", "bidirectional-backward-pca"]


def test_every_kind_of_state_with_maps_is_a_choice_in_words(layered: Run) -> None:
    kinds = state_kinds(layered)
    assert [(each.layer, each.state, each.name) for each in kinds] == PLACES
    assert [each.read for each in kinds] == [True, False, False, False]
    assert [each.backward for each in kinds] == [False, False, False, True]
    assert not any(each.is_only for each in kinds)
    for each in kinds:
        assert each.largest == pytest.approx(layered.distances(each.layer, each.state).max())


def test_one_layer_is_named_nowhere_but_in_its_choice(several: Run) -> None:
    (kind,) = state_kinds(several)
    assert kind.is_only and kind.key == kind.name == "lstm" and kind.column == "distance"
    (entry,) = page_facts(several)["layers"]
    assert entry["scope"] == "state change per word (1 = largest in this run)"
    assert all("lstm" not in each["note"] for each in page_facts(several)["projections"])


def test_a_single_layer_that_reads_from_the_end_says_so(ended: Run) -> None:
    kind = state_kind(ended, "gru-pca")
    assert kind.name == "gru · backward" and kind.is_only
    (entry,) = page_facts(ended)["layers"]
    wanted = "state change per word, read from the end (1 = largest in this run)"
    assert entry["scope"] == wanted


def test_the_header_lists_kinds_of_state_and_the_maps_of_the_chosen_one(layered: Run) -> None:
    with create_app(layered.folder.parent).server.test_request_context():
        chosen = parse_selection(layered, {"projection": "lstm-c-tsne"})
        layer, projection, _ = header_choices(layered, chosen)
    layer, projection = layer.children[1], projection.children[1]
    assert [each["label"] for each in layer.options] == [name for _, _, name in PLACES]
    assert layer.value == "lstm:c"
    assert [each["value"] for each in projection.options] == ["lstm-c-pca", "lstm-c-tsne"]
    assert [each["label"] for each in projection.options] == ["PCA", "t-SNE"]


def test_page_facts_tie_every_map_to_its_states_and_stay_small(layered: Run) -> None:
    facts = page_facts(layered)
    keys = [each["key"] for each in facts["layers"]]
    assert keys == ["lstm", "lstm:c", "bidirectional-forward", "bidirectional-backward"]
    of = {each["id"]: each["layer"] for each in facts["projections"]}
    assert [of[each] for each in MAPS] == keys
    notes = {each["id"]: each["note"] for each in facts["projections"]}
    assert notes["lstm-c-pca"].startswith("lstm · cell state: PCA")
    assert len(str(facts)) < 6_000


@pytest.mark.parametrize(("projection", "place"), list(zip(MAPS, PLACES, strict=True)))
def test_a_sequence_has_the_distances_of_the_states_shown(
    layered: Run, projection: str, place: tuple
) -> None:
    layer, state, _ = place
    column = "distance" if state == "h" else "distance_c"
    for number in range(layered.sequences.height):
        found = sequence(layered, number, projection)
        stored = layered.hidden_of(number, layer)
        assert found["steps"]["distance"] == pytest.approx(stored[column].to_list(), abs=1e-5)
        # Answers are the model's: no choice of a layer changes them.
        steps = layered.steps_of(number)
        assert found["steps"]["predicted"] == steps["predicted"].to_list()
        assert found["steps"]["confidence"] == pytest.approx(
            steps["confidence"].to_list(), abs=1e-5
        )
        seen = found["steps"]["visible"], found["steps"]["silent"]
        assert (None in seen) == ((layer, state) != ("lstm", "h"))
        assert found["facts"]["max_distance"] == pytest.approx(stored[column].max(), abs=1e-5)
        assert found["facts"]["max_distance_step"] == stored[column].arg_max()


def test_distances_differ_between_the_kinds(layered: Run) -> None:
    found = [tuple(sequence(layered, 0, each)["steps"]["distance"]) for each in MAPS]
    assert len(set(found)) == len(MAPS)


def test_the_route_sends_what_the_choice_shows(layered: Run) -> None:
    client: FlaskClient = create_app(layered.folder.parent).server.test_client()
    for projection in MAPS:
        answer = client.get(f"/data/layered/sequence/1?projection={projection}").json
        assert answer["steps"]["distance"] == sequence(layered, 1, projection)["steps"]["distance"]
        place = client.get(f"/data/layered/points/{projection}").data
        x = np.frombuffer(place, dtype="<f4")[: layered.states]
        assert np.array_equal(x, layered.coordinates(projection)["x"])
    refused = client.get("/data/layered/sequence/1?projection=bidirectional-backward-c-pca")
    assert refused.status_code == 404 and "lstm-c-pca" in refused.text


def by_hand(run: Run, projection: str, wanted: set[str], distance: float, confidence: float):
    """(word, x, y, before) of every label, by a loop in the order in which the layer read."""
    kind = state_kind(run, projection)
    found = set()
    for number in range(run.sequences.height):
        steps = run.steps_of(number).to_dicts()
        places = run.projection_of(number, projection).to_dicts()
        column = "distance" if kind.state == "h" else "distance_c"
        moved = run.hidden_of(number, kind.layer)[column].to_list()
        for t in range(len(steps)):
            read = t + 1 if kind.backward else t - 1
            pairs = []
            if 0 <= read < len(steps) and moved[t] / kind.largest >= distance:
                pairs.append(("distance", read))
            if t > 0:
                change = np.abs(np.subtract(steps[t]["ep"], steps[t - 1]["ep"])).max()
                if change >= confidence:
                    pairs.append(("confidence", t - 1))
                if steps[t]["predicted"] != steps[t - 1]["predicted"]:
                    pairs.append(("class", t - 1))
            for cause, earlier in pairs:
                for when, at in (("after", t), ("before", earlier)):
                    if f"{when}-{cause}" in wanted:
                        place = round(places[at]["x"], 4), round(places[at]["y"], 4)
                        found.add((steps[at]["surface"], *place, when == "before", number, at))
    return found


@pytest.mark.parametrize("projection", MAPS)
@pytest.mark.parametrize("kinds", [*[{kind} for kind in KINDS], set(KINDS)])
def test_labels_follow_the_order_in_which_the_layer_read(
    layered: Run, projection: str, kinds: set[str]
) -> None:
    found = labels(layered, projection, tuple(kinds), 0.4, 0.1, passing(layered, ()))
    wanted = by_hand(layered, projection, kinds, 0.4, 0.1)
    assert wanted and found["count"] == len(found["words"]) == len(wanted)
    got = zip(found["words"], found["x"], found["y"], found["before"], strict=True)
    rounded = sorted((word, round(x, 4), round(y, 4), when) for word, x, y, when in got)
    for one, other in zip(rounded, sorted(each[:4] for each in wanted), strict=True):
        assert (one[0], one[3]) == (other[0], other[3])
        assert one[1:3] == pytest.approx(other[1:3], abs=2e-4)


def test_the_first_state_of_a_backward_layer_is_no_jump(layered: Run) -> None:
    everything = passing(layered, ())
    found = labels(layered, MAPS[-1], ("after-distance",), 0.0, 1.0, everything)
    assert found["count"] == layered.states - layered.sequences.height
    one = passing(layered, parse_filters(layered, '[["steps", 0, 0]]'))
    longer = (layered.sequences["length"] > 1).sum()
    assert labels(layered, MAPS[-1], ("after-distance",), 0.0, 1.0, one)["count"] == longer
    assert labels(layered, MAPS[0], ("after-distance",), 0.0, 1.0, one)["count"] == 0


@pytest.mark.parametrize(
    ("projection", "column"),
    [
        ("lstm-pca", "lstm"),
        ("lstm-c-pca", "lstm_c"),
        ("bidirectional-forward-pca", "bidirectional-forward"),
        ("bidirectional-backward-pca", "bidirectional-backward"),
    ],
)
def test_a_download_names_the_layer_of_its_distances(
    layered: Run, projection: str, column: str
) -> None:
    table = states_table(layered, projection, passing(layered, ()))
    kind = state_kind(layered, projection)
    assert "distance" not in table.columns
    stored = layered.distances(kind.layer, kind.state)
    assert np.array_equal(table[f"distance_{column}"].to_numpy(), stored)


def test_a_download_of_a_single_layer_is_as_it_was(several: Run) -> None:
    table = states_table(several, "lstm-pca", passing(several, ()))
    assert np.array_equal(table["distance"].to_numpy(), several.distances("lstm"))


def test_a_report_names_the_states_and_their_largest_distance(layered: Run) -> None:
    for projection, (_, _, name) in zip(MAPS, PLACES, strict=True):
        kind = state_kind(layered, projection)
        text = unescape(report(layered, 1, projection, date(2026, 11, 24)))
        assert f"<dt>Layer</dt><dd>{name}</dd>" in text
        assert f"the largest distance of these states is {kind.largest:.2f}" in text
        assert ("read from the end" in text) == kind.backward
        found = sequence(layered, 1, projection)["facts"]
        at = f"at step {found['max_distance_step']}</dd>"
        assert re.search(f"<dd>{found['max_distance']:.3f}, [^<]*{at}", text)


def test_a_report_of_a_backward_layer_starts_at_its_last_word(layered: Run) -> None:
    forward, backward = (
        report(layered, 0, each, date(2026, 11, 24)).split('class="segment" d="M')[1].split('"')[0]
        for each in MAPS[2:]
    )
    assert forward != backward
    last = int(layered.sequences["length"][0]) - 1
    assert jumps(np.array([3.0, 1.0, 2.0]), 1.5, None, first=2) == [0]
    place = layered.projection_of(0, MAPS[3])
    start = report(layered, 0, MAPS[3], date(2026, 11, 24))
    assert place.height == last + 1 and "ring-start" in start


def test_a_run_without_its_model_opens_with_what_is_known(ended: Run) -> None:
    said = text_of(overview(ended))
    assert "unknown: states were provided without their model" in said
    assert ANSWERS["prefix"] in said
    assert "none: every sequence is read whole" in said
    assert "None" not in said and "nan" not in said
    found = sequence(ended, 0, "gru-pca")
    assert found["steps"]["visible"] is None and found["steps"]["silent"] is None
    assert report(ended, 0, "gru-pca", date(2026, 11, 24))


def test_the_overview_lists_the_layers_and_what_they_store(layered: Run) -> None:
    layout = overview(layered)
    tables = [each for each in layout._traverse() if isinstance(each, html.Table)]
    rows = [each for each in tables[0]._traverse() if isinstance(each, html.Tr)][1:]
    said = [text_of(each) for each in rows]
    assert len(said) == 3
    assert "read by the head" in said[0] and "gates: input, forget, output" in said[0]
    assert "hidden and cell states" in said[0]
    assert "reads from the end" in said[2] and "GRU" in said[2]
    assert "unknown: the model came trained" in text_of(layout)
    assert ANSWERS["linear"] in text_of(layout)


def test_the_overview_of_one_plain_layer_has_no_list_of_layers(several: Run) -> None:
    said = text_of(overview(several))
    assert "reads from the end" not in said and "Stored hidden" not in said
    assert "unknown: the model came trained" not in said


@pytest.mark.parametrize("method", ANSWERS)
def test_every_way_of_answering_is_said_in_words(method: str) -> None:
    assert ANSWERS[method] and method not in ANSWERS[method].split()


def test_tables_of_every_layer_stand_in_one_order(layered: Run) -> None:
    keys = [
        layered.scan(f"hidden/{layer}.parquet").select("sequence_id", "t").collect()
        for layer in layered.layer_ids
    ]
    steps = layered.scan("steps.parquet").select("sequence_id", "t").collect()
    assert all(each.equals(steps) for each in keys)
    assert isinstance(steps, pl.DataFrame)
