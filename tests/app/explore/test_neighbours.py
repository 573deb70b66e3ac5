"""Nearest states of other sequences against a loop over all pairs."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.explore import indexes
from stateline.app.explore import neighbours as searched
from stateline.app.explore.indexes import INDEXES
from stateline.app.explore.neighbours import neighbours, parse_count
from stateline.app.main import create_app
from stateline.app.queries import states
from stateline.app.queries.limits import NEAR, NEIGHBOUR_CONTEXT
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import index_file
from tests.store.index_run import craft_index, indexed_run
from tests.synthetic import synthetic_run


def vectors(run: Run, layer: str, state: str) -> dict[tuple[int, int], list[float]]:
    """Every state by sequence and step."""
    return {
        (sequence, step): vector
        for sequence in range(run.sequences.height)
        for step, vector in enumerate(run.hidden_of(sequence, layer)[state].to_list())
    }


def best(places: dict[tuple[int, int], list[float]], sequence: int, step: int) -> list[tuple]:
    """Distance, sequence and step of the nearest state of every other sequence, nearest first."""
    found: dict[int, tuple] = {}
    for (other, t), place in places.items():
        if other != sequence:
            far = (math.dist(place, places[sequence, step]), other, t)
            found[other] = min(far, found.get(other, far))
    return sorted(found.values())


def check(run: Run, projection: str, sequence: int, step: int, count: int) -> dict:
    """Compare an answer with loops over all states of the run."""
    entry = run.projection(projection)
    states_there = vectors(run, entry.layer, entry.state)
    drawn = {
        (number, t): [row["x"], row["y"]]
        for number in range(run.sequences.height)
        for t, row in enumerate(run.projection_of(number, projection).to_dicts())
    }
    side = max(max(axis) - min(axis) for axis in zip(*drawn.values(), strict=True))
    answer = neighbours(run, projection, sequence, step, count)
    wanted = best(states_there, sequence, step)[:count]
    assert len(answer["neighbours"]) == len(wanted)
    on_map = best(drawn, sequence, step)
    for found, (distance, other, t) in zip(answer["neighbours"], wanted, strict=True):
        assert (found["sequence"], found["step"]) == (other, t)
        assert found["distance"] == pytest.approx(distance, abs=2e-6)
        assert (found["x"], found["y"]) == pytest.approx(drawn[other, t], abs=1e-6)
        own = math.dist(drawn[other, t], drawn[sequence, step])
        assert found["apart"] == pytest.approx(own / side, abs=1e-5)
        assert found["nearer"] == sum(far < own - 1e-9 for far, *_ in on_map)
        steps = run.steps_of(other).to_dicts()
        words = [each["surface"] for each in steps]
        assert found["before"] == words[max(0, t - NEIGHBOUR_CONTEXT) : t]
        assert found["word"] == words[t]
        assert found["after"] == words[t + 1 : t + NEIGHBOUR_CONTEXT + 1]
        facts = run.sequences.row(other, named=True)
        assert (found["label"], found["classified"]) == (facts["label"], facts["predicted"])
        assert found["predicted"] == steps[t]["predicted"]
        assert found["confidence"] == pytest.approx(max(steps[t]["ep"]), abs=1e-5)
        assert found["length"] == facts["length"]
    own_length = run.sequences["length"][sequence]
    assert answer["states"] == run.states - own_length
    assert answer["sequences"] == run.sequences.height - 1
    assert answer["near"] == NEAR
    return answer


@pytest.mark.parametrize("projection", ["lstm-tsne", "lstm-pca"])
@pytest.mark.parametrize(("sequence", "step"), [(0, 6), (0, 3), (2, 0)])
def test_the_nearest_states_are_those_of_a_loop_over_all_pairs(
    several: Run, projection: str, sequence: int, step: int
) -> None:
    assert check(several, projection, sequence, step, 3)["exact"]


def test_no_sequence_comes_twice_and_the_own_one_never(binary: Run) -> None:
    answer = neighbours(binary, "lstm-tsne", 1, 2, 50)
    others = [each["sequence"] for each in answer["neighbours"]]
    assert sorted(others) == [0, 2, 3, 4, 5]


def test_cell_states_and_layers_that_read_from_the_end_are_compared_as_they_are(
    layered: Run,
) -> None:
    last = int(layered.sequences["length"][0]) - 1
    found = [check(layered, "lstm-c-tsne", 0, last, 4)]
    found.append(check(layered, "lstm-tsne", 0, last, 4))
    found.append(check(layered, "bidirectional-backward-tsne", 0, last, 4))
    lists = [[(n["sequence"], n["step"]) for n in each["neighbours"]] for each in found]
    assert lists[0] != lists[1] != lists[2]


def test_states_that_memory_does_not_hold_are_compared_block_by_block(
    several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = neighbours(several, "lstm-tsne", 0, 4, 4)
    monkeypatch.setattr(states, "HELD_BYTES", 0)
    monkeypatch.setattr(states, "BLOCK_BYTES", 4 * 3 * 4)  # four rows of three units
    assert [len(block) for _, block in states.state_blocks(several, "lstm")][:2] == [4, 4]
    assert neighbours(several, "lstm-tsne", 0, 4, 4) == whole


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Run]:
    """A run whose layers have an index, to damage."""
    yield open_run(indexed_run(tmp_path))
    INDEXES.close()


def first_map(run: Run) -> str:
    return run.projection_ids[0]


def test_with_an_index_the_same_states_are_found_and_the_answer_says_so(
    indexed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half of what is near a state is its own sequence: one look at the index is not enough.
    monkeypatch.setattr(searched, "FETCHED", 1)
    answer = check(indexed, first_map(indexed), 0, 10, 6)
    assert not answer["exact"]


def test_a_crafted_index_is_a_line_each_time_and_the_app_goes_on(
    indexed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = indexed.projection(first_map(indexed)).layer
    craft_index(indexed.folder, layer)
    client = create_app(indexed.folder.parent).server.test_client()
    for _ in range(2):
        answer = client.get("/data/indexed/neighbours/0/10")
        assert answer.status_code == 404 and "the process that searched it has ended" in answer.text
        # Known to be broken, it is not started again.
        monkeypatch.setattr(indexes, "OpenIndex", None)
    assert client.get("/data/indexed/sequence/0").status_code == 200


def test_an_index_cut_while_it_is_open_goes_on_being_searched_as_it_was(indexed: Run) -> None:
    whole = neighbours(indexed, first_map(indexed), 0, 10, 6)
    path = indexed.folder / index_file(indexed.projection(first_map(indexed)).layer)
    with path.open("r+b") as file:
        file.truncate(100)
    assert neighbours(indexed, first_map(indexed), 0, 10, 6) == whole
    INDEXES.close()
    with pytest.raises(StatelineError, match="cut short or changed; expected .* bytes, got 100"):
        neighbours(indexed, first_map(indexed), 0, 10, 6)


def test_only_so_many_indexes_stay_open(indexed: Run) -> None:
    few = indexes.Indexes(limit=1)
    first, second = indexed.layer_ids
    with few.open(indexed, first) as index:
        pass
    with few.open(indexed, second) as other:
        assert index.ended and not other.ended
    few.close()


def test_a_run_of_one_sequence_has_no_neighbours(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "single", sequences=1, classes=2))
    assert neighbours(run, "lstm-tsne", 0, 1, 10)["neighbours"] == []


@pytest.mark.parametrize("text", ["0", "51", "-1", "", "1.5", "１", "10" * 200])
def test_other_numbers_of_neighbours_are_refused(text: str) -> None:
    with pytest.raises(StatelineError, match="expected 1 to 50"):
        parse_count(text)


def test_the_route_answers_for_the_states_that_a_map_shows(
    client: FlaskClient, several: Run
) -> None:
    answer = client.get("/data/synthetic/neighbours/0/4?projection=lstm-pca&k=2").json
    assert answer == neighbours(several, "lstm-pca", 0, 4, 2)
    assert len(client.get("/data/synthetic/neighbours/0/4").json["neighbours"]) == 4


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/data/nothing/neighbours/0/0", "no such run"),
        ("/data/synthetic/neighbours/5/0", "a number from 0 to 4"),
        ("/data/synthetic/neighbours/0/7", "a number from 0 to 6"),
        ("/data/synthetic/neighbours/0/x", "a number from 0 to 6"),
        ("/data/synthetic/neighbours/0/0?k=99", "1 to 50"),
        ("/data/synthetic/neighbours/0/0?projection=lstm-umap", "lstm-pca, lstm-tsne"),
        ("/data/synthetic/clusters/lstm-umap", "lstm-pca, lstm-tsne"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    client: FlaskClient, address: str, says: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 404 and says in answer.text and "\n" not in answer.text


def test_clusters_come_with_all_that_the_map_says_of_them(
    client: FlaskClient, several: Run
) -> None:
    sent = client.get("/data/synthetic/clusters/lstm-pca").json
    rows = several.clusters("lstm-pca").to_dicts()
    assert len(sent) == len(rows) > 2
    for found, row in zip(sent, rows, strict=True):
        for name in ("level", "cluster", "states", "sequences", "label", "predicted", "words"):
            assert found[name] == row[name]
        for name in ("x", "y", "purity", "accuracy"):
            assert found[name] == pytest.approx(row[name], abs=1e-6)
        members = several.memberships("lstm-pca")[:, row["level"]]
        answers = [a for s in range(5) for a in several.steps_of(s)["predicted"].to_list()]
        inside = [a for a, at in zip(answers, members, strict=True) if at == row["cluster"]]
        share = inside.count(row["predicted"]) / len(inside)
        assert found["answered"] == pytest.approx(share, abs=1e-6)
