"""Sums over the occurrences of each token and phrase, block by block of whole sequences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from stateline.store.blocks import blocks
from stateline.store.reader import Run
from stateline.store.schema import STEPS
from stateline.store.table import SlicedTable

READ = ["sequence_id", "token", "contribution", "distance", "predicted", "padding"]
BLOCK_STEPS = 65_536


@dataclass
class Occurrences:
    """O tokens, or pairs of tokens that follow each other, of some sequences.

    size          words in each, 1 or 2
    row           int64 (O,)      row of words.parquet; -1 where it is in none
    phrase        String (O,)
    sequence      int64 (O,)
    contribution  float64 (O, K)  summed over the words of a pair
    distance      float64 (O,)    summed over the words of a pair
    flipped       bool (O,)       the predicted class changed at its step, or at one of its two
    """

    size: int
    row: np.ndarray
    phrase: pl.Series
    sequence: np.ndarray
    contribution: np.ndarray
    distance: np.ndarray
    flipped: np.ndarray


def occurrences(run: Run, words: pl.DataFrame) -> Iterator[Occurrences]:
    """Yield every token and every pair of a run, some sequences at a time.

    words  phrase and size of each row of words.parquet
    """
    rows = words.select("phrase", "size").with_row_index("row").cast({"row": pl.Int64})
    by_size = {size: rows.filter(pl.col("size") == size).drop("size") for size in (1, 2)}
    table = SlicedTable(run.folder / STEPS, run.columns[STEPS])
    for block in blocks(run.offsets, BLOCK_STEPS):
        steps = table.slice(block.start, block.stop, READ)
        first = np.zeros(block.rows, dtype=bool)
        first[block.starts] = True
        predicted = steps["predicted"].to_numpy()
        changed = np.append(False, predicted[1:] != predicted[:-1]) & ~first
        word = ~steps["padding"].to_numpy()
        steps, changed = steps.filter(word), changed[word]
        moved = steps["contribution"].to_numpy().astype(np.float64)
        distance = steps["distance"].to_numpy().astype(np.float64)
        sequence, token = steps["sequence_id"].to_numpy().astype(np.int64), steps["token"]
        first = np.append(True, sequence[1:] != sequence[:-1])
        row = numbered(token, by_size[1])
        yield Occurrences(1, row, token, sequence, moved, distance, changed)
        second = np.flatnonzero(~first)
        before = second - 1
        phrase = token.gather(before) + " " + token.gather(second)
        yield Occurrences(
            2,
            numbered(phrase, by_size[2]),
            phrase,
            sequence[second],
            moved[before] + moved[second],
            distance[before] + distance[second],
            changed[before] | changed[second],
        )


def numbered(phrase: pl.Series, rows: pl.DataFrame) -> np.ndarray:
    """Return the row of each phrase, -1 where it has none.

    phrase   String (O,)
    rows     row and phrase of words.parquet
    returns  int64 (O,)
    """
    phrases = pl.DataFrame({"phrase": phrase})
    found = phrases.join(rows, on="phrase", how="left", maintain_order="left")
    row: np.ndarray = found["row"].fill_null(-1).to_numpy()
    return row


@dataclass
class Sums:
    """Sums over all occurrences of each row of words.parquet, P of them.

    count         int64 (P,)      occurrences
    sequences     int64 (P,)      stored sequences with it
    wrong         int64 (P,)      those of them that are misclassified
    flips         int64 (P,)      occurrences at which the predicted class changed
    holding       int64 (P, C)    stored sequences with it, by class
    contribution  float64 (P, K)
    distance      float64 (P,)
    unlisted      the first token without a row, None where each has one
    missing       uint64          hashes of the pairs that have no row
    """

    count: np.ndarray
    sequences: np.ndarray
    wrong: np.ndarray
    flips: np.ndarray
    holding: np.ndarray
    contribution: np.ndarray
    distance: np.ndarray
    unlisted: str | None
    missing: np.ndarray


def add_up(run: Run, words: pl.DataFrame) -> Sums:
    """Return the sums of a run.

    words  phrase and size of each row of words.parquet
    """
    size, classes = words.height, len(run.class_names)
    label = run.sequences["label"].to_numpy().astype(np.int64)
    wrong = (~run.sequences["correct"]).to_numpy()
    whole = ("count", "sequences", "wrong", "flips")
    sums = Sums(
        **{name: np.zeros(size, dtype=np.int64) for name in whole},
        holding=np.zeros((size, classes), dtype=np.int64),
        contribution=np.zeros((size, run.manifest.readout.outputs)),
        distance=np.zeros(size),
        unlisted=None,
        missing=np.empty(0, dtype=np.uint64),
    )
    missing = []
    for each in occurrences(run, words):
        there = each.row >= 0
        left = each.phrase.filter(pl.Series(~there))
        if each.size == 2:
            missing.append(left.hash().to_numpy())
        elif sums.unlisted is None and len(left):
            sums.unlisted = left[0]
        row, sequence = each.row[there], each.sequence[there]
        sums.count += np.bincount(row, minlength=size)
        sums.flips += np.bincount(row[each.flipped[there]], minlength=size)
        sums.distance += np.bincount(row, each.distance[there], size)
        for output, moved in enumerate(each.contribution[there].T):
            sums.contribution[:, output] += np.bincount(row, moved, size)
        held = np.unique(np.stack([row, sequence]), axis=1)
        sums.sequences += np.bincount(held[0], minlength=size)
        sums.wrong += np.bincount(held[0][wrong[held[1]]], minlength=size)
        np.add.at(sums.holding, (held[0], label[held[1]]), 1)
    sums.missing = np.concatenate(missing)
    return sums


def spread(run: Run, words: pl.DataFrame, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sums of squared differences of the occurrences from the mean of their phrase.

    words    phrase and size of each row of words.parquet
    mean     float64 (P, K)
    returns  of the contributions of single occurrences, float64 (P, K); and of contributions and
             effects, each first added up over the occurrences in one sequence, (P, K + C)
    """
    size, outputs = mean.shape
    single, clustered = np.zeros_like(mean), np.zeros((size, outputs + len(run.class_names)))
    for each in occurrences(run, words):
        there = each.row >= 0
        row = each.row[there]
        off = each.contribution[there] - mean[row]
        for total, values in zip(single.T, off.T, strict=True):
            total += np.bincount(row, values**2, size)
        # A block holds whole sequences, so that no pair of phrase and sequence is in two blocks.
        pairs = pl.DataFrame({"row": row, "sequence": each.sequence[there]}).with_columns(
            pl.Series(f"{index}", values)
            for index, values in enumerate(np.concatenate([off, effects(off)], axis=1).T)
        )
        added = pairs.group_by("row", "sequence").sum()
        for index, total in enumerate(clustered.T):
            total += np.bincount(added["row"], added[f"{index}"].to_numpy() ** 2, size)
    return single, clustered


def holding(run: Run, words: pl.DataFrame, wanted: np.ndarray) -> list[set[int]]:
    """Return the stored sequences that hold each of some phrases.

    words   phrase and size of each row of words.parquet
    wanted  int64 (R,)  rows
    """
    found: dict[int, set[int]] = {row: set() for row in wanted.tolist()}
    for each in occurrences(run, words):
        there = np.isin(each.row, wanted)
        for row, sequence in zip(each.row[there], each.sequence[there], strict=True):
            found[int(row)].add(int(sequence))
    return [found[row] for row in wanted.tolist()]


def effects(contribution: np.ndarray) -> np.ndarray:
    """Return the effect of contributions on each class: its own less the mean of the others.

    contribution  float64 (O, K)
    returns       float64 (O, C)
    """
    if contribution.shape[1] == 1:
        return np.concatenate([-contribution, contribution], axis=1)
    classes = contribution.shape[1]
    others = contribution.sum(axis=1, keepdims=True) - contribution
    effect: np.ndarray = contribution - others / (classes - 1)
    return effect
