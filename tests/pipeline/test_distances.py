"""Stage distances: every kind of state that has distances, against plain loops."""

from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline import distances
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import DISTANCES, SILENT, VISIBLE, distance_array, state_array
from tests.pipeline.extracted import OFFSETS, UNITS, write_extracted
from tests.pipeline.loops import loop_distance


@pytest.mark.parametrize("piece_rows", [1, 5, 1_000])
def test_the_stage_measures_every_kind_of_state_that_is_mapped_and_every_h(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece_rows: int
) -> None:
    monkeypatch.setattr(arrays, "PIECE_BYTES", piece_rows * 4 * UNITS)
    paths = write_extracted(tmp_path)
    distances.work(paths)
    made = paths.stage("distances")
    wanted = {
        ("lstm", "h"): "forward",
        ("lstm", "c"): "forward",
        ("bidirectional-backward", "h"): "backward",
    }
    names = {distance_array(*each) for each in wanted}
    assert {f.name for f in made.iterdir()} == names | {VISIBLE, SILENT, DISTANCES, "stage.json"}
    for each, direction in wanted.items():
        states = np.load(paths.stage("extract") / state_array(*each))
        distance = np.load(made / distance_array(*each), mmap_mode="r")
        assert distance.dtype == np.float32
        assert distance == pytest.approx(loop_distance(states, direction), rel=1e-5)
    distance = np.load(made / distance_array("lstm", "h"))
    parts = np.load(made / VISIBLE), np.load(made / SILENT)
    assert parts[0] ** 2 + parts[1] ** 2 == pytest.approx(distance**2, rel=1e-4)
    largest = np.load(made / DISTANCES)
    for s, (a, b) in enumerate(zip(OFFSETS, OFFSETS[1:], strict=False)):
        assert largest["max_distance"][s] == max(distance[a:b])
        assert largest["max_distance_step"][s] == list(distance[a:b]).index(max(distance[a:b]))


@pytest.mark.parametrize("method", ["head", "prefix", "given"])
def test_only_a_linear_readout_has_a_visible_and_a_silent_part(tmp_path: Path, method: str) -> None:
    paths = write_extracted(tmp_path, method=method)
    distances.work(paths)
    made = {f.name for f in paths.stage("distances").iterdir()}
    assert not made & {VISIBLE, SILENT} and DISTANCES in made
