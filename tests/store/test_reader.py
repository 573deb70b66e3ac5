"""Opening a run: what was written comes back, and whatever is wrong is said in one line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from stateline.store import runs
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import to_json
from stateline.store.reader import Run, open_run
from stateline.store.runs import find_runs
from stateline.store.schema import MANIFEST, SCHEMA_VERSION, STEP_ROWS_PER_GROUP
from tests.store.damage import change_manifest, change_table, put
from tests.synthetic import synthetic_run, synthetic_tables

pytestmark = pytest.mark.slow

STEPS, HIDDEN = "steps.parquet", "hidden/lstm.parquet"


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


@pytest.fixture(scope="module")
def large_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of many row groups; do not write into it."""
    folder = tmp_path_factory.mktemp("large")
    return synthetic_run(folder, sequences=300, max_steps=40, units=3)


def test_every_table_and_key_comes_back_as_written(run: Path) -> None:
    manifest, tables = synthetic_tables(
        "synthetic", 5, 7, 3, 4, 4, seed=0, projections=("pca", "tsne"), default="tsne",
        minimum_steps=1,
    )  # fmt: skip
    opened = open_run(run)
    for name, table in tables.items():
        assert_frame_equal(opened.scan(name).collect(), table)
        assert opened.manifest.rows(name) == table.height
    for key in manifest.keys() - {"created"}:
        assert to_json(opened.manifest)[key] == manifest[key], key


def test_one_sequence_is_the_slice_of_the_whole_table(large_run: Path) -> None:
    run = open_run(large_run)
    assert run.states > 2 * STEP_ROWS_PER_GROUP, "more than two row groups"
    whole = {name: run.scan(name).collect() for name in (STEPS, HIDDEN)}
    places = run.scan("projections/lstm-pca.parquet").collect()
    for sequence in range(300):
        own = pl.col("sequence_id") == sequence
        assert_frame_equal(run.steps_of(sequence), whole[STEPS].filter(own))
        assert_frame_equal(run.hidden_of(sequence, "lstm"), whole[HIDDEN].filter(own))
        assert_frame_equal(run.projection_of(sequence, "lstm-pca"), places.filter(own))


def test_steps_are_taken_by_their_rows_whatever_row_groups_hold_them(
    large_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stateline.store.table.GROUPS_AT_ONCE", 2)
    run = open_run(large_run)
    assert run.states > 4 * STEP_ROWS_PER_GROUP, "more than two reads of two row groups"
    columns = ["ep", "surface", "confidence"]
    whole = run.scan(STEPS).select(columns).collect()
    rng = np.random.default_rng(4)
    edge = STEP_ROWS_PER_GROUP
    some = np.sort(rng.choice(run.states, 500, replace=False))
    for rows in (np.arange(run.states), some, some[:0], np.array([edge - 1, edge, 3 * edge])):
        assert_frame_equal(run.steps_at(rows, columns), whole[rows])


def test_some_columns_of_a_sequence_come_in_the_order_asked(run: Path) -> None:
    assert open_run(run).steps_of(1, ["token", "t"]).columns == ["token", "t"]


def test_threads_read_what_one_reader_alone_does(large_run: Path) -> None:
    def read(run, sequence: int) -> list[pl.DataFrame]:
        places = run.projection_of(sequence, "lstm-pca")
        return [run.steps_of(sequence), places, run.hidden_of(sequence, "lstm")]

    alone, shared = open_run(large_run), open_run(large_run)
    chosen = np.random.default_rng(0).integers(0, 300, 400).tolist()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda sequence: read(shared, sequence), chosen))
    for sequence, tables in zip(chosen, together, strict=True):
        for got, wanted in zip(tables, read(alone, sequence), strict=True):
            assert_frame_equal(got, wanted)


def test_a_run_rebuilt_while_it_is_open_goes_on_being_read_as_it_was(tmp_path: Path) -> None:
    run = open_run(synthetic_run(tmp_path, seed=0))
    before = run.hidden_of(0, "lstm")
    after = open_run(synthetic_run(tmp_path, seed=1)).hidden_of(0, "lstm")
    assert not before.equals(after)
    assert_frame_equal(run.hidden_of(0, "lstm"), before)


