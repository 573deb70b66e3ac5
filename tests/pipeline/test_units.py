"""Hidden units: every figure, context and response against a plain loop; planted groups found."""

import json
import math
from dataclasses import astuple
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from stateline.pipeline import units
from stateline.pipeline.numerics.coclusters import (
    MIN_GROUP,
    coclusters,
    cut,
    own_stability,
    shares_together,
    single_runs,
)
from stateline.pipeline.run import arrays, artefacts
from stateline.pipeline.run.artefacts import OFFSETS, PADDING, state_array
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.schema import (
    CONTEXTS,
    MAX_RESPONSES,
    MIN_RESPONSE,
    VOCABULARY,
    context_columns,
    context_table,
    polars_schema,
    response_columns,
    response_table,
    unit_columns,
    unit_table,
)
from tests.pipeline.extracted import CLASSES, LAYERS, WORDS, write_extracted

TABLES = (unit_table, context_table, response_table)


def longer(paths: BuildPaths, sequences: int = 41, seed: int = 1) -> None:
    """Put more sequences in the place of the few: words occur often, and contexts are chosen."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 12, sequences)
    corpus = paths.stage("corpus") / artefacts.SEQUENCES
    table = pl.read_parquet(corpus)
    ids = [rng.choice(len(WORDS), length, p=[0.01, *[0.99 / 5] * 5]).tolist() for length in lengths]
    first = table.filter(pl.col("split") == "test").head(1)
    stored = pl.concat([first] * sequences).with_columns(
        ids=pl.Series(ids, dtype=pl.List(pl.UInt32))
    )
    pl.concat([table.filter(pl.col("split") != "test"), stored]).write_parquet(corpus)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    np.save(paths.stage("extract") / OFFSETS, offsets)
    np.save(paths.stage("extract") / PADDING, np.zeros(offsets[-1], dtype=bool))
    for layer in LAYERS:
        # Coarse numbers, so that some are equal.
        h = rng.integers(-6, 7, (offsets[-1], layer["units"])).astype(np.float32) / 8
        np.save(paths.stage("extract") / state_array(layer["id"], "h"), h)


@pytest.fixture
def paths(tmp_path: Path) -> BuildPaths:
    paths = write_extracted(tmp_path)
    longer(paths)
    units.work(paths)
    return paths


def made(paths: BuildPaths, table: object, layer: str) -> pl.DataFrame:
    return pl.read_parquet(paths.stage("units") / table(layer))


def parts(paths: BuildPaths, layer: str) -> list[np.ndarray]:
    """The states of each sequence."""
    h = np.load(paths.stage("extract") / state_array(layer, "h"))
    return np.split(h, np.load(paths.stage("extract") / OFFSETS)[1:-1])


def tokens(paths: BuildPaths) -> list[list[str]]:
    words = pl.read_parquet(paths.stage("corpus") / VOCABULARY)["token"].to_list()
    table = pl.read_parquet(paths.stage("corpus") / artefacts.SEQUENCES)
    stored = table.filter(pl.col("split") == "test")["ids"].to_list()
    return [[words[i] for i in ids] for ids in stored]


def test_the_tables_are_the_schema_s(paths: BuildPaths) -> None:
    for layer in LAYERS:
        wanted = (unit_columns(CLASSES), context_columns(), response_columns(layer["units"]))
        for table, columns in zip(TABLES, wanted, strict=True):
            assert made(paths, table, layer["id"]).schema == polars_schema(columns)


@pytest.mark.parametrize("layer", [each["id"] for each in LAYERS])
def test_figures_of_a_unit_are_those_of_all_its_states(paths: BuildPaths, layer: str) -> None:
    table = made(paths, unit_table, layer)
    every = np.concatenate(parts(paths, layer)).tolist()
    assert table["unit"].to_list() == list(range(len(every[0])))
    for row in table.iter_rows(named=True):
        values = [state[row["unit"]] for state in every]
        mean = sum(values) / len(values)
        square = sum((value - mean) ** 2 for value in values) / len(values)
        assert row["mean"] == pytest.approx(mean, abs=1e-6)
        assert row["sd"] == pytest.approx(math.sqrt(square), abs=1e-6)
        assert (row["low"], row["high"]) == (min(values), max(values))


def test_a_large_mean_costs_the_deviation_no_digits() -> None:
    h = np.random.default_rng(0).normal(1e4, 0.01, (999, 2)).astype(np.float32)
    spread = units.Spread(2)
    for part in np.split(h, [1, 7, 500]):
        spread.add(part)
    assert spread.sd == pytest.approx(h.astype(np.float64).std(axis=0), rel=1e-6)


def test_weights_are_the_readout_s_in_its_own_layer_only(paths: BuildPaths) -> None:
    weights = np.load(paths.stage("extract") / artefacts.READOUT)["weights"]
    own = made(paths, unit_table, "lstm")["weight"].to_list()
    for unit, row in enumerate(own):
        assert row == [float(of_class[unit]) for of_class in weights]
    other = made(paths, unit_table, "bidirectional-backward")["weight"]
    assert other.null_count() == len(other)


def loop_contexts(sequences: list[np.ndarray], unit: int, sign: int) -> list[tuple]:
    """Sequence, step and value of the strongest, the first of equal ones first."""
    found = []
    for number, states in enumerate(sequences):
        best = 0
        for t, state in enumerate(states):
            if sign * state[unit] > sign * states[best][unit]:
                best = t
        found.append((number, best, float(states[best][unit])))
    return sorted(found, key=lambda each: -sign * each[2])[:CONTEXTS]


@pytest.mark.parametrize("layer", [each["id"] for each in LAYERS])
def test_contexts_are_the_strongest_step_of_the_strongest_sequences(
    paths: BuildPaths, layer: str
) -> None:
    sequences, wanted = parts(paths, layer), []
    for unit in range(sequences[0].shape[1]):
        for sign in (1, -1):
            for rank, each in enumerate(loop_contexts(sequences, unit, sign)):
                wanted.append((unit, sign > 0, rank, *each))
    assert made(paths, context_table, layer).rows() == wanted
    assert len(sequences) > CONTEXTS, "else nothing was chosen"


def loop_responses(paths: BuildPaths, layer: dict) -> list[tuple[str, int, list[float]]]:
    """Word, count and mean move of every frequent word, the one that matters most first."""
    seen: dict[str, list[np.ndarray]] = {}
    for words, states in zip(tokens(paths), parts(paths, layer["id"]), strict=True):
        before = np.zeros(states.shape[1])
        order = range(len(words))
        for t in order if layer["direction"] == "forward" else reversed(order):
            seen.setdefault(words[t], []).append(states[t] - before)
            before = states[t].astype(np.float64)
    found = []
    for word, moves in seen.items():
        if len(moves) >= MIN_RESPONSE:
            mean = [sum(values) / len(moves) for values in zip(*moves, strict=True)]
            found.append((word, len(moves), mean))
    return sorted(found, key=lambda each: -each[1] * math.hypot(*each[2]))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer["direction"])
def test_a_response_is_the_mean_move_at_a_word(paths: BuildPaths, layer: dict) -> None:
    wanted = loop_responses(paths, layer)
    got = made(paths, response_table, layer["id"])
    assert got["phrase"].to_list() == [word for word, _, _ in wanted]
    assert got["count"].to_list() == [count for _, count, _ in wanted]
    np.testing.assert_allclose(
        got["response"].to_numpy(), [mean for _, _, mean in wanted], atol=1e-6
    )
    rare = {word for words in tokens(paths) for word in words} - set(got["phrase"])
    assert len(wanted) >= 3 and rare == {WORDS[0]}, "one word is too rare"


def test_the_size_of_the_pieces_changes_nothing(
    paths: BuildPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [made(paths, table, layer["id"]) for layer in LAYERS for table in TABLES]
    monkeypatch.setattr(arrays, "PIECE_BYTES", 60)
    units.work(paths)
    after = [made(paths, table, layer["id"]) for layer in LAYERS for table in TABLES]
    for one, other in zip(before, after, strict=True):
        assert one.drop("mean", "sd", "response", strict=False).equals(
            other.drop("mean", "sd", "response", strict=False)
        )
        for column in {"mean", "sd", "response"} & set(one.columns):
            np.testing.assert_allclose(one[column].to_numpy(), other[column].to_numpy(), atol=1e-6)


def test_a_series_has_no_words_and_its_units_no_groups(tmp_path: Path) -> None:
    paths = write_extracted(tmp_path, kind="series", method="given")
    units.work(paths)
    for layer in LAYERS:
        assert made(paths, response_table, layer["id"]).height == 0
        table = made(paths, unit_table, layer["id"])
        assert table["cluster"].null_count() == table["weight"].null_count() == layer["units"]


def test_a_word_that_moves_nothing_is_no_response(tmp_path: Path) -> None:
    paths = write_extracted(tmp_path)
    longer(paths)
    for layer in LAYERS:
        path = paths.stage("extract") / state_array(layer["id"], "h")
        np.save(path, np.zeros_like(np.load(path)))
    units.work(paths)
    assert made(paths, response_table, "lstm").height == 0
    assert made(paths, unit_table, "lstm")["cluster"].null_count() == 3


def test_no_more_words_are_kept_than_the_schema_has_room_for(
    paths: BuildPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = made(paths, response_table, "lstm")
    monkeypatch.setattr(units, "MAX_RESPONSES", 2)
    units.work(paths)
    assert made(paths, response_table, "lstm")["phrase"].to_list() == every["phrase"][:2].to_list()
    assert every.height < MAX_RESPONSES


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A consensus of few co-clusterings, where it is not about how many it takes."""
    monkeypatch.setattr("stateline.pipeline.numerics.coclusters.RUNS", 12)


