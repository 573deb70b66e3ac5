"""Queries of a run that several views share: facts, points, colours and one sequence."""

from itertools import product
from typing import Any

import numpy as np
import polars as pl

from stateline.app.figures.colours import (
    ACTUAL,
    CORRECT,
    EXPECTED,
    LIKELIEST,
    STEP,
    TRUST,
    Scale,
    scales,
    to_bins,
)
from stateline.app.figures.density import density_lines
from stateline.app.figures.raster import scatter_png
from stateline.app.queries.explanation import evidence, nullable_numbers, readout_facts
from stateline.app.queries.series import compact_values, series_facts
from stateline.app.queries.state_kinds import StateKind, distances_of, state_kind, state_kinds
from stateline.app.queries.text import whole_percent
from stateline.app.web.cache import CACHE
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run
from stateline.store.schema import SENT_DIGITS, STEPS

# One browser draws this many states without help; what is left out is said on the page.
MAX_DRAWN = 250_000
THUMBNAIL = (640, 360)
SCALES_BYTES = 16_384  # about what the colours and names of one run take


def drawn_rows(states: int) -> np.ndarray:
    """Return the rows, int64 (n,), of the states that the map draws: all, or an even sample."""
    drawn = min(states, MAX_DRAWN)
    return np.arange(drawn, dtype=np.int64) * states // max(drawn, 1)


def run_scales(run: Run) -> dict[str, Scale]:
    """Every way to colour this run's states."""

    def make() -> dict[str, Scale]:
        read = (run.kind, step_noun(run))
        return scales(run.class_names, run.class_colours, longest_sequence(run), read)

    return CACHE.get((run.name, run.checksum, "scales"), make, lambda _: SCALES_BYTES)


def longest_sequence(run: Run) -> int:
    """Steps of the longest sequence stored; 0 where none is."""
    return int(np.diff(run.offsets).max(initial=0))


def points(run: Run, projection: str) -> bytes:
    """Coordinates of the states drawn: little-endian float32 x of all, then y of all."""

    def make() -> bytes:
        rows = drawn_rows(run.states)
        found = run.coordinates(projection)
        return b"".join(found[axis][rows].astype("<f4").tobytes() for axis in ("x", "y"))

    return CACHE.get((run.name, run.checksum, "points", projection), make, len)


def colours(run: Run, colouring: str, projection: str) -> bytes:
    """Bin of each state drawn: one byte, or two (little-endian) beyond 256 classes."""

    def make() -> bytes:
        bins: np.ndarray = _bins(run, colouring, projection)[drawn_rows(run.states)]
        return bins.astype(f"<u{bin_bytes(run)}").tobytes()

    key = (run.name, run.checksum, "colours", colouring, projection if colouring == TRUST else "")
    return CACHE.get(key, make, len)


def lengths(run: Run) -> bytes:
    """Steps of each sequence in stored order, little-endian uint32."""
    return np.diff(run.offsets).astype("<u4").tobytes()


def density(run: Run, projection: str) -> list[dict[str, Any]]:
    """Lines of equal density of all states on a map, those that the map leaves out included."""

    def make() -> list[dict[str, Any]]:
        place = run.coordinates(projection)
        lines = density_lines(place["x"], place["y"])
        for line, axis in product(lines, "xy"):
            line[axis] = [_rounded(value) for value in line[axis]]
        return lines

    def size(lines: list[dict[str, Any]]) -> int:
        return 16 * sum(len(line["x"]) for line in lines)

    return CACHE.get((run.name, run.checksum, "density", projection), make, size)


def bin_bytes(run: Run) -> int:
    """Bytes of one colour bin."""
    return 1 if len(run.class_names) <= 256 else 2


