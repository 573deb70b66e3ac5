"""Attribution on demand: what each step contributes to an answer, computed by the model."""

from typing import Any

from stateline.app.typed.client import model_problem, parse_text
from stateline.app.typed.worker import TextError, UnavailableError
from stateline.store.reader import Run


def attribution_problem(run: Run) -> UnavailableError | None:
    """Return why a run's sequences cannot be attributed, and the fix; None where they can."""
    return model_problem(run, "this is measured")


def parse_attribution(run: Run, body: object) -> dict[str, Any]:
    """Return the request to the worker: the class, and the number of a stored sequence or a text.

    raises  TextError  the body is no object, or names no class, or not one of the two
    """
    if not isinstance(body, dict):
        wanted = '{"sequence": ..., "class": ...}, sent as JSON'
        raise TextError("body", "not a JSON object", expected=wanted)
    towards = parse_number("class", body.get("class"), len(run.class_names))
    if ("text" in body) == ("sequence" in body):
        raise TextError(
            "body", "asks for no sequence", expected="`sequence` or `text`, one of them"
        )
    if "text" in body:
        return {"text": parse_text(body["text"]), "class": towards}
    sequence = parse_number("sequence", body["sequence"], run.sequences.height)
    return {"sequence": sequence, "class": towards}


def parse_number(what: str, value: object, end: int) -> int:
    """Return a whole number from 0 to below `end`, as JSON has it; True is none.

    what    its name, for the message
    raises  TextError  another value
    """
    if type(value) is int and 0 <= value < end:
        return value
    expected = f"a whole number from 0 to {end - 1}"
    raise TextError(what, "unknown value", expected=expected, got=repr(value)[:80])
