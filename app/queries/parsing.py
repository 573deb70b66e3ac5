"""Values of an address: read from text, checked against what the run or the app has."""

from collections.abc import Collection

from stateline.app.queries.states import length_of
from stateline.store.errors import StatelineError
from stateline.store.reader import Run


def parse_whole(key: str, value: object, end: int, expected: str | None = None) -> int:
    """Return a whole number from 0 to below `end`.

    key       of the query, for the message
    value     as the address has it, in general text
    expected  for the message, where the range alone does not say it
    raises    StatelineError  anything else, saying what was expected
    """
    text = str(value)
    # isdecimal alone also takes digits of other scripts; int() of a long text takes long.
    if len(text) <= 10 and text.isascii() and text.isdecimal() and int(text) < end:
        return int(text)
    raise unknown_value(key, expected or f"a number from 0 to {end - 1}", value)


def parse_choice(key: str, value: object, choices: Collection[str]) -> str:
    """Return one of some words.

    raises  StatelineError  anything else, saying which words there are
    """
    if isinstance(value, str) and value in choices:
        return value
    raise unknown_value(key, f"one of {', '.join(choices)}" if choices else "none", value)


def parse_share(key: str, value: object) -> float:
    """Return a threshold from 0 to 1.

    raises  StatelineError  anything else
    """
    text = str(value)
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:  # not-a-number is not
        raise StatelineError(key, "not a threshold", expected="0 to 1", got=text[:80])
    return share


def parse_sequence(run: Run, value: object) -> int:
    """Return the number of a stored sequence.

    raises  StatelineError  the run stores no sequence of that number, saying which it stores
    """
    return parse_whole("sequence", value, run.sequences.height)


def parse_step(run: Run, sequence_id: int, value: object) -> int:
    """Return the number of a step of a stored sequence.

    raises  StatelineError  the sequence has no step of that number, saying which it has
    """
    return parse_whole("step", value, length_of(run, sequence_id))


def parse_projection(run: Run, value: object) -> str:
    """Return the id of a projection of the run; of its default one where none is named.

    raises  StatelineError  the run has no projection of that id, saying which it has
    """
    if value is None:
        return run.manifest.default_projection
    return parse_choice("projection", value, run.projection_ids)


def parse_class(run: Run, key: str, value: object) -> int | None:
    """Return the number of a class; None where none is named.

    raises  StatelineError  the run has no class of that number, saying which it has
    """
    return None if value is None else parse_whole(key, value, len(run.class_names))


def unknown_value(key: str, expected: str, got: object) -> StatelineError:
    """Return the error for a value that this run, or the app, does not have."""
    return StatelineError(key, "unknown value", expected=expected, got=repr(got)[:80])
