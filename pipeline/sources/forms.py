"""Forms in which arrays come: tensors, tables, ragged and streamed data, as NumPy arrays or lists.

A form is recognised by its methods, so that no framework is imported for it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from stateline.store.errors import StatelineError

INFINITE = -1  # cardinality of a tf.data.Dataset that repeats for ever


def plain(value: Any) -> Any:
    """Return tensors, tables, series and masked arrays as NumPy arrays or lists.

    value    a tensor of PyTorch (with gradients, on any device), TensorFlow or JAX, a RaggedTensor,
             a series or table of pandas or polars, a sparse matrix, or a list of such
    returns  a NumPy array, or a list; masked values are None; anything else unchanged
    """
    if callable(getattr(value, "detach", None)):
        return from_torch(value)
    if isinstance(value, np.ma.MaskedArray):
        return value.tolist()
    if isinstance(value, np.ndarray | np.generic | str | bytes):
        return value
    for method in ("to_list", "toarray"):  # series and RaggedTensor; sparse matrices
        if callable(getattr(value, method, None)):
            return getattr(value, method)()
    if hasattr(value, "__array__"):
        return np.asarray(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def from_torch(tensor: Any) -> Any:
    """Return a PyTorch tensor as a NumPy array, whatever its device, gradients and precision."""
    own = tensor.detach().cpu()
    try:
        return own.numpy()
    except TypeError:  # bfloat16, which NumPy does not know
        return own.float().numpy()


def is_dataset(value: Any) -> bool:
    """Return whether a value is a tf.data.Dataset."""
    return hasattr(value, "element_spec") and callable(getattr(value, "as_numpy_iterator", None))


def rows_of_dataset(dataset: Any, depth: int) -> tuple[list[Any], list[Any] | None]:
    """Return what a tf.data.Dataset holds, read once from its beginning to its end.

    dataset  of sequences, or of tuples (sequences, labels, …); in batches or one by one
    depth    axes of one sequence: 1 of token ids, 2 of a series, 0 of labels alone
    returns  S sequences, and S labels where it holds them, else None
    raises   StatelineError  it repeats for ever
    """
    if int(dataset.cardinality()) == INFINITE:
        raise StatelineError(
            "sequences", "a dataset that repeats for ever", fix="Pass it without repeat()"
        )
    pairs = isinstance(dataset.element_spec, tuple)
    first = dataset.element_spec[0] if pairs else dataset.element_spec
    batched = len(first.shape) > depth
    sequences: list[Any] = []
    labels: list[Any] = []
    for element in dataset:
        parts = [plain(each) for each in element[:2]] if pairs else [plain(element)]
        for kept, part in zip((sequences, labels), parts, strict=False):
            kept.extend(part if batched else [part])
    return sequences, labels if pairs else None


def sequences_and_labels(
    sequences: Any, labels: Any, features: int | None
) -> tuple[Sequence[Any], Any]:
    """Return sequences as one array or a list of arrays, and their labels as they came.

    sequences  one of the forms of `plain`, or a tf.data.Dataset, which may hold the labels too
    labels     None: those of the dataset
    features   F of a series; None: token ids
    raises     StatelineError  no labels, or two kinds of them
    """
    own = None
    if is_dataset(sequences):
        sequences, own = rows_of_dataset(sequences, 1 if features is None else 2)
    if labels is not None and own is not None:
        raise StatelineError("labels", "given twice: the dataset holds labels too")
    labels = own if labels is None else labels
    if labels is None:
        raise StatelineError("labels", "missing", expected="one class a sequence")
    rows: Sequence[Any] = plain(sequences)
    return rows, labels
