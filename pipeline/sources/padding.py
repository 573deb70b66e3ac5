"""Padding that a model reads, found in the sequences, and the side on which their author pads."""

from typing import TYPE_CHECKING

import numpy as np

from stateline.pipeline.numerics.arrays import AnyArray, BoolArray
from stateline.pipeline.numerics.ends import Ends, is_padding
from stateline.pipeline.run.stage import say
from stateline.pipeline.sources.text import PADDING_TOKEN
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure

ENDS = ("cut", "padded", "pre", "post")
ASK = "Say on which: ends='pre' (in front, ENDS=pre) or ends='post' (behind, ENDS=post)"


def find_ends(
    choice: str,
    sequences: list[AnyArray],
    structure: "ModelStructure",
    padding: int | None,
    side: str | None = None,
    steps: int | None = None,
) -> Ends | None:
    """Return how beginnings are padded; None: they are read as they are.

    choice     cut, padded (on the side where the sequences are), pre or post
    sequences  S arrays (T,) of ids or (T, F) of numbers
    padding    id of padding; None: 0
    side       on which a tokenizer pads; None: as the sequences show
    steps      L of a model that reads any number; None: those of the longest sequence
    raises     StatelineError  a sequence longer than the model reads, or no side that is found
    """
    if choice not in ENDS:
        raise StatelineError(f"ends={choice}", "unknown", expected=f"one of {', '.join(ENDS)}")
    if choice == "cut":
        return None
    if structure.padding is not None:
        say(f"ends={choice}: of no effect, since the model masks padding")
        return None
    value = float(padding or 0)
    longest = max(len(each) for each in sequences)
    steps = structure.steps or max(steps or 0, longest)
    if longest > steps:
        raise StatelineError(
            "sequences", "longer than the model reads", expected=f"{steps} steps", got=longest
        )
    if choice in ("pre", "post"):
        return Ends(choice, steps, value)
    return Ends(side or padded_side(sequences, value), steps, value)


def padded_side(sequences: list[AnyArray], value: float) -> str:
    """Return the side on which sequences are padded: pre or post.

    sequences  S arrays (T,) of ids or (T, F) of numbers
    raises     StatelineError  on none of them, or on both
    """
    first, last = (
        sum(bool(is_padding(each[row], value).all()) for each in sequences)
        for row in (slice(None, 1), slice(-1, None))
    )
    if bool(first) == bool(last):
        raise StatelineError(
            "ends=padded",
            f"{first:,} sequences begin and {last:,} end with padding ({value:g})",
            expected="padding on one side",
            fix=ASK,
        )
    return "pre" if first else "post"


def padded_words(
    sequences: list[AnyArray], surface: list[list[str]], ends: Ends | None
) -> tuple[list[AnyArray], list[list[str]]]:
    """Return sequences of a text and the names of their steps, padded; unchanged without `ends`.

    sequences  S arrays (T,) of ids
    surface    S lists of T
    """
    if ends is None:
        return sequences, surface
    filled = []
    for row, names in zip(sequences, surface, strict=True):
        more = [PADDING_TOKEN] * (ends.steps - len(row))
        filled.append([*more, *names] if ends.side == "pre" else [*names, *more])
    return [ends.fill(row) for row in sequences], filled


def padding_masks(
    sequences: list[AnyArray], padding: int | None, ends: Ends | None, names: list[str]
) -> list[BoolArray]:
    """Return which steps of each sequence are padding that the model reads, S masks bool (T,).

    sequences  S arrays (T,) of ids or (T, F) of numbers
    padding    id of padding; None: there is none
    ends       how a series is padded
    names      S names of the sequences
    raises     StatelineError  a sequence of nothing else; names the first
    """
    masks = []
    for name, row in zip(names, sequences, strict=True):
        if row.ndim == 1:
            mask = np.zeros(len(row), dtype=bool) if padding is None else row == padding
        else:
            mask = np.ones(len(row), dtype=bool)
            mask[ends.body(row) if ends else slice(None)] = False
        if mask.all():
            raise StatelineError(f"sequence {name}", "holds no step besides padding")
        masks.append(mask)
    return masks
