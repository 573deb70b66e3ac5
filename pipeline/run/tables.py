"""The store's tables from the files of the stages, wide ones in pieces of whole sequences."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import BoolArray, Int64Array, UInt32Array
from stateline.pipeline.run.arrays import pieces, read_rows
from stateline.pipeline.run.artefacts import (
    CONTRIBUTION,
    CORPUS_FACTS,
    DECISIONS,
    DISTANCES,
    EP,
    EXTRACT_FACTS,
    LOGIT,
    OFFSETS,
    PADDING,
    PREDICTION,
    SEQUENCES,
    SILENT,
    VISIBLE,
    VOCABULARY,
    distance_array,
    map_arrays,
    state_array,
)
from stateline.pipeline.run.facts import CorpusFacts, ExtractFacts, LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.blocks import Block
from stateline.store.schema import Column, gate_column, polars_schema

Columns = tuple[Column, ...]
# Numbers that a row of the steps counts for besides its vectors: its words and its figures.
STEP_WIDTH = 32


class Inputs:
    """Files of the earlier stages of one run.

    corpus     facts of the corpus stage
    extracted  facts of the extract stage
    offsets    int64 (S + 1,) rows of each sequence in every step-grained array
    label      int64 (S,)
    """

    def __init__(self, paths: BuildPaths) -> None:
        self.paths = paths
        self.corpus: CorpusFacts = paths.read_json("corpus", CORPUS_FACTS)
        self.extracted: ExtractFacts = paths.read_json("extract", EXTRACT_FACTS)
        self.offsets: Int64Array = np.load(paths.need("extract", OFFSETS))
        self.label = self.documents("label")["label"].to_numpy().astype(np.int64)

    def documents(self, *columns: str) -> pl.DataFrame:
        """Read some columns of the stored sequences, in order; not cached, since they are large."""
        corpus = pl.scan_parquet(self.paths.need("corpus", SEQUENCES))
        stored = corpus.filter(pl.col("split") == "test").select(columns)
        return stored.head(len(self.offsets) - 1).collect()

    @property
    def unknown(self) -> int | None:
        """Id of words outside the vocabulary; None where there is no such id."""
        return self.corpus["tokens"]["unknown"]

    @cached_property
    def padding(self) -> BoolArray:
        """Steps that are padding which the model reads, bool (M,)."""
        mask: BoolArray = np.load(self.paths.need("extract", PADDING))
        return mask

    def padding_steps(self) -> Int64Array:
        """Return the number of padding steps of each sequence: int64 (S,)."""
        return np.add.reduceat(self.padding.astype(np.int64), self.offsets[:-1])

    def unknown_steps(self) -> Int64Array:
        """Return the number of unknown words of each sequence: int64 (S,)."""
        if self.unknown is None:
            return np.zeros(len(self.label), dtype=np.int64)
        ids = self.documents("ids")["ids"]
        return ids.list.eval(pl.element() == self.unknown).list.sum().to_numpy().astype(np.int64)


def table(columns: Mapping[str, object], wanted: Columns) -> pl.DataFrame:
    """Return a table of the schema's columns in their order; arrays (M, D) become vectors."""
    return pl.DataFrame({column.name: as_column(columns[column.name]) for column in wanted}).cast(
        polars_schema(wanted)
    )


def as_column(values: object) -> object:
    """Return a column of float32 vectors from an array (M, D); anything else unchanged."""
    if isinstance(values, np.ndarray) and values.ndim == 2:
        return pl.Series(values, dtype=pl.Array(pl.Float32, values.shape[1]))
    return values


