"""Stage project: a 2-D map of all hidden states, by PCA, t-SNE or UMAP.

Beyond FIT_STATES states the map is fitted on a seeded sample of whole
sequences and the others are placed on it; the manifest says how many.
"""

import argparse
import sys
import time
import warnings

import numpy as np

from pipeline.artefacts import COORDINATES, HIDDEN, NEIGHBOURS, OFFSETS, PROJECTION_FACTS
from pipeline.neighbours import nearest_neighbours
from pipeline.quality import overall_quality, per_state_trust
from pipeline.stage import BuildPaths, StageRun, running, say, stage_main
from store.errors import StatelineError

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
# t-SNE's early exaggeration: half the library's steps at the later momentum get as far.
EXAGGERATION_STEPS = 125
# Intervals of the interpolation grid: a coarser grid than the library's costs a third of the
# time at the same trustworthiness.
GRID_INTERVAL = 2
PLACING_STEPS = 100


def sample_rows(offsets: np.ndarray, limit: int, seed: int) -> np.ndarray:
    """Rows of a seeded sample of whole sequences that holds `limit` states at the most.

    offsets  int64 (S + 1,)
    returns  bool (M,)  all true where everything fits in
    """
    total = int(offsets[-1])
    if total <= limit:
        return np.ones(total, dtype=bool)
    lengths = np.diff(offsets)
    order = np.random.default_rng(seed).permutation(len(lengths))
    chosen = order[np.cumsum(lengths[order]) <= limit]
    if len(chosen) == 0:
        raise StatelineError(
            f"FIT_STATES={limit}",
            "no whole sequence fits in",
            expected=f"{lengths.min()} states or more",
            got=limit,
        )
    return np.repeat(np.isin(np.arange(len(lengths)), chosen), lengths)


def fit_pca(h: np.ndarray, fitted: np.ndarray, settings: dict) -> tuple[np.ndarray, dict]:
    """The two directions of the largest variance.

    h        float32 (M, N)
    fitted   bool (M,)  rows to fit on
    returns  float32 (M, 2), facts for the manifest
    """
    from sklearn.decomposition import PCA

    pca = PCA(n_components=2, random_state=settings["seed"]).fit(h[fitted])
    return pca.transform(h), {"explained_variance": pca.explained_variance_ratio_.tolist()}


def report_tsne(total: int) -> callable:
    """A callback for openTSNE: a progress bar on a terminal, else a line every 250 steps."""
    from tqdm import tqdm

    bar = tqdm(total=total, desc="project-tsne", unit="step", disable=None)

    def callback(iteration: int, error: float, _: np.ndarray) -> None:
        bar.update(50)
        if bar.disable and iteration % 250 == 0:
            say(f"project-tsne: step {iteration}, KL divergence {error:.3f}")

    return callback


def fit_tsne(h: np.ndarray, fitted: np.ndarray, settings: dict) -> tuple[np.ndarray, dict]:
    """t-SNE on exact neighbours, started from PCA, interpolated by fast Fourier transform.

    h        float32 (M, N)
    fitted   bool (M,)  rows to fit on; the others are placed by their neighbours among them
    returns  float32 (M, 2), facts for the manifest
    raises   StatelineError where the perplexity asks for more neighbours than there are states
    source   Linderman et al. 2019, "Fast interpolation-based t-SNE"
    """
    import openTSNE

    base, perplexity, seed = h[fitted], settings["perplexity"], settings["seed"]
    if 3 * perplexity > len(base) - 1:
        raise StatelineError(
            f"PERPLEXITY={perplexity:g}",
            f"too large for {len(base):,} states",
            expected=f"{(len(base) - 1) / 3:g} at the most",
            got=f"{perplexity:g}",
            mend=f"Set it: PERPLEXITY={max(2, (len(base) - 1) // 3)}",
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
    places = np.empty((len(h), 2), dtype=np.float32)
    places[fitted] = embedding
    if not fitted.all():
        placed = embedding.prepare_partial(h[~fitted], initialization="median", k=10, perplexity=5)
        placed.optimize(
            PLACING_STEPS, learning_rate=0.1, exaggeration=1.5, momentum=0.8, inplace=True
        )
        places[~fitted] = placed
    return places, {"kl_divergence": float(embedding.kl_divergence)}


def import_umap() -> object:
    """The umap package without its neural variant, which would import TensorFlow for nothing."""
    absent = "tensorflow" not in sys.modules
    if absent:
        sys.modules["tensorflow"] = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)
            import umap
    finally:
        if absent:
            del sys.modules["tensorflow"]
    return umap


def fit_umap(h: np.ndarray, fitted: np.ndarray, settings: dict) -> tuple[np.ndarray, dict]:
    """UMAP, seeded and therefore on one thread, on exact neighbours where all states are fitted.

    h        float32 (M, N)
    fitted   bool (M,)  rows to fit on; the others are placed by the fitted map
    returns  float32 (M, 2), facts for the manifest
    """
    umap = import_umap()
    base, count = h[fitted], settings["umap_neighbours"]
    if count > len(base) - 1:
        raise StatelineError(
            f"UMAP_NEIGHBOURS={count}",
            f"too large for {len(base):,} states",
            expected=f"{len(base) - 1} at the most",
            got=count,
        )
    terminal = sys.stderr.isatty()
    known = {}
    if fitted.all():
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
    places = np.empty((len(h), 2), dtype=np.float32)
    with warnings.catch_warnings():
        # Identical states (the same first word) make it speak of disconnected vertices.
        warnings.simplefilter("ignore", UserWarning)
        places[fitted] = fit.fit_transform(base)
        if not fitted.all():
            places[~fitted] = fit.transform(h[~fitted])
    return places, {}


FITS = {"pca": fit_pca, "tsne": fit_tsne, "umap": fit_umap}


def project(paths: BuildPaths, stage: StageRun, method: str) -> None:
    """Make one map, judge it, and write coordinates and facts."""
    settings = paths.read_settings(f"project-{method}")
    h = np.load(paths.need("extract", HIDDEN))
    offsets = np.load(paths.need("extract", OFFSETS))
    distance = np.load(paths.need("neighbours", NEIGHBOURS))["distance"]
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"])
    started = time.perf_counter()
    places, facts = FITS[method](h, fitted, settings)
    seconds = time.perf_counter() - started
    places = places.astype(np.float32)
    trust = per_state_trust(h, places, distance)
    np.savez(stage.folder / COORDINATES, places=places, trust=trust)
    stage.write_json(
        PROJECTION_FACTS,
        {
            "method": METHODS[method],
            "settings": settings | facts,
            "seed": settings["seed"],
            "seconds": round(seconds, 3),
            "fitted_states": int(fitted.sum()),
            "placed_states": int((~fitted).sum()),
            **overall_quality(h, places, settings["seed"]),
            "mean_trust": float(trust.mean()),
        },
    )
    stage.rows = len(h)


def work(paths: BuildPaths, given: argparse.Namespace) -> None:
    """Run the stage for one method."""
    with running(paths, f"project-{given.method}") as stage:
        project(paths, stage, given.method)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The stage's own option."""
    parser.add_argument("--method", required=True, choices=list(METHODS), help="kind of projection")


if __name__ == "__main__":
    stage_main(
        "project",
        work,
        reads="the extract and neighbours stages",
        writes=f"{COORDINATES}, {PROJECTION_FACTS}",
        options=add_options,
    )
