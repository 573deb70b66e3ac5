"""Data routes: what they send equals the store, and nothing they are asked breaks them."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.queries import run as queries
from stateline.app.queries.text import whole_percent
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


def floats(body: bytes) -> tuple[np.ndarray, np.ndarray]:
    values = np.frombuffer(body, dtype="<f4")
    return values[: len(values) // 2], values[len(values) // 2 :]


def test_health_counts_the_runs(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok", "runs": 2, "broken": 0}


@pytest.mark.parametrize("projection", ["lstm-pca", "lstm-tsne"])
def test_points_decode_to_the_store_s_coordinates(
    client: FlaskClient, several: Run, projection: str
) -> None:
    answer = client.get(f"/data/synthetic/points/{projection}")
    x, y = floats(answer.data)
    stored = several.coordinates(projection)
    assert np.array_equal(x, stored["x"]) and np.array_equal(y, stored["y"])


def test_lengths_lead_from_rows_to_sequences(client: FlaskClient, several: Run) -> None:
    lengths = np.frombuffer(client.get("/data/synthetic/lengths").data, dtype="<u4")
    assert lengths.tolist() == several.sequences["length"].to_list()
    assert lengths.sum() == several.states


def bins_of(client: FlaskClient, run: str, colouring: str, query: str = "") -> list[int]:
    return list(client.get(f"/data/{run}/colours/{colouring}{query}").data)


def test_expected_prediction_is_the_likeliest_of_several_classes(
    client: FlaskClient, several: Run
) -> None:
    predicted = several.scan("steps.parquet").collect()["predicted"].to_list()
    assert bins_of(client, "synthetic", "expected") == predicted


def test_expected_prediction_is_a_twentieth_of_the_second_of_two(
    client: FlaskClient, binary: Run
) -> None:
    ep = binary.scan("steps.parquet").collect()["ep"].to_list()
    assert bins_of(client, "binary", "expected") == [min(int(p * 20), 19) for _, p in ep]


def test_the_other_colourings_follow_the_tables(client: FlaskClient, several: Run) -> None:
    rows = [
        (facts, t)
        for facts in several.sequences.iter_rows(named=True)
        for t in range(facts["length"])
    ]
    assert bins_of(client, "synthetic", "actual") == [facts["label"] for facts, _ in rows]
    assert bins_of(client, "synthetic", "correct") == [int(facts["correct"]) for facts, _ in rows]
    # T = 7: seven steps spread over twenty bins.
    assert bins_of(client, "synthetic", "step") == [min(int(t / 6 * 20), 19) for _, t in rows]
    trust = several.coordinates("lstm-pca")["trust"]
    wanted = [min(int(np.float32(share) * 20), 19) for share in trust]
    assert bins_of(client, "synthetic", "trust", "?projection=lstm-pca") == wanted


def test_a_sequence_carries_all_that_its_views_draw(client: FlaskClient, several: Run) -> None:
    for number in range(several.sequences.height):
        answer = client.get(f"/data/synthetic/sequence/{number}?projection=lstm-pca").json
        steps, place = several.steps_of(number), several.projection_of(number, "lstm-pca")
        assert answer["facts"]["sequence_id"] == number
        assert answer["facts"]["text"] == several.sequences["text"][number]
        for name in ("token", "surface", "known", "role", "predicted"):
            assert answer["steps"][name] == steps[name].to_list()
        for name in ("ep", "contribution", "confidence", "distance", "visible", "silent"):
            np.testing.assert_allclose(answer["steps"][name], steps[name].to_numpy(), atol=1e-6)
        for name in ("x", "y", "trust"):
            np.testing.assert_allclose(answer["steps"][name], place[name].to_numpy(), atol=1e-6)
        assert answer["steps"]["bin"] == steps["predicted"].to_list()


def test_a_sequence_of_one_sigmoid_unit_has_one_contribution_a_step(client: FlaskClient) -> None:
    steps = client.get("/data/binary/sequence/1").json["steps"]
    assert {len(each) for each in steps["contribution"]} == {1}
    assert {len(each) for each in steps["ep"]} == {2}


def test_a_nonlinear_readout_has_no_visible_part(
    client: FlaskClient, several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = several.steps_of(0)
    without = steps.with_columns(visible=pl.lit(None, pl.Float32), silent=pl.lit(None, pl.Float32))
    monkeypatch.setattr(Run, "steps_of", lambda *_: without)
    answer = client.get("/data/synthetic/sequence/0").json["steps"]
    assert answer["visible"] is None and answer["silent"] is None


def test_the_legend_says_the_trust_of_fitted_and_of_placed_states_apart(several: Run) -> None:
    places = several.scan("projections/lstm-tsne.parquet").collect()
    fitted, placed = (places.filter(pl.col("fitted") == each)["trust"] for each in (True, False))
    assert len(placed) > 0
    said = (
        f"neighbours preserved: {whole_percent(fitted.mean())} ({len(fitted)} fitted states), "
        f"{whole_percent(placed.mean())} ({len(placed)} placed)"
    )
    assert queries.map_note(several, "lstm-tsne").endswith(said)
    every = several.scan("projections/lstm-pca.parquet").collect()["trust"]
    assert queries.map_note(several, "lstm-pca").endswith(
        f"PCA, neighbours preserved: {whole_percent(every.mean())}"
    )


def test_rows_and_positions_follow_sort_and_filter(client: FlaskClient) -> None:
    filters = json.dumps({"length": {"type": "greaterThan", "filter": 1}})
    query = {"start": 0, "end": 100, "sort": "confidence:desc", "columns": filters}
    answer = client.get("/data/synthetic/rows", query_string=query).json
    sure = [row["confidence"] for row in answer["rows"]]
    assert sure == sorted(sure, reverse=True) and answer["count"] == len(sure)
    third = answer["rows"][2]["sequence_id"]
    query = {"sort": "confidence:desc", "columns": filters}
    found = client.get(f"/data/synthetic/position/{third}", query_string=query).json
    assert found == {"row": 2}


def test_the_thumbnail_is_a_picture(client: FlaskClient) -> None:
    answer = client.get("/data/binary/thumbnail.png")
    assert answer.mimetype == "image/png" and answer.data[:4] == b"\x89PNG"


ROUTES = [
    "points/lstm-pca",
    "lengths",
    "colours/step",
    "sequence/0",
    "rows?start=0&end=10",
    "position/0",
    "passing?filters=[[%22correct%22,true]]",
    "labels/lstm-pca?kinds=after-distance,before-class&distance=0.1",
    "density/lstm-pca",
    "thumbnail.png",
]


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_held_by_the_browser_is_not_sent_again(client: FlaskClient, route: str) -> None:
    first = client.get(f"/data/synthetic/{route}")
    again = client.get(f"/data/synthetic/{route}", headers={"If-None-Match": first.headers["ETag"]})
    assert first.status_code == 200 and first.data
    assert again.status_code == 304 and not again.data
    assert "no-cache" in first.headers["Cache-Control"]


def test_the_etag_changes_when_the_run_is_rebuilt(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "mine")
    client = create_app(tmp_path).server.test_client()
    before = client.get("/data/mine/lengths").headers["ETag"]
    version = open_run(tmp_path / "mine").checksum[:16]
    assert client.get(f"/data/mine/lengths?v={version}").status_code == 200
    synthetic_run(tmp_path, "mine", seed=3)
    assert client.get("/data/mine/lengths").headers["ETag"] != before
    stale = client.get(f"/data/mine/lengths?v={version}")
    assert stale.status_code == 404 and "built anew" in stale.text and "Reload" in stale.text


def test_a_removed_run_is_a_line_not_a_failure(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "mine")
    client = create_app(tmp_path).server.test_client()
    assert client.get("/data/mine/points/lstm-pca").status_code == 200
    shutil.rmtree(folder)
    answer = client.get("/data/mine/points/lstm-pca")
    assert answer.status_code == 404 and "no such run" in answer.text


def test_a_run_that_changes_while_it_is_read_is_a_line(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise FileNotFoundError("steps.parquet")

    monkeypatch.setattr(Run, "steps_of", gone)
    answer = client.get("/data/synthetic/sequence/1")
    assert answer.status_code == 410 and "Reload the page" in answer.text
    assert "steps.parquet" not in answer.text


def test_numbers_that_are_none_are_a_line(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "sequence", lambda *_: {"x": float("nan")})
    answer = client.get("/data/synthetic/sequence/1")
    assert answer.status_code == 404 and "holds what is no number" in answer.text


def test_a_mistake_of_the_app_is_logged_and_shows_a_line_without_its_traceback(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: object) -> None:
        raise TypeError("a mistake in here")

    monkeypatch.setattr(queries, "sequence", mistaken)
    answer = client.get("/data/synthetic/sequence/1")
    assert answer.status_code == 500 and answer.text.startswith("app: this request failed")
    assert "mistake in here" not in answer.text and "a mistake in here" in caplog.text


HOSTILE = [
    "nothing/lengths",
    "../lengths",
    "..%2f..%2fetc%2fpasswd/lengths",
    "synthetic%00/lengths",
    "synthetic/points/nothing",
    "synthetic/points/..%2f..%2fmanifest.json",
    "synthetic/colours/rainbow",
    "synthetic/colours/trust?projection=nothing",
    "synthetic/colours/step?projection=lstm-pca&projection=lstm-tsne",
    "synthetic/sequence/5",
    "synthetic/sequence/-1",
    "synthetic/sequence/1e3",
    "synthetic/sequence/99999999999999999999999",
    "synthetic/sequence/0?projection=" + "a" * 5000,
    "synthetic/rows",
    "synthetic/rows?start=0",
    "synthetic/rows?start=0&end=99999999",
    "synthetic/rows?start=5&end=2",
    "synthetic/rows?start=a&end=b",
    "synthetic/rows?start=-1&end=5",
    "synthetic/rows?start=%EF%BC%91&end=5",
    "synthetic/rows?start=0&end=5&sort=__class__:asc",
    "synthetic/rows?start=0&end=5&columns={",
    "synthetic/rows?start=0&end=5&columns=" + "%5B" * 3000,
    'synthetic/rows?start=0&end=5&columns={"length":{"type":"equals","filter":1e400}}',
    "synthetic/passing?filters={",
    'synthetic/passing?filters=[["actual",99]]',
    'synthetic/passing?filters=[["regex","("]]',
    'synthetic/rows?start=0&end=5&filters=[["__class__",1]]',
    "synthetic/labels/nothing?kinds=after-class",
    "synthetic/labels/lstm-pca?kinds=behind-class",
    "synthetic/labels/lstm-pca?kinds=after-class&distance=much",
    "synthetic/density/nothing",
    "synthetic/states.exe",
    "synthetic/states.csv?projection=nothing",
    "synthetic/position/zero",
    "synthetic/lengths?v=0000",
    "synthetic/lengths?v=",
    "synthetic/nothing",
]


@pytest.mark.parametrize("route", HOSTILE)
def test_a_hostile_request_is_refused_in_a_line(client: FlaskClient, route: str) -> None:
    answer = client.get(f"/data/{route}")
    assert 400 <= answer.status_code < 500, answer.status_code
    assert "Traceback" not in answer.text and len(answer.text) < 700


def test_data_routes_only_answer_to_get(client: FlaskClient) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method("/data/synthetic/lengths").status_code == 405


def test_beyond_the_limit_an_evenly_spaced_sample_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = synthetic_run(tmp_path, "mine", sequences=9, max_steps=11, seed=4)
    monkeypatch.setattr(queries, "MAX_DRAWN", 10)
    client = create_app(tmp_path).server.test_client()
    run = open_run(folder)
    rows = [i * run.states // 10 for i in range(10)]
    x, y = floats(client.get("/data/mine/points/lstm-pca").data)
    assert np.array_equal(x, run.coordinates("lstm-pca")["x"][rows])
    assert np.array_equal(y, run.coordinates("lstm-pca")["y"][rows])
    predicted = run.scan("steps.parquet").collect()["predicted"].to_numpy()
    assert bins_of(client, "mine", "expected") == predicted[rows].tolist()
    facts = queries.page_facts(run)
    assert (facts["drawn"], facts["states"]) == (10, run.states)


def test_two_stores_in_one_process_do_not_see_each_other(store: Path, tmp_path: Path) -> None:
    synthetic_run(tmp_path, "mine")
    ours, theirs = create_app(tmp_path).server.test_client(), create_app(store).server.test_client()
    assert ours.get("/data/mine/lengths").status_code == 200
    assert ours.get("/data/synthetic/lengths").status_code == 404
    assert theirs.get("/data/synthetic/lengths").status_code == 200
    assert theirs.get("/data/mine/lengths").status_code == 404


def test_reading_leaves_the_store_as_it_was(store: Path, client: FlaskClient) -> None:
    def state() -> dict:
        return {path: path.stat().st_mtime_ns for path in store.rglob("*")}

    before = state()
    for route in ROUTES:
        client.get(f"/data/synthetic/{route}")
    assert state() == before
