"""Checks of the figures that follow from the places on a map: stretched segments, and clusters."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from stateline.store.blocks import blocks
from stateline.store.checks.clusters import check_clusters
from stateline.store.checks.phrase_sums import BLOCK_STEPS
from stateline.store.checks.placing import check_placing
from stateline.store.checks.report import Report, fail
from stateline.store.checks.rules import ROUNDING, first_false
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import (
    DISTANCE_COLUMNS,
    MANIFEST,
    MIN_SEGMENT,
    STEPS,
    hidden_table,
    projection_table,
)
from stateline.store.table import SlicedTable

LOG_ROUNDING = 1e-4  # of logarithms of ratios of float32 numbers


def check_maps(run: Run, report: Report) -> None:
    """Check every map.

    raises  StatelineError  at the first step or cluster that differs
    """
    steps = SlicedTable(run.folder / STEPS, run.columns[STEPS])
    for entry in run.manifest.projections:
        name = projection_table(entry.id)
        places = SlicedTable(run.folder / name, run.columns[name])
        segments, clusters = (
            check_stretch(run, entry, places),
            check_clusters(run, entry, places, steps),
        )
        report.add("maps", f"{entry.id}, {segments:,} segments and {clusters} clusters")
        if entry.placed_states:
            placed = check_placing(run, entry, places)
            report.add("maps", f"{entry.id}, {placed} of its placed states compared")


def read_segments(run: Run, entry: Projection, places: SlicedTable) -> Iterator[pl.DataFrame]:
    """Yield one row per step of a map, some sequences at a time.

    places  table of the map
    yields  sequence_id, t, stretch, and of the segment from the step before its length on the map
            and the distance of the two states, apart: that of the later step, or of the earlier
            one in a layer that reads from the end. Both are null at the first step, at padding and
            behind it, and where the state did not move
    """
    column, name = DISTANCE_COLUMNS[entry.state], hidden_table(entry.layer)
    hidden = SlicedTable(run.folder / name, run.columns[name])
    table = SlicedTable(run.folder / STEPS, run.columns[STEPS])
    backward = run.layer(entry.layer).direction == "backward"
    across, up = (pl.col(axis) - pl.col(axis).shift(1) for axis in ("x", "y"))
    length = (across**2 + up**2).sqrt()
    words = ~pl.col("padding") & ~pl.col("padding").shift(1, fill_value=False)
    drawn = (pl.col("t") > 0) & (pl.col("apart") > 0) & words
    for block in blocks(run.offsets, BLOCK_STEPS):
        steps = places.slice(block.start, block.stop, ["sequence_id", "t", "stretch", "x", "y"])
        apart = hidden.slice(block.start, block.stop, [column])[column].alias("apart")
        padding = table.slice(block.start, block.stop, ["padding"])["padding"]
        steps = steps.with_columns(apart.shift(1) if backward else apart, padding)
        yield steps.cast({pl.Float32: pl.Float64}).select(
            "sequence_id",
            "t",
            "stretch",
            length=pl.when(drawn).then(length),
            apart=pl.when(drawn).then(pl.col("apart")),
        )


def medians(run: Run, entry: Projection, places: SlicedTable) -> tuple[float | None, float]:
    """Return the median scale of all segments, None where there is none, and the median length.

    places  table of the map
    """
    scales, lengths = [], []
    for steps in read_segments(run, entry, places):
        drawn = steps.drop_nulls("length")
        scales.append((drawn["length"] / drawn["apart"]).to_numpy())
        lengths.append(drawn["length"].to_numpy())
    if not sum(map(len, lengths)):
        return None, 0.0
    # A median needs them all: two numbers per step, the only ones of all steps in memory at once.
    scale, length = (
        float(np.median(np.concatenate(each), overwrite_input=True)) for each in (scales, lengths)
    )
    return scale or None, length


def check_stretch(run: Run, entry: Projection, places: SlicedTable) -> int:
    """Check the stretch of every segment from places and distances; return how many there are.

    places  table of the map
    raises  StatelineError  at the first step that differs
    """
    stored = entry.segment_scale
    scale, median_length = medians(run, entry, places)
    if stored is None or scale is None:
        same = stored is scale
    else:
        same = abs(stored - scale) <= ROUNDING * scale
    if not same:
        key = f"projections, {entry.id}: segment_scale"
        fail(run, MANIFEST, key, "null" if scale is None else f"{scale:.6g}", stored)
    length = pl.max_horizontal("length", pl.lit(MIN_SEGMENT * median_length))
    count, before = 0, 0
    for steps in read_segments(run, entry, places):
        # A step without a segment has no distance, hence no stretch.
        ratio = length / pl.col("apart") / pl.lit(scale, dtype=pl.Float64)
        wanted = steps.select(ratio.log(2)).to_series()
        off = (steps["stretch"] - wanted).abs() <= LOG_ROUNDING
        good = (steps["stretch"].is_null() == wanted.is_null()) & (off | wanted.is_null())
        if not good.all():
            row = first_false(good)
            place = f"sequence {steps['sequence_id'][row]}, t {steps['t'][row]} "
            place += f"(row {before + row:,})"
            rule = f"stretch = {wanted[row]}"
            fail(run, projection_table(entry.id), place, rule, steps["stretch"][row])
        count += wanted.len() - wanted.null_count()
        before += steps.height
    return count
