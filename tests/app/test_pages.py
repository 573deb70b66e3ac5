"""Layouts of every page: what they say of a run, and what they say where there is none."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from stateline.app import ids
from stateline.app.explore import page as explore
from stateline.app.gallery import page as gallery
from stateline.app.layout import missing
from stateline.app.main import create_app
from stateline.store.reader import Run
from tests.store.damage import change_manifest
from tests.synthetic import synthetic_run

# How ids of the elements of a run's other pages begin.
OTHER_PAGES = ("words-", "decisions-", "units-")


def plain(layout: object) -> str:
    """A layout as the JSON that the browser gets."""
    return json.dumps(layout, cls=PlotlyJSONEncoder)


@pytest.fixture
def shown(store: Path) -> Callable[..., str]:
    """Shows a page of the shared store: shown(layout, **its variables)."""
    app = create_app(store)

    def show(layout: Callable, **variables: object) -> str:
        with app.server.test_request_context():
            return plain(layout(**variables))

    return show


def all_ids(layout: object) -> list[str]:
    return [part.id for part in (layout, *layout._traverse()) if getattr(part, "id", None)]


def test_the_gallery_has_a_card_a_run_with_its_sizes(shown: Callable, several: Run) -> None:
    page = shown(gallery.layout)
    metrics = several.manifest.model.metrics
    for text in ("synthetic", "binary", "2 trained models", "LSTM", f"{several.states:,}"):
        assert text in page
    assert f"{100 * metrics.accuracy:.1f} %" in page
    assert f"baseline {100 * several.manifest.model.baseline.accuracy:.1f} %" in page
    assert "/data/synthetic/thumbnail.png?v=" in page
    for name in several.class_names:
        assert name in page


def test_an_empty_gallery_says_what_to_type(tmp_path: Path) -> None:
    with create_app(tmp_path).server.test_request_context():
        page = plain(gallery.layout())
    assert "make all" in page and "make run CORPUS=" in page


def test_a_run_whose_table_is_damaged_does_not_take_the_gallery_away(tmp_path: Path) -> None:
    table = synthetic_run(tmp_path, "mine") / "sequences.parquet"
    synthetic_run(tmp_path, "whole")
    content = table.read_bytes()
    # Size and footer are as they were.
    rows = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    table.write_bytes(b"PAR1" + b"\xa5" * (rows - 4) + content[rows:])
    with create_app(tmp_path).server.test_request_context():
        page = plain(gallery.layout())
        instead = plain(explore.layout("mine"))
    assert "1 trained model" in page and "1 run cannot be opened" in page
    for shown in (page, instead):
        assert "sequences.parquet: its content is not what was written" in shown


def test_the_gallery_lists_broken_runs_with_their_line(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "mine")
    synthetic_run(tmp_path, "whole")
    (folder / "manifest.json").write_text("{")
    with create_app(tmp_path).server.test_request_context():
        page = plain(gallery.layout())
    assert "1 run cannot be opened" in page and "is not JSON" in page
    assert "/explore/whole" in page and "/explore/mine" not in page


def test_a_run_that_cannot_be_shown_does_not_take_the_gallery_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic_run(tmp_path, "mine")
    synthetic_run(tmp_path, "whole")
    made = gallery.run_card

    def card(run: Run) -> object:
        return made(run) if run.name == "whole" else 1 / 0

    monkeypatch.setattr(gallery, "run_card", card)
    with create_app(tmp_path).server.test_request_context():
        page = plain(gallery.layout())
    assert "/explore/whole" in page and "1 run cannot be opened" in page
    assert "mine: its card cannot be shown (ZeroDivisionError)" in page


def test_a_date_that_is_none_breaks_its_own_run_only(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "mine")
    synthetic_run(tmp_path, "whole")
    change_manifest(folder, lambda manifest: manifest.update(created="2026-02-30T00:00:00Z"))
    with create_app(tmp_path).server.test_request_context():
        page = plain(gallery.layout())
    assert "/explore/whole" in page and "key created; expected a time in UTC" in page


def test_explore_has_every_stable_element_once(store: Path) -> None:
    app = create_app(store)
    with app.server.test_request_context():
        found = all_ids(explore.layout(run="synthetic"))
    assert len(found) == len(set(found))
    elsewhere = {ids.GALLERY, ids.TOOLTIP, ids.LIVE, ids.PAGES_LOCATION}
    elsewhere |= {value for value in vars(ids).values() if str(value).startswith(OTHER_PAGES)}
    assert {value for name, value in vars(ids).items() if name.isupper()} - elsewhere <= set(found)


def test_explore_without_a_run_has_the_same_elements(store: Path) -> None:
    app = create_app(store)
    with app.server.test_request_context():
        empty, full = all_ids(explore.layout()), all_ids(explore.layout(run="synthetic"))
    in_overview = {ids.DATASET_INFO, ids.CLASS_BARS, ids.CONFUSION}
    assert set(full) - in_overview == set(empty)


def test_the_overview_states_what_was_left_out(shown: Callable, several: Run) -> None:
    page = shown(explore.layout, run="synthetic")
    left_out, sizes = several.manifest.left_out, several.manifest.corpus.sizes
    assert f"{sizes.stored:,} of {sizes.test:,} test sequences" in page
    assert f"{left_out.unstored_test_sequences:,} left out" in page
    assert f"{left_out.truncated_sequences} texts cut by" in page
    assert "first 7 words read" in page
    assert f"{left_out.unknown_steps} step" in page
    assert f"over the whole test set, {several.manifest.model.metrics.test}" in page


def test_the_overview_leaves_out_what_is_not_known_of_a_model(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "untrained", model=False, training=False, cut=False, readout="given")
    with create_app(tmp_path).server.test_request_context():
        page = plain(explore.layout(run="untrained"))
    assert '"LSTM, 3 units"' in page
    assert "every sequence is read whole" in page and "None" not in page


def test_the_confusion_matrix_is_the_manifest_s(several: Run, store: Path) -> None:
    app = create_app(store)
    with app.server.test_request_context():
        layout = explore.layout(run="synthetic")
    parts = [(part, getattr(part, "className", None) or "") for part in layout._traverse()]
    cells = [part for part, kind in parts if "confusion-cell" in kind]
    wanted = [n for row in several.manifest.model.metrics.confusion for n in row]
    assert [int(cell.children.replace(",", "")) for cell in cells] == wanted


def test_the_selects_offer_what_the_run_has_and_show_the_selection(shown: Callable) -> None:
    query = {"projection": "lstm-pca", "colour": "trust", "sequence": "3"}
    page = shown(explore.layout, run="synthetic", **query)
    for text in ('"value": "lstm-pca"', '"value": "trust"', '"sequence": 3', "t-SNE", "PCA"):
        assert text in page


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"run": "nothing"}, "expected one of binary, synthetic"),
        ({"run": "../store"}, "expected one of binary, synthetic"),
        ({"run": ["synthetic", "binary"]}, "expected one of binary, synthetic"),
        ({"run": "synthetic", "projection": "lstm-umap"}, "expected one of lstm-pca, lstm-tsne"),
        ({"run": "synthetic", "sequence": "5"}, "expected a number from 0 to 4"),
        ({"run": "synthetic", "colour": "red"}, "expected one of expected, likeliest"),
    ],
)
def test_what_does_not_exist_leads_to_a_page_that_says_what_does(
    shown: Callable, variables: dict, says: str
) -> None:
    page = shown(explore.layout, **variables)
    assert "Nothing to show at this address" in page and says in page
    assert "/explore/binary" in page and "/explore/synthetic" in page


def test_an_unknown_address_leads_to_the_gallery(shown: Callable) -> None:
    page = shown(missing.layout, anything="x")
    assert "This page does not exist" in page and "Go to the gallery" in page


def test_a_run_removed_while_open_leads_to_a_message(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "mine")
    app = create_app(tmp_path)
    with app.server.test_request_context():
        assert ids.MAP in plain(explore.layout(run="mine"))
        shutil.rmtree(folder)
        assert "no such run" in plain(explore.layout(run="mine"))


def test_many_classes_get_a_confusion_matrix_without_numbers(tmp_path: Path) -> None:
    synthetic_run(tmp_path, "many", sequences=40, classes=24, units=6)
    with create_app(tmp_path).server.test_request_context():
        page = plain(explore.layout(run="many"))
    assert "confusion-small" in page and "classified as class 23" in page


def test_the_whole_app_validates_its_callbacks(store: Path) -> None:
    app = create_app(store)
    client = app.server.test_client()
    assert client.get("/_dash-layout").status_code == 200
    assert client.get("/_dash-dependencies").status_code == 200
    assert not app.config.suppress_callback_exceptions
    known = set(all_ids(app.validation_layout))
    for callback in client.get("/_dash-dependencies").json:
        for part in (*callback["inputs"], *callback["state"]):
            assert part["id"] in known


def test_pages_are_registered_once_however_many_apps_there_are(store: Path, tmp_path: Path) -> None:
    create_app(store)
    create_app(tmp_path)
    paths = [page["path"] for page in dash.page_registry.values()]
    of_run = [f"/{page}/none" for page in ("decisions", "explore", "units", "words")]
    assert sorted(paths) == sorted(["/", "/404", "/help", *of_run])
