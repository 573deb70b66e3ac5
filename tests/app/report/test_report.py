"""The report of a sequence: whole, self-contained, true to the store, safe whatever it holds."""

import base64
import re
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from flask.testing import FlaskClient

from stateline.app.figures.colours import luminance
from stateline.app.figures.steps_svg import MAX_COLUMNS, panels, shown_classes
from stateline.app.figures.trajectory_svg import trajectory_svg
from stateline.app.main import create_app
from stateline.app.queries.run import sequence
from stateline.app.report.document import report
from stateline.app.report.map import FINER, jumps, map_picture, misdrawn_note, moved_note
from stateline.store.manifest.models import to_json
from stateline.store.manifest.validation import validate_manifest
from stateline.store.reader import Run, open_run
from tests.app.figures.test_raster import decode
from tests.synthetic import synthetic_run

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 24)
VOID = {"meta", "br", "img", "link", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></svg><b>",
    "' onload='alert(1)",
    "&lt;b&gt;",
    "\u202eevil",
    "a" * 300,
]


class Reader(HTMLParser):
    """Elements, attributes and text of a document; complains of tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "span":
            self.words.append(data)

    def count(self, tag: str, kind: str | None = None) -> int:
        """Elements of a tag, of a class where one is named."""
        return sum(
            name == tag and (kind is None or kind in (attrs.get("class") or "").split())
            for name, attrs in self.tags
        )


def made(run: Run, number: int) -> str:
    return report(run, number, run.manifest.default_projection, DAY)


def with_words(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """Let every run's steps hold these words, over and over."""
    steps_of = Run.steps_of

    def hostile(run: Run, number: int, columns: list[str] | None = None) -> pl.DataFrame:
        steps = steps_of(run, number, columns)
        written = [words[t % len(words)] for t in range(steps.height)]
        return steps.with_columns(surface=pl.Series(written), role=pl.Series(written))

    monkeypatch.setattr(Run, "steps_of", hostile)


@pytest.mark.parametrize("name", ["synthetic", "binary"])
def test_a_report_has_every_step_in_words_columns_segments_and_table(
    client: FlaskClient, store: Path, name: str
) -> None:
    run = open_run(store / name)
    for number in range(run.sequences.height):
        answer = client.get(f"/report/{name}/{number}.html")
        assert answer.status_code == 200 and answer.mimetype == "text/html"
        found = Reader(answer.text)
        steps = run.sequences["length"][number]
        words = run.steps_of(number)["surface"].to_list()
        assert found.count("span", "word") == steps
        assert [word for word in found.words if word in words][:steps] == words
        assert found.count("path", "segment") == steps - 1
        assert found.count("circle", "state") == steps
        assert found.count("circle", "ring-start") == found.count("circle", "ring-end") == 1
        assert [int(attrs["data-t"]) for tag, attrs in found.tags if tag == "g"] == list(
            range(steps)
        )
        assert found.count("tr") == steps + 1


def test_the_facts_and_the_table_are_the_store_s(several: Run) -> None:
    text = made(several, 1)
    facts = several.sequences.row(1, named=True)
    steps = several.steps_of(1)
    names = several.class_names
    assert facts["turning_step"] is not None and "classified wrongly" in text
    told = sequence(several, 1, "lstm-tsne")["decision"]
    assert escape(told["before"] + told["named"] + told["after"]) in text
    turned = f"“{steps['surface'][facts['turning_step']]}”, at step {facts['turning_step']}"
    assert turned in text
    assert f"{100 * facts['confidence']:.1f} %" in text and facts["external_id"] in text
    for index in (facts["label"], facts["predicted"]):
        assert f"to {names[index]}</th>" in text
    for row in steps.iter_rows(named=True):
        assert f"{row['distance']:.3f}" in text
        for index in (facts["label"], facts["predicted"]):
            assert f"{row['contribution'][index]:+.3f}".replace("-", "−") in text


