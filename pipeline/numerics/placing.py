"""Places on a map: where fitting starts, and of states that the map was not fitted on."""

import numpy as np
from threadpoolctl import threadpool_limits

from stateline.pipeline.numerics.arrays import Float32Array, Float64Array, Int32Array


def start_places(base: Float32Array, seed: int) -> Float64Array:
    """Return the places that t-SNE and UMAP start from: two principal components, scaled down.

    A spectral start of UMAP differed between two runs with one seed.

    base     float32 (B, N)  states to fit on
    returns  float64 (B, 2)  standard deviation of the first axis 1e-4; states that are equal lie
             a hundredth of that apart
    source   Kobak and Linderman 2021, "Initialization is critical for preserving global data
             structure in both t-SNE and UMAP"
    """
    import openTSNE

    with threadpool_limits(1):
        start: Float64Array = openTSNE.initialization.pca(base, random_state=seed)
    return start


def median_places(base: Float32Array, nearest: Int32Array) -> Float32Array:
    """Return the median place, by coordinate, of each state's nearest fitted states.

    base     float32 (B, 2)  places of the fitted states
    nearest  int32 (P, k)    rows of `base`
    returns  float32 (P, 2)
    """
    median: Float32Array = np.median(base[nearest], axis=1)
    return median
