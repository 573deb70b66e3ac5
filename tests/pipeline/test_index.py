"""The index of nearest states: made where there are many, exact enough, checked as it is read."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from usearch.index import Index

from stateline.pipeline import index
from stateline.pipeline.index import NEAREST, build_index, check_indexes, recall
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import state_array
from stateline.pipeline.run.stage import REPORT, BuildPaths
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import hidden_table, index_file
from stateline.store.writer import write_run
from tests.pipeline.extracted import LAYERS, ROWS, write_extracted
from tests.synthetic import synthetic_tables
from tests.synthetic_shape import BIDIRECTIONAL, LAYER, Shape

STATES, UNITS = 3_000, 6


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray, np.ndarray]:
    """File, offsets and states (M, N) of random walks of unequal lengths."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 40, 150)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    steps = [np.cumsum(rng.normal(0, 0.3, (n, UNITS)), axis=0) for n in lengths]
    states = np.tanh(np.concatenate(steps)).astype(np.float32)
    path = tmp_path_factory.mktemp("walk") / "h.npy"
    np.save(path, states)
    return path, offsets, states


def work(tmp_path: Path, states: int) -> BuildPaths:
    paths = write_extracted(tmp_path)
    settings = {"index_states": states, "seed": 1}
    paths.settings("index").write_text(json.dumps(settings), encoding="utf-8")
    index.work(paths)
    return paths


def test_few_states_need_no_index(tmp_path: Path) -> None:
    paths = work(tmp_path, ROWS)
    assert [path.name for path in paths.stage("index").iterdir()] == [REPORT]
    assert paths.read_json("index", REPORT)["recall"] == {}


def test_beyond_the_knob_every_layer_has_an_index_of_all_its_states(tmp_path: Path) -> None:
    paths = work(tmp_path, ROWS - 1)
    for layer in LAYERS:
        states = np.load(paths.stage("extract") / state_array(layer["id"], "h"))
        found = Index.restore(str(paths.stage("index") / index_file(layer["id"])), view=True)
        assert (len(found), found.ndim) == states.shape == (ROWS, layer["units"])
        for row, state in enumerate(states):
            assert found.get(row) == pytest.approx(state, abs=1e-3)
    assert paths.read_json("index", REPORT)["recall"] == {"lstm": 1, "bidirectional-backward": 1}


def test_recall_is_the_share_that_comparing_all_pairs_finds(
    walk: tuple[Path, np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, offsets, states = walk
    made = build_index(path, offsets)
    assert recall(made, path, offsets, seed=1) > 0.99
    # An index that lacks most states finds the others' nearest only.
    poor = Index(ndim=UNITS, metric="l2sq", dtype="f32")
    kept = np.arange(0, len(states), 4)
    poor.add(kept, states[kept])
    monkeypatch.setattr(arrays, "PIECE_BYTES", 5_000)
    monkeypatch.setattr(index, "TRIED", 40)
    rows = np.random.default_rng(1).choice(len(poor), 40, replace=False)
    right = 0
    for row in rows:
        away = [float(np.sum((state - states[row]) ** 2)) for state in states.astype(np.float64)]
        nearest = set(np.argsort(away)[:NEAREST].tolist())
        found = sorted(kept.tolist(), key=lambda other: away[other])[:NEAREST]
        right += len(nearest & set(found))
    assert recall(poor, path, offsets, seed=1) == pytest.approx(right / (40 * NEAREST), abs=0.01)


def test_the_same_states_give_the_same_file(
    walk: tuple[Path, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    path, offsets, _ = walk
    for name in ("first", "second"):
        build_index(path, offsets).save(str(tmp_path / name))
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run whose layers have an index."""
    folder = tmp_path_factory.mktemp("indexed")
    manifest, tables = synthetic_tables(
        "indexed", 5, 7, 3, 2, 1, 0, ("pca",), "pca", 1, layers=BIDIRECTIONAL, model=False
    )
    files = {}
    for entry in manifest["layers"]:
        table = tables[hidden_table(entry["id"])]
        h, path = table["h"].to_numpy(), folder / f"{entry['id']}.npy"
        np.save(path, h)
        name = index_file(entry["id"])
        files[name] = folder / f"{entry['id']}.usearch"
        build_index(path, np.array([0, len(h)])).save(str(files[name]))
        entry["index"] = True
    write_run(folder / "store", manifest, tables, files)
    return folder / "store"


def test_an_index_travels_with_its_run_and_passes_the_check(indexed: Path) -> None:
    folder = indexed / "indexed"
    run = open_run(folder)
    check_run(folder)
    layers = [each.id for each in Shape(layers=BIDIRECTIONAL).layers]
    assert check_indexes(run) == [f"index: {each}, {run.states:,} states" for each in layers]
    assert set(run.manifest.tables) >= {index_file(each) for each in layers}


def copied(indexed: Path, tmp_path: Path) -> Run:
    shutil.copytree(indexed / "indexed", tmp_path / "indexed")
    return open_run(tmp_path / "indexed")


def test_an_index_of_other_states_is_refused(indexed: Path, tmp_path: Path) -> None:
    run = copied(indexed, tmp_path)
    first, second = (run.index(each.id) for each in BIDIRECTIONAL)
    shutil.copyfile(first, second)
    with pytest.raises(StatelineError, match="holds another state than hidden/.* make run RUN=ind"):
        check_indexes(run)
    with pytest.raises(StatelineError, match="usearch"):
        check_run(run.folder)


def test_a_file_that_is_no_index_is_refused(indexed: Path, tmp_path: Path) -> None:
    run = copied(indexed, tmp_path)
    run.index(BIDIRECTIONAL[1].id).write_bytes(b"nothing of the kind" * 9)
    with pytest.raises(StatelineError, match=r"not the index .* got no index\. Rebuild it"):
        check_indexes(run)


def test_a_run_without_an_index_says_nothing_of_it(run: Path) -> None:
    assert check_indexes(open_run(run)) == [] and open_run(run).index(LAYER) is None
