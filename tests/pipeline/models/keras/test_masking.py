"""Which steps of padded or ragged sequences a model reads."""

from types import SimpleNamespace

import numpy as np
import pytest

from stateline.pipeline.models.keras.masking import as_sequences
from stateline.store.errors import StatelineError

IDS = [[4, 5, 6, 7, 8, 9, 10], [3], [1, 2, 2, 9], [10, 1], [5, 5, 5, 5, 5, 6]]
NAMES = list("abcde")
MASKED = SimpleNamespace(features=None, rows=11, padding=0.0)
UNMASKED = SimpleNamespace(features=None, rows=11, padding=None)
SERIES = SimpleNamespace(features=2, rows=None, padding=-9.0)


def padded(front: bool) -> np.ndarray:
    made = np.zeros((5, 7), dtype=np.int64)
    for row, ids in zip(made, IDS, strict=True):
        row[7 - len(ids) if front else 0 :][: len(ids)] = ids
    return made


@pytest.mark.parametrize("front", [True, False], ids=["front", "behind"])
@pytest.mark.parametrize("kind", [np.int64, np.float32, np.uint8])
def test_masked_padding_is_taken_out_in_front_and_behind(front: bool, kind: type) -> None:
    provided = padded(front).astype(kind)
    found = as_sequences(provided, MASKED, NAMES)
    assert [row.tolist() for row in found.sequences] == IDS
    assert [row.dtype for row in found.sequences] == [np.uint32] * 5
    assert [mask.tolist() for mask in found.kept] == (provided != 0).tolist()
    assert found.masked_id == 0
    assert found.provided.tolist() == provided.tolist(), "the model gets its input as it came"


def test_ragged_sequences_stay_as_they_are() -> None:
    for provided in (IDS, [np.array(ids) for ids in IDS], np.array(IDS, dtype=object)):
        found = as_sequences(provided, MASKED, NAMES)
        assert [row.tolist() for row in found.sequences] == IDS
        assert found.provided is None


def test_padding_that_the_model_reads_is_a_step() -> None:
    found = as_sequences(padded(front=True), UNMASKED, NAMES)
    assert [row.tolist() for row in found.sequences] == padded(front=True).tolist()
    assert found.masked_id is None


def test_a_masked_step_in_the_middle_is_none() -> None:
    found = as_sequences([[4, 0, 5]], MASKED, ["a"])
    assert found.sequences[0].tolist() == [4, 5] and found.kept[0].tolist() == [True, False, True]


def test_a_step_of_a_series_is_masked_where_all_its_numbers_are_the_value() -> None:
    provided = [np.array([[-9, -9], [-9, 1], [0, 0.5]])]
    found = as_sequences(provided, SERIES, ["a"])
    assert found.sequences[0].tolist() == [[-9, 1], [0, 0.5]]
    assert found.sequences[0].dtype == np.float32 and found.masked_id is None


@pytest.mark.parametrize(
    ("provided", "structure", "line"),
    [
        ([[1], [0, 0]], MASKED, "sequence b: holds no step besides padding"),
        ([[1], []], UNMASKED, "sequence b: holds no step besides padding"),
        (
            [[1], [4, 11]],
            MASKED,
            "sequence b: step 1 holds an id that the model does not know; expected whole numbers, "
            "0 to 10, got 11",
        ),
        ([[1], [-1]], MASKED, "sequence b: step 0 holds an id that the model does not know"),
        ([[1], [1.5]], MASKED, "sequence b: step 0 holds an id that the model does not know"),
        ([[1], [np.nan]], MASKED, "sequence b: step 0 holds an id"),
        ([[1], [[1, 2]]], MASKED, "sequence b: not a list of token ids; expected (T,)"),
        ([[1], ["good"]], MASKED, "sequence b: not a list of token ids"),
        ([[1], [[1], [1, 2]]], MASKED, "sequence b: not a list of token ids"),
        (
            [[[1, 2]], [[1, 2, 3]]],
            SERIES,
            "sequence b: not the series that the model reads; expected numbers (T, 2), got shape "
            "(1, 3)",
        ),
        ([[[1, 2]], [1, 2]], SERIES, "sequence b: not the series"),
        ([[[1, 2]], [[1, 2], [1]]], SERIES, "sequence b: not the series"),
        ([[[1, 2]], [["a", "b"]]], SERIES, "sequence b: not the series"),
        ([[[1, 2]], [[1, np.inf]]], SERIES, "sequence b: holds what is no number"),
    ],
)  # fmt: skip
def test_the_first_sequence_that_the_model_cannot_read_is_named(
    provided: list, structure: SimpleNamespace, line: str
) -> None:
    with pytest.raises(StatelineError) as caught:
        as_sequences(provided, structure, ["a", "b"])
    assert str(caught.value).startswith(line) and "\n" not in str(caught.value)