def _bins(run: Run, colouring: str, projection: str) -> np.ndarray:
    """Bin of every state (n,), an index into the scale's colours."""
    lengths = np.diff(run.offsets)
    if colouring == ACTUAL:
        return np.repeat(run.sequences["label"].to_numpy(), lengths)
    if colouring == CORRECT:
        return np.repeat(run.sequences["correct"].to_numpy().astype(np.uint8), lengths)
    if colouring == STEP:
        steps = np.arange(run.states) - np.repeat(run.offsets[:-1], lengths)
        return to_bins(steps / max(longest_sequence(run) - 1, 1))
    if colouring == LIKELIEST:
        return run.scan(STEPS).select("predicted").collect()["predicted"].to_numpy()
    if colouring == TRUST:
        return to_bins(run.coordinates(projection)["trust"])
    return expected_bins(run.scan(STEPS).select(*EXPECTED_COLUMNS).collect(), run)


EXPECTED_COLUMNS = ("ep", "predicted")


def expected_bins(steps: pl.DataFrame, run: Run) -> np.ndarray:
    """Return the colour bin of the expected prediction of each step.

    returns  uint8 (T,)  of two classes on a ramp; of more uint16 (T,), the likeliest class
    """
    if run_scales(run)[EXPECTED].kind == "ramp":
        return to_bins(steps["ep"].arr.get(1).to_numpy())
    return steps["predicted"].to_numpy()


def thumbnail(run: Run, projection: str) -> bytes:
    """PNG of a projection, coloured by the expected prediction."""

    def make() -> bytes:
        rows = drawn_rows(run.states)
        place = run.coordinates(projection)
        bins = _bins(run, EXPECTED, "")[rows]
        palette = run_scales(run)[EXPECTED].colours
        return scatter_png(place["x"][rows], place["y"][rows], bins, palette, *THUMBNAIL)

    return CACHE.get((run.name, run.checksum, "thumbnail", projection), make, len)


def page_facts(run: Run) -> dict[str, Any]:
    """All that the page's scripts must know of a run before any view asks for data."""
    manifest = run.manifest
    return {
        "run": run.name,
        "version": run.checksum[:16],
        "states": run.states,
        "drawn": min(run.states, MAX_DRAWN),
        "binBytes": bin_bytes(run),
        "sequences": run.sequences.height,
        **series_facts(run),
        "keep": manifest.corpus.truncation.keep,
        "mostSteps": manifest.corpus.truncation.max_steps,
        "padding": manifest.left_out.padding_steps,
        "longest": longest_sequence(run),
        "classes": [
            {"name": name, "colour": colour}
            for name, colour in zip(run.class_names, run.class_colours, strict=True)
        ],
        "readout": readout_facts(run),
        "scales": {key: scale.plain() for key, scale in run_scales(run).items()},
        "layers": [_layer_plain(kind, step_noun(run)) for kind in state_kinds(run)],
        "projections": [_projection_plain(run, entry) for entry in manifest.projections],
    }


def step_noun(run: Run) -> str:
    """Return what a step of the run's sequences is called."""
    return "word" if run.kind == "text" else "step"


def _layer_plain(kind: StateKind, noun: str) -> dict[str, Any]:
    """A choice of the header: which states, and what is said over their distances."""
    where = "" if kind.is_only else f" in {kind.name}"
    order = ", read from the end" if kind.backward else ""
    whole = "in this run" if kind.is_only else "of these states"
    return {
        "key": kind.key,
        "name": kind.name,
        "largest": _rounded(kind.largest),
        "backward": kind.backward,
        "alone": kind.is_only,
        "longest": kind.longest,
        "scope": f"state change per {noun}{where}{order} (1 = largest {whole})",
    }


def _projection_plain(run: Run, entry: Projection) -> dict[str, Any]:
    return {
        "id": entry.id,
        "layer": state_kind(run, entry.id).key,
        "method": entry.method,
        "note": map_note(run, entry.id),
    }


def map_note(run: Run, projection: str) -> str:
    """One line on which states a map shows, where there are several, and how it was made."""
    kind, note = state_kind(run, projection), projection_note(run.projection(projection))
    return note if kind.is_only else f"{kind.name}: {note}"


