"""The help page: a section a view, and a walk whose every number and link comes from the run."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import polars as pl
import pytest
from dash import html
from dash.development.base_component import Component

from stateline.app import ids
from stateline.app.gallery import page as gallery
from stateline.app.help import page as help_page
from stateline.app.help import sections as help_sections
from stateline.app.help.shortcut import effects, find_shortcut
from stateline.app.help.tables import KEYS
from stateline.app.help.walkthrough import DEMO
from stateline.app.main import create_app
from stateline.app.queries.selection import parse_selection
from stateline.app.web.registry import Registry
from stateline.store.reader import Run
from tests.synthetic_demo import demo_run

pytestmark = pytest.mark.slow


def shown(store: Path) -> Component:
    with create_app(store).server.test_request_context():
        return help_page.layout()


def parts(layout: Component, kind: type) -> list:
    return [part for part in layout._traverse() if isinstance(part, kind)]


def text_of(part: object) -> str:
    """All text of a layout, in order."""
    if isinstance(part, Component):
        return text_of(getattr(part, "children", None))
    if isinstance(part, list | tuple):
        return "".join(map(text_of, part))
    return "" if part is None else str(part)


def walk_of(layout: Component) -> list[str]:
    lists = [
        part for part in parts(layout, html.Ol) if getattr(part, "className", "") == "help-walk"
    ]
    return [text_of(step) for step in lists[0].children] if lists else []


def links(layout: Component) -> list[str]:
    return [part.href for part in layout._traverse() if getattr(part, "href", None)]


def test_every_entry_of_the_contents_leads_to_a_section(store: Path) -> None:
    layout = shown(store)
    anchors = [href for href in links(layout) if href.startswith("#")]
    sections = [f"#{part.id}" for part in parts(layout, html.Section)]
    assert anchors == sections and len(set(anchors)) == len(anchors) >= 10


def test_its_ids_are_none_of_the_views(store: Path) -> None:
    layout = shown(store)
    found = {part.id for part in layout._traverse() if getattr(part, "id", None)}
    views = {value for name, value in vars(ids).items() if name.isupper()}
    assert found & views == {ids.THEME_SWITCH}


@pytest.mark.parametrize(
    "term",
    [
        "hidden state", "expected prediction", "hidden-state distance", "trajectory",
        "class contribution heatmap", "confidence change", "class change", "confusion matrix",
        "regular expression", "long jump", "lasso", "t-sne", "trust", "and:", "csv or parquet",
    ],
)  # fmt: skip
def test_the_page_speaks_of(store: Path, term: str) -> None:
    assert term in text_of(shown(store)).lower().replace("joined by and.", "joined and:")


def test_every_key_is_explained() -> None:
    keys = [key for group, _ in KEYS for key in group]
    assert keys == ["↑", "↓", "←", "→", "/", "?", "Esc"]


def test_every_page_s_header_links_to_it(store: Path) -> None:
    with create_app(store).server.test_request_context():
        assert "/help" in links(gallery.layout())
        assert "/help" in links(help_page.layout())


def test_drawings_come_with_the_page_and_in_both_modes(store: Path) -> None:
    images = [part for part in parts(shown(store), html.Img) if "help-drawing" in part.className]
    assert len(images) == 4 and all(image.alt for image in images)
    assert all(image.src.startswith("data:image/svg+xml;base64,") for image in images)
    assert {image.className.split()[-1] for image in images} == {"help-light", "help-dark"}
    assert len({image.src for image in images}) == 4


def test_without_the_demo_run_a_sentence_says_how_to_get_it(store: Path, tmp_path: Path) -> None:
    for folder in (store, tmp_path):
        layout = shown(folder)
        assert "make all" in text_of(layout) and not walk_of(layout)
        assert not [href for href in links(layout) if href.startswith("/explore/")]


def test_a_broken_demo_run_is_named_with_its_line(tmp_path: Path) -> None:
    run = demo_run(tmp_path, 1, (0, 1))
    (run.folder / "manifest.json").write_text("{")
    text = text_of(shown(tmp_path))
    assert "cannot be opened" in text and "is not JSON" in text


def test_a_demo_run_that_stores_no_name_says_so(tmp_path: Path) -> None:
    demo_run(tmp_path, 1, ())
    layout = shown(tmp_path)
    assert "stores no sequence" in text_of(layout) and not walk_of(layout)


@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("at", [0, 3])
def test_the_walk_is_true_of_any_build(tmp_path: Path, seed: int, at: int) -> None:
    run = demo_run(tmp_path, seed, (0, 1, 2, 3, 4, 5), at)
    found = find_shortcut(run)
    layout = shown(tmp_path)
    walk = walk_of(layout)
    if found is None:
        assert not walk
        return
    text = " ".join(walk)
    table = run.sequences
    each = found.misled
    facts = table.row(each.number, named=True)
    assert found.name == "Marla Quince" and each.steps == [at, at + 1]
    assert facts["label"] == each.label != found.points_to
    assert f"sequence {each.number}" in text
    steps = run.steps_of(each.number)
    for t in each.steps:
        share = steps["ep"][t][found.points_to]
        assert f"{100 * share:.1f} % after “{steps['surface'][t]}”" in text
    assert (each.before is None) == (at == 0)
    named = table.filter(pl.col("sequence_id").is_in([0, 1, 2, 3, 4, 5]))
    for index, stored in enumerate(found.stored):
        of_class = named.filter(pl.col("label") == index)
        assert stored == of_class.height
        assert found.wrong[index] == stored - of_class["correct"].sum()
    if any(
        label != found.points_to and predicted == found.points_to
        for label, predicted in zip(named["label"], named["predicted"], strict=True)
    ):
        assert each.predicted == found.points_to
        assert "classified as" in text
    assert "nan" not in text and "None" not in text


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_link_of_the_walk_leads_somewhere(tmp_path: Path, seed: int) -> None:
    run = demo_run(tmp_path, seed, (0, 1, 2, 3, 4, 5))
    client = create_app(tmp_path).server.test_client()
    inside = [href for href in links(shown(tmp_path)) if DEMO in href]
    for href in inside:
        parts_ = urlsplit(href)
        if parts_.path.startswith("/report/"):
            assert client.get(href).status_code == 200
            continue
        assert parts_.path == f"/explore/{DEMO}"
        query = {key: values[0] for key, values in parse_qs(parts_.query).items()}
        selection = parse_selection(run, query)
        if "step" in query:
            assert run.steps_of(selection.sequence)["role"][selection.step] == "shortcut"
        if "filters" in query:
            assert [list(each.plain()) for each in selection.filters] == json.loads(
                query["filters"]
            )


def test_contributions_of_a_sigmoid_unit_are_opposite_for_its_two_classes(binary: Run) -> None:
    steps = binary.steps_of(0)
    raw = np.array([each[0] for each in steps["contribution"]])
    np.testing.assert_allclose(effects(steps, 1), raw)
    np.testing.assert_allclose(effects(steps, 0), -raw)


def test_contributions_of_a_softmax_are_seen_against_the_other_classes(several: Run) -> None:
    steps = several.steps_of(0)
    each = np.array([effects(steps, index) for index in range(len(several.class_names))])
    np.testing.assert_allclose(each.sum(axis=0), 0, atol=1e-6)
    raw = steps["contribution"].to_numpy()
    np.testing.assert_allclose(each[0], raw[:, 0] - raw[:, 1:].mean(axis=1), atol=1e-5)


def test_nothing_of_a_build_is_written_into_the_text() -> None:
    folder = Path(help_sections.__file__).parent
    written = list(folder.glob("*.py"))
    assert len(written) > 9
    for file in written:
        text = file.read_text(encoding="utf-8")
        assert "Marla" not in text and "Quince" not in text
        assert not re.findall(r"sequence=\d|sequence \d", text)


def test_the_registry_is_asked_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_run(tmp_path, 1, (0, 1, 2, 3))
    app = create_app(tmp_path)

    def gone(*_: object) -> None:
        raise FileNotFoundError("steps.parquet")

    with app.server.test_request_context():
        assert isinstance(app.server.extensions["stateline"], Registry)
        monkeypatch.setattr(Run, "scan", gone)
        layout = help_page.layout()
    assert "changed while it was read" in text_of(layout)
    assert "steps.parquet" not in text_of(layout)
