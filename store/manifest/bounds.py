"""Bounds of every value in a manifest, whatever its key: what a page or a table could not hold."""

import math
from collections.abc import Iterator, Sequence

MAX_DEPTH = 32
MAX_TEXT = 10_000  # characters
MAX_WHOLE = 2**53  # beyond, a browser's number is another one

Path = tuple[int | str, ...]


def first_excess(content: object) -> tuple[str, str, str] | None:
    """Return key, expected and got of the first value that is out of bounds, or None.

    content  as json.loads gives it
    """
    left: list[tuple[Path, object]] = [((), content)]
    while left:
        path, value = left.pop()
        fault = excess(value) or (("no deeper nesting", "more") if len(path) > MAX_DEPTH else None)
        if fault is not None:
            return (written_path(path), *fault)
        left += inner(path, value)
    return None


def inner(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    """Yield the values in a value, and the keys of an object, each with its path."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key[:40]), each
            if len(key) > 40 or not key.isprintable():
                yield (*path, "[key]"), key
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            # Numbers within bounds are most of a manifest: they are not looked at one by one.
            if type(each) is not float or not math.isfinite(each):
                yield (*path, index), each


def excess(value: object) -> tuple[str, str] | None:
    """Return what is expected instead of a value, and the value; None where it is within bounds."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            return f"{MAX_TEXT:,} characters at the most", f"{len(value):,}"
        if not is_encodable(value):
            return "text", "half of a character"
    elif isinstance(value, int) and abs(value) > MAX_WHOLE:
        return "a whole number below 2^53", f"one of {value.bit_length():,} bits"
    elif isinstance(value, float) and not math.isfinite(value):
        return "a number", str(value)
    return None


def is_encodable(text: str) -> bool:
    """Whether a text can be written down: JSON allows halves of characters, nothing else does."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def written_path(path: Sequence[int | str]) -> str:
    """Return a path as messages write it: `layers[0].max_distance.h`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
