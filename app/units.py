"""What the Units page asks of a run: its units, their states, and where they are strong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from app.context import contexts
from app.figures.colours import EXPECTED
from app.measured import layer_name
from app.queries import DIGITS, run_scales
from app.selection import parse_sequence, parse_whole
from app.series import series_facts
from app.states import state_blocks, states_of
from store.errors import StatelineError
from store.reader import Run

THRESHOLD = 0.3  # LSTMVis's own
LARGEST_THRESHOLD = 1e6  # units that are not bounded may be large
AROUND = 6  # words of a context on either side
BARS = 32  # of a unit's histogram


@dataclass(frozen=True)
class UnitSelection:
    """What one looks at on the Units page.

    layer      id of the layer
    sequence   number of the sequence in the heatmap
    unit       number of the unit chosen, if any
    first, last  steps of the span chosen, both included; both None for none
    threshold  a unit is on where h is at least this; below 0, where h is at most this
    edges      only units that are off just before and just after the span
    without    units that are left out of the match
    """

    layer: str
    sequence: int
    unit: int | None = None
    first: int | None = None
    last: int | None = None
    threshold: float = THRESHOLD
    edges: bool = False
    without: tuple[int, ...] = ()

    def plain(self) -> dict:
        """As JSON for the page, by the keys of the address."""
        return {
            "layer": self.layer,
            "sequence": self.sequence,
            "unit": self.unit,
            "from": self.first,
            "to": self.last,
            "threshold": self.threshold,
            "edges": self.edges,
            "without": list(self.without),
        }


def parse_units(run: Run, query: Mapping[str, object]) -> UnitSelection:
    """The selection that the query of an address asks for.

    query   keys of UnitSelection.plain, each optional; other keys are not its business
    raises  StatelineError  a value that this run does not have, saying what it has
    """
    layer = parse_layer(run, query.get("layer", run.manifest["readout"]["layer"]))
    asked = query.get("sequence")
    sequence = usual_sequence(run) if asked is None else parse_sequence(run, asked)
    first, last = _parse_span(run, sequence, query.get("from"), query.get("to"))
    unit = query.get("unit")
    return UnitSelection(
        layer=layer,
        sequence=sequence,
        unit=None if unit is None else parse_unit(run, layer, unit),
        first=first,
        last=last,
        threshold=_parse_threshold(query.get("threshold", THRESHOLD)),
        edges=_parse_edges(query.get("edges", "0")),
        without=_parse_without(run, layer, str(query.get("without", ""))),
    )


def parse_layer(run: Run, value: object) -> str:
    """Id of a layer that the run stores."""
    if value not in run.layer_ids:
        raise StatelineError(
            "layer",
            "this run has no such one",
            expected=", ".join(run.layer_ids),
            got=repr(value)[:80],
        )
    return str(value)


def parse_unit(run: Run, layer: str, value: object) -> int:
    """Number of a unit of a layer."""
    count = run.layer(layer)["units"]
    return parse_whole("unit", f"a number from 0 to {count - 1}", value, count)


def _parse_span(
    run: Run, sequence: int, first: object, last: object
) -> tuple[int, int] | tuple[None, None]:
    """Both steps of a span of the sequence, or neither."""
    if first is None and last is None:
        return None, None
    length = int(run.offsets[sequence + 1] - run.offsets[sequence])
    expected = f"from and to, two steps from 0 to {length - 1}"
    start, stop = (
        parse_whole(key, expected, value, length) for key, value in (("from", first), ("to", last))
    )
    if start > stop:
        raise StatelineError("from", "the span ends before it begins", expected=expected)
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


def _parse_edges(value: object) -> bool:
    if value not in ("0", "1"):
        raise StatelineError("edges", "no switch", expected="0 or 1", got=repr(value)[:80])
    return value == "1"


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
        "layers": [_layer_plain(run, entry) for entry in run.manifest["layers"]],
    }


def _layer_plain(run: Run, entry: dict) -> dict:
    """A layer of the page; `weights` (K, N) are null where the readout's are none of its units."""
    readout = run.manifest["readout"]
    read = readout["layer"] == entry["id"]
    return {
        "id": entry["id"],
        "name": layer_name(entry),
        "units": entry["units"],
        "backward": entry["direction"] == "backward",
        "read": read,
        "weights": readout["weights"] if read else None,
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
        contexts(run, at, at, AROUND, ("surface",)), rows.iter_rows(named=True), strict=True
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
