"""Evidence that follows from steps and places of a synthetic run, by plain loops.

Words and phrases, the stretch of each segment on a map, and the clusters of the states on it.
"""

import math
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import polars as pl
from scipy import stats

from stateline.store.schema import (
    CHARACTERISTIC_WORDS,
    MAX_Q,
    MIN_CLUSTER_SEQUENCES,
    MIN_PHRASE,
    cluster_columns,
    polars_schema,
    word_columns,
)
from tests.synthetic_labels import add_labels
from tests.synthetic_shape import Layer, Shape

# Cells of equal numbers of states that the planted clusters are, coarse to fine.
CELLS = (2, 3, 5)
OUTSIDE = 7  # every so many states are in no cluster
TRAINING = 80  # training sequences of each class
UNSTORED = 2  # test sequences of each class that are not stored, in which no word occurs


def words_table(
    steps: pl.DataFrame, sequences: pl.DataFrame, vocabulary: pl.DataFrame, shape: Shape
) -> pl.DataFrame:
    """One row per token and one row per phrase that occurs often enough; none for a series."""
    classes, outputs = (steps.schema[name].shape[0] for name in ("ep", "logit"))
    wanted = polars_schema(word_columns(classes, outputs))
    if shape.features:
        return pl.DataFrame(schema=wanted)
    labels = sequences["label"].to_list()
    wrong = {i for i, correct in enumerate(sequences["correct"]) if not correct}
    sizes = {
        "train": [TRAINING] * classes if shape.training else None,
        "test": [labels.count(each) + UNSTORED for each in range(classes)],
    }
    training = dict(vocabulary.select("token", "sequences").iter_rows())
    rows, held = [], {}
    for (size, phrase), seen in occurrences(steps).items():
        if size == 2 and len(seen) < MIN_PHRASE:
            continue
        holding = {sequence for sequence, *_ in seen}
        train = None
        if shape.training:
            # A phrase stands in no more sequences than its rarer word does.
            train = [min(each) for each in zip(*(training[w] for w in phrase.split()), strict=True)]
        test = [sum(labels[each] == c for each in holding) for c in range(classes)]
        others = set(range(len(labels))) - holding
        rows.append(
            {
                "phrase": phrase,
                "size": size,
                "count": len(seen),
                "sequences": len(holding),
                **effect_columns(
                    np.array([moved for _, moved, _, _ in seen]), [each for each, *_ in seen]
                ),
                "distance": sum(distance for _, _, distance, _ in seen) / len(seen),
                "flips": sum(flipped for *_, flipped in seen),
                "error_with": len(holding & wrong) / len(holding),
                "error_without": len(others & wrong) / len(others) if others else None,
                "train": train,
                "test": test,
            }
        )
        held[size, phrase] = holding
    rows.sort(key=lambda row: (row["size"], -row["count"], row["phrase"]))
    special = [vocabulary["token"][each] for each in shape.tokens.values() if each is not None]
    provided = shape.training and shape.split == "provided"
    add_labels(rows, sizes, held, special if provided else None)
    return pl.DataFrame(rows, schema_overrides=wanted).select(wanted.names())


def occurrences(steps: pl.DataFrame) -> dict[tuple[int, str], list[tuple]]:
    """Every occurrence by size and phrase: sequence, contribution, distance, whether it flipped."""
    found = defaultdict(list)
    for (sequence,), rows in steps.group_by("sequence_id", maintain_order=True):
        token, predicted = rows["token"].to_list(), rows["predicted"].to_list()
        moved = rows["contribution"].to_numpy().astype(np.float64)
        distance = rows["distance"].to_list()
        flipped = [t > 0 and predicted[t] != predicted[t - 1] for t in range(len(token))]
        for t in range(len(token)):
            found[1, token[t]].append((sequence, moved[t], distance[t], flipped[t]))
            if t > 0:
                found[2, f"{token[t - 1]} {token[t]}"].append(
                    (
                        sequence,
                        moved[t - 1] + moved[t],
                        distance[t - 1] + distance[t],
                        flipped[t - 1] or flipped[t],
                    )
                )
    return found


