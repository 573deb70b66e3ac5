"""Table of the clusters of one map: contents, label position, characteristic words."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import Float32Array, Int32Array, IntArray
from stateline.pipeline.numerics.characteristic_words import characteristic_words
from stateline.store.schema import cluster_columns, polars_schema

NO_WORDS: dict[str, list[Any]] = {"words": [], "word_sequences": [], "word_q": []}


class Steps(Protocol):
    """Words and answers of every step; see `stateline.pipeline.clusters.Answers`."""

    @property
    def sequence(self) -> IntArray: ...
    @property
    def label(self) -> IntArray: ...
    @property
    def predicted(self) -> IntArray: ...
    @property
    def token(self) -> pl.Series | None: ...
    @property
    def special(self) -> Sequence[str]: ...


def most_common(values: IntArray) -> int:
    """Return the most common value of int (M,); of equally common ones the smallest."""
    return int(np.bincount(values).argmax())


def middle(places: Float32Array) -> Float32Array:
    """Return the place nearest to the median of all.

    places   float32 (M, 2)
    returns  float32 (2,)  one of them, so never between two groups
    """
    away = np.linalg.norm(places - np.median(places, axis=0), axis=1)
    nearest: Float32Array = places[away.argmin()]
    return nearest


def parent_of(coarser: IntArray) -> int:
    """Return the coarser cluster of more than half of some states; -1 where none has so many.

    coarser  int (B,)  coarser cluster of each state, -1 for none
    """
    inside = coarser[coarser >= 0]
    if not len(inside):
        return -1
    largest = most_common(inside)
    return largest if 2 * (inside == largest).sum() > len(coarser) else -1


def words_by_cluster(cluster: IntArray, steps: Steps) -> dict[int, dict[str, list[Any]]]:
    """Return the columns of the characteristic words of each cluster that has any.

    cluster  int (M,)  of one level, -1 for none
    """
    if steps.token is None:
        return {}
    found = characteristic_words(cluster, steps.sequence, steps.token, steps.special)
    columns = found.group_by("cluster", maintain_order=True).agg(
        words="word", word_sequences="sequences", word_q="q"
    )
    return {row.pop("cluster"): row for row in columns.to_dicts()}


def cluster_table(places: Float32Array, member: Int32Array, steps: Steps) -> pl.DataFrame:
    """Return one row per cluster, sorted by level and cluster.

    places  float32 (M, 2)
    member  int32 (M, levels)  cluster of each state at each level, -1 for none
    """
    rows = []
    for level, cluster in enumerate(member.T):
        words = words_by_cluster(cluster, steps)
        order = np.argsort(cluster, kind="stable")
        edges = np.searchsorted(cluster[order], np.arange(cluster.max() + 2))
        for number, (start, stop) in enumerate(zip(edges, edges[1:], strict=False)):
            inside = order[start:stop]
            label, predicted = steps.label[inside], steps.predicted[inside]
            actual = most_common(label)
            x, y = middle(places[inside])
            rows.append(
                {
                    "level": level,
                    "cluster": number,
                    "parent": parent_of(member[inside, level - 1]) if level else -1,
                    "states": len(inside),
                    "sequences": len(np.unique(steps.sequence[inside])),
                    "x": x,
                    "y": y,
                    "label": actual,
                    "purity": (label == actual).mean(),
                    "predicted": most_common(predicted),
                    "accuracy": (label == predicted).mean(),
                    **words.get(number, NO_WORDS),
                }
            )
    wanted = polars_schema(cluster_columns())
    if not rows:
        return pl.DataFrame(schema=wanted)
    return pl.DataFrame(rows, schema_overrides=wanted, infer_schema_length=None)
