"""The check as a whole: damaged files, blocks of sequences, and what it reports."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from stateline.store.blocks import blocks
from stateline.store.checks import clusters as cluster_checks
from stateline.store.checks import maps as map_checks
from stateline.store.checks import phrase_sums
from stateline.store.checks import steps as step_checks
from stateline.store.checks.maps import check_maps
from stateline.store.checks.report import Report
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import is_step_grained
from tests.store.damage import change_manifest
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the softmax run to damage."""
    return Path(shutil.copytree(run, tmp_path / "synthetic"))


def test_a_whole_run_passes_with_a_figure_a_check(run: Path, binary_run: Path) -> None:
    lines = check_run(run).lines()
    assert "rows: 5 sequences, 18 steps in each table" in lines
    assert any(line.startswith("checksums: 13 files, ") for line in lines)
    assert len(lines) == len(set(lines)) > 40
    assert len(check_run(binary_run).lines()) == len(lines)


def test_a_flipped_bit_in_any_file_is_found(run: Path, tmp_path: Path) -> None:
    files = [path.relative_to(run) for path in run.rglob("*") if path.is_file()]
    rng = np.random.default_rng(0)
    for file in files:
        for _ in range(4):
            folder = Path(shutil.copytree(run, tmp_path / "synthetic"))
            content = bytearray((folder / file).read_bytes())
            content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
            (folder / file).write_bytes(content)
            # A bit of the manifest may make it no JSON, or of another version.
            line = None if file.name == "manifest.json" else "its content is not what was written"
            with pytest.raises(StatelineError, match=line) as hit:
                check_run(folder)
            assert file.as_posix() in str(hit.value)
            shutil.rmtree(folder)


def test_a_damaged_footer_is_one_line_and_no_crash_when_opened(run: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    folder = Path(shutil.copytree(run, tmp_path / "synthetic"))
    path = folder / "projections/lstm-pca.parquet"
    whole = path.read_bytes()
    for _ in range(60):
        content = bytearray(whole)
        content[-int(rng.integers(1, 400))] ^= 1 << int(rng.integers(8))
        path.write_bytes(content)
        try:
            open_run(folder)
        except StatelineError as error:
            assert "lstm-pca.parquet" in str(error)


def test_a_file_that_the_manifest_forgets_is_found(copy: Path) -> None:
    change_manifest(copy, lambda m: m["tables"].pop("model.keras"))
    with pytest.raises(StatelineError, match="model.keras is not listed"):
        check_run(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["tables"].update({"../secret": m["tables"]["model.keras"]}),
        lambda m: m["tables"].update({"/etc/passwd": m["tables"]["model.keras"]}),
        lambda m: m["tables"].update({"a\\..\\b": m["tables"]["model.keras"]}),
    ],
)
def test_a_manifest_cannot_name_a_file_outside_its_run(copy: Path, change) -> None:
    change_manifest(copy, change)
    with pytest.raises(StatelineError, match="leads out of the run"):
        check_run(copy)


def test_a_table_that_is_not_of_the_run_is_found(copy: Path) -> None:
    shutil.copy(copy / "hidden/lstm.parquet", copy / "hidden/old.parquet")
    with pytest.raises(StatelineError, match="hidden/old.parquet: no table of this run"):
        check_run(copy)


def test_blocks_cover_every_row_once_in_whole_sequences() -> None:
    lengths = np.array([3, 1, 9, 2, 2, 4])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    for rows in (1, 2, 4, 5, 9, 100):
        cut = list(blocks(offsets, rows))
        assert [block.first for block in cut] == [0, *(block.last for block in cut[:-1])]
        assert cut[-1].last == len(lengths)
        for block in cut:
            own = lengths[block.first : block.last]
            assert block.stop - block.start == own.sum()
            assert own.sum() <= rows or len(own) == 1
            assert block.lengths.tolist() == own.tolist()
            assert (block.starts + block.start).tolist() == offsets[
                block.first : block.last
            ].tolist()
    assert list(blocks(offsets, 9))[1].place(0) == "sequence 2, t 0 (row 4)"


def test_many_small_blocks_say_what_one_large_block_says(tmp_path: Path, monkeypatch) -> None:
    folder = synthetic_run(tmp_path, sequences=30, max_steps=12, units=5, layers=BIDIRECTIONAL)
    one = check_run(folder).lines()
    monkeypatch.setattr(step_checks, "BLOCK_VALUES", 5 * 20)
    for module in (map_checks, cluster_checks, phrase_sums):
        monkeypatch.setattr(module, "BLOCK_STEPS", 20)
    assert check_run(folder).lines() == one


def test_no_table_a_row_a_step_is_read_whole(tmp_path: Path, monkeypatch) -> None:
    folder = synthetic_run(tmp_path, sequences=30, max_steps=12, units=5)
    whole, sizes = Run.scan, []
    monkeypatch.setattr(Run, "scan", lambda run, name: sizes.append(name) or whole(run, name))
    run = open_run(folder)
    check_maps(run, Report(run.name))
    assert not {name for name in sizes if is_step_grained(run.columns[name])}


@pytest.mark.parametrize("sequences", [1, 2, 40])
@pytest.mark.parametrize("outputs", [1, 2])
def test_synthetic_runs_of_any_size_hold_together(
    tmp_path: Path, sequences: int, outputs: int
) -> None:
    folder = synthetic_run(
        tmp_path, sequences=sequences, max_steps=17, units=6, classes=2, outputs=outputs,
        projections=("pca", "tsne", "umap"), minimum_steps=2,
    )  # fmt: skip
    assert open_run(folder).sequences.height == sequences
