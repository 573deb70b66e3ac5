"""Stage units: statistics of each hidden unit, its strongest contexts and response to words.

States are read in pieces. Words and units are grouped by co-clustering the responses of units to
words.
"""

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    Float64Array,
    Int64Array,
)
from stateline.pipeline.numerics.coclusters import RUNS, Coclusters, coclusters
from stateline.pipeline.numerics.jumps import move
from stateline.pipeline.run.arrays import pieces, read_rows
from stateline.pipeline.run.artefacts import READOUT, UNIT_FACTS, VOCABULARY, state_array
from stateline.pipeline.run.facts import LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import StageRun, stage_main, stage_work
from stateline.pipeline.run.tables import Inputs, nothing, table
from stateline.store.blocks import Block
from stateline.store.schema import (
    CONTEXTS,
    MAX_RESPONSES,
    MIN_RESPONSE,
    context_columns,
    context_table,
    response_columns,
    response_table,
    unit_columns,
    unit_table,
)

# Numbers in work for each number of a piece: the states, their moves and those of each word.
WORK_WIDTH = 4


class Spread:
    """Mean, standard deviation and range of each of N units, from pieces (M, N) of their states."""

    def __init__(self, units: int) -> None:
        self.rows = 0
        self.mean, self.square = np.zeros(units), np.zeros(units)  # square: summed, about the mean
        self.low, self.high = np.full(units, np.inf), np.full(units, -np.inf)

    def add(self, h: Float32Array) -> None:
        """Add a piece of states.

        h       float32 (M, N)
        source  Chan, Golub and LeVeque 1983, updating formulae for variances
        """
        mean = h.mean(axis=0, dtype=np.float64)
        square = np.square(h - mean).sum(axis=0)
        rows, away = self.rows + len(h), mean - self.mean
        self.square += square + away**2 * (self.rows * len(h) / rows)
        self.mean += away * (len(h) / rows)
        self.low = np.minimum(self.low, h.min(axis=0))
        self.high = np.maximum(self.high, h.max(axis=0))
        self.rows = rows

    @property
    def sd(self) -> Float64Array:
        """Population standard deviation of each unit, float64 (N,)."""
        return np.sqrt(self.square / self.rows)


class Strongest:
    """Sequences in which each unit is highest or lowest, each with its strongest step.

    sign      1 for the highest values, -1 for the lowest
    value     float32 (k, N)  times sign; the strongest first, of equal ones the first sequence
    sequence  int64 (k, N)    step too: the first of equal ones
    """

    def __init__(self, units: int, sign: int) -> None:
        self.sign = sign
        self.value = np.empty((0, units), np.float32)
        self.sequence, self.step = (np.empty((0, units), np.int64) for _ in range(2))

    def add(self, h: Float32Array, block: Block, padding: BoolArray) -> None:
        """Add a block of whole sequences, in their order.

        h        float32 (M, N)
        padding  bool (M,)  steps that are left out
        """
        signed = np.where(padding[:, None], np.float32(-np.inf), self.sign * h)
        value = np.concatenate([self.value, np.maximum.reduceat(signed, block.starts)])
        numbers = np.repeat(np.arange(block.first, block.last)[:, None], h.shape[1], axis=1)
        sequence = np.concatenate([self.sequence, numbers])
        step = np.concatenate([self.step, np.full_like(numbers, -1)])
        # Stable, so that of equal values the first sequence stays in front.
        kept = np.argsort(-value, axis=0, kind="stable")[:CONTEXTS]
        self.value, self.sequence, self.step = (
            np.take_along_axis(each, kept, axis=0) for each in (value, sequence, step)
        )
        for rank, unit in np.argwhere(self.step < 0):
            number = self.sequence[rank, unit] - block.first
            start = block.starts[number]
            here = signed[start : start + block.lengths[number], unit]
            self.step[rank, unit] = here.argmax()

    def columns(self) -> dict[str, AnyArray]:
        """Return the columns of the contexts, unit by unit, each (n,)."""
        ranks, units = self.value.shape
        return {
            "unit": np.repeat(np.arange(units), ranks),
            "high": np.full(units * ranks, self.sign > 0),
            "rank": np.tile(np.arange(ranks), units),
            "sequence_id": self.sequence.T.ravel(),
            "t": self.step.T.ravel(),
            "value": (self.sign * self.value).T.ravel(),
        }


