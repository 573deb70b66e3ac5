"""The report's map, which words to write along its trajectory, and which states it is of."""

import base64

import numpy as np

from stateline.app.figures.colours import EXPECTED
from stateline.app.figures.raster import pixel_place, scatter_png
from stateline.app.figures.steps_svg import WIDTH
from stateline.app.figures.trajectory_svg import HEIGHT, LONG, MARGIN, SHORT, TIMES, misdrawn
from stateline.app.queries.run import EXPECTED_COLUMNS, drawn_rows, expected_bins, run_scales
from stateline.app.queries.state_kinds import StateKind
from stateline.app.web.cache import CACHE
from stateline.store.reader import Run
from stateline.store.schema import STEPS

FINER = 2  # pixels a unit of the drawing: paper shows more than a screen


def moved_note(kind: StateKind, noun: str) -> str:
    """Return the note on the bars: which states they are of, and in which order these were read.

    noun  what a step is
    """
    if kind.is_only and not kind.backward:
        return (
            f"how far the hidden state moved at the {noun}, in the colour of the answer before it; "
            f"the run's largest distance is {kind.largest:.2f}."
        )
    order = ", which read from the end," if kind.backward else ""
    return (
        f"how far the state of {kind.name}{order} moved at the {noun}, in the colour of the "
        f"answer at the state before; the largest distance of these states is {kind.largest:.2f}."
    )


def jumps(distance: np.ndarray, threshold: float, turning: int | None, first: int = 0) -> list[int]:
    """Return the turning step, then the steps whose distance reaches a threshold, longest first.

    distance  float32 (T,)  in hidden-state units, as the threshold
    turning   the turning step; None: there is none
    first     the step that the layer read first: the last one where it reads from the end
    """
    order = np.argsort(-distance, kind="stable")
    # A first step has no state before it: its distance is from the zero state, and no jump.
    found = [int(t) for t in order if distance[t] >= threshold and t not in (first, turning)]
    return found if turning is None else [turning, *found]


def misdrawn_note(stretch: list[float | None]) -> str:
    """Return the note on segments whose length on the map misleads; "" where none does."""
    kinds = [misdrawn(value) for value in stretch]
    looks = {LONG: "dotted", SHORT: "double"}
    found = [
        f"{kinds.count(kind)} {look} drawn over {TIMES} times too {kind}"
        for kind, look in looks.items()
        if kind in kinds
    ]
    return f" Segments for their distances: {', '.join(found)}." if found else ""


def map_picture(
    run: Run, sequence_id: int, projection: str
) -> tuple[np.ndarray, np.ndarray, str, int]:
    """Return the map of all states as a picture, and where one sequence lies on it.

    returns  x, y float (T,) in the drawing's units; the picture as a data address; states in it
    """
    start, stop = (int(row) for row in run.offsets[sequence_id : sequence_id + 2])
    coordinates = run.coordinates(projection)
    size = (WIDTH * FINER, HEIGHT * FINER, MARGIN * FINER)
    # Of all states, so that one picture serves every sequence, whatever a sample leaves out.
    place = pixel_place(coordinates["x"], coordinates["y"], *size)
    rows = drawn_rows(run.states)

    def make() -> bytes:
        bins = expected_bins(run.scan(STEPS).select(*EXPECTED_COLUMNS).collect(), run)[rows]
        palette = run_scales(run)[EXPECTED].colours
        x, y = coordinates["x"][rows], coordinates["y"][rows]
        return scatter_png(x, y, bins, palette, *size, place)

    file = CACHE.get((run.name, run.checksum, "report map", projection), make, len)
    scale, left, top = place
    x = (left + scale * coordinates["x"][start:stop].astype(float)) / FINER
    y = (top - scale * coordinates["y"][start:stop].astype(float)) / FINER
    return x, y, f"data:image/png;base64,{base64.b64encode(file).decode()}", len(rows)
