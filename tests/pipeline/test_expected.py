"""Stage expected: answers after every step, in pieces and against a plain loop."""

from pathlib import Path

import numpy as np
import pytest

from stateline.pipeline import expected
from stateline.pipeline.run import arrays
from stateline.pipeline.run.artefacts import (
    CONTRIBUTION,
    DECISIONS,
    EP,
    EXPECTED_FACTS,
    EXTRACT_FACTS,
    LOGIT,
    PREDICTION,
    READOUT,
    state_array,
)
from stateline.store.errors import StatelineError
from tests.pipeline.extracted import CLASSES, OFFSETS, write_extracted
from tests.pipeline.loops import loop_prediction


def made(folder: Path) -> dict[str, np.ndarray]:
    steps = {name: np.load(folder / name) for name in (EP, LOGIT, CONTRIBUTION)}
    return steps | dict(np.load(folder / DECISIONS))


@pytest.mark.parametrize("method", ["linear", "head", "prefix", "given"])
def test_the_stage_equals_a_plain_walk_over_the_logits(tmp_path: Path, method: str) -> None:
    paths = write_extracted(tmp_path, method=method)
    expected.work(paths)
    got, facts = made(paths.stage("expected")), paths.read_json("extract", EXTRACT_FACTS)
    if method == "linear":
        head = np.load(paths.stage("extract") / READOUT)
        h = np.load(paths.stage("extract") / state_array("lstm", "h"))
        logit = [head["weights"] @ row + head["bias"] for row in h]
    else:
        logit = np.load(paths.stage("extract") / LOGIT)
    for a, b in zip(OFFSETS, OFFSETS[1:], strict=False):
        before = np.array(facts["readout"]["initial_logit"])
        for row in range(a, b):
            assert got[LOGIT][row] == pytest.approx(logit[row], abs=1e-5)
            assert got[EP][row] == pytest.approx(loop_prediction(list(logit[row])), abs=1e-6)
            assert got[CONTRIBUTION][row] == pytest.approx(logit[row] - before, abs=1e-5)
            before = logit[row]
    assert paths.read_json("expected", EXPECTED_FACTS)["prediction_error"] < 1e-6


@pytest.mark.parametrize("method", ["linear", "head"])
def test_the_stage_in_many_pieces_equals_the_stage_in_one(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_extracted(tmp_path, method=method)
    expected.work(paths)
    whole = made(paths.stage("expected"))
    monkeypatch.setattr(arrays, "PIECE_BYTES", 5 * 4 * CLASSES)
    assert len(list(arrays.pieces(OFFSETS, CLASSES))) == 4
    expected.work(paths)
    for name, values in made(paths.stage("expected")).items():
        assert values == pytest.approx(whole[name], abs=1e-6), name
        assert values.dtype == whole[name].dtype


@pytest.mark.parametrize("wrong", [0.5, np.nan])
def test_the_first_sequence_whose_last_answer_is_not_the_models_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: float
) -> None:
    monkeypatch.setattr(arrays, "PIECE_BYTES", 5 * 4 * CLASSES)
    paths = write_extracted(tmp_path)
    file = paths.stage("extract") / PREDICTION
    prediction = np.load(file)
    prediction[2:, 0] += wrong
    np.save(file, prediction)
    with pytest.raises(StatelineError) as caught:
        expected.work(paths)
    assert str(caught.value) == (
        "sequence id-4: its last expected prediction is not the model's prediction; "
        f"expected a difference of 1e-05 at the most, got {wrong:g}"
    )
    assert not paths.stage("expected").exists()
