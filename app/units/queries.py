"""Selection and data of the Units page: units of a layer, their states, their contexts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from stateline.app.figures.colours import EXPECTED
from stateline.app.queries.context import contexts
from stateline.app.queries.limits import UNIT_CONTEXT, UNIT_THRESHOLD
from stateline.app.queries.parsing import (
    parse_choice,
    parse_class,
    parse_sequence,
    parse_whole,
)
from stateline.app.queries.run import run_scales
from stateline.app.queries.series import series_facts
from stateline.app.queries.state_kinds import layer_name
from stateline.app.queries.states import length_of, state_blocks, states_of
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Layer
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS

LARGEST_THRESHOLD = 1e6  # units without a bound may be large
BARS = 32  # of a unit's histogram
# Choices of the page, the default first: values of cells, orders of rows, panels at the side.
CELLS, ROWS = ("value", "change"), ("amount", "group", "number", "spread")
UNIT, MATCH, GROUPS = PANELS = ("unit", "match", "groups")


@dataclass(frozen=True)
class Span:
    """Steps of a sequence, first and last included."""

    sequence: int
    first: int
    last: int


@dataclass(frozen=True)
class UnitSelection:
    """The selection of the Units page.

    layer      id of the layer
    sequence   sequence_id of the span's sequence, in the heatmap unless another is opened
    unit       index of the chosen unit; None for none
    first, last  first and last step of the chosen span; both None for none
    threshold  a unit is on where h is at least this; below 0, where h is at most this
    edges      whether to take only units that are off just before and just after the span
    without    units that are left out of the match
    opened     match or context shown in the heatmap, `open` in the address; None for none
    towards    class of the contributions, `class` in the address; None for the predicted one
    cells, rows, panel  of CELLS, ROWS and PANELS
    group      group to which the rows are restricted; None for all
    """

    layer: str
    sequence: int
    unit: int | None = None
    first: int | None = None
    last: int | None = None
    threshold: float = UNIT_THRESHOLD
    edges: bool = False
    without: tuple[int, ...] = ()
    opened: Span | None = None
    towards: int | None = None
    cells: str = CELLS[0]
    rows: str = ROWS[0]
    panel: str = UNIT
    group: int | None = None

    def span(self) -> tuple[int, int]:
        """Return first and last step of the chosen span.

        raises  StatelineError  none is chosen
        """
        if self.first is None or self.last is None:
            raise StatelineError("match", "no span of steps", expected="from and to")
        return self.first, self.last

    def plain(self) -> dict[str, Any]:
        """Return the selection as JSON for the page, by the keys of the address."""
        fields = asdict(self) | {"without": list(self.without)}
        # Keys that are reserved in Python, or unclear outside of the address.
        address = {"first": "from", "last": "to", "opened": "open", "towards": "class"}
        return {address.get(name, name): value for name, value in fields.items()}


def parse_units(run: Run, query: Mapping[str, object]) -> UnitSelection:
    """Return the selection that the query of an address asks for.

    query   keys of UnitSelection.plain, each optional; other keys are ignored
    raises  StatelineError  a value that the run does not have
    """
    layer = parse_layer(run, query.get("layer"))
    asked = query.get("sequence")
    sequence = default_sequence(run) if asked is None else parse_sequence(run, asked)
    first, last = _parse_span(run, sequence, query.get("from"), query.get("to"))
    unit, group = query.get("unit"), query.get("group")
    return UnitSelection(
        layer=layer,
        sequence=sequence,
        unit=None if unit is None else parse_unit(run, layer, unit),
        first=first,
        last=last,
        threshold=_parse_threshold(query.get("threshold", UNIT_THRESHOLD)),
        edges=parse_choice("edges", query.get("edges", "0"), ("0", "1")) == "1",
        without=_parse_without(run, layer, str(query.get("without", ""))),
        opened=_parse_opened(run, query.get("open")),
        towards=parse_class(run, "class", query.get("class")),
        cells=parse_choice("cells", query.get("cells", CELLS[0]), CELLS),
        rows=parse_choice("rows", query.get("rows", ROWS[0]), ROWS),
        panel=parse_choice("panel", query.get("panel", UNIT if first is None else MATCH), PANELS),
        group=None if group is None else _parse_group(run, layer, group),
    )


def parse_layer(run: Run, value: object) -> str:
    """Return the id of a stored layer; of the one that the head reads where none is named.

    raises  StatelineError  the run stores no layer of that id, saying which it stores
    """
    if value is None:
        return run.manifest.readout.layer
    return parse_choice("layer", value, run.layer_ids)


def _parse_group(run: Run, layer: str, value: object) -> int:
    """Return the number of a group of the layer's units; raises StatelineError for another."""
    groups = run.units(layer)["cluster"].drop_nulls().unique().sort().to_list()
    return int(parse_choice("group", value, [str(each) for each in groups]))


