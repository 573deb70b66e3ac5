"""Facts of the overview in words: the model and its training, and repeated test sequences."""

from types import SimpleNamespace
from typing import cast

import pytest

from stateline.app.explore.model_facts import model_line, rebuilt_line
from stateline.app.queries.accuracy import repeats_line
from stateline.store.manifest.model_info import ModelInfo
from stateline.store.reader import Run


@pytest.mark.parametrize(
    ("because", "read"),
    [
        (["stateful"], "was stateful; read stateless with"),
        (["mixed_float16"], "was mixed_float16; read in float32 with"),
        (["stateful", "float64"], "was stateful and float64; read stateless and in float32 with"),
    ],
)
def test_a_rebuilt_model_says_what_was_changed_and_by_how_much_answers_differ(
    because: list[str], read: str
) -> None:
    made = SimpleNamespace(because=because, error=0.00134, tolerance=0.02, sequences=13)
    said = rebuilt_line(cast(ModelInfo, SimpleNamespace(rebuilt=made)))
    assert said == (
        f"{read} the same weights: answers differ by 0.0013 at the most over 13 sequences, "
        "0.02 allowed"
    )


@pytest.mark.parametrize(
    ("refit", "said"), [(None, ""), (5, ", refitted for 5 on training and validation sequences")]
)
def test_a_model_says_what_it_was_trained_on(refit: int | None, said: str) -> None:
    facts = {"cell": "LSTM", "units": 64, "parameters": 1234, "epochs": 9, "refit_epochs": refit}
    model = cast(ModelInfo, SimpleNamespace(**facts))
    assert model_line(model) == f"LSTM, 64 units, 1,234 parameters, 9 epochs{said}"


@pytest.mark.parametrize(
    ("repeated", "accuracy", "said"),
    [
        (None, None, "not known, as the training sequences are not"),
        (0, 0.9, "none of 100 test sequences"),
        (3, 0.9, "3 of 100 test sequences occur in the training or validation split as well; "
            "90.0 % accuracy without them"),
        (100, None, "100 of 100 test sequences occur in the training or validation split as well"),
    ],
)  # fmt: skip
def test_repeated_test_sequences_are_counted(
    repeated: int | None, accuracy: float | None, said: str
) -> None:
    metrics = SimpleNamespace(test=100, unseen_accuracy=accuracy)
    manifest = SimpleNamespace(
        left_out=SimpleNamespace(in_training=repeated), model=SimpleNamespace(metrics=metrics)
    )
    assert repeats_line(cast(Run, SimpleNamespace(manifest=manifest))) == said
