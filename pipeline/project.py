"""Stage project: 2-D maps of all states by PCA, t-SNE or UMAP, one a layer and state kind.

Beyond FIT_STATES states a map is fitted on a seeded sample of whole
sequences and the others are placed on it; the manifest says how many.
"""

import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray, Float32Array, Int64Array
from stateline.pipeline.numerics.neighbours import nearest_neighbours, sample_rows
from stateline.pipeline.numerics.quality import overall_quality, per_state_trust, quality_rows
from stateline.pipeline.run.arrays import not_fitted, read_some
from stateline.pipeline.run.artefacts import (
    EXTRACT_FACTS,
    OFFSETS,
    PROJECTION_FACTS,
    map_arrays,
    state_array,
)
from stateline.pipeline.run.facts import Settings
from stateline.pipeline.run.stage import (
    METHODS,
    BuildPaths,
    StageRun,
    method_main,
    method_stage,
    say,
)
from stateline.store.errors import StatelineError

# t-SNE's early exaggeration: half the library's steps at the later momentum get as far.
EXAGGERATION_STEPS = 125
# Intervals of the interpolation grid: a coarser grid than the library's costs a third of the
# time at the same trustworthiness.
GRID_INTERVAL = 2
PLACING_STEPS = 100
TOO_FEW = "Store more sequences, or make another map: PROJECTIONS=pca DEFAULT_PROJECTION=pca"


@dataclass(frozen=True)
class Map:
    """A fitted map.

    places  float32 (B, 2)  of the states that it was fitted on
    place   places others on it: float32 (P, N) to (P, 2)
    facts   its facts for the manifest
    """

    places: Float32Array
    place: Callable[[Float32Array], Float32Array]
    facts: dict[str, object] = field(default_factory=dict)


def fit_pca(base: Float32Array, settings: Settings, more: bool = False) -> Map:
    """Fit PCA: the two directions of largest variance.

    base  float32 (B, N)  states to fit on
    more  whether others will be placed
    """
    from sklearn.decomposition import PCA

    pca = PCA(n_components=2, random_state=settings["seed"]).fit(base)
    facts = {"explained_variance": pca.explained_variance_ratio_.tolist()}
    return Map(pca.transform(base), pca.transform, facts)


def report_tsne(total: int) -> Callable[[int, float, AnyArray], None]:
    """Return a callback for openTSNE: a progress bar on a terminal, else a line every 250 steps.

    The callback takes the step, the KL divergence and the embedding, (n, 2).
    """
    from tqdm import tqdm

    bar = tqdm(total=total, desc="project-tsne", unit="step", disable=None)

    def callback(iteration: int, error: float, _: AnyArray) -> None:
        bar.update(50)
        if bar.disable and iteration % 250 == 0:
            say(f"project-tsne: step {iteration}, KL divergence {error:.3f}")

    return callback


def fit_tsne(base: Float32Array, settings: Settings, more: bool = False) -> Map:
    """Fit t-SNE on exact neighbours, initialised by PCA, interpolated by fast Fourier transform.

    base     float32 (B, N)  states to fit on; others are placed by their neighbours among them
    more     whether others will be placed
    raises   StatelineError where the perplexity asks for more neighbours than there are states
    source   Linderman et al. 2019, "Fast interpolation-based t-SNE"
    """
    import openTSNE

    perplexity, seed = settings["perplexity"], settings["seed"]
    if 3 * perplexity > len(base) - 1:
        most = (len(base) - 1) / 3
        largest = int(most) if most >= 2 else int(most * 100) / 100
        raise StatelineError(
            f"PERPLEXITY={perplexity:g}",
            f"too large for {len(base):,} states",
            expected=f"{most:g} at the most",
            got=f"{perplexity:g}",
            fix=f"Set it: PERPLEXITY={largest}" if largest > 1 else TOO_FEW,
        )
    affinities = openTSNE.affinity.PerplexityBasedNN(
        base, perplexity=perplexity, method="exact", n_jobs=-1, random_state=seed
    )
    steps = settings["tsne_iterations"]
    embedding = openTSNE.TSNEEmbedding(
        openTSNE.initialization.pca(base, random_state=seed),
        affinities,
        negative_gradient_method="fft",
        ints_in_interval=GRID_INTERVAL,
        n_jobs=-1,
        random_state=seed,
        callbacks=report_tsne(EXAGGERATION_STEPS + steps),
        callbacks_every_iters=50,
    )
    embedding.optimize(EXAGGERATION_STEPS, exaggeration=12, momentum=0.8, inplace=True)
    embedding.optimize(steps, momentum=0.8, inplace=True)
    if more:
        # The library centres the map when it places the first states: before its places are taken,
        # or the placed ones stand shifted.
        embedding.prepare_interpolation_grid()
    return Map(
        np.array(embedding),
        lambda others: place_tsne(embedding, others),
        {"kl_divergence": float(embedding.kl_divergence)},
    )


def place_tsne(embedding: Any, others: Float32Array) -> AnyArray:
    """Place states float32 (P, N) on a fitted t-SNE map, each independently: (P, 2)."""
    placed = embedding.prepare_partial(others, initialization="median", k=10, perplexity=5)
    placed.optimize(PLACING_STEPS, learning_rate=0.1, exaggeration=1.5, momentum=0.8, inplace=True)
    return np.asarray(placed)


