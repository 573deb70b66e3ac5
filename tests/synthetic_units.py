"""Tables of a synthetic run's hidden units, by loops that restate the terms."""

import numpy as np
import polars as pl

from stateline.store import schema
from stateline.store.schema import analyses as evidence
from stateline.store.schema import polars_schema
from tests.synthetic_shape import Layer
from tests.synthetic_states import moves

# Groups that are planted where there are enough units, and a word.
GROUPS = 3


def unit_tables(
    layer: Layer,
    h: np.ndarray,
    lengths: np.ndarray,
    tokens: list[str],
    weights: np.ndarray | None,
    outputs: int,
) -> dict[str, pl.DataFrame]:
    """Units, contexts and responses of one layer, by their tables.

    h        float32 (M, N)
    tokens   of each step, as the model reads it; [] for a series
    weights  float32 (K, N) of the linear readout of this layer; None: it has none
    outputs  K
    """
    responses = responses_table(h, lengths, tokens, layer.direction)
    groups = min(GROUPS, layer.units) if responses.height else 0
    rows = []
    for unit in range(layer.units):
        values = h[:, unit].astype(np.float64)
        rows.append(
            {
                "unit": unit,
                "weight": None if weights is None else weights[:, unit].tolist(),
                "mean": values.mean(),
                "sd": np.sqrt(((values - values.mean()) ** 2).mean()),
                "low": values.min(),
                "high": values.max(),
                "cluster": unit % groups if groups else None,
                "stability": 0.75 if groups else None,
            }
        )
    units = pl.DataFrame(rows, schema=polars_schema(evidence.unit_columns(outputs)))
    planted = [word % groups for word in range(responses.height)]
    responses = responses.with_columns(cluster=pl.Series(planted, dtype=pl.UInt32))
    return {
        schema.unit_table(layer.id): units,
        schema.context_table(layer.id): contexts_table(h, lengths),
        schema.response_table(layer.id): responses,
    }


def contexts_table(h: np.ndarray, lengths: np.ndarray) -> pl.DataFrame:
    """The sequences in which each unit is highest and lowest, each with its strongest step."""
    rows = []
    for unit in range(h.shape[1]):
        for high in (True, False):
            sign, first, found = 1 if high else -1, 0, []
            for sequence, length in enumerate(lengths):
                values = (sign * h[first : first + length, unit]).tolist()
                strongest = max(values)
                found.append((-strongest, sequence, values.index(strongest)))
                first += length
            for rank, (value, sequence, t) in enumerate(sorted(found)[: evidence.CONTEXTS]):
                rows.append((unit, high, rank, sequence, t, -value * sign))
    wanted = polars_schema(evidence.context_columns())
    return pl.DataFrame(rows, schema=wanted, orient="row")


def responses_table(
    h: np.ndarray, lengths: np.ndarray, tokens: list[str], direction: str
) -> pl.DataFrame:
    """Mean change of the units at each frequent word, the largest first; all in cluster 0."""
    moved = moves(h, lengths, direction)
    found = []
    for word in sorted(set(tokens)):
        here = [row for row, token in enumerate(tokens) if token == word]
        response = sum(moved[row] for row in here) / len(here)
        if len(here) >= evidence.MIN_RESPONSE and response.any():
            score = len(here) * np.linalg.norm(response)
            found.append((-score, word, len(here), response.astype(np.float32).tolist()))
    kept = sorted(found)[: evidence.MAX_RESPONSES]
    rows = [(word, count, 0, 0.9, response) for _, word, count, response in kept]
    wanted = polars_schema(evidence.response_columns(h.shape[1]))
    return pl.DataFrame(rows, schema=wanted, orient="row")
