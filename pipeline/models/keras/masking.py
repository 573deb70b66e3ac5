"""Sequences as people hand them over, padded or ragged: which of their steps the model reads."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import Anatomy


@dataclass(frozen=True)
class Found:
    """Sequences without the steps that the model masks.

    sequences  S arrays of uint32 ids (T,) or of float32 numbers (T, F), lengths differ
    kept       S masks (T',) of the steps that stay, in what was handed over
    given      what was handed over, where it is one array that the model takes as it is
    masked_id  token id of masked steps; None where none is masked, or in a series
    """

    sequences: list[np.ndarray]
    kept: list[np.ndarray]
    given: np.ndarray | None
    masked_id: int | None


def as_sequences(sequences: object, about: "Anatomy", ids: list[str]) -> Found:
    """Take out what the model masks, wherever it stands; what it reads is a step.

    sequences  token ids (S, T) or S arrays (T,); numbers (S, T, F) or S arrays (T, F)
    ids        S names of the sequences
    raises     StatelineError  another shape, ids that are no whole numbers or that the model does
               not know, numbers that are not finite, or no step: for the first such sequence
    """
    numeric = about.features is not None
    whole = sequences if isinstance(sequences, np.ndarray) and sequences.dtype != object else None
    rows = [
        checked(row, f"sequence {name}", about) for row, name in zip(sequences, ids, strict=True)
    ]
    kept = [unmasked(row, about.padding) for row in rows]
    empty = next((name for name, mask in zip(ids, kept, strict=True) if not mask.any()), None)
    if empty is not None:
        raise StatelineError(f"sequence {empty}", "holds no step besides padding")
    dtype = np.float32 if numeric else np.uint32
    return Found(
        sequences=[row[mask].astype(dtype) for row, mask in zip(rows, kept, strict=True)],
        kept=kept,
        given=None if whole is None else whole.astype(np.float32 if numeric else np.int32),
        masked_id=int(about.padding) if about.padding is not None and not numeric else None,
    )


def unmasked(row: np.ndarray, padding: float | None) -> np.ndarray:
    """Which steps of one sequence the model reads: bool (T,)."""
    if padding is None:
        return np.ones(len(row), dtype=bool)
    other = row != np.asarray(padding, dtype=row.dtype)
    return other.any(axis=1) if row.ndim == 2 else other


def checked(sequence: object, where: str, about: "Anatomy") -> np.ndarray:
    """One sequence as an array; raises where it is not what the model reads."""
    try:
        row = np.asarray(sequence)
        got = f"shape {row.shape} of {row.dtype}"
    except ValueError:
        row, got = np.empty((), dtype=object), "steps of unequal width"
    if about.features is not None:
        if row.ndim != 2 or row.shape[1] != about.features or row.dtype.kind not in "biuf":
            raise StatelineError(
                where,
                "not the series that the model reads",
                expected=f"numbers (T, {about.features})",
                got=got,
            )
        if not np.isfinite(row.astype(np.float32)).all():
            raise StatelineError(where, "holds what is no number")
        return row.astype(np.float32)
    if row.ndim != 1 or (row.size and row.dtype.kind not in "biuf"):
        raise StatelineError(where, "not a list of token ids", expected="(T,)", got=got)
    wrong = (np.mod(row, 1) != 0) | (row < 0) | (row >= about.rows)
    if wrong.any():
        raise StatelineError(
            where,
            f"step {int(wrong.argmax())} holds an id that the model does not know",
            expected=f"whole numbers, 0 to {about.rows - 1}",
            got=row[wrong][0],
        )
    return row
