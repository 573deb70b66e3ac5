"""Stage index: approximate nearest-neighbour index of layers with many states.

Up to INDEX_STATES states the app finds nearest states by exhaustive search. Beyond, it uses a
graph index, which finds most of them in far less time; the stage measures the recall.
"""

import os
from pathlib import Path

import numpy as np
from tqdm import tqdm
from usearch.index import Index

from stateline.pipeline.numerics.arrays import AnyArray, Float64Array, Int64Array
from stateline.pipeline.run.arrays import pieces, read_rows, read_some
from stateline.pipeline.run.artefacts import EXTRACT_FACTS, OFFSETS, state_array
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, say, stage_main, stage_work
from stateline.store.schema import INDEX_DEPTH, index_file

# Half precision takes two thirds of the room, and as many neighbours are found with it.
PRECISION = "f16"
NEIGHBOURS_OF_A_STATE = 16
DEPTH = 128  # of the search for the neighbours of a state that is added
# States that the index is tried on, and the nearest ones that it should find of each.
TRIED, NEAREST = 200, 10
ROUNDING = 1e-6  # of squared distances that are compared, relative to their size


def build_index(source: Path, offsets: Int64Array) -> Index:
    """Build an index of all states, each under its row number.

    source   array of the states (M, N) in a NumPy file
    offsets  int64 (S + 1,) rows of each sequence
    """
    units = np.load(source, mmap_mode="r").shape[1]
    index = Index(
        ndim=units,
        metric="l2sq",
        dtype=PRECISION,
        connectivity=NEIGHBOURS_OF_A_STATE,
        expansion_add=DEPTH,
        expansion_search=INDEX_DEPTH,
    )
    parts = list(pieces(offsets, units))
    for block in tqdm(parts, desc="index", unit="piece", disable=None, leave=False):
        # One thread: with several the graph depends on which of them comes first.
        index.add(np.arange(block.start, block.stop), read_rows(source, block), threads=1)
    return index


def recall(index: Index, source: Path, offsets: Int64Array, seed: int) -> float:
    """Measure the share of true nearest states that the index finds, for a seeded sample.

    Equal states are interchangeable: those count that are no farther than the last of the true
    nearest ones.

    source   array of the states (M, N) in a NumPy file
    offsets  int64 (S + 1,) rows of each sequence
    returns  0 to 1
    """
    rows = np.random.default_rng(seed).choice(len(index), min(TRIED, len(index)), replace=False)
    asked = read_some(source, rows).astype(np.float64)
    count = min(NEAREST, len(index))
    nearest = np.full((len(rows), count), np.inf)
    for block in pieces(offsets, asked.shape[1] + len(rows)):
        nearer = np.concatenate([nearest, squares(asked, read_rows(source, block))], axis=1)
        nearest = np.partition(nearer, count - 1, axis=1)[:, :count]
    last = nearest.max(axis=1, keepdims=True)
    found = index.search(asked.astype(np.float32), count).keys.reshape(len(rows), count)
    away = [
        squares(state[None], read_some(source, keys.astype(np.int64)))[0]
        for state, keys in zip(asked, found, strict=True)
    ]
    return float((np.array(away) <= last * (1 + ROUNDING) + ROUNDING).mean())


def squares(asked: AnyArray, states: AnyArray) -> Float64Array:
    """Squared Euclidean distances between two sets of states.

    asked    float64 (A, N)
    states   float32 or float64 (M, N)
    returns  float64 (A, M)
    """
    states = states.astype(np.float64)
    products = asked @ states.T
    size: Float64Array = np.square(asked).sum(axis=1)[:, None] + np.square(states).sum(axis=1)
    distance: Float64Array = size - 2 * products
    return distance


def index(paths: BuildPaths, stage: StageRun) -> None:
    """Write an index of the hidden states of every layer that has more than INDEX_STATES."""
    settings = paths.read_settings("index")
    offsets = np.load(paths.need("extract", OFFSETS))
    shares: dict[str, float] = {}
    stage.facts["recall"] = shares
    if offsets[-1] > settings["index_states"]:
        for layer in paths.read_json("extract", EXTRACT_FACTS)["layers"]:
            source = paths.need("extract", state_array(layer["id"], "h"))
            made = build_index(source, offsets)
            path = stage.folder / index_file(layer["id"])
            path.parent.mkdir(exist_ok=True)
            made.save(os.fspath(path))
            share = recall(made, source, offsets, settings["seed"])
            shares[layer["id"]] = round(share, 4)
            say(f"index: finds {share:.1%} of the {NEAREST} nearest states of layer {layer['id']}")
            stage.rows = int(offsets[-1])


work = stage_work(index)


if __name__ == "__main__":
    stage_main("index", work, reads="the extract stage", writes=index_file("<layer>"))
