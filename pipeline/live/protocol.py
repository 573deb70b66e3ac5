"""Lines of JSON between the app and the worker process."""

import json
from typing import Any

import numpy as np

from stateline.store.errors import StatelineError
from stateline.store.schema import SENT_DIGITS


def plain(value: object) -> object:
    """Return a value as JSON holds it: arrays as lists, numbers rounded as in the app."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f":
            return value.tolist()
        return np.round(value.astype(np.float64), SENT_DIGITS).tolist()
    return round(value, SENT_DIGITS) if isinstance(value, float) else value


def whole_number(what: str, value: object, end: int) -> int:
    """Return `value` if it is a whole number from 0 to below `end`.

    raises  StatelineError  it is anything else
    """
    if type(value) is int and 0 <= value < end:
        return value
    raise StatelineError(what, "unknown number", expected=f"0 to {end - 1}", got=repr(value)[:80])


def parse_line(line: str) -> dict[str, Any]:
    """Parse a request.

    raises  StatelineError  the line is not a JSON object with a text or an attribution request
    """
    try:
        asked = json.loads(line)
        json.dumps(asked, ensure_ascii=False).encode()  # Half a character is no text.
    except (ValueError, RecursionError):
        asked = None
    request: dict[str, Any] = asked if isinstance(asked, dict) else {}
    inner, good = request.get("attribute"), isinstance(request.get("text"), str)
    if isinstance(inner, dict):
        good = isinstance(inner.get("text", ""), str)
    if not good:
        raise StatelineError("request", "not one", expected='{"text": ...}', got=line.strip()[:80])
    return request