READS = {
    "a sequence of another table": lambda run: run.projection_of(2, "lstm-pca"),
    "a whole table": lambda run: run.coordinates("lstm-pca"),
    "a lazy table": lambda run: run.scan(STEPS),
    "the sequences": lambda run: run.sequences,
}


@pytest.mark.parametrize("case", READS)
def test_a_table_first_read_after_a_rebuild_is_refused(tmp_path: Path, case: str) -> None:
    folder = synthetic_run(tmp_path, seed=0)
    run, unread = open_run(folder), open_run(folder)
    assert run.steps_of(2).height, "offsets are those of the first build"
    synthetic_run(tmp_path, sequences=9, seed=1)
    with pytest.raises(StatelineError) as caught:
        READS[case](unread if case == "the sequences" else run)
    line = "synthetic: was rebuilt since it was opened. Open it again"
    assert str(caught.value) == str(tmp_path / line)
    assert open_run(tmp_path / "synthetic").projection_of(2, "lstm-pca").height


def test_a_rebuild_between_two_looks_at_a_table_is_noticed(tmp_path: Path, monkeypatch) -> None:
    run = open_run(synthetic_run(tmp_path, seed=0))
    table = run.scan("projections/lstm-pca.parquet")
    synthetic_run(tmp_path, seed=1)
    monkeypatch.setattr(run, "scan", lambda name: table)
    with pytest.raises(StatelineError, match="was rebuilt"):
        run.coordinates("lstm-pca")


def test_a_manifest_is_read_once(copy: Path, monkeypatch) -> None:
    path, opened, wanted = copy / MANIFEST, [], (copy / MANIFEST).read_bytes()
    plain = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *how: opened.append(path) or plain(path, *how))
    for again in ("read_bytes", "read_text"):
        monkeypatch.setattr(Path, again, lambda path, **_: opened.append(path))
    assert open_run(copy).checksum == hashlib.sha256(wanted).hexdigest()
    assert opened.count(path) == 1


def test_a_run_whose_manifest_was_only_touched_is_read_on(copy: Path) -> None:
    run = open_run(copy)
    os.utime(copy / MANIFEST, ns=(0, 1))
    assert run.steps_of(0).height == 7
    shutil.move(copy, copy.with_name("gone"))
    with pytest.raises(StatelineError, match="is gone since it was opened"):
        run.hidden_of(0, "lstm")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (HIDDEN, lambda run: run.hidden_of(0, "lstm")),
        ("sequences.parquet", lambda run: run.steps_of(0)),
        ("projections/lstm-pca.parquet", lambda run: run.coordinates("lstm-pca")),
    ],
)
def test_content_that_cannot_be_read_is_said_in_one_line(copy: Path, name: str, read) -> None:
    content = bytearray((copy / name).read_bytes())
    footer = int.from_bytes(content[-8:-4], "little") + 8
    content[4:-footer] = bytes(len(content) - 4 - footer)  # the columns stay what they were
    (copy / name).write_bytes(content)
    with pytest.raises(StatelineError, match=rf"{name}: its content is not what .*\. Copy the run"):
        read(open_run(copy))


def test_a_table_cut_short_while_it_is_open_raises_and_ends_nothing(copy: Path) -> None:
    run = open_run(copy)
    run.hidden_of(0, "lstm")
    os.truncate(copy / HIDDEN, 10)
    with pytest.raises(StatelineError, match="cut short or changed"):
        run.hidden_of(1, "lstm")


def test_lengths_that_do_not_fit_the_steps_are_refused_before_anything_is_sliced(
    copy: Path,
) -> None:
    change_table(copy, "sequences.parquet", lambda t: put(t, 4, length=999))
    with pytest.raises(StatelineError, match="length; expected 1 to 18, got 999"):
        open_run(copy).steps_of(0)


def test_coordinates_are_whole_and_single_precision(run: Path) -> None:
    opened = open_run(run)
    places = opened.coordinates("lstm-tsne")
    assert {name: (each.dtype, len(each)) for name, each in places.items()} == dict.fromkeys(
        ("x", "y", "trust"), (np.dtype("float32"), opened.states)
    )


