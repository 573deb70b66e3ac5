"""Writing a run: whole or not at all, and the run that was there is never lost."""

import copy
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import weakref
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from stateline.store import exchange
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import open_run
from stateline.store.runs import find_runs
from stateline.store.schema import MODEL, STEP_ROWS_PER_GROUP, step_columns
from stateline.store.writer import write_run, write_table
from tests.synthetic import synthetic_tables
from tests.synthetic_shape import Layer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@cache
def small_run() -> tuple[dict, dict]:
    """Return manifest and tables of a small run, made once; do not change them."""
    return synthetic_tables(
        "synthetic", 5, 7, 3, 4, 4, seed=1, projections=("pca",), default="pca", minimum_steps=1
    )


def parts(tmp_path: Path, name: str = "synthetic") -> tuple[dict, dict, dict]:
    """Return manifest, tables and files of a small run, ready to be damaged and written."""
    manifest, tables = small_run()
    model = tmp_path / MODEL
    model.write_bytes(b"model")
    return copy.deepcopy(manifest) | {"run": name}, dict(tables), {MODEL: model}


def content(store: Path) -> dict[str, bytes]:
    """Every file of a store."""
    return {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def own(run: Path, tmp_path: Path) -> Path:
    """A store with one run, to write into."""
    shutil.copytree(run, tmp_path / "store" / "synthetic")
    return tmp_path / "store"


@pytest.mark.parametrize(
    "name", ["", "..", ".", "a/b", "/tmp/a", "../a", "A", "a b", "-a", ".a", "a" * 65, "a\n"]
)
def test_a_run_name_that_could_leave_the_store_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StatelineError, match="not a run name"):
        write_run(tmp_path / "store", *parts(tmp_path, name))
    assert not (tmp_path / "store").exists()


TABLE_FAULTS = {
    "table missing": (lambda t: t.pop("steps.parquet"), "its tables are not those"),
    "table extra": (lambda t: t.update({"x.parquet": pl.DataFrame()}), "x.parquet"),
    "column missing": (lambda t: change(t, lambda f: f.drop("role")), "expected role: String"),
    "column extra": (lambda t: change(t, lambda f: f.with_columns(mood=1)), "got mood: Int32"),
    "other type": (lambda t: change(t, lambda f: f.cast({"t": pl.Int64})), "got t: Int64"),
    "other order": (lambda t: change(t, lambda f: f.select(f.columns[::-1])), "schema's order"),
    "other width": (
        lambda t: change(t, lambda f: f.with_columns(ep=f["logit"].arr.head(3, as_array=True))),
        "got ep: Array(Float32, shape=(3,))",
    ),
    "fewer rows": (lambda t: change(t, lambda f: f.head(3)), "another number of rows"),
}


def change(tables: dict, damage) -> None:
    """Damage the steps."""
    tables["steps.parquet"] = damage(tables["steps.parquet"])


@pytest.mark.parametrize("case", TABLE_FAULTS)
def test_tables_that_do_not_fit_are_refused_and_the_old_run_stays(
    own: Path, tmp_path: Path, case: str
) -> None:
    manifest, tables, files = parts(tmp_path)
    damage, expected = TABLE_FAULTS[case]
    damage(tables)
    before = content(own)
    with pytest.raises(StatelineError) as caught:
        write_run(own, manifest, tables, files)
    assert expected in str(caught.value)
    assert content(own) == before


