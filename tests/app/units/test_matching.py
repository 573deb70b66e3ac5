"""Select and match against plain loops over every sequence."""

import numpy as np
import pytest

from stateline.app.queries import states
from stateline.app.units import matching
from stateline.app.units import queries as units
from stateline.app.units.matching import MAX_MATCHES, match, true_intervals, units_on
from stateline.app.units.queries import UnitSelection, parse_units
from stateline.store.reader import Run, open_run
from tests.synthetic import synthetic_run


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with enough steps for many matches; some of its sequences have a single step."""
    folder = tmp_path_factory.mktemp("walks")
    return open_run(
        synthetic_run(folder, "walks", sequences=60, max_steps=19, units=5, classes=3, seed=7)
    )


def on(value: float, threshold: float) -> bool:
    """The definition, for one value."""
    return value >= np.float32(threshold) if threshold >= 0 else value <= np.float32(threshold)


def looped_units(h: list, first: int, last: int, threshold: float, edges: bool) -> list[int]:
    found = []
    for unit in range(len(h[0])):
        span = all(on(h[t][unit], threshold) for t in range(first, last + 1))
        beside = [t for t in (first - 1, last + 1) if edges and 0 <= t < len(h)]
        if span and not any(on(h[t][unit], threshold) for t in beside):
            found.append(unit)
    return found


def looped_runs(run: Run, layer: str, chosen: list[int], threshold: float) -> list[tuple]:
    """(sequence, first, last, others) of every maximal run at which all chosen units are on."""
    found = []
    for sequence in range(run.sequences.height):
        h = run.hidden_of(sequence, layer)["h"].to_list()
        start = None
        for t in range(len(h) + 1):
            together = t < len(h) and all(on(h[t][unit], threshold) for unit in chosen)
            if together and start is None:
                start = t
            if not together and start is not None:
                everywhere = looped_units(h, start, t - 1, threshold, False)
                found.append((sequence, start, t - 1, len(set(everywhere) - set(chosen))))
                start = None
    return found


@pytest.mark.parametrize("edges", [False, True])
@pytest.mark.parametrize("threshold", [0.3, 0.0, -0.2])
def test_units_on_are_those_of_a_loop(walks: Run, threshold: float, edges: bool) -> None:
    sizes = set()
    for sequence in (0, 2, 7, 11):
        h = walks.hidden_of(sequence, "lstm")["h"].to_numpy()
        for first in range(len(h)):
            for last in range(first, min(first + 3, len(h))):
                found = units_on(h, first, last, threshold, edges).tolist()
                assert found == looped_units(h.tolist(), first, last, threshold, edges)
                sizes.add(len(found))
    assert 0 in sizes and len(sizes) > 2


def test_runs_do_not_cross_from_one_sequence_to_the_next() -> None:
    together = np.array([1, 1, 0, 1, 1, 1, 0, 0, 1], dtype=bool)
    first, last = true_intervals(together, np.array([0, 2, 4, 8, 9]))
    assert list(zip(first, last, strict=True)) == [(0, 1), (3, 3), (4, 5), (8, 8)]


@pytest.mark.parametrize("threshold", [0.2, -0.2])
@pytest.mark.parametrize("chosen", [[0], [1, 3], [0, 2, 4]])
def test_runs_and_their_other_units_are_those_of_a_loop(
    walks: Run, chosen: list[int], threshold: float
) -> None:
    runs, steps_on = matching.find_intervals(walks, "lstm", np.array(chosen), threshold)
    sequence = np.searchsorted(walks.offsets, runs.first, side="right") - 1
    places = zip(
        sequence.tolist(),
        (runs.first - walks.offsets[sequence]).tolist(),
        (runs.last - walks.offsets[sequence]).tolist(),
        runs.others.tolist(),
        strict=True,
    )
    wanted = looped_runs(walks, "lstm", chosen, threshold)
    assert list(places) == wanted and len(wanted) > 5
    assert any(others for *_, others in wanted)
    h = walks.scan("hidden/lstm.parquet").collect()["h"].to_list()
    assert steps_on.tolist() == [sum(on(row[unit], threshold) for row in h) for unit in chosen]


def chosen_of(run: Run, **query: object) -> UnitSelection:
    return parse_units(run, {key: str(value) for key, value in query.items()})


def spans(run: Run) -> list[UnitSelection]:
    return [
        chosen_of(run, sequence=sequence, threshold=threshold, edges=edges, **{"from": a, "to": b})
        for sequence, a, b in ((0, 3, 5), (0, 0, 0), (1, 0, 1))
        for threshold in (0.1, -0.1)
        for edges in (0, 1)
    ]


def test_matches_are_ranked_by_length_then_other_units_and_leave_out_the_span(walks: Run) -> None:
    totals = set()
    for chosen in spans(walks):
        answer = match(walks, chosen)
        used = [each["unit"] for each in answer["units"] if each["used"]]
        h = walks.hidden_of(chosen.sequence, "lstm")["h"].to_list()
        assert used == looped_units(h, chosen.first, chosen.last, chosen.threshold, chosen.edges)
        found = looped_runs(walks, "lstm", used, chosen.threshold) if used else []
        length = chosen.last - chosen.first + 1
        wanted = [
            each
            for each in found
            if not (each[0] == chosen.sequence and each[1] <= chosen.first <= each[2])
        ]
        assert len(wanted) == max(len(found) - 1, 0)
        wanted.sort(key=lambda each: (abs(each[2] - each[1] + 1 - length), each[3], *each[:2]))
        assert answer["total"] == len(wanted)
        shown = [
            (each["sequence"], each["from"], each["to"], each["others"])
            for each in answer["matches"]
        ]
        assert shown == wanted[:MAX_MATCHES]
        totals.add(len(wanted))
    assert 0 in totals and max(totals) > MAX_MATCHES


def test_a_match_carries_its_words_and_how_many_of_the_units_are_on_at_each(walks: Run) -> None:
    chosen = next(each for each in spans(walks) if match(walks, each)["total"] > 3)
    answer = match(walks, chosen)
    used = [each["unit"] for each in answer["units"] if each["used"]]
    for each in answer["matches"]:
        facts = walks.sequences.row(each["sequence"], named=True)
        assert (each["label"], each["predicted"]) == (facts["label"], facts["predicted"])
        words = walks.steps_of(each["sequence"])["surface"].to_list()
        start, stop = max(0, each["from"] - 6), min(len(words), each["to"] + 7)
        assert each["first"] == start and each["words"] == words[start:stop]
        h = walks.hidden_of(each["sequence"], "lstm")["h"].to_list()
        wanted = [
            round(sum(on(h[t][unit], chosen.threshold) for unit in used) / len(used), 3)
            for t in range(start, stop)
        ]
        assert each["on"] == wanted


def test_units_left_out_are_listed_and_do_not_count(walks: Run) -> None:
    h = walks.hidden_of(0, "lstm")["h"].to_list()
    t = next(t for t in range(len(h)) if len(looped_units(h, t, t, 0.1, False)) > 1)
    span = {"sequence": 0, "from": t, "to": t, "threshold": 0.1}
    first, *others = [each["unit"] for each in match(walks, chosen_of(walks, **span))["units"]]
    fewer = match(walks, chosen_of(walks, **span, without=first))
    assert [(each["unit"], each["used"]) for each in fewer["units"]] == [
        (first, False),
        *((unit, True) for unit in others),
    ]
    assert fewer["units"][0]["share"] is None
    assert fewer["total"] == len(looped_runs(walks, "lstm", others, 0.1)) - 1


def test_no_unit_on_means_no_match(walks: Run) -> None:
    answer = match(walks, chosen_of(walks, sequence=0, threshold=1.5, **{"from": 0, "to": 2}))
    assert answer == {"units": [], "total": 0, "matches": []}


def test_a_large_layer_is_read_in_blocks_with_the_same_result(
    walks: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [match(walks, chosen) for chosen in spans(walks)]
    bars = units.unit_detail(walks, "lstm", 2)["counts"]
    monkeypatch.setattr(states, "HELD_BYTES", 0)
    monkeypatch.setattr(states, "BLOCK_BYTES", 4 * 5 * 37)
    sizes = [len(h) for _, h in states.state_blocks(walks, "lstm")]
    assert len(sizes) > 10 and max(sizes) == 37 and sum(sizes) == walks.states
    assert [match(walks, chosen) for chosen in spans(walks)] == whole
    assert units.unit_detail(walks, "lstm", 2)["counts"] == bars


def test_a_long_match_shows_the_words_of_its_beginning(
    walks: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "LONGEST_SHOWN", 2)
    cut = 0
    for chosen in spans(walks):
        for each in match(walks, chosen)["matches"]:
            length = walks.sequences["length"][each["sequence"]]
            last = min(each["to"], each["from"] + 1)
            stop = min(last + 7, length)
            assert each["first"] + len(each["words"]) == stop == each["first"] + len(each["on"])
            cut += last < each["to"]
    assert cut > 3
