"""Stage clusters: clusters and segment stretch of every map of one projection method.

Clusters of the states by their places on the map, at three sizes, and how far each segment of a
trajectory is stretched. Beyond FIT_STATES states the fitted ones are clustered, and each other
one joins the cluster of the fitted state nearest to it on the map.
"""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import BoolArray, Float32Array, Int32Array, IntArray
from stateline.pipeline.numerics.cluster_table import cluster_table
from stateline.pipeline.numerics.neighbours import Nearest, sample_rows
from stateline.pipeline.numerics.segments import stretch
from stateline.pipeline.run.artefacts import (
    CLUSTER_FACTS,
    EP,
    OFFSETS,
    PADDING,
    VOCABULARY,
    distance_array,
    map_arrays,
)
from stateline.pipeline.run.facts import LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, method_main, method_stage
from stateline.pipeline.run.tables import Inputs
from stateline.store import schema

# A cluster holds one in so many of the states at the least, coarse to fine: a handful of clusters
# on the whole map, some dozens when one looks closely.
SHARES = (20, 60, 200)
SMALLEST = 5
# Neighbours that make a place dense. More would smooth small clusters away.
DENSITY_NEIGHBOURS = 10


def cluster_places(places: Float32Array) -> tuple[Int32Array, list[int]]:
    """Cluster places by density, at each level of size.

    places   float32 (B, 2)
    returns  int32 (B, levels), -1 for those in none; least states of a cluster by level
    source   Campello et al. 2013, "Density-based clustering based on hierarchical density
             estimates"; McInnes and Healy 2017, "Accelerated hierarchical density based clustering"
    """
    from fast_hdbscan.hdbscan import clusters_from_spanning_tree, compute_minimum_spanning_tree

    sizes = [max(SMALLEST, len(places) // share) for share in SHARES]
    member = np.full((len(places), len(sizes)), -1, dtype=np.int32)
    if len(places) < 2 * SMALLEST:
        return member, sizes
    # One tree for all levels; the same on every run.
    tree, *_ = compute_minimum_spanning_tree(
        places.astype(np.float64),
        min_samples=min(DENSITY_NEIGHBOURS, len(places) - 1),
        reproducible=True,
    )
    for level, size in enumerate(sizes):
        # Leaves of the hierarchy: its most stable clusters are often two halves of the whole map.
        label, *_ = clusters_from_spanning_tree(
            tree, min_cluster_size=size, cluster_selection_method="leaf"
        )
        member[:, level] = label
    return member, sizes


def by_size(label: IntArray) -> IntArray:
    """Return the clusters renumbered by decreasing size, int (M,); -1 stays.

    label  int (M,)  -1 for no cluster
    """
    count = np.bincount(label[label >= 0])
    number = np.empty(len(count) + 1, dtype=np.int32)
    number[np.argsort(-count, kind="stable")] = np.arange(len(count))
    number[-1] = -1
    renumbered: IntArray = number[label]
    return renumbered


def memberships(
    places: Float32Array, fitted: BoolArray, padding: BoolArray | None
) -> tuple[Int32Array, list[int]]:
    """Return the cluster of every state at each level.

    places   float32 (M, 2)
    fitted   bool (M,)  the states that are clustered; each other one joins its nearest of them
    padding  bool (M,)  those after padding, which are in none; None: there are none
    returns  int32 (M, levels), -1 for none; least fitted states of a cluster by level
    """
    base = places[fitted]
    found, sizes = cluster_places(base)
    member = np.full((len(places), len(sizes)), -1, dtype=np.int32)
    member[fitted] = found
    placed = ~fitted if padding is None else ~fitted & ~padding
    if placed.any():
        _, nearest = Nearest(base, 1).of(places[placed])
        member[placed] = found[nearest[:, 0]]
    return np.stack([by_size(label) for label in member.T], axis=1), sizes


class Answers:
    """Words and answers of all stored steps, which the clusters of every map are described by.

    sequence   int (M,)  sequence of each step
    label      int (M,)  actual class of its sequence
    predicted  int (M,)  most likely class after the step
    token      String (M,), None for a series
    special    tokens that are no words: unknown, start
    """

    def __init__(self, inputs: Inputs) -> None:
        lengths = np.diff(inputs.offsets)
        self.sequence = np.repeat(np.arange(len(lengths)), lengths)
        self.label = inputs.label[self.sequence]
        ep = np.load(inputs.paths.need("expected", EP), mmap_mode="r")
        self.predicted = ep.argmax(axis=1)
        self.token: pl.Series | None = None
        self.special: list[str] = []
        if inputs.corpus["kind"] == "text":
            path = inputs.paths.need("corpus", VOCABULARY)
            spelling = pl.read_parquet(path, columns=["token"])["token"]
            ids = [each for each in inputs.corpus["tokens"].values() if each is not None]
            self.special = [spelling[each] for each in ids if each < len(spelling)]
            self.token = spelling.gather(inputs.documents("ids")["ids"].list.explode())


def chart(
    paths: BuildPaths, stage: StageRun, method: str, layer: LayerFacts, state: str, answers: Answers
) -> dict[str, object]:
    """Write clusters and stretch of one map; return their facts for the manifest."""
    settings = paths.read_settings(f"project-{method}")
    offsets = np.load(paths.need("extract", OFFSETS))
    padding = np.load(paths.need("extract", PADDING))
    name = map_arrays(layer["id"], state)
    places = np.load(paths.need(f"project-{method}", name))["places"]
    distance = np.load(paths.need("distances", distance_array(layer["id"], state)))
    drawn, scale = stretch(places, distance, offsets, layer["direction"], padding)
    fitted = sample_rows(offsets, settings["fit_states"], settings["seed"], padding)
    member, sizes = memberships(places, fitted, padding)
    np.savez(stage.folder / name, stretch=drawn, cluster=member)
    name = schema.cluster_table(schema.projection_id(layer["id"], state, method))
    stage.write_table(name, cluster_table(places, member, answers))
    return {"segment_scale": scale, "cluster_sizes": sizes}


def clusters(paths: BuildPaths, stage: StageRun, method: str) -> None:
    """Write clusters and stretch of every map of a method."""
    inputs = Inputs(paths)
    answers = Answers(inputs)
    facts = {
        f"{layer['id']}.{state}": chart(paths, stage, method, layer, state, answers)
        for layer in inputs.extracted["layers"]
        for state in layer["mapped"]
    }
    stage.write_json(CLUSTER_FACTS, facts)
    stage.rows = len(answers.label) * len(facts)


run = method_stage(clusters)


if __name__ == "__main__":
    method_main(
        "clusters",
        run,
        reads="the corpus, extract, expected, distances and project stages",
        writes=f"<layer>.<state>.npz, clusters/<projection>.parquet, {CLUSTER_FACTS}",
    )
