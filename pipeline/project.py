"""Stage project: 2-D maps of all states by PCA, t-SNE or UMAP, one a layer and state kind.

Beyond FIT_STATES states a map is fitted on a seeded sample of whole sequences; the manifest says
how many. PCA is a linear function of a state, which gives the others their places too. On a t-SNE
or UMAP map each other state is placed at the median of its nearest fitted states.
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
from threadpoolctl import threadpool_limits

from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    Int32Array,
    Int64Array,
)
from stateline.pipeline.numerics.neighbours import nearest_neighbours, sample_rows
from stateline.pipeline.numerics.placing import median_places, start_places
from stateline.pipeline.numerics.quality import (
    mean_trust,
    overall_quality,
    per_state_trust,
    quality_rows,
)
from stateline.pipeline.run.arrays import not_fitted, read_some
from stateline.pipeline.run.artefacts import (
    EXTRACT_FACTS,
    OFFSETS,
    PADDING,
    PROJECTION_FACTS,
    map_arrays,
    state_array,
)
from stateline.pipeline.run.facts import Settings
from stateline.pipeline.run.paths import METHODS, BuildPaths
from stateline.pipeline.run.stage import StageRun, method_main, method_stage, say
from stateline.store.errors import StatelineError

# t-SNE's early exaggeration: half the library's steps at the later momentum get as far.
EXAGGERATION_STEPS = 125
# Intervals of the interpolation grid: a coarser grid than the library's costs a third of the
# time at the same trustworthiness.
GRID_INTERVAL = 2
TOO_FEW = "Store more sequences, or make another map: PROJECTIONS=pca"


@dataclass(frozen=True)
class Map:
    """A fitted map.

    places     float32 (B, 2)  of the states that it was fitted on
    transform  float32 (P, N) to (P, 2), of a map that is a function of a state; None: others are
               placed by their nearest fitted states
    facts      its facts for the manifest
    """

    places: Float32Array
    transform: Callable[[Float32Array], Float32Array] | None = None
    facts: dict[str, object] = field(default_factory=dict)


def fit_pca(base: Float32Array, settings: Settings) -> Map:
    """Fit PCA: the two directions of largest variance.

    base  float32 (B, N)  states to fit on
    """
    from sklearn.decomposition import PCA

    # On one thread: sums over several would differ in their last digits with the number of them.
    with threadpool_limits(1):
        pca = PCA(n_components=2, random_state=settings["seed"]).fit(base)
    mean, axes = pca.mean_.astype(np.float64), pca.components_.astype(np.float64)

    def transform(states: Float32Array) -> Float32Array:
        # Row by row, so that a place does not depend on the states that come with it.
        place: Float32Array = np.einsum("mn,cn->mc", states - mean, axes).astype(np.float32)
        return place

    facts: dict[str, object] = {"explained_variance": pca.explained_variance_ratio_.tolist()}
    return Map(transform(base), transform, facts)


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


def fit_tsne(base: Float32Array, settings: Settings) -> Map:
    """Fit t-SNE on exact neighbours, initialised by PCA, interpolated by fast Fourier transform.

    base     float32 (B, N)  states to fit on
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
        start_places(base, seed),
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
    return Map(np.array(embedding), facts={"kl_divergence": float(embedding.kl_divergence)})


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


def fit_umap(base: Float32Array, settings: Settings) -> Map:
    """Fit UMAP on exact neighbours, initialised by PCA; seeded and therefore on one thread.

    base    float32 (B, N)  states to fit on
    raises  StatelineError  UMAP_NEIGHBOURS is too large for so few states
    source  McInnes, Healy and Melville 2018, "UMAP"
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
    # UMAP counts a state as its own nearest. Its own search is approximate, and most of its time
    # on small data goes into compiling it.
    distance, row = nearest_neighbours(base, count - 1)
    itself = np.arange(len(base), dtype=row.dtype)[:, None]
    known = (
        np.concatenate([itself, row], axis=1),
        np.concatenate([np.zeros_like(distance[:, :1]), distance], axis=1),
        None,
    )
    fit = umap.UMAP(
        precomputed_knn=known,
        n_neighbors=count,
        min_dist=settings["umap_min_dist"],
        n_epochs=settings["umap_epochs"],
        random_state=settings["seed"],
        n_jobs=1,
        init=start_places(base, settings["seed"]),
        tqdm_kwds={"desc": "project-umap", "disable": not terminal},
        verbose=terminal,
    )
    with warnings.catch_warnings():
        # Identical states (the same first word) make it speak of disconnected vertices.
        warnings.simplefilter("ignore", UserWarning)
        return Map(fit.fit_transform(base))


Fit = Callable[[Float32Array, Settings], Map]
FITS: dict[str, Fit] = {"pca": fit_pca, "tsne": fit_tsne, "umap": fit_umap}


def two_columns(states: Float32Array) -> Float32Array:
    """Return states float32 (M, N); of a single unit with a column of zeros, for two dimensions."""
    return np.pad(states, ((0, 0), (0, 1))) if states.shape[1] == 1 else states


def place_all(
    source: Path,
    offsets: Int64Array,
    fitted: BoolArray,
    nearest: Int32Array,
    fit: Fit,
    settings: Settings,
) -> tuple[Float32Array, dict[str, object]]:
    """Map all states: fit some, and place the others.

    source   array of the states (M, N) in a NumPy file
    offsets  int64 (S + 1,)
    fitted   bool (M,)
    nearest  int32 (P, k)  the nearest fitted states of each other, as rows among the fitted
    returns  float32 (M, 2), facts for the manifest
    """
    made = fit(two_columns(read_some(source, fitted)), settings)
    places = np.empty((len(fitted), 2), dtype=np.float32)
    places[fitted] = made.places
    if made.transform is None:
        places[~fitted] = median_places(places[fitted], nearest)
    else:
        for rows, states in not_fitted(source, offsets, fitted):
            places[rows] = made.transform(two_columns(states))
    return places, made.facts


def project_states(
    paths: BuildPaths, stage: StageRun, method: str, layer: str, state: str
) -> dict[str, Any]:
    """Fit, evaluate and write one map; return its facts for the manifest."""
    settings = paths.read_settings(f"project-{method}")
    source = paths.need("extract", state_array(layer, state))
    offsets = np.load(paths.need("extract", OFFSETS))
    near = np.load(paths.need("neighbours", map_arrays(layer, state)))
    padding = np.load(paths.need("extract", PADDING))
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"], padding)
    started = time.perf_counter()
    places, facts = place_all(source, offsets, fitted, near["nearest"], FITS[method], settings)
    seconds = time.perf_counter() - started
    others = not_fitted(source, offsets, fitted)
    trust = per_state_trust(read_some(source, fitted), places, fitted, near["distance"], others)
    path = stage.folder / map_arrays(layer, state)
    np.savez(path, places=places, trust=trust, fitted=fitted)
    evaluated = quality_rows(len(places), settings["seed"])
    return {
        "method": METHODS[method],
        "settings": settings | facts,
        "seed": settings["seed"],
        "seconds": round(seconds, 3),
        "fitted_states": int(fitted.sum()),
        "placed_states": int((~fitted).sum()),
        **overall_quality(read_some(source, evaluated), places[evaluated]),
        "mean_trust": mean_trust(trust, fitted),
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
