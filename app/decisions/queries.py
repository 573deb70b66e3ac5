"""When a model decides, and how well its confidence is calibrated, from the stored steps."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Protocol, TypeVar

import numpy as np
import polars as pl

from stateline.app.queries.confidence import BINS, bins_of
from stateline.app.queries.state_kinds import state_kind
from stateline.app.web.cache import CACHE
from stateline.store.reader import Run
from stateline.store.schema import STEPS

POSITIONS = 21  # of a mean trajectory, from 0 to 100 % of the steps
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# Of the deviation by chance: draws, each of no more numbers than GROUPS.
DRAWS, GROUPS = 500, 1000
CLASS = pl.col("label")


class HasBytes(Protocol):
    """An object whose size in memory is known, such as an array."""

    @property
    def nbytes(self) -> int:
        """Return its size in bytes."""


T = TypeVar("T", bound=HasBytes)


@dataclass(frozen=True)
class Arrays:
    """A group of arrays."""

    @property
    def nbytes(self) -> int:
        """Return the bytes of all arrays together."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))


@dataclass(frozen=True)
class Accuracy(Arrays):
    """Share of the sequences whose answer after n steps is the actual class, n = 1 to L.

    A sequence of fewer steps counts with its last answer.

    whole     float64 (L,)
    by_class  float64 (C, L)  of the sequences of each actual class; NaN for a class without any
    """

    whole: np.ndarray
    by_class: np.ndarray


@dataclass(frozen=True)
class Settled(Arrays):
    """Share of the sequences of each actual class that have settled, by step and by share of steps.

    A sequence settles at its settle step, from which on its answer never changes.

    by_step   float64 (C, L)    at step 0, 1, … L - 1
    by_share  float64 (C, 101)  at 0, 1, … 100 % of the way from the first step to the last
    median    float64 (C,)      settle step
    null      NaN for a class without sequences
    """

    by_step: np.ndarray
    by_share: np.ndarray
    median: np.ndarray


@dataclass(frozen=True)
class Fan(Arrays):
    """Expected prediction of the actual class after each step, over the sequences still running.

    quantiles  float64 (C, L, 5)  QUANTILES by actual class; NaN where no sequence is running
    running    int64   (C, L)     sequences that have a step there
    """

    quantiles: np.ndarray
    running: np.ndarray


@dataclass(frozen=True)
class Calibration(Arrays):
    """Accuracy by confidence, in the bins of stateline.app.queries.confidence.

    count       int64   (10,)
    accuracy    float64 (10,)  share of correct answers; NaN in an empty bin
    confidence  float64 (10,)  mean; NaN in an empty bin
    chance      float64 (10,)  see chance_deviation; NaN in an empty bin
    """

    count: np.ndarray
    accuracy: np.ndarray
    confidence: np.ndarray
    chance: np.ndarray

    @property
    def error(self) -> float:
        """Return the expected calibration error.

        The mean of |accuracy - confidence| over the bins, weighted by their counts.

        source  Guo et al. 2017, "On calibration of modern neural networks"
        """
        return self._weighted(np.abs(self.accuracy - self.confidence))

    @property
    def error_by_chance(self) -> float:
        """Return the mean of that error where each answer is right as often as its confidence."""
        return self._weighted(self.chance)

    def _weighted(self, apart: np.ndarray) -> float:
        """Return the mean over the bins, float64 (10,), weighted by their counts."""
        full = self.count > 0
        return float(apart[full] @ self.count[full] / self.count.sum())


def chance_deviation(confidence: np.ndarray) -> float:
    """Return the mean of |accuracy - mean confidence| of answers as often right as they are sure.

    Estimated from seeded draws, since the binomial's normal approximation is poor near 0 and 1. Of
    more answers than GROUPS those of nearly the same confidence are drawn at once, by their mean.
    confidence  float64 (n,)  of each answer, n at least 1
    """
    groups = np.array_split(np.sort(confidence), min(GROUPS, len(confidence)))
    sizes = np.array([len(group) for group in groups])
    means = np.minimum(1.0, [group.mean() for group in groups])
    right = np.random.default_rng(0).binomial(sizes, means, (DRAWS, len(groups))).sum(axis=1)
    return float(np.abs(right / len(confidence) - confidence.mean()).mean())


def accuracy(run: Run) -> Accuracy:
    """Return the accuracy by the number of steps read."""

    def make() -> Accuracy:
        steps = _steps(run, "predicted").with_columns(right=pl.col("predicted") == CLASS)
        last = pl.col("t") == pl.col("length") - 1
        counted = steps.group_by("label", "t").agg(
            right=pl.col("right").sum(), ended=(pl.col("right") & last).sum()
        )
        found = counted.collect()
        right = _table(run, found, "right")
        # Sequences that ended before count with their last answer.
        right[:, 1:] += np.cumsum(_table(run, found, "ended"), axis=1)[:, :-1]
        return Accuracy(
            right.sum(axis=0) / run.sequences.height, _divided(right, _stored(run)[:, None])
        )

    return _cached(run, "accuracy", make)


