"""Provided sequences, padded or ragged, reduced to the steps that the model reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure


@dataclass(frozen=True)
class Found:
    """Sequences without the steps that the model masks.

    sequences  S arrays of uint32 ids (T,) or of float32 numbers (T, F), lengths differ
    kept       S masks bool (T',) of the provided steps that stay
    provided   the input as it was passed in, where it is one array; else None
    masked_id  token id of masked steps; None where none is masked, or in a series
    """

    sequences: list[AnyArray]
    kept: list[BoolArray]
    provided: AnyArray | None
    masked_id: int | None


def as_sequences(
    sequences: Sequence[Any] | AnyArray, structure: "ModelStructure", ids: list[str]
) -> Found:
    """Remove the steps that the model masks, wherever they are.

    sequences  token ids (S, T) or S arrays (T,); numbers (S, T, F) or S arrays (T, F)
    ids        S names of the sequences
    raises     StatelineError  another shape, ids that are no whole numbers or that the model does
               not know, numbers that are not finite, or no step: for the first such sequence
    """
    numeric = structure.features is not None
    whole = sequences if isinstance(sequences, np.ndarray) and sequences.dtype != object else None
    rows = [
        checked(row, f"sequence {name}", structure)
        for row, name in zip(sequences, ids, strict=True)
    ]
    kept = [unmasked(row, structure.padding) for row in rows]
    empty = next((name for name, mask in zip(ids, kept, strict=True) if not mask.any()), None)
    if empty is not None:
        raise StatelineError(f"sequence {empty}", "holds no step besides padding")
    dtype = np.float32 if numeric else np.uint32
    return Found(
        sequences=[row[mask].astype(dtype) for row, mask in zip(rows, kept, strict=True)],
        kept=kept,
        provided=None if whole is None else whole.astype(np.float32 if numeric else np.int32),
        masked_id=int(structure.padding) if structure.padding is not None and not numeric else None,
    )


def unmasked(row: AnyArray, padding: float | None) -> BoolArray:
    """Return which steps of one sequence the model reads.

    row      (T,) ids or (T, F) numbers
    padding  value of a masked step; None: nothing is masked
    returns  bool (T,)
    """
    if padding is None:
        return np.ones(len(row), dtype=bool)
    other = row != np.asarray(padding, dtype=row.dtype)
    read: BoolArray = other.any(axis=1) if row.ndim == 2 else other
    return read


def checked(sequence: object, where: str, structure: "ModelStructure") -> AnyArray:
    """Return one sequence as an array.

    returns  (T,) ids, or float32 (T, F) of a series
    raises   StatelineError  the model does not read such a sequence
    """
    try:
        row = np.asarray(sequence)
        got = f"shape {row.shape} of {row.dtype}"
    except ValueError:
        row, got = np.empty((), dtype=object), "steps of unequal width"
    if structure.features is not None:
        if row.ndim != 2 or row.shape[1] != structure.features or row.dtype.kind not in "biuf":
            raise StatelineError(
                where,
                "not the series that the model reads",
                expected=f"numbers (T, {structure.features})",
                got=got,
            )
        if not np.isfinite(row.astype(np.float32)).all():
            raise StatelineError(where, "holds what is no number")
        return row.astype(np.float32)
    if row.ndim != 1 or (row.size and row.dtype.kind not in "biuf"):
        raise StatelineError(where, "not a list of token ids", expected="(T,)", got=got)
    assert structure.rows is not None  # of every model that reads token ids
    wrong = (np.mod(row, 1) != 0) | (row < 0) | (row >= structure.rows)
    if wrong.any():
        raise StatelineError(
            where,
            f"step {int(wrong.argmax())} holds an id that the model does not know",
            expected=f"whole numbers, 0 to {structure.rows - 1}",
            got=row[wrong][0],
        )
    return row
