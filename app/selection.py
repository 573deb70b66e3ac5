"""What the user looks at, as the address says it; every view shares this and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.figures.colours import COLOURINGS, EXPECTED
from store.errors import StatelineError
from store.reader import Run


@dataclass(frozen=True)
class Selection:
    """A projection of a run, how its states are coloured, and the sequence chosen, if any."""

    projection: str
    colour: str = EXPECTED
    sequence: int | None = None

    def plain(self) -> dict:
        """As JSON for the page."""
        return asdict(self)


def parse_selection(run: Run, query: Mapping[str, object]) -> Selection:
    """The selection that the query of an address asks for.

    query   `projection`, `colour` and `sequence`, each optional; other keys are not its business
    raises  StatelineError  a value that this run does not have, saying what it has
    """
    projection = query.get("projection", run.manifest["default_projection"])
    if projection not in run.projection_ids:
        raise _unknown("projection", ", ".join(run.projection_ids), projection)
    colour = query.get("colour", EXPECTED)
    if not isinstance(colour, str) or colour not in COLOURINGS:
        raise _unknown("colour", ", ".join(COLOURINGS), colour)
    sequence = query.get("sequence")
    chosen = None if sequence is None else parse_sequence(run, sequence)
    return Selection(str(projection), colour, chosen)


def parse_sequence(run: Run, value: object) -> int:
    """Number of a sequence that the run holds; raises StatelineError that says which those are."""
    text = str(value)
    count = run.sequences.height
    # isdecimal alone also takes digits of other scripts; int() of a long text takes long.
    if len(text) <= 10 and text.isascii() and text.isdecimal() and int(text) < count:
        return int(text)
    raise _unknown("sequence", f"a number from 0 to {count - 1}", value)


def _unknown(what: str, expected: str, got: object) -> StatelineError:
    return StatelineError(what, "this run has no such one", expected=expected, got=repr(got)[:80])