def effect_columns(moved: np.ndarray, sequence: list[int]) -> dict[str, object]:
    """Means, spreads and class of a phrase's contributions, (count, K), at its occurrences.

    sequence  the sequence of each occurrence
    """
    count, outputs = moved.shape
    mean = moved.mean(axis=0)
    if outputs == 1:
        towards = int(mean[0] > 0)
        effects = moved[:, 0] if towards else -moved[:, 0]
    else:
        towards = int(mean.argmax())
        others = [each for each in range(outputs) if each != towards]
        effects = moved[:, towards] - moved[:, others].mean(axis=1)
    spread = moved.std(axis=0, ddof=1) if count > 1 else None
    error = clustered_error(effects.tolist(), sequence)
    return {
        "contribution": mean.tolist(),
        "contribution_se": None
        if error is None
        else [clustered_error(column.tolist(), sequence) for column in moved.T],
        "contribution_sd": None if spread is None else spread.tolist(),
        "towards": towards,
        "effect": float(effects.mean()),
        "effect_se": error,
        "effect_low": None
        if error is None
        else float(effects.mean()) - stats.t.ppf(0.975, len(set(sequence)) - 1) * error,
    }


def clustered_error(values: list[float], sequence: list[int]) -> float | None:
    """Standard error of a mean of values that come in sequences; None of a single sequence."""
    mean, several = sum(values) / len(values), len(set(sequence))
    if several == 1:
        return None
    off = defaultdict(float)
    for value, each in zip(values, sequence, strict=True):
        off[each] += value - mean
    squares = sum(each**2 for each in off.values())
    return math.sqrt(squares * several / (several - 1)) / len(values)


def segments(
    x: np.ndarray, y: np.ndarray, distance: np.ndarray, lengths: np.ndarray, direction: str
) -> list[tuple[int, float, float]]:
    """Segments between two states that differ: row of the later, length on the map, distance."""
    found, first = [], 0
    for length in lengths:
        for row in range(first + 1, first + length):
            # A layer that reads from the end came from the later state to the earlier one.
            moved = float(distance[row if direction == "forward" else row - 1])
            if moved > 0:
                across, up = (float(axis[row]) - float(axis[row - 1]) for axis in (x, y))
                found.append((row, math.hypot(across, up), moved))
        first += length
    return found


def segment_scale(found: list[tuple[int, float, float]]) -> float | None:
    """Length on the map of a hidden-state unit, as the median segment has it."""
    ratios = [apart / moved for _, apart, moved in found]
    return float(np.median(ratios)) or None if ratios else None


def stretch_column(found: list[tuple[int, float, float]], states: int) -> list[float | None]:
    """How much longer each segment is drawn than others of its distance, in powers of two."""
    stretch, scale = [None] * states, segment_scale(found)
    if scale is not None:
        least = 1e-3 * float(np.median([apart for _, apart, _ in found]))
        for row, apart, moved in found:
            stretch[row] = math.log2(max(apart, least) / (moved * scale))
    return stretch


def map_columns(
    placed: dict[str, np.ndarray], distance: np.ndarray, lengths: np.ndarray, direction: str
) -> dict[str, list]:
    """Columns of a map that follow from its places: stretch and clusters."""
    x, y, moved = (each.astype(np.float32) for each in (placed["x"], placed["y"], distance))
    return {
        "stretch": stretch_column(segments(x, y, moved, lengths, direction), len(x)),
        "cluster": planted_clusters(x).tolist(),
    }


def map_figures(
    places: pl.DataFrame, hidden: pl.DataFrame, clusters: pl.DataFrame, layer: Layer, state: str
) -> dict[str, object]:
    """Manifest entries of the segments and clusters of a map."""
    lengths = places.group_by("sequence_id", maintain_order=True).len()["len"].to_numpy()
    x, y = (places[axis].to_numpy() for axis in ("x", "y"))
    distance = hidden["distance" if state == "h" else "distance_c"].to_numpy()
    return {
        "segment_scale": segment_scale(segments(x, y, distance, lengths, layer.direction)),
        "cluster_sizes": cluster_sizes(clusters),
    }