def import_umap() -> ModuleType:
    """Import umap without its neural variant, which would import TensorFlow."""
    absent = "tensorflow" not in sys.modules
    if absent:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]  # None blocks its import
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)
            import umap
    finally:
        if absent:
            del sys.modules["tensorflow"]
    module: ModuleType = umap
    return module


def fit_umap(base: Float32Array, settings: Settings, more: bool = False) -> Map:
    """Fit UMAP, seeded and therefore on one thread, on exact neighbours where none are placed.

    base    float32 (B, N)  states to fit on
    more    whether others will be placed
    raises  StatelineError  UMAP_NEIGHBOURS is too large for so few states
    """
    umap = import_umap()
    count = settings["umap_neighbours"]
    if count > len(base) - 1:
        raise StatelineError(
            f"UMAP_NEIGHBOURS={count}",
            f"too large for {len(base):,} states",
            expected=f"{len(base) - 1} at the most",
            got=count,
            fix=f"Set it: UMAP_NEIGHBOURS={len(base) - 1}" if len(base) > 2 else TOO_FEW,
        )
    terminal = sys.stderr.isatty()
    known = {}
    if not more:
        # UMAP counts a state as its own nearest. Its own search is approximate, and most of
        # its time on small data goes into compiling it; placing states needs it.
        distance, row = nearest_neighbours(base, count - 1)
        itself = np.arange(len(base), dtype=row.dtype)[:, None]
        known["precomputed_knn"] = (
            np.concatenate([itself, row], axis=1),
            np.concatenate([np.zeros_like(distance[:, :1]), distance], axis=1),
            None,
        )
    fit = umap.UMAP(
        **known,
        n_neighbors=count,
        min_dist=settings["umap_min_dist"],
        n_epochs=settings["umap_epochs"],
        random_state=settings["seed"],
        n_jobs=1,
        # The spectral start needs more states than dimensions to be solved.
        init="spectral" if len(base) > 10 else "random",
        tqdm_kwds={"desc": "project-umap", "disable": not terminal},
        verbose=terminal,
    )
    with warnings.catch_warnings():
        # Identical states (the same first word) make it speak of disconnected vertices.
        warnings.simplefilter("ignore", UserWarning)
        return Map(fit.fit_transform(base), fit.transform)


Fit = Callable[[Float32Array, Settings, bool], Map]
FITS: dict[str, Fit] = {"pca": fit_pca, "tsne": fit_tsne, "umap": fit_umap}


def two_columns(states: Float32Array) -> Float32Array:
    """Return states float32 (M, N); of a single unit with a column of zeros, for two dimensions."""
    return np.pad(states, ((0, 0), (0, 1))) if states.shape[1] == 1 else states


def place_all(
    source: Path, offsets: Int64Array, fitted: BoolArray, fit: Fit, settings: Settings
) -> tuple[Float32Array, dict[str, object]]:
    """Map all states: fit some and place the others piece by piece.

    source   array of the states (M, N) in a NumPy file
    offsets  int64 (S + 1,)
    fitted   bool (M,)
    returns  float32 (M, 2), facts for the manifest
    """
    made = fit(two_columns(read_some(source, fitted)), settings, not fitted.all())
    places = np.empty((len(fitted), 2), dtype=np.float32)
    places[fitted] = made.places
    for rows, states in not_fitted(source, offsets, fitted):
        places[rows] = made.place(two_columns(states))
    return places, made.facts


def project_states(
    paths: BuildPaths, stage: StageRun, method: str, layer: str, state: str
) -> dict[str, Any]:
    """Fit, evaluate and write one map; return its facts for the manifest."""
    settings = paths.read_settings(f"project-{method}")
    source = paths.need("extract", state_array(layer, state))
    offsets = np.load(paths.need("extract", OFFSETS))
    distance = np.load(paths.need("neighbours", map_arrays(layer, state)))["distance"]
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"])
    started = time.perf_counter()
    places, facts = place_all(source, offsets, fitted, FITS[method], settings)
    seconds = time.perf_counter() - started
    others = not_fitted(source, offsets, fitted)
    trust = per_state_trust(read_some(source, fitted), places, fitted, distance, others)
    np.savez(stage.folder / map_arrays(layer, state), places=places, trust=trust)
    evaluated = quality_rows(len(places), settings["seed"])
    return {
        "method": METHODS[method],
        "settings": settings | facts,
        "seed": settings["seed"],
        "seconds": round(seconds, 3),
        "fitted_states": int(fitted.sum()),
        "placed_states": int((~fitted).sum()),
        **overall_quality(read_some(source, evaluated), places[evaluated]),
        "mean_trust": float(trust.mean()),
    }


def project(paths: BuildPaths, stage: StageRun, method: str) -> None:
    """Write a map of every mapped state kind of every layer."""
    facts = {
        f"{layer['id']}.{state}": project_states(paths, stage, method, layer["id"], state)
        for layer in paths.read_json("extract", EXTRACT_FACTS)["layers"]
        for state in layer["mapped"]
    }
    stage.write_json(PROJECTION_FACTS, facts)
    stage.rows = sum(each["fitted_states"] + each["placed_states"] for each in facts.values())


run = method_stage(project)


if __name__ == "__main__":
    method_main(
        "project",
        run,
        reads="the extract and neighbours stages",
        writes=f"<layer>.<state>.npz, {PROJECTION_FACTS}",
    )
