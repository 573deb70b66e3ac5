"""The index of nearest states: made where there are many, and exact enough."""

import json
from pathlib import Path

import numpy as np
import pytest
from usearch.index import Index

from stateline.pipeline import index
from stateline.pipeline.index import NEAREST, build_index, recall
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import state_array
from stateline.pipeline.run.paths import REPORT, BuildPaths
from stateline.store.schema import index_file
from tests.pipeline.extracted import LAYERS, ROWS, write_extracted

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
