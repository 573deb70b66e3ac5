"""Density of many states: lines around the densest half, three quarters, and so on."""

import contourpy
import numpy as np

CELLS = 180  # along the longer side
SPREAD = 2.0  # cells of the Gaussian that smooths the counts
SHARES = (0.25, 0.5, 0.75, 0.95)  # of the states, within each line


def density_lines(x: np.ndarray, y: np.ndarray) -> list[dict]:
    """Lines of equal density around shares of the points, the innermost first.

    x, y     float32 (M,)  coordinates; both axes get the same scale
    returns  a dict a line: "share" of the points within, "x" and "y" of its corners, closed
    """
    finite = np.isfinite(x) & np.isfinite(y)  # damaged tables hold other numbers too
    if not finite.any():
        return []
    x, y = x[finite], y[finite]
    counts, columns, rows = _counts(x.astype(np.float64), y.astype(np.float64))
    smooth = _smoothed(counts)
    generator = contourpy.contour_generator(columns, rows, smooth)
    return [
        {"share": share, "x": line[:, 0].tolist(), "y": line[:, 1].tolist()}
        for share, level in zip(SHARES, _levels(smooth), strict=True)
        for line in generator.lines(level)
    ]


def _counts(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points a cell (rows, columns), and the middles of the cells, a margin around all."""
    longer = max(np.ptp(x), np.ptp(y)) or 1.0
    cell = longer / CELLS
    margin = (np.ceil(4 * SPREAD) + 1) * cell  # wider than the Gaussian reaches
    edges = [np.arange(axis.min() - margin, axis.max() + margin + cell, cell) for axis in (x, y)]
    counts, _, _ = np.histogram2d(y, x, bins=(edges[1], edges[0]))
    middles = [(edge[1:] + edge[:-1]) / 2 for edge in edges]
    return counts, middles[0], middles[1]


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Counts under a Gaussian of SPREAD cells, one axis after the other."""
    reach = int(np.ceil(4 * SPREAD))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SPREAD) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        counts = np.apply_along_axis(np.convolve, axis, counts, kernel, mode="same")
    return counts


def _levels(smooth: np.ndarray) -> list[float]:
    """The density at which the cells that are denser hold each share of all points."""
    densest = np.sort(smooth, axis=None)[::-1]
    held = np.cumsum(densest)
    places = np.searchsorted(held, np.array(SHARES) * held[-1])
    return densest[np.minimum(places, len(densest) - 1)].tolist()
