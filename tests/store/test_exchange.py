"""Replacing a folder: there is one at every moment, where the system can exchange two."""

import ctypes
import errno
import sys
import threading
from pathlib import Path

import pytest

from stateline.store import exchange
from stateline.store.exchange import recover_folder, replace_folder, standing, temporary_beside


def write(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "content").write_text(text)
    return folder


@pytest.fixture
def final(tmp_path: Path) -> Path:
    return write(tmp_path / "mine", "old")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_there_is_a_folder_at_every_moment(final: Path) -> None:
    missing, done = [], threading.Event()

    def look() -> None:
        while not done.is_set():
            if not final.exists():
                missing.append(1)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        replace_folder(write(temporary_beside(final), str(number)), final)
    done.set()
    reader.join()
    assert missing == []
    assert (final / "content").read_text() == "199" and names(final.parent) == ["mine"]


@pytest.mark.parametrize(
    "number", [errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP], ids=errno.errorcode.get
)
def test_where_the_system_cannot_exchange_two_renames_do(
    final: Path, monkeypatch, number: int
) -> None:
    def refuse(*_: bytes) -> int:
        ctypes.set_errno(number)
        return -1

    monkeypatch.setattr(exchange, "exchange_call", lambda: refuse)
    replace_folder(write(temporary_beside(final), "new"), final)
    assert (final / "content").read_text() == "new" and names(final.parent) == ["mine"]


def test_an_exchange_that_fails_keeps_the_old_one(final: Path, monkeypatch) -> None:
    def fail(*_: bytes) -> int:
        ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(exchange, "exchange_call", lambda: fail)
    with pytest.raises(OSError, match="Input/output error"):
        replace_folder(write(temporary_beside(final), "new"), final)
    assert (final / "content").read_text() == "old"


def test_a_first_folder_is_moved_to_its_place(tmp_path: Path) -> None:
    final = tmp_path / "first"
    replace_folder(write(temporary_beside(final), "new"), final)
    assert names(tmp_path) == ["first"]


def test_this_system_can_exchange(final: Path) -> None:
    assert sys.platform not in ("linux", "darwin") or exchange.exchange(
        final, write(temporary_beside(final), "new")
    )


def test_what_was_moved_aside_is_read_and_brought_back(final: Path) -> None:
    aside = final.rename(final.with_name(".mine.old-7"))
    assert standing(final) == aside
    write(final.with_name(".mine.tmp-7"), "half")
    recover_folder(final)
    assert standing(final) == final and (final / "content").read_text() == "old"
    assert names(final.parent) == ["mine"]
    nowhere = final.parent / "none" / "mine"
    assert standing(nowhere) == nowhere and standing(final.parent / "no") == final.parent / "no"
