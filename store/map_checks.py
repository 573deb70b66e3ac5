"""Checks of what follows from the places on a map: stretched segments, and clusters."""

import polars as pl

from store.blocks import ROUNDING
from store.cluster_checks import check_clusters, fail
from store.reader import Run
from store.report import Report
from store.schema import (
    DISTANCE_COLUMNS,
    MANIFEST,
    SEQUENCES,
    STEPS,
    hidden_table,
    projection_table,
)

# A segment of no length on the map counts as this share of the median one.
SHORTEST = 1e-3
# Of logarithms of ratios of float32 numbers.
LOG_ROUNDING = 1e-4


def check_maps(run: Run, report: Report) -> None:
    """Every map, one after the other."""
    steps = run.scan(STEPS).select("sequence_id", "predicted", "token")
    label = run.scan(SEQUENCES).select("sequence_id", "label")
    steps = steps.join(label, on="sequence_id", how="left", maintain_order="left").collect()
    for each in run.manifest["projections"]:
        drawn, found = check_stretch(run, each), check_clusters(run, each, steps)
        report.add("maps", f"{each['id']}, {drawn:,} segments and {found} clusters")


def segments(run: Run, entry: dict) -> pl.DataFrame:
    """A row a step of a map: sequence_id, t, stretch, and the segment from the step before.

    entry    the manifest's of the map
    returns  length: on the map; apart: distance of the two states, which is that of the later
             step, or of the earlier one in a layer that reads from the end; both null at the first
             step and where the state did not move
    """
    column = DISTANCE_COLUMNS[entry["state"]]
    distance = run.scan(hidden_table(entry["layer"])).select(apart=pl.col(column))
    places = run.scan(projection_table(entry["id"])).select("sequence_id", "t", "stretch", "x", "y")
    steps = pl.concat([places, distance], how="horizontal").cast({pl.Float32: pl.Float64})
    if run.layer(entry["layer"])["direction"] == "backward":
        steps = steps.with_columns(pl.col("apart").shift(1))
    length = sum((pl.col(axis) - pl.col(axis).shift(1)) ** 2 for axis in ("x", "y")).sqrt()
    drawn = (pl.col("t") > 0) & (pl.col("apart") > 0)
    return steps.select(
        "sequence_id",
        "t",
        "stretch",
        length=pl.when(drawn).then(length),
        apart=pl.when(drawn).then(pl.col("apart")),
    ).collect()


def check_stretch(run: Run, entry: dict) -> int:
    """The stretch of every segment from places and distances; returns how many there are.

    entry  the manifest's of the map
    """
    steps, said = segments(run, entry), entry["segment_scale"]
    scale = steps.select((pl.col("length") / pl.col("apart")).median()).item() or None
    known = said is not None and scale is not None
    if abs(said - scale) > ROUNDING * scale if known else (said, scale) != (None, None):
        key = f"projections, {entry['id']}: segment_scale"
        fail(run, MANIFEST, key, "null" if scale is None else f"{scale:.6g}", said)
    length = pl.max_horizontal("length", SHORTEST * pl.col("length").median())
    wanted = steps.select((length / pl.col("apart") / scale).log(2)).to_series()
    off = (steps["stretch"] - wanted).abs() <= LOG_ROUNDING
    good = (steps["stretch"].is_null() == wanted.is_null()) & (off | wanted.is_null())
    if not good.all():
        row = int((~good).arg_max())
        place = f"sequence {steps['sequence_id'][row]}, t {steps['t'][row]} (row {row:,})"
        rule = f"stretch = {wanted[row]}"
        fail(run, projection_table(entry["id"]), place, rule, steps["stretch"][row])
    return wanted.len() - wanted.null_count()