def test_lazy_tables_are_written_as_eager_ones_are(tmp_path: Path) -> None:
    manifest, tables, files = parts(tmp_path)
    lazy = {name: table.lazy() for name, table in tables.items()}
    run = open_run(write_run(tmp_path / "store", manifest, lazy, files))
    for name, table in tables.items():
        assert run.scan(name).collect().equals(table)


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_tables_written_piece_by_piece_are_those_written_whole(tmp_path: Path, rows: int) -> None:
    options = {"layers": (Layer(cell_maps=True, gates=True),), "features": 2}
    manifest, tables = synthetic_tables(
        "synthetic", 9, 7, 5, 3, 3, seed=1, projections=("pca",), default="pca", minimum_steps=2,
        **options,
    )  # fmt: skip
    model = {MODEL: tmp_path / MODEL}
    model[MODEL].write_bytes(b"model")
    whole = open_run(write_run(tmp_path / "whole", manifest, tables, model))
    streams = {name: stream(table, rows) for name, table in tables.items()}
    run = open_run(write_run(tmp_path / "streamed", manifest, streams, model))
    assert check_run(run.folder).passed[2:] == check_run(whole.folder).passed[2:]
    for name, table in tables.items():
        assert pl.read_parquet_schema(run.folder / name) == table.schema
        assert run.scan(name).collect().equals(table)
    assert run.hidden_of(3, "lstm").equals(whole.hidden_of(3, "lstm"))


def stream(table: pl.DataFrame, rows: int):
    """A table as a callable that gives pieces of so many rows."""
    return lambda: (table.slice(first, rows) for first in range(0, max(table.height, 1), rows))


