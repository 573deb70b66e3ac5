"""Maps: the sample they are fitted on, their settings, and how they are judged."""

import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from stateline.pipeline import neighbours, project
from stateline.pipeline.neighbours import fitted_neighbours
from stateline.pipeline.numerics.neighbours import nearest_neighbours, sample_rows
from stateline.pipeline.numerics.placing import median_places
from stateline.pipeline.project import FITS, fit_tsne, fit_umap, place_all
from stateline.pipeline.run import arrays
from stateline.pipeline.run.arrays import not_fitted
from stateline.pipeline.run.artefacts import PROJECTION_FACTS, map_arrays, state_array
from stateline.store.errors import StatelineError
from tests.pipeline.extracted import OFFSETS, ROWS, write_extracted, write_settings

# Fits every kind of map, which is compiled first: half a minute.
pytestmark = pytest.mark.slow

SETTINGS = {
    "seed": 3,
    "perplexity": 12,
    "tsne_iterations": 60,
    "umap_neighbours": 8,
    "umap_epochs": 100,
    "umap_min_dist": 0.1,
}


@pytest.fixture(scope="module")
def blobs() -> tuple[np.ndarray, np.ndarray]:
    points, group = make_blobs(240, n_features=7, centers=4, cluster_std=0.5, random_state=1)
    return points.astype(np.float32), group


def neighbour_purity(places: np.ndarray, group: np.ndarray) -> float:
    _, near = nearest_neighbours(places, 5)
    return float((group[near] == group[:, None]).mean())