def planted(sizes: list[tuple[int, int]], seed: int) -> tuple[np.ndarray, list[int], list[int]]:
    """Responses of groups of (words, units), shuffled, and the group of each word and unit."""
    rng = np.random.default_rng(seed)
    words = [group for group, (count, _) in enumerate(sizes) for _ in range(count)]
    moved = [group for group, (_, count) in enumerate(sizes) for _ in range(count)]
    rng.shuffle(words)
    rng.shuffle(moved)
    same = np.equal.outer(words, moved)
    response = np.where(same, rng.choice([-1, 1], same.shape) * rng.uniform(0.8, 1.2), 0.02)
    return response.astype(np.float32), words, moved


@pytest.mark.usefixtures("few_runs")
def test_planted_groups_are_found_and_numbered_by_their_units() -> None:
    # 3 groups, their units 9, 6 and 5 and so numbered 0, 1 and 2.
    response, words, moved = planted([(7, 6), (4, 5), (8, 9)], 0)
    found = coclusters(response, 3, seed=1)
    number = {2: 0, 0: 1, 1: 2}
    assert found.words.tolist() == [number[group] for group in words]
    assert found.units.tolist() == [number[group] for group in moved]
    assert found.agreement > 0.9
    assert min(*found.word_stability, *found.unit_stability) > 0.9


