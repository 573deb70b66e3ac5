"""What the Units page asks of a run: its units, their states, and where they are strong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

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
from stateline.app.queries.run import DIGITS, run_scales
from stateline.app.queries.series import series_facts
from stateline.app.queries.state_kinds import layer_name
from stateline.app.queries.states import state_blocks, states_of
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Layer
from stateline.store.reader import Run

LARGEST_THRESHOLD = 1e6  # units that are not bounded may be large
BARS = 32  # of a unit's histogram
# What the page can show, the usual one first: in the cells, what orders the rows, at the side.
CELLS, ROWS = ("value", "change"), ("amount", "group", "number", "spread")
UNIT, MATCH, GROUPS = PANELS = ("unit", "match", "groups")


@dataclass(frozen=True)
class Stretch:
    """Steps of a sequence, both included."""

    sequence: int
    first: int
    last: int


@dataclass(frozen=True)
class UnitSelection:
    """What one looks at on the Units page.

    layer      id of the layer
    sequence   number of the sequence that the span is of; in the heatmap, if none is opened
    unit       number of the unit chosen, if any
    first, last  steps of the span chosen, both included; both None for none
    threshold  a unit is on where h is at least this; below 0, where h is at most this
    edges      only units that are off just before and just after the span
    without    units that are left out of the match
    opened     a match or a context in the heatmap, `open` in the address; the span stays
    towards    class that contributions are to, `class` in the address; None: the predicted one
    cells, rows, panel  of CELLS, ROWS and PANELS
    group      the one whose rows are shown alone, if any
    """

    layer: str
    sequence: int
    unit: int | None = None
    first: int | None = None
    last: int | None = None
    threshold: float = UNIT_THRESHOLD
    edges: bool = False
    without: tuple[int, ...] = ()
    opened: Stretch | None = None
    towards: int | None = None
    cells: str = CELLS[0]
    rows: str = ROWS[0]
    panel: str = UNIT
    group: int | None = None

    def plain(self) -> dict:
        """As JSON for the page, by the keys of the address, of which Python keeps some itself."""
        fields = asdict(self) | {"without": list(self.without)}
        address = {"first": "from", "last": "to", "opened": "open", "towards": "class"}
        return {address.get(name, name): value for name, value in fields.items()}


def parse_units(run: Run, query: Mapping[str, object]) -> UnitSelection:
    """The selection that the query of an address asks for.

    query   keys of UnitSelection.plain, each optional; other keys are not its business
    raises  StatelineError  a value that this run does not have, saying what it has
    """
    layer = parse_layer(run, query.get("layer", run.manifest.readout.layer))
    asked = query.get("sequence")
    sequence = usual_sequence(run) if asked is None else parse_sequence(run, asked)
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
    """Id of a layer that the run stores."""
    return parse_choice("layer", value, run.layer_ids)


def _parse_group(run: Run, layer: str, value: object) -> int:
    """Number of a group that the layer has units of."""
    groups = run.units(layer)["cluster"].drop_nulls().unique().sort().to_list()
    return int(parse_choice("group", value, [str(each) for each in groups]))


def parse_unit(run: Run, layer: str, value: object) -> int:
    """Number of a unit of a layer."""
    return parse_whole("unit", value, run.layer(layer).units)


def _parse_span(
    run: Run, sequence: int, *span: object, keys: tuple[str, str] = ("from", "to")
) -> tuple[int, int] | tuple[None, None]:
    """Both steps of a span of the sequence, or neither; `keys` are those of the address."""
    if span == (None, None):
        return None, None
    length = int(run.offsets[sequence + 1] - run.offsets[sequence])
    expected = f"{' and '.join(dict.fromkeys(keys))}, two steps from 0 to {length - 1}"
    start, stop = (
        parse_whole(key, value, length, expected) for key, value in zip(keys, span, strict=True)
    )
    if start > stop:
        raise StatelineError(keys[0], "the span ends before it begins", expected=expected)
    return start, stop


def _parse_threshold(value: object) -> float:
    try:
        number = float(str(value)[:20])
    except ValueError:
        number = np.nan
    if not abs(number) <= LARGEST_THRESHOLD:  # not-a-number is within no bound
        raise StatelineError(
            "threshold",
            "no value of a unit",
            expected=f"a number from {-LARGEST_THRESHOLD:,.0f} to {LARGEST_THRESHOLD:,.0f}",
            got=repr(value)[:80],
        )
    return number


def _parse_opened(run: Run, value: object) -> Stretch | None:
    """A sequence and two of its steps, as 90-12-15."""
    if value is None:
        return None
    sequence, *steps = str(value)[:40].split("-")
    if len(steps) != 2:
        expected = "a sequence and two of its steps, as 0-1-2"
        raise StatelineError("open", "no steps", expected=expected, got=repr(value)[:80])
    number = parse_sequence(run, sequence)
    return Stretch(number, *_parse_span(run, number, *steps, keys=("open", "open")))


def _parse_without(run: Run, layer: str, text: str) -> tuple[int, ...]:
    return tuple(parse_unit(run, layer, part) for part in text.split(",")) if text else ()


def usual_sequence(run: Run) -> int:
    """The sequence that is shown first: the first one classified wrongly, else the first."""
    wrong = np.flatnonzero(~run.sequences["correct"].to_numpy())
    return int(wrong[0]) if len(wrong) else 0


def page_facts(run: Run) -> dict:
    """All that the page's scripts must know of a run before anything is asked for."""
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


def _layer_plain(run: Run, entry: Layer) -> dict:
    """A layer of the page; `weights` (K, N) are null where the readout's are none of its units."""
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


def layer_units(run: Run, layer: str) -> dict:
    """What is known of all units of a layer, and what words do to them.

    returns  "units": mean, sd, low, high and cluster, a list each, N long;
             "words": phrase, count and cluster, a list each, and response, a list of N a word
    """
    units, words = run.units(layer), run.responses(layer)
    response = np.round(words["response"].to_numpy().astype(np.float64), 4)
    return {
        "units": {
            **{name: _rounded(units[name]) for name in ("mean", "sd", "low", "high")},
            "cluster": units["cluster"].to_list(),
        },
        "words": {
            **{name: words[name].to_list() for name in ("phrase", "count", "cluster")},
            "response": response.tolist(),
        },
    }


def heatmap(run: Run, layer: str, sequence: int) -> bytes:
    """States of one sequence: little-endian float32, step after step, N a step."""
    return states_of(run, layer, sequence).astype("<f4").tobytes()


def unit_detail(run: Run, layer: str, unit: int) -> dict:
    """One unit: how its values spread, and the contexts in which it is highest and lowest.

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
        "low": round(low, DIGITS),
        "high": round(high, DIGITS),
        "counts": _histogram(run, layer, unit, low, high),
        "contexts": _contexts(run, layer, rows),
    }


def _histogram(run: Run, layer: str, unit: int, low: float, high: float) -> list[int]:
    """Counts of one unit's values over all steps, in BARS equal parts from low to high."""
    counts = np.zeros(BARS, dtype=np.int64)
    for _, h in state_blocks(run, layer):
        counts += np.histogram(h[:, unit], BARS, (low, high))[0]
    return counts.tolist()


def _contexts(run: Run, layer: str, rows: pl.DataFrame) -> list[dict]:
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
                "value": round(row["value"], DIGITS),
                "values": np.round(h.astype(np.float64), 4).tolist(),
                **near.plain(),
            }
        )
    return found


def _rounded(column: pl.Series) -> list[float]:
    return np.round(column.to_numpy().astype(np.float64), DIGITS).tolist()
