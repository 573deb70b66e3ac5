"""When the model decides: every number against a loop over the sequences."""

import itertools
import json
import math
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from stateline.app.decisions import page
from stateline.app.decisions import queries as decisions
from stateline.app.decisions.card import bins_id
from stateline.app.decisions.choices import ANSWERS, parse_choices
from stateline.app.main import create_app
from stateline.app.queries.filters import parse_filters, passing
from stateline.store.reader import Run, open_run
from tests.app.test_pages import all_ids, plain
from tests.synthetic import synthetic_run
from tests.synthetic_shape import Layer


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 40 sequences of 1 to 11 steps and 4 classes."""
    folder = tmp_path_factory.mktemp("decided")
    return open_run(synthetic_run(folder, "decided", sequences=40, max_steps=11, units=3, seed=5))


def shown_page(run: Run | None, **query: str) -> object:
    """The page of a run, as an app over its store lays it out."""
    store = run.folder.parent if run else Path(__file__).parent
    with create_app(store).server.test_request_context():
        return page.page(run, parse_choices(run, query) if run else None)


def part_of(layout: object, name: str) -> object:
    """The element of an id."""
    return next(part for part in layout._traverse() if getattr(part, "id", "") == name)


def sequences_of(run: Run, label: int | None = None) -> list[dict]:
    """Facts and steps of all sequences, or of those of one actual class."""
    return [
        facts | {"steps": run.steps_of(facts["sequence_id"]).to_dict(as_series=False)}
        for facts in run.sequences.iter_rows(named=True)
        if label is None or facts["label"] == label
    ]


def right_after(sequence: dict, steps: int) -> bool:
    predicted = sequence["steps"]["predicted"]
    return predicted[min(steps, len(predicted)) - 1] == sequence["label"]


def test_accuracy_counts_a_short_sequence_with_its_last_answer(decided: Run) -> None:
    found = decisions.accuracy(decided)
    assert found.whole.shape == (11,)
    for label in (None, 0, 1, 2, 3):
        group = sequences_of(decided, label)
        row = found.whole if label is None else found.by_class[label]
        for n in range(1, 12):
            if not group:
                assert math.isnan(row[n - 1])
                continue
            wanted = sum(right_after(each, n) for each in group) / len(group)
            assert row[n - 1] == pytest.approx(wanted)
    assert len(set(found.whole)) > 3
    assert found.whole[-1] == pytest.approx(decided.sequences["correct"].mean())


def test_the_majority_is_the_share_of_the_most_frequent_class(decided: Run) -> None:
    labels = decided.sequences["label"].to_list()
    assert decisions.majority(decided) == max(map(labels.count, labels)) / len(labels)


def test_settled_shares_and_medians_are_those_of_a_loop(decided: Run) -> None:
    found = decisions.settled(decided)
    for label in range(4):
        group = sequences_of(decided, label)
        assert group
        steps = [each["settle_step"] for each in group]
        for t in range(11):
            wanted = sum(step <= t for step in steps) / len(group)
            assert found.by_step[label][t] == pytest.approx(wanted)
        for percent in range(101):
            wanted = sum(
                100 * each["settle_step"] <= percent * (each["length"] - 1) for each in group
            ) / len(group)
            assert found.by_share[label][percent] == pytest.approx(wanted)
        assert found.median[label] == pytest.approx(np.median(steps))


def test_the_fan_has_the_quantiles_of_the_actual_class_over_what_is_running(decided: Run) -> None:
    found = decisions.fan(decided)
    for label in range(4):
        for t in range(11):
            values = [
                each["steps"]["ep"][t][label]
                for each in sequences_of(decided, label)
                if t < each["length"]
            ]
            assert found.running[label][t] == len(values)
            if not values:
                assert np.isnan(found.quantiles[label][t]).all()
                continue
            wanted = np.quantile(values, decisions.QUANTILES)
            assert found.quantiles[label][t] == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_calibration_is_that_of_a_loop_over_half_open_bins(decided: Run, share: float) -> None:
    found = decisions.calibration(decided, share)
    bins = [[] for _ in range(10)]
    for each in sequences_of(decided):
        step = math.ceil(share * each["length"]) - 1
        confidence = each["steps"]["confidence"][step]
        right = each["steps"]["predicted"][step] == each["label"]
        number = next(m for m in range(10) if m / 10 < confidence <= (m + 1) / 10)
        bins[number].append((confidence, right))
    error = 0
    for number, each in enumerate(bins):
        assert found.count[number] == len(each)
        if not each:
            assert math.isnan(found.accuracy[number])
            continue
        accuracy = sum(right for _, right in each) / len(each)
        confidence = sum(confidence for confidence, _ in each) / len(each)
        assert found.accuracy[number] == pytest.approx(accuracy)
        assert found.confidence[number] == pytest.approx(confidence)
        error += len(each) / 40 * abs(accuracy - confidence)
    assert found.error == pytest.approx(error) and error > 0.01


@pytest.mark.parametrize("confidence", [[0.9], [0.5, 0.5], [0.6, 0.75, 0.99], [0.97] * 9])
def test_the_deviation_by_chance_is_the_mean_over_all_outcomes(confidence: list[float]) -> None:
    mean = sum(confidence) / len(confidence)
    exact = 0.0
    for outcome in itertools.product((False, True), repeat=len(confidence)):
        chance = math.prod(
            each if right else 1 - each for each, right in zip(confidence, outcome, strict=True)
        )
        exact += chance * abs(sum(outcome) / len(outcome) - mean)
    found = decisions.chance_deviation(np.array(confidence))
    assert found == pytest.approx(exact, rel=0.15)


def test_many_answers_deviate_by_chance_as_the_normal_approximation_says() -> None:
    confidence = np.random.default_rng(0).uniform(0.5, 1, 300_000)
    variance = (confidence * (1 - confidence)).sum()
    expected = math.sqrt(2 * variance / math.pi) / len(confidence)
    assert decisions.chance_deviation(confidence) == pytest.approx(expected, rel=0.1)
    assert decisions.chance_deviation(np.ones(5000)) == pytest.approx(0, abs=1e-12)


def test_a_model_whose_confidence_is_right_has_the_calibration_error_of_chance(
    decided: Run,
) -> None:
    rng = np.random.default_rng(3)
    errors = []
    for _ in range(60):
        confidence = rng.uniform(0.5, 1, 80)
        right = rng.random(80) < confidence
        bins = np.minimum((confidence * 10).astype(int), 9)
        error = sum(
            abs((right[bins == each]).sum() - confidence[bins == each].sum())
            for each in np.unique(bins)
        )
        errors.append(error / 80)
    own = [confidence[bins == each] for each in np.unique(bins)]
    chance = sum(len(each) * decisions.chance_deviation(each) for each in own) / 80
    assert np.mean(errors) == pytest.approx(chance, rel=0.15)
    found = decisions.calibration(decided, 1.0)
    assert 0 < found.error_by_chance < 0.3


def test_a_sure_answer_falls_into_the_last_bin(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "sure", sequences=30, units=40, max_steps=30, classes=2))
    sure = run.sequences["confidence"].to_numpy() > 0.9
    assert decisions.calibration(run, 1.0).count[9] == sure.sum() > 0


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_mean_trajectory_goes_the_way_that_the_layer_read(tmp_path: Path, direction: str) -> None:
    folder = synthetic_run(
        tmp_path, "way", sequences=20, max_steps=30, classes=3, seed=3,
        layers=(Layer("gru", "GRU", direction=direction),), default="pca",
    )  # fmt: skip
    run = open_run(folder)
    found = decisions.mean_trajectory(run, "gru-pca")
    assert found.shape == (3, 21, 2)
    for label in range(3):
        group = sequences_of(run, label)
        for position in range(21):
            places = []
            for each in group:
                step = math.floor(position / 20 * (each["length"] - 1) + 0.5)
                step = each["length"] - 1 - step if direction == "backward" else step
                places.append(run.projection_of(each["sequence_id"], "gru-pca").row(step)[2:4])
            assert found[label][position] == pytest.approx(np.mean(places, axis=0), abs=1e-4)


def test_a_class_without_sequences_has_no_numbers(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "few", sequences=3, classes=8, units=4))
    missing = sorted(set(range(8)) - set(run.sequences["label"]))
    assert missing
    assert np.isnan(decisions.accuracy(run).by_class[missing]).all()
    assert np.isnan(decisions.settled(run).by_step[missing]).all()
    assert np.isnan(decisions.settled(run).median[missing]).all()
    assert not decisions.fan(run).running[missing].any()
    assert np.isnan(decisions.mean_trajectory(run, "lstm-pca")[missing]).all()


def test_the_picture_of_a_map_is_that_of_the_projection_asked_for(client: FlaskClient) -> None:
    default, pca, tsne = (
        client.get(f"/data/synthetic/thumbnail.png{query}")
        for query in ("", "?projection=lstm-pca", "?projection=lstm-tsne")
    )
    assert default.data == tsne.data != pca.data
    assert client.get("/data/synthetic/thumbnail.png?projection=x").status_code == 404


def figures_of(run: Run, key: str) -> dict[str, dict]:
    """All charts that a card has, by the values of its select."""
    return part_of(shown_page(run), f"decisions-{key}-figures").data


def named(figure: dict, name: str) -> dict:
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def test_the_accuracy_chart_has_a_line_a_class_the_baseline_and_what_is_right(
    decided: Run,
) -> None:
    (figure,) = figures_of(decided, "accuracy").values()
    found = decisions.accuracy(decided)
    for label, name in enumerate(decided.class_names):
        line = named(figure, name)
        assert line["x0"] == 1 and line["line"]["color"] == decided.class_colours[label]
        assert line["y"] == pytest.approx(found.by_class[label].tolist(), abs=1e-4)
        assert f"%5B%5B%22actual%22%2C{label}%5D%5D" in line["meta"]["href"]
    assert named(figure, "all")["y"] == pytest.approx(found.whole.tolist(), abs=1e-4)
    level = round(decisions.majority(decided), 4)
    assert named(figure, "majority")["y"] == [level] * 11
    assert figure["layout"]["xaxis"]["range"] == [1, 11]


def test_every_class_has_a_fan_and_every_projection_a_mean_trajectory(decided: Run) -> None:
    fans, found = figures_of(decided, "fan"), decisions.fan(decided)
    assert list(fans) == ["0", "1", "2", "3"]
    for label, figure in fans.items():
        median = named(figure, "median")
        wanted = found.quantiles[int(label)][:, 2]
        for shown, value in zip(median["y"], wanted, strict=True):
            assert (shown is None) == math.isnan(value)
            assert shown is None or shown == pytest.approx(value, abs=1e-4)
        assert named(figure, "running")["y"] == found.running[int(label)].tolist()
    ways = figures_of(decided, "trajectory")
    assert list(ways) == ["lstm-tsne", "lstm-pca"]  # the default projection first
    for projection, figure in ways.items():
        place = decided.coordinates(projection)
        (picture,) = figure["layout"]["images"]
        assert f"projection={projection}" in picture["source"]
        for axis, low, high in (
            ("x", place["x"].min(), place["x"].max()),
            ("y", place["y"].min(), place["y"].max()),
        ):
            start, end = figure["layout"][f"{axis}axis"]["range"]
            assert start < low and high < end and end - start < 1.1 * (high - low)
        assert picture["x"] < place["x"].min() and picture["y"] > place["y"].max()
        assert picture["x"] + picture["sizex"] > place["x"].max()
        assert picture["y"] - picture["sizey"] < place["y"].min()


def test_bins_lead_to_their_sequences_at_the_end_alone(decided: Run) -> None:
    figures = figures_of(decided, "calibration")
    bars = named(figures["end"], "accuracy of a bin")
    count = decisions.calibration(decided, 1.0).count
    full = np.flatnonzero(count)
    for low, (address, *_) in zip(full, bars["customdata"], strict=True):
        path, _, query = address.partition("?")
        assert path == "/explore/decided"
        filters = parse_filters(decided, parse_qs(query)["filters"][0])
        assert passing(decided, filters).sequences.sum() == count[low]
    for key in ("half", "quarter"):
        bars = named(figures[key], "accuracy of a bin")
        assert {address for address, *_ in bars["customdata"]} == {""}


@pytest.mark.parametrize("answers", ANSWERS)
def test_chart_and_table_of_the_bins_have_the_same_numbers(decided: Run, answers: str) -> None:
    found = decisions.calibration(decided, ANSWERS[answers])
    full = np.flatnonzero(found.count)
    numbers = [f"{each:,}" for each in found.count[full]]
    figure = figures_of(decided, "calibration")[answers]
    (counts,) = (trace for trace in figure["data"] if trace.get("mode") == "text")
    assert counts["text"] == numbers  # none of them empty: Plotly would keep it so
    mean = named(figure, "at its mean confidence")
    assert mean["x"] == pytest.approx(found.confidence[full].tolist(), abs=1e-4)
    assert mean["y"] == pytest.approx(found.accuracy[full].tolist(), abs=1e-4)
    assert mean["y"] != pytest.approx(mean["x"], abs=0.01)
    layout = shown_page(decided, answers=answers)
    for key in ANSWERS:
        assert part_of(layout, bins_id(key)).hidden == (key != answers)
    shown = part_of(layout, bins_id(answers))
    cells = [cell.children for cell in shown._traverse() if type(cell).__name__ == "Td"]
    assert cells[::3] == numbers
    assert cells[1::3] == [f"{100 * share:.1f} %" for share in found.accuracy[full]]
    links = [part for part in shown._traverse() if type(part).__name__ == "Link"]
    assert len(links) == (len(full) if answers == "end" else 0)
    assert ("confidence at the end only" in plain(shown)) == (answers != "end")


def test_charts_hold_no_number_that_json_does_not_know(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "few", sequences=3, classes=8, units=4)
    with create_app(tmp_path).server.test_request_context():
        text = json.dumps(page.layout("few"), cls=PlotlyJSONEncoder, allow_nan=False)
    assert "When does the model decide?" in text and "NaN" not in text


def test_an_unknown_run_leads_to_what_exists(store: Path) -> None:
    with create_app(store).server.test_request_context():
        assert "Nothing to show at this address" in plain(page.layout("nothing"))
        assert "When does the model decide?" in plain(page.layout("binary"))


def test_the_page_has_the_same_elements_with_and_without_a_run(decided: Run) -> None:
    empty, full = (set(all_ids(shown_page(run))) for run in (None, decided))
    assert {each for each in full if each.startswith("decisions-")} <= empty
