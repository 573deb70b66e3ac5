"""Tables and manifest in the store, of a text and of a series, whole and in pieces."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.pipeline import (
    baseline,
    clusters,
    distances,
    expected,
    export,
    index,
    neighbours,
    project,
    swaps,
    units,
    words,
)
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import EP, PREDICTION, distance_array, map_arrays, state_array
from stateline.pipeline.run.manifest import default_map, maps_of
from stateline.pipeline.run.paths import BuildPaths
from stateline.store import schema
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.manifest.contents import run_tables
from stateline.store.manifest.models import to_json
from stateline.store.reader import Run, open_run
from stateline.store.schema import is_step_grained
from tests.pipeline.extracted import (
    CLASSES,
    FEATURES,
    LAYERS,
    LENGTHS,
    ROWS,
    RUN,
    SEQUENCES,
    WORDS,
    write_extracted,
)

pytestmark = pytest.mark.slow

KINDS = [("text", "linear"), ("text", "head"), ("series", "prefix"), ("series", "given")]


def build(folder: Path, **what: str) -> BuildPaths:
    """All stages after extract, the run into a store beside the build."""
    paths = write_extracted(folder / "build", **what)
    for stage in (baseline, expected, distances, words, swaps, units, neighbours, index):
        stage.work(paths)
    project.run(paths, "pca")
    clusters.run(paths, "pca")
    export.run(paths, folder / "store")
    return paths


@pytest.fixture(scope="module", params=KINDS, ids="-".join)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[BuildPaths, Run, str, str]:
    kind, method = request.param
    folder = tmp_path_factory.mktemp(kind)
    paths = build(folder, kind=kind, method=method)
    return paths, open_run(folder / "store" / RUN), kind, method


def table(run: Run, name: str) -> pl.DataFrame:
    return pl.read_parquet(run.folder / name)


def test_rows_are_numbered_by_sequence_and_step(built: tuple) -> None:
    _, run, _, _ = built
    wanted = [(s, t) for s in range(SEQUENCES) for t in range(LENGTHS[s])]
    for name, columns in run_tables(run.manifest).items():
        if is_step_grained(columns):
            assert table(run, name).select("sequence_id", "t").rows() == wanted


def test_steps_hold_what_was_read_and_what_was_answered(built: tuple) -> None:
    paths, run, kind, method = built
    steps = table(run, schema.STEPS)
    stored = pl.read_parquet(paths.stage("corpus") / "sequences.parquet").tail(SEQUENCES)
    assert steps["surface"].to_list() == stored["surface"].explode().to_list()
    if kind == "series":
        assert steps["token"].to_list() == steps["surface"].to_list()
        assert steps["token_id"].null_count() == ROWS and steps["known"].all()
        values = np.array([row for each in stored["values"].to_list() for row in each])
        assert np.allclose(steps["values"].to_numpy(), values)
    else:
        ids = stored["ids"].explode().to_list()
        assert steps["token_id"].to_list() == ids
        assert steps["token"].to_list() == [WORDS[i] for i in ids]
        assert steps["known"].to_list() == [i != 1 for i in ids]
        assert "values" not in steps.columns
    ep = np.load(paths.stage("expected") / EP)
    assert np.array_equal(steps["ep"].to_numpy(), ep)
    assert steps["predicted"].to_list() == [int(row.argmax()) for row in ep]
    assert steps["confidence"].to_list() == [float(row.max()) for row in ep]
    assert steps["role"].null_count() == ROWS
    unseen = 0 if method == "linear" else ROWS
    assert steps["visible"].null_count() == steps["silent"].null_count() == unseen


def test_hidden_and_projection_tables_hold_the_arrays_of_their_stages(built: tuple) -> None:
    paths, run, _, _ = built
    lstm, backward = (table(run, schema.hidden_table(layer["id"])) for layer in LAYERS)
    assert lstm.columns[2:] == ["h", "distance", "c", "distance_c", "gate_input"]
    assert backward.columns[2:] == ["h", "distance"]
    for kind in ("h", "c", "gate_input"):
        states = np.load(paths.stage("extract") / state_array("lstm", kind))
        assert np.array_equal(lstm[kind].to_numpy(), states)
    for name, state in (("distance", "h"), ("distance_c", "c")):
        wanted = np.load(paths.stage("distances") / distance_array("lstm", state))
        assert np.array_equal(lstm[name].to_numpy(), wanted)
    for state, projection in (("h", "lstm-pca"), ("c", "lstm-c-pca")):
        made = np.load(paths.stage("project-pca") / map_arrays("lstm", state))
        places = table(run, schema.projection_table(projection))
        assert np.array_equal(places.select("x", "y").to_numpy(), made["places"])
        assert np.array_equal(places["trust"].to_numpy(), made["trust"])
        seen = np.load(paths.stage("clusters-pca") / map_arrays("lstm", state))
        assert np.array_equal(places["cluster"].to_numpy(), seen["cluster"])
        drawn = places["stretch"].fill_null(np.nan).to_numpy()
        assert np.array_equal(drawn, seen["stretch"], equal_nan=True)
        assert places["stretch"].null_count() == np.isnan(seen["stretch"]).sum() >= SEQUENCES


def test_a_row_of_the_sequences_sums_its_steps_up(built: tuple) -> None:
    paths, run, kind, _ = built
    prediction = np.load(paths.stage("extract") / PREDICTION)
    steps = table(run, schema.STEPS)
    for row in table(run, schema.SEQUENCES).iter_rows(named=True):
        s = row["sequence_id"]
        own = steps.filter(pl.col("sequence_id") == s)
        assert row["external_id"] == f"id-{s + 2}"
        assert row["label"] == [2, 0, 3, 1, 1][s]
        assert row["predicted"] == prediction[s].argmax()
        assert row["length"] == row["length_full"] == LENGTHS[s] == own.height
        assert row["unknown"] == (~own["known"]).sum()
        assert row["max_distance"] == own["distance"].max()
        assert row["max_distance_step"] == own["distance"].arg_max()
        assert row["turning_step"] is None or not row["correct"]
        right = own.filter(pl.col("predicted") == row["label"])
        assert row["right_until"] == (right["t"].max() if right.height else None)
        assert row["peak_label"] == max(each[row["label"]] for each in own["ep"].to_list())
        assert row["peak_confidence"] == own["confidence"].max()
        assert (row["text"] == "") == (kind == "series")


def test_the_manifest_says_what_is_known_and_null_of_the_rest(built: tuple) -> None:
    paths, run, kind, method = built
    manifest = run.manifest
    readout, model = manifest.readout, manifest.model
    assert readout.method == method
    assert (readout.weights is None) == (readout.bias is None) == (method != "linear")
    assert len(readout.initial_logit) == CLASSES
    assert model.file == (None if method == "given" else "model.keras")
    assert (run.folder / "model.keras").exists() == (method != "given")
    assert model.history == () and model.seed is None and model.epochs is None
    assert manifest.corpus.sizes.train is None
    assert to_json(manifest)["corpus"]["truncation"] == {"max_steps": None, "keep": None}
    features = manifest.corpus.features
    if kind == "series":
        values = table(run, schema.STEPS)["values"].to_numpy()
        assert [each.name for each in features] == list(FEATURES)
        assert [each.low for each in features] == values.min(axis=0).tolist()
        assert [each.high for each in features] == values.max(axis=0).tolist()
    else:
        assert features == ()
    for layer, entry in zip(LAYERS, to_json(manifest)["layers"], strict=True):
        assert entry == {key: value for key, value in layer.items() if key != "mapped"} | {
            "max_distance": {
                state: float(
                    np.load(paths.stage("distances") / distance_array(layer["id"], state)).max()
                )
                for state in layer["states"]
            },
            "index": False,
            "unit_groups": None,
        }
    assert [each.id for each in manifest.projections] == ["lstm-pca", "lstm-c-pca"]
    assert [each.state for each in manifest.projections] == ["h", "c"]
    assert manifest.default_projection == "lstm-pca"
    error = manifest.verified.prediction_error
    assert error is None if method == "given" else 0 <= error < 1e-6
    assert (manifest.verified.alone_error is None) == (method == "given")


@pytest.mark.parametrize(("kind", "method"), [KINDS[0], KINDS[2]])
def test_a_run_written_in_many_pieces_is_the_run_written_in_one(
    tmp_path: Path, kind: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = build(tmp_path, kind=kind, method=method)
    whole = open_run(tmp_path / "store" / RUN)
    monkeypatch.setattr(arrays, "PIECE_BYTES", 1)
    export.run(paths, tmp_path / "pieces")
    pieces = open_run(tmp_path / "pieces" / RUN)
    for name in run_tables(whole.manifest):
        assert table(pieces, name).equals(table(whole, name)), name
    assert pieces.manifest.corpus == whole.manifest.corpus


def test_an_index_is_in_the_run_as_long_as_its_stage_makes_one(tmp_path: Path) -> None:
    paths = build(tmp_path)
    for states, there in ((ROWS - 1, True), (ROWS, False)):
        settings = {"index_states": states, "seed": 1}
        paths.settings("index").write_text(json.dumps(settings), encoding="utf-8")
        index.work(paths)
        export.run(paths, tmp_path / "store")
        run = open_run(tmp_path / "store" / RUN)
        assert [each.index for each in run.manifest.layers] == [there] * len(LAYERS)
        checked = [name for name, _ in check_run(run.folder).passed if name == "index"]
        assert len(checked) == (len(LAYERS) if there else 0)
        assert len(list(run.folder.glob("hidden/*.usearch"))) == (len(LAYERS) if there else 0)


def test_the_app_opens_with_a_map_of_the_layer_that_the_head_reads() -> None:
    layers = [{"id": "first", "mapped": ["h"]}, {"id": "second", "mapped": ["h", "c"]}]
    extracted = {"layers": layers, "readout": {"layer": "second"}}
    assert default_map(extracted, "tsne") == "second-tsne"
    assert maps_of(extracted, ["pca", "tsne"])[:3] == [
        ("first", "h", "pca"),
        ("first", "h", "tsne"),
        ("second", "h", "pca"),
    ]
    layers[1]["mapped"] = []
    assert default_map(extracted, "tsne") == "first-tsne"
    layers[0]["mapped"] = []
    with pytest.raises(StatelineError, match="no layer gets a map"):
        default_map(extracted, "tsne")