def test_what_a_run_holds_is_told_of_texts_and_of_series(run: Path, other_store: Path) -> None:
    text, series = open_run(run), open_run(other_store / "series")
    assert (text.kind, text.feature_names) == ("text", [])
    assert (series.kind, series.feature_names) == ("series", ["feature 0", "feature 1"])
    assert series.steps_of(0, ["values"]).schema == {"values": pl.Array(pl.Float32, 2)}
    layer = series.layer("bidirectional-backward")
    assert (layer.layer, layer.direction, layer.units) == ("bidirectional", "backward", 2)
    assert text.layer("lstm").states == ("h", "c")
    assert text.projection("lstm-tsne").method == "t-SNE"


def test_states_of_a_sequence_come_with_the_columns_asked(other_store: Path) -> None:
    run = open_run(other_store / "layers")
    assert run.hidden_of(1, "lstm").columns == [
        "sequence_id", "t", "h", "distance", "c", "distance_c",
        "gate_input", "gate_forget", "gate_output",
    ]  # fmt: skip
    some = run.hidden_of(1, "lstm", ["gate_forget", "t"])
    assert_frame_equal(some, run.hidden_of(1, "lstm").select("gate_forget", "t"))
    assert run.hidden_of(1, "bidirectional-backward").columns[2:] == ["h", "distance"]


def test_distances_of_all_steps_are_those_of_the_layer_and_state(other_store: Path) -> None:
    run = open_run(other_store / "layers")
    for layer, state, direction in (
        ("lstm", "h", 1), ("lstm", "c", 1), ("bidirectional-backward", "h", -1),
    ):  # fmt: skip
        got = run.distances(layer, state)
        assert (got.dtype, got.shape) == (np.dtype("float32"), (run.states,))
        wanted = []
        for sequence in range(run.sequences.height):
            states = run.hidden_of(sequence, layer)[state].to_numpy()[::direction]
            before = np.zeros(states.shape[1])
            moved = []
            for each in states:
                moved.append(np.linalg.norm(each - before))
                before = each
            wanted += moved[::direction]
        np.testing.assert_allclose(got, wanted, rtol=1e-5)
        assert run.layer(layer).max_distance[state] == pytest.approx(max(got))
    assert run.distances("lstm").tolist() == run.distances("lstm", "h").tolist()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda run: run.steps_of(5), "no sequence 5; expected 0 to 4"),
        (lambda run: run.steps_of(-1), "no sequence -1; expected 0 to 4"),
        (lambda run: run.hidden_of(0, "gru"), "no layer gru; expected one of lstm"),
        (lambda run: run.layer("gru"), "no layer gru; expected one of lstm"),
        (lambda run: run.projection("gru-pca"), "no projection gru-pca; expected one of lstm-pca"),
        (lambda run: run.distances("gru"), "no layer gru; expected one of lstm"),
        (
            lambda run: run.distances("lstm", "c"),
            "no distance in lstm of state c; expected one of h",
        ),
        (lambda run: run.coordinates("lstm-umap"), "expected one of lstm-pca, lstm-tsne"),
        (lambda run: run.projection_of(0, ".."), "expected one of lstm-pca, lstm-tsne"),
        (lambda run: run.scan("../x.parquet"), "no table ../x.parquet"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_exist(run: Path, call, expected: str) -> None:
    with pytest.raises(StatelineError) as caught:
        call(open_run(run))
    assert expected in str(caught.value)


BAD = {
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "manifest.json: missing"),
    "manifest cut": (lambda f: halve(f / "manifest.json"), "is not JSON"),
    "manifest a list": (lambda f: (f / "manifest.json").write_text("[]"), "expected an object"),
    "other version": (
        lambda f: change_manifest(f, lambda m: m.update(schema_version=2)),
        f"another schema version; expected {SCHEMA_VERSION}, got 2",
    ),
    "no key": (lambda f: change_manifest(f, lambda m: m.pop("readout")), "key readout"),
    "table missing": (lambda f: (f / STEPS).unlink(), "steps.parquet: missing"),
    "table cut short": (lambda f: cut(f / STEPS), "steps.parquet: cut short or changed"),
    "table empty": (lambda f: (f / STEPS).write_bytes(b""), "got 0"),
    "table unlisted": (
        lambda f: change_manifest(f, lambda m: m["tables"].pop(STEPS)),
        "listed",
    ),
    "column missing": (
        lambda f: change_table(f, STEPS, lambda t: t.drop("role")),
        "steps.parquet: column role is missing",
    ),
    "column extra": (
        lambda f: change_table(f, STEPS, lambda t: t.with_columns(mood=1)),
        "column mood is not in the schema",
    ),
    "column order": (
        lambda f: change_table(f, STEPS, lambda t: t.select(t.columns[::-1])),
        "its columns are in another order",
    ),
    "column of another type": (
        lambda f: change_table(f, STEPS, lambda t: t.cast({"distance": pl.Float64})),
        "column distance is of another type; expected Float32, got Float64",
    ),
    "another width": (
        lambda f: change_manifest(f, lambda m: m["layers"][0].update(units=20)),
        "lstm.parquet: column h has width 3; the manifest says 20. Rebuild it: stateline build",
    ),
}