def parse_unit(run: Run, layer: str, value: object) -> int:
    """Return the index of a unit of a layer.

    raises  StatelineError  the layer has no such unit
    """
    return parse_whole("unit", value, run.layer(layer).units)


def _parse_span(
    run: Run, sequence: int, *span: object, keys: tuple[str, str] = ("from", "to")
) -> tuple[int, int] | tuple[None, None]:
    """Return first and last step of a span of the sequence, or None and None.

    span    values of the two keys of the address
    raises  StatelineError  no two steps of the sequence, in order
    """
    if span == (None, None):
        return None, None
    length = length_of(run, sequence)
    expected = f"{' and '.join(dict.fromkeys(keys))}, two steps from 0 to {length - 1}"
    start, stop = (
        parse_whole(key, value, length, expected) for key, value in zip(keys, span, strict=True)
    )
    if start > stop:
        raise StatelineError(keys[0], "the span ends before it begins", expected=expected)
    return start, stop


def _parse_threshold(value: object) -> float:
    """Return a threshold; raises StatelineError for what is not a number in range."""
    try:
        number = float(str(value)[:20])
    except ValueError:
        number = np.nan
    if not abs(number) <= LARGEST_THRESHOLD:  # not-a-number is within no bound
        raise StatelineError(
            "threshold",
            "not a value of a unit",
            expected=f"a number from {-LARGEST_THRESHOLD:,.0f} to {LARGEST_THRESHOLD:,.0f}",
            got=repr(value)[:80],
        )
    return number


def _parse_opened(run: Run, value: object) -> Span | None:
    """Return a span written as sequence, first and last step, such as 90-12-15.

    raises  StatelineError  anything else, or steps that the sequence does not have
    """
    if value is None:
        return None
    sequence, *steps = str(value)[:40].split("-")
    if len(steps) != 2:
        expected = "a sequence and two of its steps, as 0-1-2"
        raise StatelineError("open", "no steps", expected=expected, got=repr(value)[:80])
    number = parse_sequence(run, sequence)
    first, last = _parse_span(run, number, *steps, keys=("open", "open"))
    assert first is not None and last is not None  # Both steps are in the text.
    return Span(number, first, last)


def _parse_without(run: Run, layer: str, text: str) -> tuple[int, ...]:
    return tuple(parse_unit(run, layer, part) for part in text.split(",")) if text else ()


def default_sequence(run: Run) -> int:
    """Return the sequence that is shown first: the first misclassified one, else the first."""
    wrong = np.flatnonzero(~run.sequences["correct"].to_numpy())
    return int(wrong[0]) if len(wrong) else 0


def page_facts(run: Run) -> dict[str, Any]:
    """Return the facts of a run that the page's scripts need before they request data."""
    return {
        "run": run.name,
        "version": run.checksum[:16],
        "sequences": run.sequences.height,
        "states": run.states,
        **series_facts(run),
        "classes": [
            {"name": name, "colour": colour}
            for name, colour in zip(run.class_names, run.class_colours, strict=True)
        ],
        "scale": run_scales(run)[EXPECTED].plain(),
        "layers": [_layer_plain(run, entry) for entry in run.manifest.layers],
    }