@pytest.fixture(scope="module")
def blob_file(blobs: tuple, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blobs") / "h.npy"
    np.save(path, blobs[0])
    return path


# 48 sequences of 5 states, of which every third is not fitted.
BLOB_OFFSETS = np.arange(0, 241, 5)
SOME = np.repeat(np.arange(48) % 3 > 0, 5)


def placed(source: Path, method: str, fitted: np.ndarray = SOME) -> np.ndarray:
    """A map of all states, fitted on some."""
    _, nearest = fitted_neighbours(source, BLOB_OFFSETS, fitted)
    places, _ = place_all(source, BLOB_OFFSETS, fitted, nearest, FITS[method], SETTINGS)
    return places


@pytest.mark.parametrize("method", list(FITS))
def test_a_map_keeps_groups_together_and_the_same_seed_gives_the_same_map(
    blobs: tuple, method: str
) -> None:
    h, group = blobs
    places = FITS[method](h, SETTINGS).places
    assert places.shape == (240, 2)
    assert neighbour_purity(places, group) > 0.95
    assert np.array_equal(places, FITS[method](h, SETTINGS).places)


@pytest.mark.parametrize("method", list(FITS))
def test_states_that_were_not_fitted_are_placed_among_their_like(
    blobs: tuple, blob_file: Path, method: str
) -> None:
    _, group = blobs
    places = placed(blob_file, method)
    assert np.isfinite(places).all()
    centres = np.array([places[SOME & (group == g)].mean(axis=0) for g in range(4)])
    nearest = np.linalg.norm(places[~SOME][:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == group[~SOME]).mean() > 0.95


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_states_placed_in_many_pieces_are_where_one_piece_puts_them(
    blob_file: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = placed(blob_file, method)
    monkeypatch.setattr(arrays, "PIECE_BYTES", 33 * 4 * 7)
    assert len(list(not_fitted(blob_file, BLOB_OFFSETS, SOME))) == 8
    assert np.array_equal(placed(blob_file, method), whole)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_placed_state_lies_at_the_median_of_its_five_nearest_fitted_ones(
    blobs: tuple, blob_file: Path, method: str
) -> None:
    h, places, base = blobs[0], placed(blob_file, method), np.flatnonzero(SOME)
    for row in np.flatnonzero(~SOME):
        away = [(math.dist(h[row], h[each]), each) for each in base]
        near = [each for _, each in sorted(away)[:5]]
        for axis in (0, 1):
            assert places[row, axis] == statistics.median(places[near, axis])


def test_a_placed_state_lies_among_fewer_fitted_ones_where_there_are_no_five(
    blob_file: Path,
) -> None:
    few = np.arange(240) < 4
    _, nearest = fitted_neighbours(blob_file, BLOB_OFFSETS, few)
    assert nearest.shape == (236, 3)
    base = np.array([[0, 0], [1, 8], [2, 4], [3, 0]], dtype=np.float32)
    for place, near in zip(median_places(base, nearest), nearest, strict=True):
        assert place.tolist() == [statistics.median(base[near, axis]) for axis in (0, 1)]


def test_pca_gives_every_state_its_own_coordinates_on_two_axes(
    blobs: tuple, blob_file: Path
) -> None:
    h, places = blobs[0].astype(np.float64), placed(blob_file, "pca")
    mean = h[SOME].mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov(h[SOME].T))
    for axis in (0, 1):
        wanted = (h - mean) @ vectors[:, -1 - axis]
        assert np.abs(places[:, axis]) == pytest.approx(np.abs(wanted), abs=1e-4)


def test_a_perplexity_too_large_for_the_data_is_refused_with_the_largest_possible(
    blobs: tuple,
) -> None:
    h = blobs[0][:31]
    with pytest.raises(StatelineError) as caught:
        fit_tsne(h, SETTINGS | {"perplexity": 11})
    assert str(caught.value) == (
        "PERPLEXITY=11: too large for 31 states; expected 10 at the most, got 11. "
        "Set it: PERPLEXITY=10"
    )
    fit_tsne(h, SETTINGS | {"perplexity": 10})


@pytest.mark.parametrize(
    ("states", "fix"),
    [(5, "Set it: PERPLEXITY=1.33"), (4, "Store more sequences, or make another map")],
)
def test_a_perplexity_that_is_proposed_for_few_states_is_one_that_is_taken(
    blobs: tuple, states: int, fix: str
) -> None:
    with pytest.raises(StatelineError, match=fix):
        fit_tsne(blobs[0][:states], SETTINGS)
    if "=" in fix.partition(",")[0]:
        fit_tsne(blobs[0][:states], SETTINGS | {"perplexity": float(fix.partition("=")[2])})


@pytest.mark.parametrize("method", list(FITS))
def test_states_of_one_unit_get_a_map(tmp_path: Path, method: str) -> None:
    h = np.random.default_rng(2).normal(size=(240, 1)).astype(np.float32)
    np.save(tmp_path / "h.npy", h)
    places = placed(tmp_path / "h.npy", method)
    assert np.isfinite(places).all()
    if method == "pca":
        assert np.abs(places[:, 0]) == pytest.approx(np.abs(h - h[SOME].mean())[:, 0], abs=1e-5)
        assert (places[:, 1] == 0).all()


def test_more_umap_neighbours_than_states_are_refused(blobs: tuple) -> None:
    h = blobs[0][:8]
    with pytest.raises(StatelineError, match="UMAP_NEIGHBOURS=8: too large for 8 states"):
        fit_umap(h, SETTINGS)


@pytest.mark.parametrize("piece_rows", [1, 5, 1_000])
def test_trust_counts_neighbours_among_the_fitted_states_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece_rows: int
) -> None:
    monkeypatch.setattr(arrays, "PIECE_BYTES", piece_rows * 4 * 3)
    monkeypatch.setattr(neighbours, "NEIGHBOUR_COUNT", 4)
    paths = write_extracted(tmp_path)
    write_settings(paths, fit_states=13)
    neighbours.work(paths)
    project.run(paths, "pca")
    facts = paths.read_json("project-pca", PROJECTION_FACTS)
    assert set(facts) == {"lstm.h", "lstm.c"}
    fitted = np.flatnonzero(sample_rows(OFFSETS, 13, seed=1, padding=None))
    assert facts["lstm.c"]["fitted_states"] == len(fitted) <= 13
    assert facts["lstm.c"]["placed_states"] == ROWS - len(fitted)

    def nearest(points: np.ndarray, row: int) -> list[tuple[float, int]]:
        return sorted((np.linalg.norm(points[row] - points[j]), j) for j in fitted if j != row)[:4]

    for state in ("h", "c"):
        states = np.load(paths.stage("extract") / state_array("lstm", state))
        distance = np.load(paths.stage("neighbours") / map_arrays("lstm", state))["distance"]
        made = np.load(paths.stage("project-pca") / map_arrays("lstm", state))
        assert made["places"].shape == (ROWS, 2) and distance.shape == (ROWS, 4)
        for row in range(ROWS):
            high, low = nearest(states, row), nearest(made["places"], row)
            assert distance[row] == pytest.approx([apart for apart, _ in high], rel=1e-4)
            kept = {j for _, j in high} & {j for _, j in low}
            assert made["trust"][row] == pytest.approx(len(kept) / 4)
        assert np.flatnonzero(made["fitted"]).tolist() == fitted.tolist()
        mean = facts[f"lstm.{state}"]["mean_trust"]
        for part, rows in (("fitted", fitted), ("placed", np.setdiff1d(range(ROWS), fitted))):
            assert mean[part] == pytest.approx(sum(made["trust"][rows]) / len(rows), abs=1e-6)


def test_without_placed_states_there_is_no_mean_trust_of_any(tmp_path: Path) -> None:
    paths = write_extracted(tmp_path)
    neighbours.work(paths)
    project.run(paths, "pca")
    facts = paths.read_json("project-pca", PROJECTION_FACTS)["lstm.h"]
    assert facts["mean_trust"]["placed"] is None and facts["placed_states"] == 0
