"""The lines of JSON that go between the app and the process that holds a model."""

import json

import numpy as np

from stateline.store.errors import StatelineError
from stateline.store.schema import SENT_DIGITS


def plain(value: object) -> object:
    """A value as JSON holds it: arrays as lists, numbers rounded as the app rounds them."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f":
            return value.tolist()
        return np.round(value.astype(np.float64), SENT_DIGITS).tolist()
    return round(value, SENT_DIGITS) if isinstance(value, float) else value


def whole_number(what: str, value: object, end: int) -> int:
    """A whole number from 0 to below `end`; raises StatelineError for anything else."""
    if type(value) is int and 0 <= value < end:
        return value
    raise StatelineError(what, "no such one", expected=f"0 to {end - 1}", got=repr(value)[:80])


def parse_line(line: str) -> dict:
    """A request; raises StatelineError where the line is none."""
    try:
        asked = json.loads(line)
        json.dumps(asked, ensure_ascii=False).encode()  # Half a character is no text.
    except (ValueError, RecursionError):
        asked = None
    inner = asked.get("attribute") if isinstance(asked, dict) else None
    good = isinstance(asked, dict) and isinstance(asked.get("text"), str)
    if isinstance(inner, dict):
        good = isinstance(inner.get("text", ""), str)
    if not good:
        raise StatelineError("request", "not one", expected='{"text": ...}', got=line.strip()[:80])
    return asked