def settled(run: Run) -> Settled:
    """Return the share of sequences that have settled by each step."""

    def make() -> Settled:
        # A sequence of a single step has been read as a whole at step 0.
        way = (pl.col("length") - 1).clip(lower_bound=1).cast(pl.Int64)
        settle = pl.col("settle_step").cast(pl.Int64)
        table = run.sequences.select("label", t=settle, percent=(100 * settle + way - 1) // way)

        def share_settled(column: str, width: int) -> np.ndarray:
            counted = table.group_by("label", column).agg(pl.len())
            counts = _table(run, counted, "len", column, width)
            return _divided(np.cumsum(counts, axis=1), _stored(run)[:, None])

        median = np.full(len(run.class_names), np.nan)
        middle = table.group_by("label").agg(pl.col("t").median())
        median[middle["label"].to_numpy()] = middle["t"].to_numpy()
        by_step, by_share = share_settled("t", _longest(run)), share_settled("percent", 101)
        return Settled(by_step, by_share, median)

    return _cached(run, "settled", make)


def fan(run: Run) -> Fan:
    """Return quantiles of the expected prediction of the actual class, over the sequences."""

    def make() -> Fan:
        own = pl.col("ep").arr.get(CLASS)
        counted = (
            _steps(run, "ep")
            .group_by("label", "t")
            .agg(
                pl.len(),
                *(own.quantile(share, "linear").alias(str(share)) for share in QUANTILES),
            )
            .collect()
        )
        running = _table(run, counted, "len")
        bands = [_table(run, counted, str(share), fill=np.nan) for share in QUANTILES]
        return Fan(np.stack(bands, axis=-1), running.astype(np.int64))

    return _cached(run, "fan", make)


def calibration(run: Run, share: float) -> Calibration:
    """Return the accuracy by confidence after a share of each sequence's steps, rounded up.

    share  above 0, up to 1 for all steps
    """

    def make() -> Calibration:
        answers = _answers(run, share)
        right, confidence = (answers[name].to_numpy() for name in ("right", "confidence"))
        bins = bins_of(confidence)
        count = np.bincount(bins, minlength=BINS)
        means = np.full((3, BINS), np.nan)
        for each in np.flatnonzero(count):
            own = bins == each
            means[:, each] = (
                right[own].mean(), confidence[own].mean(), chance_deviation(confidence[own])
            )  # fmt: skip
        return Calibration(count, *means)

    return _cached(run, f"calibration-{share}", make)


def _answers(run: Run, share: float) -> pl.DataFrame:
    """Return whether each sequence is right, and its confidence, after a share of its steps.

    returns  float64 columns right (0 or 1) and confidence, one row per sequence
    """
    right, sure = pl.col("predicted") == CLASS, pl.col("confidence").cast(pl.Float64)
    wanted = (right.cast(pl.Float64).alias("right"), sure)
    if share == 1:
        # The model's own answer, which filters use, may differ from that of the last step by the
        # last digit, because it was computed in another batch.
        return run.sequences.select(wanted)
    read = (pl.col("length") * share).ceil().cast(pl.UInt32) - 1
    return (
        _steps(run, "predicted", "confidence").filter(pl.col("t") == read).select(wanted).collect()
    )


def mean_trajectory(run: Run, projection: str) -> np.ndarray:
    """Return the mean position of the sequences of each actual class on a map, along their steps.

    At each of POSITIONS even shares of its steps, a sequence counts with the nearest state, in the
    order in which the layer read them.
    returns  float64 (C, POSITIONS, 2)  x and y; NaN for a class without sequences
    """

    def make() -> np.ndarray:
        lengths = np.diff(run.offsets)
        way = np.linspace(0, 1, POSITIONS) * (lengths[:, None] - 1)
        step = np.floor(way + 0.5).astype(np.int64)
        if state_kind(run, projection).backward:
            step = lengths[:, None] - 1 - step
        rows = (run.offsets[:-1, None] + step).ravel()
        place = run.coordinates(projection)
        table = pl.DataFrame(
            {
                "label": np.repeat(run.sequences["label"].to_numpy(), POSITIONS),
                "t": np.tile(np.arange(POSITIONS), len(lengths)),
                "x": place["x"][rows].astype(np.float64),
                "y": place["y"][rows].astype(np.float64),
            }
        )
        means = table.group_by("label", "t").agg(pl.col("x", "y").mean())
        both = [_table(run, means, axis, width=POSITIONS, fill=np.nan) for axis in "xy"]
        return np.stack(both, axis=-1)

    return _cached(run, f"trajectory-{projection}", make)


def majority(run: Run) -> float:
    """Return the share of the stored sequences that are of the most frequent class."""
    return float(_stored(run).max() / run.sequences.height)


def _cached(run: Run, name: str, make: Callable[[], T]) -> T:
    key = (run.name, run.checksum, "decisions", name)
    return CACHE.get(key, make, lambda found: found.nbytes)


def _steps(run: Run, *columns: str) -> pl.LazyFrame:
    """Return columns of all steps, with the actual class and the length of the sequence."""
    facts = run.sequences.lazy().select("sequence_id", "label", "length")
    return run.scan(STEPS).select("sequence_id", "t", *columns).join(facts, on="sequence_id")


def _stored(run: Run) -> np.ndarray:
    """Count the stored sequences of each class: int64 (C,)."""
    return np.bincount(run.sequences["label"].to_numpy(), minlength=len(run.class_names))


def _longest(run: Run) -> int:
    return int(np.diff(run.offsets).max())


def _table(
    run: Run,
    counted: pl.DataFrame,
    column: str,
    by: str = "t",
    width: int | None = None,
    fill: float = 0,
) -> np.ndarray:
    """Return a column of a group-by as float64 (C, width), by class and `by`.

    width  None for the steps of the longest sequence
    fill   value where the group-by has no row
    """
    table = np.full((len(run.class_names), width or _longest(run)), fill, dtype=np.float64)
    table[counted["label"].to_numpy(), counted[by].to_numpy()] = counted[column].to_numpy()
    return table


def _divided(counts: np.ndarray, stored: np.ndarray) -> np.ndarray:
    """Divide counts, float64 (C, n), by sequences, int64 (C, 1); NaN where there are none."""
    shares = np.full(counts.shape, np.nan)
    np.divide(counts, stored, out=shares, where=stored > 0)
    return shares
