"""Density of many states: contour lines around shares of them."""

from typing import Any, cast

import numpy as np
from contourpy import LineType, contour_generator

CELLS = 180  # along the longer side
SPREAD = 2.0  # cells: standard deviation of the Gaussian that smooths the counts
REACH = int(np.ceil(4 * SPREAD))  # cells on either side that the Gaussian covers
SHARES = (0.25, 0.5, 0.75, 0.95)  # of the states, within each line


def density_lines(x: np.ndarray, y: np.ndarray) -> list[dict[str, Any]]:
    """Return lines of equal density around shares of the points, the innermost first.

    x, y     float32 (M,)  coordinates; both axes get the same scale; points that are not finite
                           are left out
    returns  a dict a line: "share" of the points within, "x" and "y" of its corners, closed
    """
    finite = np.isfinite(x) & np.isfinite(y)  # damaged tables hold other numbers too
    if not finite.any():
        return []
    counts, columns, rows = _counts(x[finite].astype(np.float64), y[finite].astype(np.float64))
    smooth = _smoothed(counts)
    generator = contour_generator(columns, rows, smooth, line_type=LineType.Separate)
    return [
        {"share": share, "x": line[:, 0].tolist(), "y": line[:, 1].tolist()}
        for share, level in zip(SHARES, _levels(smooth), strict=True)
        for line in cast("list[np.ndarray]", generator.lines(level))
    ]


def _counts(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the points of each cell of a grid with a margin around all points.

    x, y     float64 (M,)
    returns  float64 (rows, columns) counts, (columns,) and (rows,) middles of the cells
    """
    longer = max(np.ptp(x), np.ptp(y)) or 1.0
    cell = longer / CELLS
    margin = (REACH + 1) * cell  # wider than the Gaussian reaches
    edges = [np.arange(axis.min() - margin, axis.max() + margin + cell, cell) for axis in (x, y)]
    counts, _, _ = np.histogram2d(y, x, bins=(edges[1], edges[0]))
    middles = [(edge[1:] + edge[:-1]) / 2 for edge in edges]
    return counts, middles[0], middles[1]


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Smooth float64 (rows, columns) counts with a Gaussian, one axis after the other."""
    kernel = np.exp(-0.5 * (np.arange(-REACH, REACH + 1) / SPREAD) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        counts = np.apply_along_axis(np.convolve, axis, counts, kernel, mode="same")
    return counts


def _levels(smooth: np.ndarray) -> list[float]:
    """Return for each of SHARES the density above which the cells hold that share of all points.

    smooth  float64 (rows, columns)
    """
    densest = np.sort(smooth, axis=None)[::-1]
    held = np.cumsum(densest)
    places = np.searchsorted(held, np.array(SHARES) * held[-1])
    levels: list[float] = densest[np.minimum(places, len(densest) - 1)].tolist()
    return levels
