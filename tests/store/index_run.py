"""Runs with an index of their states, whole and crafted."""

import tempfile
from pathlib import Path

import numpy as np
from usearch.index import Index

from stateline.store.schema import hidden_table, index_file
from stateline.store.writer import write_run
from tests.store.damage import refresh
from tests.synthetic import synthetic_tables
from tests.synthetic_shape import BIDIRECTIONAL


def indexed_run(store: Path, sequences: int = 40, name: str = "indexed") -> Path:
    """Write a run of two layers, each with an index, and return its folder."""
    manifest, tables = synthetic_tables(
        name, sequences, 20, 6, 2, 1, 0, ("pca",), "pca", 1, layers=BIDIRECTIONAL, model=False
    )
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for entry in manifest["layers"]:
            entry["index"], path = True, index_file(entry["id"])
            files[path] = Path(folder) / Path(path).name
            states = tables[hidden_table(entry["id"])]["h"].to_numpy()
            save_index(files[path], states)
        return write_run(store, manifest, tables, files)


def save_index(path: Path, states: np.ndarray) -> None:
    """Save an index of states (M, N), each under its row."""
    index = Index(ndim=states.shape[1], metric="l2sq", dtype="f16")
    index.add(np.arange(len(states)), states, threads=1)
    index.save(str(path))


def craft_index(folder: Path, layer: str) -> None:
    """Make the graph of an index lead out of its file, with a checksum to match.

    Its sizes and its states stay as they are: only a search meets the fault.
    """
    path = folder / index_file(layer)
    content = bytearray(path.read_bytes())
    rows, columns = np.frombuffer(content[:8], dtype=np.uint32).tolist()
    at = 8 + rows * columns + 64  # behind the states and the head of the file
    size, connectivity, base = np.frombuffer(content[at : at + 24], dtype=np.uint64).tolist()
    at += 40
    levels = np.frombuffer(content[at : at + 2 * size], dtype=np.int16).tolist()
    at += 2 * size
    for level in levels:
        at += 10  # key and level; then a number of neighbours, and the neighbours, for each level
        for width in [base, *[connectivity] * level]:
            content[at + 4 : at + 4 + 4 * width] = b"\xf0\xff\xff\x7f" * width
            at += 4 + 4 * width
    assert at == len(content)
    path.write_bytes(content)
    refresh(folder, index_file(layer))
