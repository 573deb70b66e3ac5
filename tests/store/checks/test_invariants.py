"""Each number that follows from another is held by the check, one at a time."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError, rebuild
from tests.store.damage import change_manifest, change_table, put

SEQUENCES, STEPS, WORDS = "sequences.parquet", "steps.parquet", "vocabulary.parquet"
HIDDEN, PLACES = "hidden/lstm.parquet", "projections/lstm-tsne.parquet"


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


@pytest.fixture
def binary_copy(binary_run: Path, tmp_path: Path) -> Path:
    """A copy of the binary run to damage."""
    return Path(shutil.copytree(binary_run, tmp_path / "binary"))


def plus(amount: float, at: int = 0) -> Callable[[list], list]:
    """Add to one entry of a vector."""
    return lambda values: [value + amount * (i == at) for i, value in enumerate(values)]


def swap(table: pl.DataFrame) -> pl.DataFrame:
    """Rows 2 and 3 change places."""
    order = [0, 1, 3, 2, *range(4, table.height)]
    return table[order]


TABLE_CASES = {
    "steps out of order": (STEPS, swap, "sorted by sequence_id and t"),
    "states out of order": (HIDDEN, swap, "sorted by sequence_id and t"),
    "places out of order": (PLACES, swap, "sorted by sequence_id and t"),
    "a sequence id changed": (PLACES, lambda t: put(t, 3, sequence_id=1), "sorted by sequence_id"),
    "a step skipped": (HIDDEN, lambda t: put(t, 6, t=7), "t from 0 to length - 1"),
    "padding": (STEPS, lambda t: put(t, 4, token_id=0), "that of padding, got False"),
    "padding that is a word": (STEPS, lambda t: put(t, 4, padding=True), "that of padding, got"),
    "an empty token": (STEPS, lambda t: put(t, 4, token=""), "the token of token_id"),
    "another token": (STEPS, lambda t: put(t, 4, token="gold"), "the token of token_id"),
    "token id too large": (STEPS, lambda t: put(t, 4, token_id=999), "token_id of the vocabulary"),
    "known flipped": (STEPS, lambda t: put(t, 0, known=False), "known false where"),
    "a null word": (STEPS, lambda t: put(t, 5, surface=None), "surface never null"),
    "ep not a number": (STEPS, lambda t: put(t, 5, ep=[math.nan] * 4), "sum of ep"),
    "ep with a null": (STEPS, lambda t: put(t, 5, ep=[None, 0.2, 0.3, 0.5]), "sum of ep"),
    "ep beyond one": (STEPS, lambda t: put(t, 5, ep=plus(0.01)), "sum of ep = 1, got 1.01"),
    "ep beyond rounding": (STEPS, lambda t: put(t, 5, ep=plus(1.5e-5)), "sum of ep = 1"),
    "ep of other logits": (STEPS, lambda t: put(t, 5, ep=[0.25] * 4), "ep of logit"),
    "a contribution": (STEPS, lambda t: put(t, 2, contribution=plus(0.01, 3)), "difference of"),
    "predicted at a step": (STEPS, lambda t: put(t, 5, predicted=lambda p: (p + 1) % 4), "likely"),
    "confidence at a step": (STEPS, lambda t: put(t, 5, confidence=0.9), "confidence, the prob"),
    "distance at a step": (STEPS, lambda t: put(t, 5, distance=9.0), "max_distance as computed"),
    "a short distance": (STEPS, lambda t: put(t, 5, distance=0.0), "that of the readout's layer"),
    "visible": (STEPS, lambda t: put(t, 5, visible=lambda v: v + 0.01), "visible² + silent²"),
    "visible null": (STEPS, lambda t: put(t, 5, visible=None), "visible null where"),
    "a state": (HIDDEN, lambda t: put(t, 5, h=plus(0.01, 2)), "distance ="),
    "a state not finite": (HIDDEN, lambda t: put(t, 5, h=[math.inf] * 3), "h finite"),
    "a cell not finite": (HIDDEN, lambda t: put(t, 5, c=[math.nan] * 3), "c finite"),
    "distance in a layer": (HIDDEN, lambda t: put(t, 5, distance=lambda d: d + 1e-3), "distance ="),
    "trust above one": (PLACES, lambda t: put(t, 5, trust=1.5), "trust in 0 to 1, got 1.5"),
    "trust not a number": (PLACES, lambda t: put(t, 5, trust=math.nan), "trust in 0 to 1"),
    "a place not finite": (PLACES, lambda t: put(t, 5, y=math.nan), "y finite"),
    "another trust": (PLACES, lambda t: put(t, 5, trust=lambda v: 1 - v), "trust of the fitted"),
    "trust of a placed state": (
        PLACES, lambda t: put(t, t.height - 1, trust=lambda v: 1 - v), "mean_trust of the placed",
    ),
    "a placed state called fitted": (
        PLACES, lambda t: put(t, t.height - 1, fitted=True), "all states of a sequence",
    ),
    "ids not counted": (SEQUENCES, lambda t: put(t, 1, sequence_id=9), "counts from 0"),
    "the same id twice": (SEQUENCES, lambda t: put(t, 1, external_id="text-0000"), "occurs once"),
    "label beyond": (SEQUENCES, lambda t: put(t, 1, label=4), "label is one of 4 classes, got 4"),
    "predicted beyond": (SEQUENCES, lambda t: put(t, 1, predicted=4), "predicted is one of 4"),
    "correct": (SEQUENCES, lambda t: put(t, 0, correct=False), "whether label equals predicted"),
    "length zero": (SEQUENCES, lambda t: put(t, 2, length=0), "length lies in 1 to 7"),
    "length beyond": (SEQUENCES, lambda t: put(t, 0, length=8), "length lies in 1 to 7"),
    "length over full": (SEQUENCES, lambda t: put(t, 0, length_full=2), "not above length_full"),
    "lengths exchanged": (
        SEQUENCES,
        lambda t: t.with_columns(length=t["length"].gather([0, 2, 1, 3, 4]), settle_step=0,
                                 max_distance_step=0, length_full=9,
                                 turning_step=t["turning_step"] * 0).cast(t.schema),
        "truncated_",
    ),
    "unknown": (SEQUENCES, lambda t: put(t, 0, unknown=7), "left_out.unknown_steps"),
    "unknown moved": (
        SEQUENCES,
        lambda t: t.with_columns(unknown=t["unknown"].gather([1, 2, 3, 4, 0])),
        "unknown as counted",
    ),
    "flips": (SEQUENCES, lambda t: put(t, 0, flips=lambda f: f + 1), "flips as computed from"),
    "settle step": (SEQUENCES, lambda t: put(t, 0, settle_step=lambda s: (s + 1) % 7), "settle"),
    "settle step beyond": (SEQUENCES, lambda t: put(t, 0, settle_step=7), "is a step of the"),
    "max distance": (SEQUENCES, lambda t: put(t, 0, max_distance=1e-3), "max_distance as"),
    "max step": (SEQUENCES, lambda t: put(t, 0, max_distance_step=lambda s: (s + 1) % 7), "a step"),
    "turning null": (SEQUENCES, lambda t: put(t, 1, turning_step=None), "null without a fall"),
    "turning set": (SEQUENCES, lambda t: put(t, 0, turning_step=1), "turning_step is null where"),
    "right until": (SEQUENCES, lambda t: put(t, 0, right_until=lambda s: s - 1), "right_until as"),
    "right until null": (SEQUENCES, lambda t: put(t, 0, right_until=None), "right_until as"),
    "right until set": (SEQUENCES, lambda t: put(t, 1, right_until=0), "right_until as computed"),
    "right until beyond": (SEQUENCES, lambda t: put(t, 0, right_until=7), "is a step of the"),
    "peak label": (SEQUENCES, lambda t: put(t, 1, peak_label=lambda p: p + 1e-3), "peak_label as"),
    "peak confidence": (SEQUENCES, lambda t: put(t, 1, peak_confidence=0.1), "peak_confidence as"),
    "turning moved": (SEQUENCES, lambda t: put(t, 1, turning_step=0), "the largest fall"),
    "confidence": (SEQUENCES, lambda t: put(t, 0, confidence=lambda c: c - 3e-5), "last step"),
    "confidence over": (SEQUENCES, lambda t: put(t, 0, confidence=1.2), "confidence lies in 0"),
    "vocabulary order": (WORDS, lambda t: put(t, 7, token_id=8), "row 7: token_id; expected 7"),
    "vocabulary null": (WORDS, lambda t: put(t, 7, token=None), "row 7: token is null"),
    "vocabulary uncounted": (WORDS, lambda t: t.with_columns(count=t["count"] * 0), "not below"),
    "vocabulary beyond": (
        WORDS, lambda t: put(t, 7, sequences=[81, 0, 0, 0], count=99), "at most those of the split",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE_CASES)
def test_check_finds_a_number_that_does_not_follow(copy: Path, case: str) -> None:
    table, change, expected = TABLE_CASES[case]
    change_table(copy, table, change)
    with pytest.raises(StatelineError) as caught:
        check_run(copy)
    assert expected in str(caught.value)
    assert str(copy) in str(caught.value)
    assert str(caught.value).endswith(rebuild("synthetic"))


MANIFEST_CASES = {
    "prediction error": (lambda m: m["verified"].update(prediction_error=2e-5), "got 2e-05"),
    "error not a number": (lambda m: m["verified"].update(batch_error=math.nan), "got nan"),
    "batch error": (lambda m: m["verified"].update(batch_error=1.0), "expected 1e-05 at the most"),
    "initial logit": (lambda m: m["readout"].update(initial_logit=[9, 9, 9, 9]), "the bias of a"),
    "weights": (lambda m: m["readout"]["weights"][2].__setitem__(1, 5.0), "readout of the state"),
    "bias": (lambda m: m["readout"]["bias"].__setitem__(0, 5.0), "expected 5, the bias of a"),
    "weights cut": (lambda m: m["readout"]["weights"].pop(), "expected 4 x 3, got 3 x 3"),
    "bias missing": (lambda m: m["readout"].update(bias=None), "readout.bias"),
    "stored": (lambda m: m["corpus"]["classes"][1].update(stored=9), "classes[1].stored"),
    "stored total": (lambda m: m["corpus"]["sizes"].update(stored=9), "expected 9, got 5"),
    "max steps": (lambda m: m["corpus"]["truncation"].update(max_steps=3), "length lies in 1 to 3"),
    "left out": (lambda m: m["left_out"].update(truncated_words=99), "truncated_words"),
    "confusion": (lambda m: m["model"]["metrics"]["confusion"][0].__setitem__(0, 99), "add up"),
    "accuracy": (lambda m: m["model"]["metrics"].update(accuracy=0.99), "got 0.990000"),
    "mean trust": (
        lambda m: m["projections"][1]["mean_trust"].update(fitted=0.99),
        "lstm-tsne: mean_trust of the fitted",
    ),
    "mean trust of placed states": (
        lambda m: m["projections"][1]["mean_trust"].update(placed=0.01),
        "lstm-tsne: mean_trust of the placed",
    ),
    "no trust of placed states": (
        lambda m: m["projections"][1]["mean_trust"].update(placed=None),
        "mean_trust.placed; expected a number",
    ),
    "trust of no placed state": (
        lambda m: m["projections"][0]["mean_trust"].update(placed=0.5),
        "mean_trust.placed; expected null: no state was placed",
    ),
    "fitted": (lambda m: m["projections"][0].update(fitted_states=3), "lstm-pca: fitted_states"),
    "placed": (lambda m: m["projections"][1].update(placed_states=0), "lstm-tsne: placed_states"),
    "max distance": (
        lambda m: m["layers"][0].update(max_distance={"h": 99.0}),
        "lstm: max_distance",
    ),
    "not linear": (
        lambda m: m["readout"].update(method="head", weights=None, bias=None),
        "visible null where",
    ),
}


@pytest.mark.parametrize("case", MANIFEST_CASES)
def test_check_finds_a_figure_of_the_manifest_that_the_tables_disprove(
    copy: Path, case: str
) -> None:
    change, expected = MANIFEST_CASES[case]
    change_manifest(copy, change)
    with pytest.raises(StatelineError, match=f"{rebuild('synthetic')}$") as caught:
        check_run(copy)
    assert expected in str(caught.value)


FIGURE_CASES = {
    "a tolerance of its own": (
        lambda m: m["verified"].update(tolerance=1e9, prediction_error=0.5),
        "verified.tolerance; expected 1e-05 at the most, got 1e+09",
    ),
    "not measured": (
        lambda m: m["verified"].update(batch_error=None),
        "verified.batch_error; expected a number, as there is a model, got null",
    ),
    "a negative error": (lambda m: m["verified"].update(alone_error=-1.0), "alone_error; expected"),
    "training size": (
        lambda m: m["corpus"]["sizes"].update(train=321),
        "corpus.sizes.train; expected 320, the sum of its classes, got 321",
    ),
    "validation size": (lambda m: m["corpus"]["sizes"].update(validation=0), "sizes.validation"),
    "a class in training": (
        lambda m: m["corpus"]["classes"][0].update(train=1080), "sizes.train; expected 1320",
    ),
    "a class in the test": (
        lambda m: (m["corpus"]["classes"][0].update(test=1000),
                   m["corpus"]["classes"][1].update(test=-989)),
        "corpus.classes[1].test; expected a whole number from 0",
    ),
    "classes of the test exchanged": (
        lambda m: (m["corpus"]["classes"][0].update(test=m["corpus"]["classes"][0]["test"] + 1),
                   m["corpus"]["classes"][1].update(test=m["corpus"]["classes"][1]["test"] - 1)),
        "the class's in the test split",
    ),
    "nothing tested": (
        lambda m: m["model"]["metrics"].update(
            test=0, accuracy=0, confusion=[[0] * 4] * 4, recall=[None] * 4
        ),
        "model.metrics.test; expected 13, the test split, got 0",
    ),
    "recall": (lambda m: m["model"]["metrics"].update(recall=[0.123] * 4), "metrics.recall[0]"),
    "no recall": (
        lambda m: m["model"]["metrics"]["recall"].__setitem__(2, None), "metrics.recall[2]",
    ),
    "elementwise accuracy": (
        lambda m: m["model"]["metrics"].update(elementwise_accuracy=5.0),
        "elementwise_accuracy; expected 0 to 1, got 5.0",
    ),
    "repeated": (
        lambda m: m["left_out"].update(in_training=99), "left_out.in_training; expected 0 to 13",
    ),
    "more right without the repeated": (
        lambda m: m["model"]["metrics"].update(unseen_accuracy=1.0),
        "model.metrics.unseen_accuracy; expected",
    ),
    "no share of the sequences": (
        lambda m: m["model"]["metrics"].update(unseen_accuracy=0.8234),
        "model.metrics.unseen_accuracy; expected",
    ),
    "the baseline's accuracy": (
        lambda m: m["model"]["baseline"].update(accuracy=1.5), "baseline.accuracy; expected 0 to 1",
    ),
    "no share of the test split": (
        lambda m: m["model"]["baseline"].update(accuracy=0.5),
        "model.baseline.accuracy; expected a share of 13, got 0.5",
    ),
    "a baseline of more than there is": (
        lambda m: m["model"]["baseline"].update(train=321), "baseline.train; expected 1 to 320",
    ),
    "a baseline before its time": (
        lambda m: m["model"]["baseline"].update(seconds=-1.0), "baseline.seconds; expected 0 or",
    ),
    "trustworthiness": (
        lambda m: m["projections"][1].update(trustworthiness=7.5),
        "projections[1].trustworthiness; expected 0 to 1, got 7.5",
    ),
    "continuity": (lambda m: m["projections"][0].update(continuity=-3), "[0].continuity; expected"),
    "judged": (
        lambda m: m["projections"][0].update(quality_sample=10**9),
        "quality_sample; expected 1 to 18, the states",
    ),
    "rebuilt": (
        lambda m: m["model"].update(
            rebuilt={"because": ["stateful"], "error": 0.03, "tolerance": 0.02, "sequences": 13}
        ),
        "model.rebuilt.error; expected 0 to its tolerance, 0.02, got 0.03",
    ),
    "dropped": (lambda m: m["left_out"].update(blank_dropped=-1), "left_out.blank_dropped"),
    "unread": (lambda m: m["left_out"].update(without_known_word=99), "expected 0 to 13, got 99"),
}  # fmt: skip


@pytest.mark.parametrize("case", FIGURE_CASES)
def test_figures_of_the_manifest_follow_from_each_other(copy: Path, case: str) -> None:
    change, expected = FIGURE_CASES[case]
    change_manifest(copy, change)
    with pytest.raises(StatelineError, match=f"{rebuild('synthetic')}$") as caught:
        check_run(copy)
    assert expected in str(caught.value)


def test_answers_that_are_stored_are_in_the_confusion_matrix(copy: Path) -> None:
    def exchange(manifest: dict) -> None:
        metrics = manifest["model"]["metrics"]
        confusion, recall = metrics["confusion"], metrics["recall"]
        for row, total in zip(confusion, map(sum, confusion), strict=True):
            row[:] = [total, 0, 0, 0]  # all answered the first class, which adds up
        recall[:] = [1.0, 0.0, 0.0, 0.0]
        metrics["accuracy"] = metrics["unseen_accuracy"] = confusion[0][0] / metrics["test"]
        manifest["left_out"]["in_training"] = 0

    change_manifest(copy, exchange)
    with pytest.raises(StatelineError, match=r"confusion\[\d\]\[\d\]; expected \d or more, as seq"):
        check_run(copy)


def test_the_first_contribution_counts_from_the_bias(copy: Path) -> None:
    # All other rules still hold: contributions are differences and add up.
    def lower(manifest: dict) -> None:
        manifest["readout"]["initial_logit"][2] -= 3

    def higher(table: pl.DataFrame) -> pl.DataFrame:
        for row in table.with_row_index().filter(pl.col("t") == 0)["index"]:
            table = put(table, row, contribution=plus(3, 2))
        return table

    change_manifest(copy, lower)
    change_table(copy, STEPS, higher)
    with pytest.raises(StatelineError, match=r"readout.initial_logit\[2\]; expected .*, the bias"):
        check_run(copy)


def test_logits_shifted_together_are_not_the_readout_of_the_state(copy: Path) -> None:
    def shift(table: pl.DataFrame) -> pl.DataFrame:
        for row in range(7):  # softmax does not see it, and contributions still add up
            table = put(table, row, logit=lambda z: [value + 1 for value in z])
        return put(table, 0, contribution=lambda z: [value + 1 for value in z])

    change_table(copy, STEPS, shift)
    with pytest.raises(StatelineError, match="logit, the readout of the state = "):
        check_run(copy)


def test_contributions_that_drift_within_rounding_do_not_add_up(copy: Path) -> None:
    def drift(table: pl.DataFrame) -> pl.DataFrame:
        for row in range(7):
            table = put(table, row, contribution=plus(9e-6, 2))
        return table

    change_table(copy, STEPS, drift)
    with pytest.raises(StatelineError, match="sequence 0; expected contributions that add up"):
        check_run(copy)


def test_predicted_class_is_that_of_the_last_step(copy: Path) -> None:
    def other(table: pl.DataFrame) -> pl.DataFrame:
        taken = {table["label"][1], table["predicted"][1]}
        return put(table, 1, predicted=next(each for each in range(4) if each not in taken))

    change_table(copy, SEQUENCES, other)
    with pytest.raises(StatelineError, match="sequence 1; .* ep at the last step"):
        check_run(copy)


def test_confidence_may_differ_by_the_tolerance_of_the_build(copy: Path) -> None:
    change_table(copy, SEQUENCES, lambda t: put(t, 0, confidence=lambda c: c - 5e-6))
    assert check_run(copy).lines()


def test_visible_and_silent_parts_cannot_be_exchanged(binary_copy: Path) -> None:
    change_table(
        binary_copy,
        STEPS,
        lambda t: t.with_columns(visible=pl.col("silent"), silent=pl.col("visible")),
    )
    with pytest.raises(StatelineError, match="expected visible = "):
        check_run(binary_copy)


def test_silent_part_of_a_short_jump_is_checked_as_strictly_as_of_a_long_one(
    binary_copy: Path,
) -> None:
    def louder(table: pl.DataFrame) -> pl.DataFrame:
        row = table["distance"].arg_min()
        return put(table, row, silent=lambda s: s * 1.0001)

    change_table(binary_copy, STEPS, louder)
    with pytest.raises(StatelineError, match="visible² . silent², distance²"):
        check_run(binary_copy)


def test_turning_step_of_one_sigmoid_unit_is_checked(binary_copy: Path) -> None:
    def moved(table: pl.DataFrame) -> pl.DataFrame:
        step, length = table["turning_step"][1], table["length"][1]
        return put(table, 1, turning_step=(step + 1) % length)

    change_table(binary_copy, SEQUENCES, moved)
    with pytest.raises(StatelineError, match="sequence 1; expected turning_step"):
        check_run(binary_copy)


def test_run_whose_readout_is_not_linear_has_no_visible_part(copy: Path) -> None:
    change_manifest(copy, lambda m: m["readout"].update(method="head", weights=None, bias=None))
    nulls = {name: pl.lit(None, dtype=pl.Float32) for name in ("visible", "silent")}
    change_table(copy, STEPS, lambda t: t.with_columns(**nulls))
    unknown = pl.lit(None, dtype=pl.Array(pl.Float32, 4))
    change_table(copy, "units/lstm.parquet", lambda t: t.with_columns(weight=unknown))
    lines = check_run(copy).lines()
    assert not any("readout of the state" in line for line in lines)
