"""The selection: the state of the Explore page that its address holds and its views share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stateline.app.figures.colours import COLOURINGS, EXPECTED
from stateline.app.queries.filters import Filter, parse_filters
from stateline.app.queries.labels import parse_kinds
from stateline.app.queries.limits import CONFIDENCE, DISTANCE, LONGEST_TEXT
from stateline.app.queries.orders import parse_order
from stateline.app.queries.parsing import (
    parse_choice,
    parse_class,
    parse_projection,
    parse_sequence,
    parse_share,
    parse_step,
    parse_whole,
)
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

DISTANCES, CONTRIBUTIONS, BOTH = BARS = ("distance", "contribution", "both")


@dataclass(frozen=True)
class Selection:
    """State of the Explore page.

    projection  id of the map shown
    colour      how its states are coloured
    sequence    number of the sequence chosen, if any
    text        a typed text in place of a stored sequence, if any
    step        the step that stays lit, if any
    pinned      number of the sequence beside it, if any
    filters     chips of the filter bar
    labels      kinds of labels along trajectories
    distance    threshold of the distance labels, share of the run's largest distance
    confidence  threshold of the confidence labels, change of the expected prediction
    order       ready order of the table, "" for the order of the store
    towards     class whose contributions are shown, `class` in the address; None: the predicted one
    bars        which bars stand on the step axis
    """

    projection: str
    colour: str = EXPECTED
    sequence: int | None = None
    text: str | None = None
    step: int | None = None
    pinned: int | None = None
    filters: tuple[Filter, ...] = ()
    labels: tuple[str, ...] = ()
    distance: float = DISTANCE
    confidence: float = CONFIDENCE
    order: str = ""
    towards: int | None = None
    bars: str = BOTH

    def plain(self) -> dict[str, Any]:
        """As JSON for the page."""
        filters = [each.plain() for each in self.filters]
        fields = asdict(self) | {"filters": filters, "labels": list(self.labels)}
        fields["class"] = fields.pop("towards")  # which Python keeps for itself
        return fields


def parse_selection(run: Run, query: Mapping[str, object]) -> Selection:
    """Return the selection that the query of an address names.

    query   the fields of a Selection, each optional; other keys are ignored
    raises  StatelineError  a value that this run does not have, saying what it has
    """
    sequence, pinned = (
        None if query.get(key) is None else parse_sequence(run, query[key])
        for key in ("sequence", "pinned")
    )
    text = _parse_text(query.get("text"))
    sequence = sequence if text is None else None
    return Selection(
        projection=parse_projection(run, query.get("projection")),
        colour=parse_choice("colour", query.get("colour", EXPECTED), COLOURINGS),
        sequence=sequence,
        text=text,
        step=_parse_step(run, sequence, text, query.get("step")),
        pinned=pinned,
        filters=parse_filters(run, str(query.get("filters", ""))),
        labels=parse_kinds(str(query.get("labels", ""))),
        distance=parse_share("distance", query.get("distance", DISTANCE)),
        confidence=parse_share("confidence", query.get("confidence", CONFIDENCE)),
        order=parse_order(str(query.get("order", ""))),
        towards=parse_class(run, "class", query.get("class")),
        bars=parse_choice("bars", query.get("bars", BOTH), BARS),
    )


def _parse_text(value: object) -> str | None:
    """A typed text; an empty one is none."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise StatelineError(
            "text",
            "no text of an address",
            expected=f"{LONGEST_TEXT:,} characters at the most",
            got=f"{len(value):,}" if isinstance(value, str) else repr(value)[:80],
        )
    return value


def _parse_step(run: Run, sequence: int | None, text: str | None, value: object) -> int | None:
    """Number of a step of what is chosen; a step without a sequence or a text means nothing.

    How many steps a text has is known when it has been read: the page leaves out one beyond.
    """
    if value is None:
        return None
    if text is not None:
        return parse_whole("step", value, LONGEST_TEXT)
    if sequence is None:
        return None
    return parse_step(run, sequence, value)
