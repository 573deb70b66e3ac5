"""Replacing a folder by another one, so that there is one at every moment."""

import ctypes
import errno
import os
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

# What the system calls say where the kernel or the file system cannot exchange.
UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h
RENAME_SWAP = 2  # sys/stdio.h of macOS
# Folders that a writer has for a moment beside its own, with the number of its process. The whole
# name: a run may be named `imdb.old-1`, which does not belong to `imdb`.
ASIDE = re.compile(r"\.(.+)\.(old|tmp)-\d+")


def temporary_beside(final: Path) -> Path:
    """Return the path at which this process prepares a folder that is to replace `final`."""
    return final.with_name(f".{final.name}.tmp-{os.getpid()}")


def old_beside(final: Path) -> Path:
    """Return the path to which this process moves the folder that is replaced."""
    return final.with_name(f".{final.name}.old-{os.getpid()}")


def belongs_to(path: Path) -> Path | None:
    """Return the folder whose writer, alive or killed, has a folder beside it; None for others."""
    found = ASIDE.fullmatch(path.name)
    return path.with_name(found[1]) if found else None


def left_beside(final: Path) -> list[Path]:
    """Return the folders that writers of `final`, alive or killed, have beside it."""
    beside = (path for path in final.parent.iterdir() if belongs_to(path) == final)
    return sorted(path for path in beside if path.is_dir())


def replace_folder(temporary: Path, final: Path) -> None:
    """Put a folder in the place of another, which is deleted, or where there is none.

    Where the system can exchange two folders, there is one at every moment. Elsewhere two renames
    leave a moment without, for which `standing` and `recover_folder` are made.

    raises  OSError  a folder cannot be renamed; then the old one is in its place
    """
    if not final.exists():
        temporary.rename(final)
        return
    if exchange(temporary, final):
        shutil.rmtree(temporary, ignore_errors=True)
        return
    old = old_beside(final)
    try:
        final.rename(old)
        temporary.rename(final)
    except BaseException:  # an interrupt must not lose it either
        if old.exists() and not final.exists():
            old.rename(final)
        raise
    finally:
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step of the file system; whether the system can.

    raises  OSError  it can, and it failed
    """
    call = exchange_call()
    if call is None:
        return False
    sys.audit("os.rename", one, other, -1, -1)  # as Python itself reports a rename
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def exchange_call() -> Any:
    """Return a function of two paths that calls the system; None where its library has none."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        return swap and (lambda one, other: swap(one, other, RENAME_SWAP))
    rename = getattr(library, "renameat2", None)
    return rename and (lambda one, other: rename(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE))


def standing(final: Path) -> Path:
    """Return the folder to read: `final`, or the one that a writer moved aside for a moment."""
    if final.exists() or not final.parent.is_dir():
        return final
    old = [path for path in left_beside(final) if ".old-" in path.name]
    return old[-1] if old else final


def moved_aside(parent: Path) -> list[Path]:
    """Return the folders below a parent that a writer moved aside, where nothing replaced them yet.

    returns  each by its own name, as if it were in its place
    """
    left = {belongs_to(path) for path in parent.iterdir() if ".old-" in path.name}
    return sorted(final for final in left if final and not final.exists())


def recover_folder(final: Path) -> None:
    """Clean up after writers of a folder that were killed: restore the old one, delete the rest.

    Only where no writer is alive.
    """
    for path in left_beside(final):
        if ".old-" in path.name and not final.exists():
            path.rename(final)
        else:
            shutil.rmtree(path)