def test_a_turning_step_at_padding_has_no_frame(
    several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    turning = several.sequences["turning_step"][1]
    frame = "A frame marks the word"
    before = Reader(made(several, 1))
    assert frame in made(several, 1) and before.count("span", "turning") == 1
    steps_of = Run.steps_of

    def padded(run: Run, number: int, columns: list[str] | None = None) -> pl.DataFrame:
        steps = steps_of(run, number, columns)
        return steps.with_columns(padding=pl.int_range(pl.len()) == turning)

    monkeypatch.setattr(Run, "steps_of", padded)
    text = made(several, 1)
    assert frame not in text and Reader(text).count("span", "turning") == 0


def test_it_names_its_run_so_that_it_can_be_made_again(several: Run) -> None:
    text = made(several, 0)
    metrics = several.manifest.model.metrics
    assert several.checksum in text and "24 November 2026" in text
    assert f"{100 * metrics.accuracy:.1f} % over {metrics.test:,} sequences, baseline" in text
    assert f"fitted on {several.manifest.model.baseline.train:,} of " in text
    assert f"{100 * metrics.unseen_accuracy:.1f} % accuracy without them" in text
    assert "Also in training" in text and "in the training or validation split as well; " in text
    for library, version in several.manifest.versions.items():
        assert f"{library} {version}" in text
    assert made(several, 0) == text


def test_truncation_and_unknown_words_are_stated(several: Run) -> None:
    facts = several.sequences.row(0, named=True)
    keep = several.manifest.corpus.truncation.keep
    assert facts["length_full"] - facts["length"] == 3
    assert f"{keep} {facts['length']}; 3 more left out" in made(several, 0)
    unknown = several.sequences.filter(pl.col("unknown") > 0).row(0, named=True)
    text = made(several, unknown["sequence_id"])
    assert f"{unknown['unknown']} to the model" in text
    assert Reader(text).count("span", "unknown") == unknown["unknown"]


def test_what_is_not_known_of_a_model_is_left_out(tmp_path: Path) -> None:
    folder = synthetic_run(tmp_path, "given", model=False, training=False, readout="given")
    text = report(open_run(folder), 1, "lstm-pca", date(2026, 1, 1))
    assert "LSTM, 3 units; test accuracy" in text and "None" not in text


def test_a_sigmoid_unit_has_one_contribution_towards_the_second_class(binary: Run) -> None:
    text = made(binary, 1)
    assert f"to {binary.class_names[1]}</th>" in text
    assert f"to {binary.class_names[0]}</th>" not in text


def test_nothing_in_it_refers_to_anything_outside(several: Run) -> None:
    text = made(several, 0)
    assert "script" not in {tag for tag, _ in Reader(text).tags}
    for _, attrs in Reader(text).tags:
        for key in ("src", "href", "xlink:href", "data", "action"):
            assert attrs.get(key, "data:").startswith("data:")
        assert not any(key.startswith("on") for key in attrs)
    bare = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", text)
    assert not re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", bare.replace("www.w3.org", ""))
    assert "url(" not in bare and "@import" not in bare
    assert "default-src 'none'" in text


def test_the_map_s_picture_is_in_it(several: Run) -> None:
    (picture,) = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", made(several, 0))
    assert base64.b64decode(picture)[:4] == b"\x89PNG"


def test_hostile_words_stay_words(several: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(tag for tag, _ in Reader(made(several, 0)).tags)
    with_words(monkeypatch, HOSTILE)
    found = Reader(made(several, 0))
    after = sorted(tag for tag, _ in found.tags if tag != "small")
    # Labels on the map depend on how long the words are; nothing else may.
    assert [tag for tag in after if tag != "text"] == [
        tag for tag in before if tag not in ("text", "small")
    ]
    assert not any(key.startswith("on") for _, attrs in found.tags for key in attrs)
    assert all(word in found.words for word in HOSTILE)


def test_hostile_names_of_classes_stay_names(tmp_path: Path) -> None:
    plain = open_run(synthetic_run(tmp_path, "mine"))
    manifest = to_json(plain.manifest)
    for number, entry in enumerate(manifest["corpus"]["classes"]):
        entry["name"] = f"<script>alert({number})</script>"
    manifest["corpus"]["source"] = manifest["model"]["cell"] = "</dl><script>"
    run = Run(plain.folder, validate_manifest(manifest, "mine"), plain.checksum)
    text = made(run, 1)
    assert "<script" not in text and "&lt;script&gt;" in text


def test_words_are_readable_on_their_colours(several: Run, binary: Run) -> None:
    for run in (several, binary):
        pairs = re.findall(r'background:(#\w{6});color:(#\w{6})">', made(run, 0))
        assert pairs
        for ground, letters in pairs:
            low, high = sorted((luminance(ground), luminance(letters)))
            assert (high + 0.05) / (low + 0.05) >= 4.5


def test_many_classes_and_a_long_sequence_fit(tmp_path: Path) -> None:
    folder = synthetic_run(
        tmp_path, "many", sequences=4, max_steps=200, classes=24, units=6, minimum_steps=1
    )
    run = open_run(folder)
    text = made(run, 0)
    found = Reader(text)
    assert run.sequences["length"][0] == 200
    assert found.count("tr") == 201 and found.count("path", "segment") == 199
    assert "The 8 classes that come closest are shown; 16 are left out." in text
    assert len(panels(200)) == 4 and found.count("svg") == 4 + 1
    assert run.sequences["length"][2] == 1
    alone = Reader(made(run, 2))
    assert alone.count("path", "segment") == 0 and alone.count("circle", "state") == 1


@pytest.mark.parametrize("steps", [1, 2, 49, 50, 51, 99, 101, 200])
def test_panels_hold_every_step_once_in_rows_of_about_one_length(steps: int) -> None:
    found = panels(steps)
    assert [t for start, stop in found for t in range(start, stop)] == list(range(steps))
    lengths = [stop - start for start, stop in found]
    assert max(lengths) <= MAX_COLUMNS and max(lengths) - min(lengths) < len(lengths)


def test_the_heatmap_keeps_the_classes_that_come_closest() -> None:
    ep = np.full((3, 12), 0.01)
    strong = [0, 2, 3, 5, 7, 8, 10, 11]
    for place, index in enumerate(strong):
        ep[place % 3, index] = 0.2 + 0.01 * place
    assert shown_classes(ep) == strong
    assert shown_classes(ep[:, :5]) == [0, 1, 2, 3, 4]


def test_jumps_begin_with_the_turning_step_and_then_the_longest() -> None:
    distance = np.array([9.0, 2.0, 0.1, 3.0, 1.0])
    assert jumps(distance, 1.0, None) == [3, 1, 4]
    assert jumps(distance, 1.0, 2) == [2, 3, 1, 4]
    assert jumps(distance, 9.0, None) == []
    assert jumps(distance, 9.0, 0) == [0]


def test_labels_that_find_no_room_are_left_out_and_counted() -> None:
    x = y = np.full(30, 200.0)
    labels = [(t, f"word {t}") for t in range(30)]
    drawn, count = trajectory_svg(x, y, ["#123456"] * 30, labels)
    assert 0 < count < 30 and len(re.findall(r">word \d+<", drawn)) == count


@pytest.mark.parametrize("backward", [False, True])
def test_segments_whose_length_misleads_are_drawn_apart(backward: bool) -> None:
    x, y = np.arange(4) * 40.0, np.full(4, 100.0)
    stretch = [1.7, 0.1, -1.7, None] if backward else [None, 1.7, 0.1, -1.7]
    colours = ["#111111", "#222222", "#333333", "#444444"]
    drawn, _ = trajectory_svg(x, y, colours, [], backward=backward, stretch=stretch)
    paths = re.findall(r'<path class="segment" d="M([\d.]+) [^>]*>', drawn)
    assert len(paths) == 3
    dotted = re.findall(r'd="M([\d.]+) [^>]*stroke-dasharray', drawn)
    double = re.findall(r'd="M([\d.]+) [^>]*stroke-width="5.75"', drawn)
    # The dotted segment leads to step 1, or from the end to step 0; the double one to 3, or 2.
    assert (dotted, double) == ((["40.0"], ["120.0"]) if backward else (["0.0"], ["80.0"]))
    plain, _ = trajectory_svg(x, y, colours, [], backward=backward)
    assert "stroke-dasharray" not in plain and "5.75" not in plain
    assert misdrawn_note(stretch) == (
        " Segments for their distances: 1 dotted drawn over 3 times too long, "
        "1 double drawn over 3 times too short."
    )
    assert misdrawn_note([None, 0.5]) == ""


def test_trajectory_lies_on_the_points_of_the_picture(several: Run) -> None:
    x, y, address, drawn = map_picture(several, 0, "lstm-pca")
    pixels = decode(base64.b64decode(address.partition(",")[2]))
    assert drawn == several.states
    for across, down in zip(x, y, strict=True):
        assert pixels[round(down * FINER), round(across * FINER), 3] > 0


def test_the_projection_is_the_one_asked_for(client: FlaskClient) -> None:
    text = client.get("/report/synthetic/0.html?projection=lstm-pca").text
    assert "<dd>lstm-pca</dd>" in text
    assert "<dd>lstm-tsne</dd>" in client.get("/report/synthetic/0.html").text


def test_a_browser_shows_it_and_saves_it_under_a_telling_name(client: FlaskClient) -> None:
    answer = client.get("/report/synthetic/3.html")
    wanted = 'inline; filename="synthetic-sequence-3.html"'
    assert answer.headers["Content-Disposition"] == wanted
    again = client.get(
        "/report/synthetic/3.html", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304 and not again.data


@pytest.mark.parametrize(
    "route",
    [
        "nothing/0.html",
        "../0.html",
        "..%2f..%2fetc/0.html",
        "synthetic/5.html",
        "synthetic/-1.html",
        "synthetic/1e3.html",
        "synthetic/%00.html",
        "synthetic/99999999999999999999.html",
        "synthetic/0",
        "synthetic/0.pdf",
        "synthetic/0.html/more",
        "synthetic",
        "synthetic/0.html?projection=nothing",
        "synthetic/0.html?projection=lstm-pca&projection=lstm-tsne",
        "synthetic/0.html?v=0000",
        "synthetic/0.html?projection=" + "a" * 5000,
    ],
)
def test_what_does_not_exist_is_refused_in_a_line(client: FlaskClient, route: str) -> None:
    answer = client.get(f"/report/{route}")
    assert 400 <= answer.status_code < 500, answer.status_code
    assert answer.mimetype == "text/plain" and len(answer.text.splitlines()) == 1
    assert "Traceback" not in answer.text and len(answer.text) < 700


def test_its_style_is_not_put_on_the_app_s_pages(client: FlaskClient, store: Path) -> None:
    assert "report.css" not in client.get("/").text
    assert create_app(store).server.test_client().get("/").status_code == 200


def test_values_of_a_series_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, "series", features=8))
    found = Reader(made(run, 1))
    assert found.count("table") == 2
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', made(run, 1))
    assert heads[0] == "step" and "distance" in heads
    assert heads[heads.index("step", 1) :] == ["step", "name", *run.feature_names]
    assert Reader(made(open_run(synthetic_run(tmp_path, "words")), 1)).count("table") == 1


@pytest.mark.parametrize(("backward", "order"), [(True, ", which read from the end,"), (False, "")])
def test_the_note_on_distances_names_states_and_their_order(backward: bool, order: str) -> None:
    kind = SimpleNamespace(name="lstm", is_only=False, backward=backward, largest=2.5)
    assert moved_note(kind, "word").startswith(
        f"how far the state of lstm{order} moved at the word, in the colour"
    )