def _layer_plain(run: Run, entry: Layer) -> dict[str, Any]:
    """Return a layer's facts; `weights` (K, N) are null where the readout reads another layer."""
    readout = run.manifest.readout
    read = readout.layer == entry.id
    return {
        "id": entry.id,
        "name": layer_name(entry),
        "units": entry.units,
        "backward": entry.direction == "backward",
        "read": read,
        "weights": readout.weights if read else None,
    }


def layer_units(run: Run, layer: str) -> dict[str, Any]:
    """Return statistics of all units of a layer, and their responses to words.

    returns  "units": mean, sd, low, high, cluster and stability, a list of N each;
             "words": phrase, count, cluster and stability, a list each, and response, a list of N a
             word; "groups": runs and agreement, as in the manifest, or null
    """
    agreed = run.layer(layer).unit_groups
    units, words = run.units(layer), run.responses(layer)
    response = np.round(words["response"].to_numpy().astype(np.float64), 4)
    return {
        "units": {
            **{name: _rounded(units[name]) for name in ("mean", "sd", "low", "high")},
            "cluster": units["cluster"].to_list(),
            "stability": units["stability"].cast(pl.Float64).round(4).to_list(),
        },
        "words": {
            **{name: words[name].to_list() for name in ("phrase", "count", "cluster")},
            "stability": words["stability"].cast(pl.Float64).round(4).to_list(),
            "response": response.tolist(),
        },
        "groups": None if agreed is None else agreed.model_dump(),
    }


def heatmap(run: Run, layer: str, sequence: int) -> bytes:
    """Return the states of one sequence: little-endian float32 (T, N), row by row."""
    return states_of(run, layer, sequence).astype("<f4").tobytes()


def unit_detail(run: Run, layer: str, unit: int) -> dict[str, Any]:
    """Return the histogram of a unit, and the contexts in which it is highest and lowest.

    returns  "counts": BARS counts of h over all steps, between "low" and "high";
             "contexts": in the store's order, the high ones first, each with "sequence", "step",
             "high", "value", the classes "label" and "predicted", and of the words around it
             "first", the step of the first one, "words", and "values" of the unit
    """
    facts = run.units(layer).row(unit, named=True)
    low, high = float(facts["low"]), float(facts["high"])
    rows = run.contexts(layer).filter(pl.col("unit") == unit)
    return {
        "unit": unit,
        "low": round(low, SENT_DIGITS),
        "high": round(high, SENT_DIGITS),
        "counts": _histogram(run, layer, unit, low, high),
        "contexts": _contexts(run, layer, rows),
    }


def _histogram(run: Run, layer: str, unit: int, low: float, high: float) -> list[int]:
    """Count a unit's values over all steps in BARS equal bins from low to high."""
    counts = np.zeros(BARS, dtype=np.int64)
    for _, h in state_blocks(run, layer):
        counts += np.histogram(h[:, unit], BARS, (low, high))[0]
    return counts.tolist()


def _contexts(run: Run, layer: str, rows: pl.DataFrame) -> list[dict[str, Any]]:
    at = run.offsets[rows["sequence_id"].to_numpy()] + rows["t"].to_numpy()
    found = []
    for near, row in zip(
        contexts(run, at, at, UNIT_CONTEXT, ("surface",)), rows.iter_rows(named=True), strict=True
    ):
        h = states_of(run, layer, near.sequence)[near.shown, row["unit"]]
        found.append(
            {
                "step": near.first,
                "high": row["high"],
                "value": round(row["value"], SENT_DIGITS),
                "values": np.round(h.astype(np.float64), 4).tolist(),
                **near.plain(),
            }
        )
    return found


def _rounded(column: pl.Series) -> list[float]:
    numbers: list[float] = np.round(column.to_numpy().astype(np.float64), SENT_DIGITS).tolist()
    return numbers