def nothing(rows: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Return a column of nulls."""
    return pl.repeat(None, rows, dtype=dtype, eager=True)


def key_of(block: Block) -> dict[str, UInt32Array]:
    """Return sequence and step of every row of a block: uint32 (M,) each."""
    sequence = np.arange(block.first, block.last, dtype=np.uint32)
    step = np.arange(block.rows) - np.repeat(block.starts, block.lengths)
    return {
        "sequence_id": np.repeat(sequence, block.lengths),
        "t": step.astype(np.uint32),
    }


def sequences_table(inputs: Inputs, wanted: Columns) -> pl.DataFrame:
    """Return one row per sequence; predicted and confidence are the model's own."""
    paths = inputs.paths
    documents = inputs.documents("external_id", "length_full", "text")
    prediction = np.load(paths.need("extract", PREDICTION))
    decisions = np.load(paths.need("expected", DECISIONS))
    distances = np.load(paths.need("distances", DISTANCES))
    predicted = prediction.argmax(axis=1)
    turning, right = (pl.Series(decisions[name]) for name in ("turning_step", "right_until"))
    columns = {
        "sequence_id": np.arange(documents.height),
        "external_id": documents["external_id"],
        "label": inputs.label,
        "predicted": predicted,
        "correct": inputs.label == predicted,
        "confidence": prediction.max(axis=1),
        "length": np.diff(inputs.offsets),
        "length_full": documents["length_full"],
        "unknown": inputs.unknown_steps(),
        "padding": inputs.padding_steps(),
        "flips": decisions["flips"],
        "settle_step": decisions["settle_step"],
        "max_distance": distances["max_distance"],
        "max_distance_step": distances["max_distance_step"],
        "turning_step": turning.set(turning < 0, None),
        "right_until": right.set(right < 0, None),
        "peak_label": decisions["peak_label"],
        "peak_confidence": decisions["peak_confidence"],
        "text": documents["text"],
    }
    return table(columns, wanted)


def vocabulary_table(inputs: Inputs, wanted: Columns) -> pl.DataFrame:
    """Return one row per token; none for a series."""
    if inputs.corpus["kind"] == "series":
        return pl.DataFrame(schema=polars_schema(wanted))
    words = pl.read_parquet(inputs.paths.need("corpus", VOCABULARY))
    return words.select(column.name for column in wanted).cast(polars_schema(wanted))


def step_words(part: pl.DataFrame, words: pl.Series, unknown: int | None) -> dict[str, object]:
    """Return the word columns of the steps of some sequences of a text.

    part     their documents with lists of a step each
    words    the vocabulary's words, one row per id
    unknown  the id of words that are not in it; None: there is no such id
    """
    ids = part["ids"].list.explode()
    return {
        "token": words.gather(ids),
        "surface": part["surface"].list.explode(),
        "token_id": ids,
        "known": pl.repeat(True, len(ids), eager=True) if unknown is None else ids != unknown,
    }


def step_values(part: pl.DataFrame) -> dict[str, object]:
    """Return the value columns of the steps of some sequences of a series, and step names."""
    names = part["surface"].list.explode()
    return {
        "token": names,
        "surface": names,
        "token_id": nothing(len(names), pl.UInt32),
        "known": pl.repeat(True, len(names), eager=True),
        "values": part["values"].list.explode(),
    }


def step_answers(inputs: Inputs, block: Block) -> dict[str, object]:
    """Return the answer and distance columns of the steps of a block."""
    paths, layer = inputs.paths, inputs.extracted["readout"]["layer"]
    expected, distances = paths.stage("expected"), paths.stage("distances")
    ep = read_rows(expected / EP, block)
    seen = inputs.extracted["readout"]["method"] == "linear"
    return {
        "ep": ep,
        "logit": read_rows(expected / LOGIT, block),
        "contribution": read_rows(expected / CONTRIBUTION, block),
        "predicted": ep.argmax(axis=1),
        "confidence": ep.max(axis=1),
        "distance": read_rows(distances / distance_array(layer, "h"), block),
    } | {
        name: read_rows(distances / file, block) if seen else nothing(block.rows, pl.Float32)
        for name, file in (("visible", VISIBLE), ("silent", SILENT))
    }


def steps_pieces(inputs: Inputs, wanted: Columns) -> Iterator[pl.DataFrame]:
    """Yield one row per step of the stored sequences, some sequences at a time."""
    series = inputs.corpus["kind"] == "series"
    documents = inputs.documents("values" if series else "ids", "surface", "role")
    if not series:
        words = pl.read_parquet(inputs.paths.need("corpus", VOCABULARY), columns=["token"])["token"]
    vectors = sum(c.dtype.size for c in wanted if isinstance(c.dtype, pl.Array))
    for block in pieces(inputs.offsets, STEP_WIDTH + vectors):
        part = documents.slice(block.first, block.last - block.first)
        role = part["role"].list.explode()
        if part["role"].null_count() == part.height:
            role = nothing(block.rows, pl.String)
        reads = step_values(part) if series else step_words(part, words, inputs.unknown)
        own = {"role": role, "padding": inputs.padding[block.start : block.stop]}
        yield table(key_of(block) | reads | own | step_answers(inputs, block), wanted)


def hidden_pieces(inputs: Inputs, layer: LayerFacts, wanted: Columns) -> Iterator[pl.DataFrame]:
    """Yield one row per step with all stored values of one layer, some sequences at a time.

    layer  as the extract stage describes it
    """
    sources = {
        **{kind: ("extract", state_array(layer["id"], kind)) for kind in layer["states"]},
        **{
            gate_column(gate): ("extract", state_array(layer["id"], gate_column(gate)))
            for gate in layer["gates"]
        },
        "distance": ("distances", distance_array(layer["id"], "h")),
        "distance_c": ("distances", distance_array(layer["id"], "c")),
    }
    files = {
        column.name: inputs.paths.need(*sources[column.name])
        for column in wanted
        if column.name in sources
    }
    for block in pieces(inputs.offsets, layer["units"] * len(files)):
        yield table(
            key_of(block) | {name: read_rows(path, block) for name, path in files.items()}, wanted
        )


def projection_pieces(
    inputs: Inputs, layer: str, state: str, method: str, wanted: Columns
) -> Iterator[pl.DataFrame]:
    """Yield one row per step with its place on one map, some sequences at a time."""
    made, seen = (
        np.load(inputs.paths.need(f"{stage}-{method}", map_arrays(layer, state)))
        for stage in ("project", "clusters")
    )
    places, trust, fitted = made["places"], made["trust"], made["fitted"]
    stretch, cluster = seen["stretch"], seen["cluster"]
    for block in pieces(inputs.offsets, STEP_WIDTH):
        rows = slice(block.start, block.stop)
        here = {
            "x": places[rows, 0],
            "y": places[rows, 1],
            "trust": trust[rows],
            "fitted": fitted[rows],
            "stretch": pl.Series(stretch[rows]).fill_nan(None),
            "cluster": pl.Series(cluster[rows], dtype=pl.Array(pl.Int32, cluster.shape[1])),
        }
        yield table(key_of(block) | here, wanted)