class Responses:
    """Mean change of each unit at each frequent word, summed from pieces.

    inputs  files of the earlier stages; a series has no words
    units   N
    """

    def __init__(self, inputs: Inputs, units: int) -> None:
        self.words, code = words_of(inputs)
        counts = ~inputs.padding if len(code) else np.zeros(0, dtype=bool)
        counted = np.bincount(code[counts], minlength=len(self.words))
        frequent = counted >= MIN_RESPONSE
        # The place of each step's word among the frequent ones, -1 where it is none.
        self.place = np.where(counts, np.where(frequent, np.cumsum(frequent) - 1, -1)[code], -1)
        self.words, self.count = self.words[frequent], counted[frequent]
        self.total = np.zeros((len(self.words), units))

    def add(self, moved: Float64Array, block: Block) -> None:
        """Add the state changes of a block, float64 (M, N)."""
        place = self.place[block.start : block.stop]
        rows = np.flatnonzero(place >= 0)
        rows = rows[np.argsort(place[rows], kind="stable")]
        if len(rows):
            words, first = np.unique(place[rows], return_index=True)
            self.total[words] += np.add.reduceat(moved[rows], first)

    def strongest(self) -> dict[str, AnyArray]:
        """Return the kept words by decreasing influence: phrase, count, response float32 (W, N)."""
        response = self.total / np.maximum(self.count, 1)[:, None]
        score = self.count * np.linalg.norm(response, axis=1)
        kept = np.argsort(-score, kind="stable")[:MAX_RESPONSES]
        kept = kept[score[kept] > 0]
        return {
            "phrase": self.words[kept],
            "count": self.count[kept],
            "response": response[kept].astype(np.float32),
        }


def words_of(inputs: Inputs) -> tuple[AnyArray, Int64Array]:
    """Return the words of a text in alphabetical order, and the number of every step's word.

    returns  str (W,), int64 (M,); both empty for a series
    """
    if inputs.corpus["kind"] == "series":
        return np.empty(0, dtype=str), np.empty(0, dtype=np.int64)
    tokens = pl.read_parquet(inputs.paths.need("corpus", VOCABULARY), columns=["token"])["token"]
    words, number = np.unique(tokens.to_numpy().astype(str), return_inverse=True)
    return words, number[inputs.documents("ids")["ids"].list.explode().to_numpy()]


def read_layer(inputs: Inputs, layer: LayerFacts) -> tuple[Spread, list[Strongest], Responses]:
    """Read the states of a layer once and summarise them.

    layer    as the extract stage describes it
    returns  statistics of its units, their highest and lowest contexts, responses to words
    """
    source = inputs.paths.need("extract", state_array(layer["id"], "h"))
    units = layer["units"]
    spread, responses = Spread(units), Responses(inputs, units)
    ends = [Strongest(units, sign) for sign in (1, -1)]
    for block in pieces(inputs.offsets, WORK_WIDTH * units):
        h = read_rows(source, block)
        padding = inputs.padding[block.start : block.stop]
        spread.add(h[~padding])
        for end in ends:
            end.add(h, block, padding)
        if len(responses.words):
            moved = np.empty(h.shape)
            move(h, block, layer["direction"], moved)
            responses.add(moved, block)
    return spread, ends, responses


def units_of(inputs: Inputs, layer: LayerFacts, spread: Spread, groups: Coclusters) -> pl.DataFrame:
    """Return the table of a layer's units."""
    readout, units = inputs.extracted["readout"], layer["units"]
    wanted = unit_columns(readout["outputs"])
    weight = nothing(units, next(column.dtype for column in wanted if column.name == "weight"))
    if readout["method"] == "linear" and readout["layer"] == layer["id"]:
        weight = np.load(inputs.paths.need("extract", READOUT))["weights"].T
    group = pl.Series(groups.units)
    columns = {
        "unit": np.arange(units),
        "weight": weight,
        "mean": spread.mean,
        "sd": spread.sd,
        "low": spread.low,
        "high": spread.high,
        "cluster": group.set(group < 0, None),
        "stability": pl.Series(groups.unit_stability).fill_nan(None),
    }
    return table(columns, wanted)


def contexts_of(ends: list[Strongest]) -> pl.DataFrame:
    """Return the table of a layer's contexts, both ends of every unit."""
    parts = [table(end.columns(), context_columns()) for end in ends]
    return pl.concat(parts).sort("unit", "high", "rank", descending=[False, True, False])


def units(paths: BuildPaths, stage: StageRun) -> None:
    """Write units, contexts and responses of every stored layer."""
    settings, inputs = paths.read_settings("units"), Inputs(paths)
    facts: dict[str, object] = {}
    for layer in inputs.extracted["layers"]:
        id_ = layer["id"]
        spread, ends, responses = read_layer(inputs, layer)
        found = responses.strongest()
        groups = coclusters(found["response"], settings["unit_groups"], settings["seed"])
        agreed = groups.agreement
        facts[id_] = None if agreed is None else {"runs": RUNS, "agreement": agreed}
        found |= {"cluster": groups.words, "stability": groups.word_stability}
        stage.write_table(unit_table(id_), units_of(inputs, layer, spread, groups))
        stage.write_table(context_table(id_), contexts_of(ends))
        responded = table(found, response_columns(layer["units"]))
        stage.write_table(response_table(id_), responded)
    stage.write_json(UNIT_FACTS, facts)
    stage.rows = int(inputs.offsets[-1])


work = stage_work(units)


if __name__ == "__main__":
    stage_main(
        "units",
        work,
        reads="the corpus and extract stages",
        writes=", ".join(name("<layer>") for name in (unit_table, context_table, response_table))
        + f", {UNIT_FACTS}",
    )