def planted_clusters(x: np.ndarray) -> np.ndarray:
    """Clusters of all states at each level, int (M, levels): slices of the map from left to right.

    Numbered by size within a level, -1 for the states in none.
    """
    order = np.argsort(np.argsort(x, kind="stable"), kind="stable")
    inside = np.arange(len(x)) % OUTSIDE != OUTSIDE - 1
    levels = []
    for cells in CELLS:
        cell = np.where(inside, order * cells // len(x), -1)
        ranked = Counter(cell[inside].tolist()).most_common()
        number = {-1: -1} | {each: rank for rank, (each, _) in enumerate(ranked)}
        levels.append([number[each] for each in cell.tolist()])
    return np.array(levels).T


def clusters_table(
    places: pl.DataFrame, steps: pl.DataFrame, sequences: pl.DataFrame
) -> pl.DataFrame:
    """One row per cluster, from the states in it."""
    member, sequence = places["cluster"].to_numpy(), steps["sequence_id"].to_numpy()
    label = sequences["label"].to_numpy()[sequence]
    predicted, token = steps["predicted"].to_numpy(), steps["token"].to_list()
    series = "values" in steps.columns
    rows = []
    for level, column in enumerate(member.T):
        for cluster in range(column.max() + 1):
            inside = np.flatnonzero(column == cluster)
            middle = inside[np.argsort(places["x"].to_numpy()[inside])[len(inside) // 2]]
            coarser = Counter(member[inside, level - 1].tolist()) if level else {}
            parent = [each for each in coarser if 2 * coarser[each] > len(inside)]
            actual, answer = most_common(label[inside]), most_common(predicted[inside])
            rows.append(
                {
                    "level": level,
                    "cluster": cluster,
                    "parent": parent[0] if parent else -1,
                    "states": len(inside),
                    "sequences": len(set(sequence[inside].tolist())),
                    "x": places["x"][int(middle)],
                    "y": places["y"][int(middle)],
                    "label": actual,
                    "purity": (label[inside] == actual).sum() / len(inside),
                    "predicted": answer,
                    "accuracy": (label[inside] == predicted[inside]).sum() / len(inside),
                }
            )
        found = {} if series else over_represented(column, sequence, token)
        for row in rows[-(column.max() + 1) :]:
            listed = found.get(row["cluster"], [])
            row |= {"words": [word for _, word, _, _ in listed]}
            row |= {"word_sequences": [sequences for *_, sequences, _ in listed]}
            row |= {"word_q": [q for *_, q in listed]}
    wanted = polars_schema(cluster_columns())
    return pl.DataFrame(rows, schema=wanted) if rows else pl.DataFrame(schema=wanted)


def most_common(values: np.ndarray) -> int:
    """The most common value, of equally common ones the smallest."""
    counts = Counter(values.tolist())
    return min(counts, key=lambda value: (-counts[value], value))


def over_represented(
    cluster: np.ndarray, sequence: np.ndarray, token: list[str]
) -> dict[int, list[tuple[float, str, int, float]]]:
    """Words that more sequences read in a cluster than chance has it: p, word, sequences and q.

    cluster  int (M,)  of one level, -1 for none
    """
    there = Counter(zip(sequence.tolist(), token, strict=True))
    here = Counter(zip(sequence.tolist(), token, cluster.tolist(), strict=True))
    pairs = {pair for pair in there if not pair[1].startswith("[")}
    held = Counter(word for _, word in pairs)
    share, readers, size = Counter(), Counter(), Counter()
    for (number, word, each), count in here.items():
        if each >= 0 and (number, word) in pairs:
            part = Fraction(count, there[number, word])
            share[each, word] += part
            size[each] += part
            readers[each, word] += 1
    tested = len(size) * sum(count >= MIN_CLUSTER_SEQUENCES for count in held.values())
    ranked = sorted(
        (upper_tail(int(share[pair]), int(size[pair[0]] + Fraction(1, 2)), held[pair[1]],
                    len(pairs)), *pair, count)
        for pair, count in readers.items()
        if count >= MIN_CLUSTER_SEQUENCES
    )  # fmt: skip
    found, q = defaultdict(list), 1.0
    for rank in range(len(ranked), 0, -1):
        p, each, word, count = ranked[rank - 1]
        q = min(q, p * tested / rank)
        if q <= MAX_Q:
            found[each].append((p, word, count, q))
    return {each: sorted(words)[:CHARACTERISTIC_WORDS] for each, words in found.items()}


def upper_tail(least: int, good: int, drawn: int, total: int) -> float:
    """Probability of at least so many good ones among those that are drawn from the total."""
    ways = sum(
        math.comb(good, k) * math.comb(total - good, drawn - k)
        for k in range(least, min(good, drawn) + 1)
    )
    return ways / math.comb(total, drawn)


def cluster_sizes(clusters: pl.DataFrame) -> list[int]:
    """The smallest cluster of each level; 1 where a level has none."""
    smallest = dict(clusters.group_by("level").agg(pl.col("states").min()).iter_rows())
    return [smallest.get(level, 1) for level in range(len(CELLS))]