def projection_note(entry: Projection) -> str:
    """One line on how a projection was made and how far to trust it."""
    shown = {key: entry.settings[key] for key in NOTED if key in entry.settings}
    settings = [f"{NOTED[key]} {_plain(value)}" for key, value in shown.items()]
    return ", ".join((entry.method, *settings, trust_note(entry)))


def trust_note(entry: Projection) -> str:
    """Return the share of neighbours that a map preserves (trust), of placed states apart."""
    mean = entry.mean_trust
    note = f"neighbours preserved: {whole_percent(mean.fitted)}"
    if mean.placed is None:
        return note
    placed = f"{whole_percent(mean.placed)} ({entry.placed_states:,} placed)"
    return f"{note} ({entry.fitted_states:,} fitted states), {placed}"


def _plain(value: object) -> str:
    """A setting as people write it: 100, not 100.0."""
    return f"{value:g}" if isinstance(value, float) else str(value)


NOTED = {"perplexity": "perplexity", "n_neighbors": "neighbours", "min_dist": "least distance"}


def sequence(run: Run, sequence_id: int, projection: str) -> dict[str, Any]:
    """One sequence with all that its views draw.

    returns  row of sequences.parquet under "facts", and under "steps" one list per column, T long;
             ep is T lists of C, contribution T lists of K, values of a series T lists of F.
             Distances, the largest among the facts included, are those of the states that the
             projection shows; visible and silent are null where the head does not read these.
             Beside both what queries.explanation finds, always of the states that the head reads
    raises   StatelineError  the run holds no such sequence or projection
    """
    steps = run.steps_of(sequence_id)
    place = run.projection_of(sequence_id, projection)
    facts = run.sequences.row(sequence_id, named=True)
    kind = state_kind(run, projection)
    if not kind.read:
        steps, facts = _moved(run, sequence_id, kind, steps, facts)
    numbers = ("ep", "contribution", "confidence", "distance", "visible", "silent")
    plain = ("token", "surface", "known", "padding", "role", "predicted")
    return {
        "facts": {key: _rounded(value) for key, value in facts.items()},
        "steps": {
            **{name: steps[name].to_list() for name in plain},
            **{name: _numbers(steps[name]) for name in numbers},
            **({"values": compact_values(steps["values"])} if run.kind == "series" else {}),
            "bin": expected_bins(steps, run).tolist(),
            **{name: _numbers(place[name]) for name in ("x", "y", "trust")},
            "stretch": nullable_numbers(place["stretch"]),
        },
        **evidence(run, facts, steps),
    }


def _moved(
    run: Run, sequence_id: int, kind: StateKind, steps: pl.DataFrame, facts: dict[str, Any]
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Steps and facts of one sequence with the distances of states that the head does not read."""
    distance = distances_of(run, sequence_id, kind)
    nothing = pl.lit(None, dtype=pl.Float32)
    steps = steps.with_columns(pl.Series("distance", distance), visible=nothing, silent=nothing)
    longest = int(distance.argmax())
    return steps, facts | {"max_distance": float(distance[longest]), "max_distance_step": longest}


def _rounded(value: object) -> object:
    return round(value, SENT_DIGITS) if isinstance(value, float) else value


def _numbers(column: pl.Series) -> list[Any] | None:
    """Rounded numbers of a column; None where all are null (the readout is not linear)."""
    if column.null_count() == len(column):
        return None
    numbers: list[Any] = np.round(column.to_numpy().astype(np.float64), SENT_DIGITS).tolist()
    return numbers


def class_counts(run: Run) -> np.ndarray:
    """int64 (C, C) stored sequences by actual (row) and predicted (column) class."""
    classes = len(run.class_names)
    counts = np.zeros((classes, classes), dtype=np.int64)
    pairs = (run.sequences["label"].to_numpy(), run.sequences["predicted"].to_numpy())
    np.add.at(counts, pairs, 1)
    return counts