def cut(path: Path) -> None:
    """Take the last byte off a file."""
    path.write_bytes(path.read_bytes()[:-1])


def halve(path: Path) -> None:
    """Keep the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("opening", [open_run, check_run])
def test_a_damaged_run_is_refused_in_one_line(copy: Path, case: str, opening) -> None:
    damage, expected = BAD[case]
    damage(copy)
    with pytest.raises(StatelineError) as caught:
        opening(copy)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_run_that_fails_to_open_in_any_way_does_not_hide_the_others(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = runs.open_run

    def failing(folder: Path) -> Run:
        if folder.name == "binary":
            raise MemoryError
        return opened(folder)

    monkeypatch.setattr(runs, "open_run", failing)
    found, broken = find_runs(store)
    assert [run.name for run in found] == ["synthetic"]
    assert "binary: cannot be opened (MemoryError)" in broken[0].message


def test_a_broken_run_does_not_hide_the_others(store: Path, tmp_path: Path) -> None:
    shutil.copytree(store, tmp_path / "store")
    cut(tmp_path / "store" / "binary" / STEPS)
    (tmp_path / "store" / ".synthetic.tmp-1").mkdir()
    (tmp_path / "store" / "note.txt").write_text("not a run")
    runs, broken = find_runs(tmp_path / "store")
    assert [run.name for run in runs] == ["synthetic"]
    assert [run.name for run in broken] == ["binary"]
    assert "cut short" in broken[0].message


def test_a_store_may_be_the_folder_of_one_run(run: Path) -> None:
    runs, broken = find_runs(run)
    assert [each.name for each in runs] == ["synthetic"]
    assert not broken


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_missing_or_empty_store_has_no_runs(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert find_runs(tmp_path / name) == ([], [])


def test_a_read_only_folder_opens_checks_and_stays_as_it_was(copy: Path) -> None:
    paths = [*copy.rglob("*"), copy]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in paths}
    try:
        open_run(copy).steps_of(0)
        check_run(copy)
        after = {path: path.stat().st_mtime_ns for path in [*copy.rglob("*"), copy]}
    finally:
        for path in paths:
            path.chmod(0o755)
    assert after == before


def test_a_run_opens_from_any_working_directory(run: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_run(os.path.relpath(run)).steps_of(0).height == 7
    assert find_runs(Path(os.path.relpath(run.parent)))[0][0].sequences.height > 0


def test_the_store_loads_neither_tensorflow_nor_pipeline_nor_app() -> None:
    code = (
        "import json, sys, stateline.store.archive, stateline.store.writer; "
        "names = {name.partition('.')[0] for name in sys.modules}; "
        "ours = {'.'.join(name.split('.')[:2]) for name in sys.modules if 'stateline.' in name}; "
        "print(json.dumps(sorted(names | ours)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert not loaded & {
        "tensorflow",
        "keras",
        "dash",
        "sklearn",
        "stateline.app",
        "stateline.pipeline",
    }