def test_a_stream_is_called_once_and_its_pieces_are_let_go(tmp_path: Path) -> None:
    _, tables, _ = parts(tmp_path)
    steps, alive, most = pl.concat([tables["steps.parquet"]] * 400), [], []

    def pieces():
        for first in range(0, steps.height, 500):
            piece = steps[list(range(first, min(first + 500, steps.height)))]  # a copy of its own
            alive.append(weakref.ref(piece))
            most.append(sum(each() is not None for each in alive))
            yield piece
            del piece

    write_table(tmp_path / "steps.parquet", pieces, step_columns(4, 4))
    assert pl.read_parquet(tmp_path / "steps.parquet").equals(steps)
    assert len(most) == -(-steps.height // 500)
    # The piece that is passed on, and the one before it, which the writer still holds.
    assert max(most) <= 2


def test_a_piece_that_does_not_fit_is_refused_and_the_old_run_stays(
    own: Path, tmp_path: Path
) -> None:
    manifest, tables, files = parts(tmp_path)
    steps, before = tables["steps.parquet"], content(own)
    second = steps.slice(5).cast({"t": pl.Int64})
    streamed = tables | {"steps.parquet": lambda: iter([steps.head(5), second])}
    with pytest.raises(StatelineError, match=r"synthetic/steps.parquet: .*got t: Int64"):
        write_run(own, manifest, streamed, files)
    assert content(own) == before


def test_an_error_of_a_stream_keeps_the_old_run(own: Path, tmp_path: Path) -> None:
    manifest, tables, files = parts(tmp_path)
    before = content(own)

    def broken():
        yield tables["steps.parquet"].head(5)
        raise StatelineError("build/extract/h.npy", "cut short")

    with pytest.raises(StatelineError, match="^build/extract/h.npy: cut short$"):
        write_run(own, manifest, tables | {"steps.parquet": broken}, files)
    assert content(own) == before


def test_a_stream_without_a_piece_is_a_table_without_rows(own: Path, tmp_path: Path) -> None:
    manifest, tables, files = parts(tmp_path)
    with pytest.raises(StatelineError, match="has another number of rows than it should"):
        write_run(own, manifest, tables | {"steps.parquet": lambda: iter(())}, files)


def test_a_table_may_be_a_parquet_file(tmp_path: Path) -> None:
    manifest, tables, files = parts(tmp_path)
    tables["steps.parquet"].write_parquet(tmp_path / "made.parquet")
    paths = tables | {"steps.parquet": tmp_path / "made.parquet"}
    run = open_run(write_run(tmp_path / "store", manifest, paths, files))
    assert run.scan("steps.parquet").collect().equals(tables["steps.parquet"])


def test_a_table_file_that_is_missing_is_said_in_one_line(own: Path, tmp_path: Path) -> None:
    manifest, tables, files = parts(tmp_path)
    before = content(own)
    with pytest.raises(StatelineError, match="No such file"):
        write_run(own, manifest, tables | {"steps.parquet": tmp_path / "no.parquet"}, files)
    assert content(own) == before


def test_step_tables_have_small_row_groups_and_statistics_of_their_key(tmp_path: Path) -> None:
    _, tables, _ = parts(tmp_path)
    steps = pl.concat([tables["steps.parquet"]] * 200)
    for table in (steps, steps.lazy(), stream(steps, 700)):
        path = tmp_path / "steps.parquet"
        write_table(path, table, step_columns(4, 4))
        footer = pq.read_metadata(path)
        rows = [footer.row_group(i).num_rows for i in range(footer.num_row_groups)]
        assert max(rows) <= STEP_ROWS_PER_GROUP and sum(rows) == steps.height
        assert len(rows) == -(-steps.height // STEP_ROWS_PER_GROUP)
        assert footer.row_group(0).column(0).statistics.min == 0
        assert footer.row_group(0).column(0).compression == "ZSTD"


def test_a_new_run_takes_the_place_of_the_old_one(own: Path, tmp_path: Path) -> None:
    old = open_run(own / "synthetic").checksum
    folder = write_run(own, *parts(tmp_path))
    assert open_run(folder).checksum != old
    assert [path.name for path in own.iterdir()] == ["synthetic"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_the_old_run_and_nothing_else(
    own: Path, tmp_path: Path, monkeypatch, error: BaseException
) -> None:
    before = content(own)
    write, calls = pl.DataFrame.write_parquet, []

    def full(self, path, **options) -> None:
        calls.append(path)
        if len(calls) == 3:
            Path(path).write_bytes(b"half")
            raise error
        write(self, path, **options)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    expected = StatelineError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write_run(own, *parts(tmp_path))
    if expected is StatelineError:
        assert "No space left on device" in str(caught.value)
        assert "The run that was there is kept" in str(caught.value)
    assert content(own) == before


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_failed_swap_brings_the_old_run_back(
    own: Path, tmp_path: Path, monkeypatch, error: BaseException
) -> None:
    before = content(own)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if ".tmp-" in self.name:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(exchange, "exchange_call", lambda: None)
    with pytest.raises((StatelineError, KeyboardInterrupt)) as caught:
        write_run(own, *parts(tmp_path))
    if isinstance(error, OSError):
        assert "Input/output error" in str(caught.value)
    assert content(own) == before
    assert [path.name for path in own.iterdir()] == ["synthetic"]


def test_clearing_up_leaves_what_no_writer_made(own: Path, tmp_path: Path) -> None:
    for name in (".synthetic.tmp-x", ".trash", "notes.old-1", ".notes.tmp-5", ".notes.old-5"):
        (own / name).mkdir()
    (own / ".synthetic.tmp-7").mkdir()
    (own / ".synthetic.tmp-8").touch()  # a file of that name
    (own / ".synthetic.lock").touch()
    (own / ".other.lock").touch()
    # Of a run that is called like a folder moved aside, whose writer was killed in between.
    shutil.copytree(own / "synthetic", own / ".synthetic.old-1.old-7")
    write_run(own, *parts(tmp_path))
    left = {path.name for path in own.iterdir()}
    others = {".trash", "notes.old-1", ".notes.tmp-5", ".notes.old-5", ".synthetic.tmp-8"}
    assert left == {"synthetic", "synthetic.old-1", ".synthetic.tmp-x", ".other.lock"} | others


def test_a_run_has_one_writer_and_the_folder_of_a_living_one_stays(
    own: Path, tmp_path: Path
) -> None:
    before = content(own)
    wait = (
        "def check_run(folder):\n"
        "    print('checking', flush=True)\n"
        "    sys.stdin.readline()\n"
        "writer.check_run = check_run"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(own, wait), cwd=ROOT, text=True, **pipes) as other:
        assert other.stdout.readline() == "checking\n"
        line = rf"^run synthetic: is being built by process {other.pid}\. Wait until that ends"
        with pytest.raises(StatelineError, match=line):
            write_run(own, *parts(tmp_path))
        # Another run of the store is written meanwhile.
        check_run(write_run(own, *parts(tmp_path, "second")))
        assert {path.name for path in own.iterdir()} == {
            "synthetic", "second", ".synthetic.lock", f".synthetic.tmp-{other.pid}"
        }  # fmt: skip
        assert content(own / "synthetic") == {
            name.removeprefix("synthetic/"): each for name, each in before.items()
        }
        _, said = other.communicate("\n")
    assert other.returncode == 0, said
    assert {path.name for path in own.iterdir()} == {"synthetic", "second"}
    assert open_run(own / "synthetic").sequences.height == 60


def command(store: Path, before: str) -> list[str]:
    """The command that writes a run, after some lines of Python."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from stateline.store import exchange, writer\n"
        "from stateline.store.errors import StatelineError\n"
        "from tests.synthetic import synthetic_run\n"
        f"{before}\n"
        "try:\n"
        f"    synthetic_run(Path({str(store)!r}), sequences=60, max_steps=40, units=20, seed=2)\n"
        "except StatelineError as error:\n"
        "    sys.exit(str(error))\n"
    )
    return [sys.executable, "-c", code]


def in_subprocess(store: Path, before: str, **options: object) -> subprocess.CompletedProcess:
    """Write a run in a process of its own, after some lines of Python."""
    return subprocess.run(
        command(store, before), cwd=ROOT, capture_output=True, text=True, **options
    )


def test_a_disk_that_fills_in_the_middle_of_a_write_keeps_the_old_run(own: Path) -> None:
    # A limit on the size of a file is met in the middle of the states, as a full disk would be.
    before = content(own)
    limit = 60_000

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = in_subprocess(own, "", preexec_fn=small)
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert "The run that was there is kept. Free the disk" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert content(own) == before


KILLED = {
    "before the swap": "writer.check_run = lambda f: os.kill(os.getpid(), signal.SIGKILL)",
    "between the two renames": (
        "exchange.exchange_call = lambda: None\n"
        "rename = Path.rename\n"
        "def kill(self, target):\n"
        "    if '.tmp-' in self.name:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return rename(self, target)\n"
        "Path.rename = kill"
    ),
}


@pytest.mark.parametrize("moment", KILLED)
def test_the_next_write_clears_up_after_a_killed_one(
    own: Path, tmp_path: Path, moment: str
) -> None:
    before = content(own / "synthetic")
    assert in_subprocess(own, KILLED[moment]).returncode == -signal.SIGKILL
    assert any(path.name.startswith(".") for path in own.iterdir())
    found, broken = find_runs(own)
    assert [run.name for run in found] == ["synthetic"], "read where it was moved aside to"
    assert not broken, "what a killed writer left is no run"
    check_run(own / "synthetic")
    # A write that fails its check still brings the old run back, and clears up.
    manifest, tables, files = parts(tmp_path)
    place = "projections, lstm-pca: mean_trust of the fitted"
    named = re.escape(f"{own / 'synthetic' / 'manifest.json'}: {place}")
    with pytest.raises(StatelineError, match=f"^{named}; expected .* make run RUN=synthetic$"):
        damaged = [manifest["projections"][0] | {"mean_trust": {"fitted": 0.1, "placed": None}}]
        write_run(own, manifest | {"projections": damaged}, tables, files)
    assert content(own / "synthetic") == before
    assert [path.name for path in own.iterdir()] == ["synthetic"]
    check_run(write_run(own, manifest, tables, files))


def test_a_store_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for store in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(StatelineError, match="cannot be written"):
            write_run(store, *parts(tmp_path))


def test_a_store_without_permission_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    store.mkdir(mode=0o555)
    if os.geteuid() == 0:
        # Root writes anywhere: the refusal that others get from the disk is played.
        def refuse(path: Path, *_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StatelineError, match="cannot be written") as caught:
        write_run(store, *parts(tmp_path))
    assert "Permission denied" in str(caught.value)
