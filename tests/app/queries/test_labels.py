"""Labels of all trajectories, the density lines and the table to take away, against loops."""

import io

import numpy as np
import polars as pl
import pytest

from stateline.app.explore.download import states_table, written
from stateline.app.figures.density import SHARES, density_lines
from stateline.app.queries import labels as module
from stateline.app.queries.filters import parse_filters, passing
from stateline.app.queries.labels import KINDS, labels
from stateline.store.reader import Run


def by_hand(run: Run, projection: str, kinds: set[str], distance: float, confidence: float):
    """(word, x, y, before) of every label, by a loop over sequences and steps."""
    largest = max(run.sequences["max_distance"])
    found = []
    for sequence in range(run.sequences.height):
        steps = run.steps_of(sequence).to_dicts()
        places = run.projection_of(sequence, projection).to_dicts()
        for t in range(1, len(steps)):
            now, last = steps[t], steps[t - 1]
            change = max(abs(a - b) for a, b in zip(now["ep"], last["ep"], strict=True))
            hit = {
                "distance": now["distance"] / largest >= distance,
                "confidence": change >= confidence,
                "class": now["predicted"] != last["predicted"],
            }
            for when, at in (("after", t), ("before", t - 1)):
                if any(hit[cause] and f"{when}-{cause}" in kinds for cause in hit):
                    place = places[at]
                    found.append((steps[at]["surface"], place["x"], place["y"], when == "before"))
    return found


@pytest.mark.parametrize("kinds", [{kind} for kind in KINDS] + [set(KINDS), set()])
def test_labels_equal_a_loop(several: Run, kinds: set[str]) -> None:
    everything = passing(several, ())
    found = labels(several, "lstm-pca", tuple(kinds), 0.4, 0.1, everything)
    wanted = by_hand(several, "lstm-pca", kinds, 0.4, 0.1)
    assert found["count"] == len(wanted) == len(found["words"])
    got = zip(found["words"], found["x"], found["y"], found["before"], strict=True)
    for one, other in zip(sorted(got), sorted(wanted), strict=True):
        assert one[0] == other[0] and one[3] == other[3]
        assert one[1:3] == pytest.approx(other[1:3], abs=1e-5)


def test_some_labels_were_compared(several: Run) -> None:
    counts = [len(by_hand(several, "lstm-pca", {kind}, 0.4, 0.1)) for kind in KINDS]
    assert min(counts) > 0


def test_labels_stand_where_the_filters_pass(several: Run) -> None:
    chosen = passing(several, parse_filters(several, '[["steps", 2, 3]]'))
    found = labels(several, "lstm-pca", ("after-distance",), 0.0, 1.0, chosen)
    assert found["count"] == int(chosen.states.sum())


def test_the_strongest_are_sent_and_all_are_counted(
    several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = passing(several, ())
    whole = labels(several, "lstm-pca", ("after-distance",), 0.0, 1.0, everything)
    monkeypatch.setattr(module, "MAX_LABELS", 3)
    cut = labels(several, "lstm-pca", ("after-distance",), 0.0, 1.0, everything)
    assert cut["count"] == whole["count"] > 3
    assert cut["words"] == whole["words"][:3]


def test_each_line_of_density_holds_its_share_of_the_points() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 20_000))
    lines = density_lines(x.astype(np.float32), (2 * y).astype(np.float32))
    assert {line["share"] for line in lines} == set(SHARES)
    for share in SHARES[1:3]:
        (line,) = [line for line in lines if line["share"] == share]
        # Of a round cloud the line is an ellipse; a point is within where its angle's radius is.
        radius = np.hypot(np.array(line["x"]), np.array(line["y"]) / 2)
        held = (np.hypot(x, y) < radius.mean()).mean()
        assert held == pytest.approx(share, abs=0.05)


def test_no_points_and_one_point_have_a_density_too() -> None:
    assert density_lines(np.empty(0, np.float32), np.empty(0, np.float32)) == []
    assert density_lines(np.float32([3]), np.float32([4]))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_states_that_pass_can_be_taken_away(several: Run, form: str) -> None:
    chosen = passing(several, parse_filters(several, '[["steps", 0, 2]]'))
    table = states_table(several, "lstm-pca", chosen)
    read = pl.read_csv if form == "csv" else pl.read_parquet
    again = read(io.BytesIO(written(table, form)))
    assert again.height == int(chosen.states.sum()) == table.height
    row = table.row(3, named=True)
    steps = several.steps_of(row["sequence_id"]).row(row["t"], named=True)
    place = several.projection_of(row["sequence_id"], "lstm-pca").row(row["t"], named=True)
    facts = several.sequences.row(row["sequence_id"], named=True)
    assert row["surface"] == steps["surface"] and row["x"] == place["x"]
    assert row["answer"] == several.class_names[steps["predicted"]]
    assert row["actual"] == several.class_names[facts["label"]]
    assert row[f"ep_{several.class_names[2]}"] == steps["ep"][2]