def blurred(seed: int) -> np.ndarray:
    """Responses of 60 words and 24 units in 6 groups that overlap: a search finds now these, now
    those."""
    response, *_ = planted([(10, 4)] * 6, seed)
    noise = np.random.default_rng(seed).gamma(1.0, 0.45, response.shape)
    return (np.abs(response) + noise).astype(np.float32)


@pytest.mark.slow
def test_groups_of_other_seeds_are_almost_the_same_though_single_searches_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    response = blurred(3)
    first, second = (coclusters(response, 8, seed) for seed in (1, 2))
    monkeypatch.setattr("stateline.pipeline.numerics.coclusters.RUNS", 12)
    singles = single_runs(np.abs(response.astype(np.float64)), 6, 5)
    single = np.mean([adjusted_rand_score(a, b) for a, b in combinations(singles, 2)])
    members = [np.concatenate([each.words, each.units]) for each in (first, second)]
    assert adjusted_rand_score(*members) > 0.95 > 0.9 > single


def test_stability_is_the_share_of_the_runs_with_the_others_of_the_group() -> None:
    labels = np.array([[0, 0, 1, 1, 2], [3, 3, 1, 3, 0], [2, 0, 1, 1, 0]])
    together = shares_together(labels)
    for i in range(5):
        for j in range(5):
            assert together[i, j] == sum(run[i] == run[j] for run in labels.tolist()) / 3
    member = cut(together, 3)
    assert member.tolist() == [member[0], member[0], member[2], member[2], member[4]]
    assert len(set(member)) == 3
    assert own_stability(together, member) == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2 / 3, 1])


@pytest.mark.usefixtures("few_runs")
def test_groups_are_the_same_for_the_same_seed() -> None:
    response = np.random.default_rng(3).normal(size=(40, 23)).astype(np.float32)
    first, second = (coclusters(response, 5, seed=7) for _ in range(2))
    for one, other in zip(astuple(first), astuple(second), strict=True):
        assert np.array_equal(one, other)
    sizes = np.bincount(first.units, minlength=5)
    assert (np.diff(sizes) <= 0).all() and sizes.sum() == 23
    assert first.agreement < 0.9, "noise has no groups"


@pytest.mark.parametrize("shape", [(1, 30), (30, 1), (7, 9), (0, 5)])
def test_too_few_words_or_units_are_one_group(shape: tuple[int, int]) -> None:
    assert min(shape) < 2 * MIN_GROUP
    found = coclusters(np.ones(shape, np.float32), 8, seed=1)
    assert found.words.tolist() == [0] * shape[0]
    assert found.units.tolist() == [0 if shape[0] else -1] * shape[1]
    assert found.agreement is None and found.word_stability.tolist() == [1] * shape[0]
    assert np.isnan(found.unit_stability).all() == (shape[0] == 0)


@pytest.mark.usefixtures("few_runs")
def test_a_unit_that_no_word_moves_is_in_no_group() -> None:
    response, *_ = planted([(6, 6), (6, 6)], 2)
    response = np.insert(response, 4, 0, axis=1)
    found = coclusters(response, 2, seed=1)
    assert found.units[4] == -1 and sorted(set(found.units)) == [-1, 0, 1]
    assert np.isnan(found.unit_stability).tolist() == (found.units == -1).tolist()


def test_the_number_of_groups_is_a_knob(paths: BuildPaths) -> None:
    path = paths.settings("units")
    path.write_text(json.dumps({"unit_groups": 1, "seed": 1}), encoding="utf-8")
    units.work(paths)
    assert made(paths, unit_table, "lstm")["cluster"].to_list() == [0] * 3
