"""Killed builds and exports leave a whole run, and of two builds at once one is refused."""

import pytest

from stateline.pipeline.bench.faults import GROUPS, Faults, kill, pair
from stateline.store.exchange import temporary_beside

pytestmark = pytest.mark.slow
HARM = ("run missing or broken after the kill", "run missing or broken after the next build")


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Faults:
    made = Faults(tmp_path_factory.mktemp("faults"), without_exchange=True)
    made.finish(made.build_command(GROUPS[1]))
    return made


def test_what_is_wrong_in_a_store_is_found(faults: Faults) -> None:
    assert faults.faults() == faults.leftovers() == [] and faults.groups() == GROUPS[1]
    table = faults.store / "faults" / "words.parquet"
    content = table.read_bytes()
    table.write_bytes(content[:-1] + b"x")
    assert faults.faults()
    table.write_bytes(content)
    left = temporary_beside(faults.store / "faults")
    left.mkdir()
    assert faults.leftovers() == [left.name]
    left.rmdir()


def test_a_killed_export_leaves_a_whole_run(faults: Faults) -> None:
    found = kill(faults, 4, lambda _: faults.export_command())
    assert found["killed"] == 4 and found["changes to the file system"] > 20
    assert [found[name] for name in (*HARM, "leftovers after the next build")] == [0, 0, 0]


def test_of_two_builds_at_once_one_is_refused_and_the_run_is_whole(faults: Faults) -> None:
    found = pair(faults, 1)
    assert found["builds that ended whole"] >= 1
    harm = ("builds that ended otherwise", "run missing or broken", "leftovers")
    assert [found[name] for name in (*harm, "run of no build that ended")] == [0, 0, 0, 0]
