"""Checks of what follows from the places on a map: stretched segments, and clusters."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from stateline.store.blocks import blocks
from stateline.store.checks.clusters import check_clusters, fail
from stateline.store.checks.judge import ROUNDING
from stateline.store.checks.phrase_sums import BLOCK_STEPS
from stateline.store.checks.report import Report
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import DISTANCE_COLUMNS, MANIFEST, STEPS, hidden_table, projection_table
from stateline.store.table import SlicedTable

# A segment of no length on the map counts as this share of the median one.
SHORTEST = 1e-3
# Of logarithms of ratios of float32 numbers.
LOG_ROUNDING = 1e-4


def check_maps(run: Run, report: Report) -> None:
    """Every map, one after the other."""
    steps = SlicedTable(run.folder / STEPS, run.columns[STEPS])
    for each in run.manifest.projections:
        name = projection_table(each.id)
        places = SlicedTable(run.folder / name, run.columns[name])
        drawn, found = check_stretch(run, each, places), check_clusters(run, each, places, steps)
        report.add("maps", f"{each.id}, {drawn:,} segments and {found} clusters")


def segments(run: Run, entry: Projection, places: SlicedTable) -> Iterator[pl.DataFrame]:
    """A row a step of a map, some sequences at a time: sequence_id, t, stretch, and the segment.

    entry   the manifest's of the map
    places  its table
    yields  length: on the map from the step before; apart: distance of the two states, which is
            that of the later step, or of the earlier one in a layer that reads from the end; both
            null at the first step and where the state did not move
    """
    column, name = DISTANCE_COLUMNS[entry.state], hidden_table(entry.layer)
    hidden = SlicedTable(run.folder / name, run.columns[name])
    backward = run.layer(entry.layer).direction == "backward"
    length = sum((pl.col(axis) - pl.col(axis).shift(1)) ** 2 for axis in ("x", "y")).sqrt()
    drawn = (pl.col("t") > 0) & (pl.col("apart") > 0)
    for block in blocks(run.offsets, BLOCK_STEPS):
        steps = places.slice(block.start, block.stop, ["sequence_id", "t", "stretch", "x", "y"])
        apart = hidden.slice(block.start, block.stop, [column])[column].alias("apart")
        steps = steps.with_columns(apart.shift(1) if backward else apart)
        yield steps.cast({pl.Float32: pl.Float64}).select(
            "sequence_id",
            "t",
            "stretch",
            length=pl.when(drawn).then(length),
            apart=pl.when(drawn).then(pl.col("apart")),
        )


def medians(run: Run, entry: Projection, places: SlicedTable) -> tuple[float | None, float]:
    """Of all segments: their scale, None where there is none; and their length on the map."""
    scales, lengths = [], []
    for steps in segments(run, entry, places):
        drawn = steps.drop_nulls("length")
        scales.append((drawn["length"] / drawn["apart"]).to_numpy())
        lengths.append(drawn["length"].to_numpy())
    if not sum(map(len, lengths)):
        return None, 0.0
    # A median needs them all: two numbers a step, the only ones of all steps in memory at once.
    scale, length = (
        float(np.median(np.concatenate(each), overwrite_input=True)) for each in (scales, lengths)
    )
    return scale or None, length


def check_stretch(run: Run, entry: Projection, places: SlicedTable) -> int:
    """The stretch of every segment from places and distances; returns how many there are.

    entry   the manifest's of the map
    places  its table
    """
    said = entry.segment_scale
    scale, middle = medians(run, entry, places)
    known = said is not None and scale is not None
    if abs(said - scale) > ROUNDING * scale if known else (said, scale) != (None, None):
        key = f"projections, {entry.id}: segment_scale"
        fail(run, MANIFEST, key, "null" if scale is None else f"{scale:.6g}", said)
    length = pl.max_horizontal("length", pl.lit(SHORTEST * middle))
    count, before = 0, 0
    for steps in segments(run, entry, places):
        # A step without a segment has no distance, hence no stretch.
        wanted = steps.select((length / pl.col("apart") / scale).log(2)).to_series()
        off = (steps["stretch"] - wanted).abs() <= LOG_ROUNDING
        good = (steps["stretch"].is_null() == wanted.is_null()) & (off | wanted.is_null())
        if not good.all():
            row = int((~good).arg_max())
            place = f"sequence {steps['sequence_id'][row]}, t {steps['t'][row]} "
            place += f"(row {before + row:,})"
            rule = f"stretch = {wanted[row]}"
            fail(run, projection_table(entry.id), place, rule, steps["stretch"][row])
        count += wanted.len() - wanted.null_count()
        before += steps.height
    return count
