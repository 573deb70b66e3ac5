"""Stretch of trajectory segments: their length on a map relative to the distance moved."""

import numpy as np

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, Float64Array, Int64Array
from stateline.store.schema import MIN_SEGMENT


def segment_distances(distance: Float32Array, offsets: Int64Array, direction: str) -> Float64Array:
    """Distance between the states of each step and of the step before it in the text.

    distance   float32 (M,)    how far each step moved the state, from the one read before it
    offsets    int64 (S + 1,)  rows of each sequence
    direction  forward, or backward of a layer that reads from the end: it came to the state of a
               step from that of the step behind
    returns    float64 (M,)    0 at each first step, which has no segment
    """
    between = distance.astype(np.float64)
    if direction == "backward":
        between[1:] = between[:-1].copy()
    between[offsets[:-1]] = 0
    return between


def segment_lengths(places: Float32Array) -> Float64Array:
    """Length on the map from the row before to each row.

    places   float32 (M, 2)
    returns  float64 (M,)
    """
    moved = np.diff(places.astype(np.float64), axis=0, prepend=places[:1].astype(np.float64))
    return np.hypot(moved[:, 0], moved[:, 1])


def stretch(
    places: Float32Array,
    distance: Float32Array,
    offsets: np.ndarray,
    direction: str,
    padding: BoolArray | None,
) -> tuple[Float32Array, float | None]:
    """Stretch of each segment, relative to the median scale of the map.

    places     float32 (M, 2)
    distance, offsets, direction  as in `segment_distances`
    padding    bool (M,)  steps that are padding; None: none are
    returns    float32 (M,) in powers of two, not-a-number at the first step, at padding and behind
               it, and where the state did not move; and the scale, the median length on the map of
               a hidden-state unit: None, and no stretch, where no state moved or most did not move
               on the map
    """
    between, length = segment_distances(distance, offsets, direction), segment_lengths(places)
    moved = between > 0
    if padding is not None:
        moved &= ~padding & ~np.append(False, padding[:-1])
    result = np.full(len(between), np.nan, dtype=np.float32)
    scale = float(np.median(length[moved] / between[moved])) if moved.any() else 0.0
    if scale == 0:
        return result, None
    drawn = np.maximum(length[moved], MIN_SEGMENT * np.median(length[moved]))
    result[moved] = np.log2(drawn / (between[moved] * scale))
    return result, scale
